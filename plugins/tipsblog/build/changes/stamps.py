"""What stands in folders, told as cheaply as it can be told.

A stamp is a file's size and time of change; a seal is all stamps of a folder
in one value that is made and compared at once. Content is read only where a
stamp cannot be trusted. Knows nothing of sites, Pelican or what the files are
for, and imports next to nothing: see `front`.
"""

from __future__ import annotations

import marshal
import os
import sys

try:
    from _blake2 import blake2b
except ImportError:  # hashlib has the same, and loads OpenSSL for it
    from hashlib import blake2b

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

#: size in bytes, time of change in nanoseconds
Stamp = tuple[int, int]
#: size, time of change, digest of the content
Known = tuple[int, int, bytes]

#: A file changed less than this before it was looked at may change again
#: without a new time stamp (clock ticks of 4 ms, of 2 s on FAT).
RACY_NS = 2_000_000_000
#: A time of change that no file has: the content must be read.
UNTRUSTED = -1
#: Folders that are never an input.
NEVER = frozenset([".git", ".hg", ".tipsblog", "__pycache__", "node_modules", ".venv"])
#: What stands for a folder within another one.
FOLDER: Stamp = (-1, 0)

_BY_HANDLE = os.scandir in os.supports_fd and hasattr(os, "O_DIRECTORY")


def digest(data: bytes | memoryview) -> bytes:
    """Return the digest by which contents are compared."""
    return blake2b(data, digest_size=16).digest()


def listing(folder: str) -> dict[str, Stamp]:
    """Return the stamps in `folder`, links followed; a folder's is (-1, 0).

    A folder that is not there has no entries.
    """
    found: dict[str, Stamp] = {}
    handle = -1
    try:
        if _BY_HANDLE:  # the way to each entry is short then
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            entries = os.scandir(handle)
        else:
            entries = os.scandir(folder)
    except OSError:
        return found
    with entries:
        for entry in entries:
            name = entry.name
            try:
                if entry.is_dir():
                    if name not in NEVER:
                        found[name] = FOLDER
                else:
                    status = entry.stat()
                    found[name] = (status.st_size, status.st_mtime_ns)
            except OSError:
                found[name] = (-2, 0)  # a dangling link, or gone this moment
    if handle >= 0:
        os.close(handle)
    return found


def seal(stamps: Mapping[str, Stamp]) -> bytes:
    """Return a folder's stamps as one value. Another order makes another one."""
    plain: Any = stamps
    return marshal.dumps(plain, 2)  # from 3 on, it hangs on who else holds a value


def unseal(sealed: bytes) -> dict[str, Stamp]:
    """Return the stamps of which `seal` made `sealed`; b"" stands for none."""
    stamps: dict[str, Stamp] = marshal.loads(sealed) if sealed else {}  # noqa: S302 - our own
    return stamps


def processors() -> int:
    """Return how many processes may be forked here to share work."""
    threading = sys.modules.get("threading")
    if not hasattr(os, "fork") or (threading and threading.active_count() > 1):
        return 1
    return min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1)


def walk(roots: Iterable[str], skip: Iterable[str] = ()) -> Iterator[tuple[str, dict[str, Stamp]]]:
    """Yield every folder at and below `roots`, with its stamps.

    Folders in `skip` are left out. A loop of links is walked once.
    """
    left_out = set(skip)
    seen: set[str] = set()
    todo = list(roots)
    while todo:
        folder = todo.pop()
        if folder in left_out or folder in seen:
            continue
        seen.add(folder)
        stamps = listing(folder)
        for name in [name for name, stamp in stamps.items() if stamp == FOLDER]:
            path = os.path.join(folder, name)
            if path in left_out:
                del stamps[name]
            elif not os.path.islink(path) or os.path.realpath(path) not in seen:
                todo.append(path)
        yield folder, stamps


def read_digest(path: str) -> bytes:
    """Return the digest of a file's content; b"" if it cannot be read."""
    try:
        with open(path, "rb", buffering=0) as file:
            return digest(file.read())
    except OSError:
        return b""


def stamp_of(path: str) -> Stamp | None:
    """Return a file's stamp, None if it is not there."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return (status.st_size, status.st_mtime_ns)


def _each_digest(paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    return ((path, read_digest(path)) for path in paths)


def identify(
    stamps: Mapping[str, Stamp],
    before: Mapping[str, Known],
    now: int,
    digests: Callable[[list[str]], Iterable[tuple[str, bytes]]] = _each_digest,
) -> dict[str, Known]:
    """Return the content's digest for every path of `stamps`.

    What stands in `before` with the same stamp is taken from there; `digests` reads
    the others. Stamps younger than `RACY_NS` before `now` are kept as `UNTRUSTED`.
    """
    contents = {
        path: known[2]
        for path, stamp in stamps.items()
        if (known := before.get(path)) and known[:2] == stamp
    }
    contents.update(digests([path for path in stamps if path not in contents]))
    return {
        path: (size, time if time < now - RACY_NS else UNTRUSTED, contents[path])
        for path, (size, time) in stamps.items()
    }
