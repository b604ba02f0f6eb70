"""What stands in folders, told as cheaply as it can be told.

A stamp is a file's size and time of change; a seal is one short digest over
all stamps of a folder. Content is read only where a stamp cannot be trusted.
Knows nothing of sites, Pelican or what the files are for.
"""

from __future__ import annotations

import os
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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

_FOLDER: Stamp = (-1, 0)


def digest(data: bytes) -> bytes:
    """Return the digest by which contents are compared."""
    return blake2b(data, digest_size=16).digest()


def listing(folder: str) -> dict[str, Stamp]:
    """Return the stamps in `folder`, links followed; a folder's is (-1, 0).

    A folder that is not there has no entries.
    """
    found: dict[str, Stamp] = {}
    try:
        entries = os.scandir(folder)
    except OSError:
        return found
    with entries:
        for entry in entries:
            name = entry.name
            try:
                if entry.is_dir():
                    if name not in NEVER:
                        found[name] = _FOLDER
                else:
                    status = entry.stat()
                    found[name] = (status.st_size, status.st_mtime_ns)
            except OSError:
                found[name] = (-2, 0)  # a dangling link, or gone this moment
    return found


def seal(stamps: Mapping[str, Stamp]) -> bytes:
    """Return one digest over a folder's stamps."""
    lines = [f"{name}\0{size}\0{time}" for name, (size, time) in stamps.items()]
    lines.sort()
    return digest("\n".join(lines).encode("utf-8", "surrogateescape"))


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
        for name in [name for name, stamp in stamps.items() if stamp == _FOLDER]:
            path = os.path.join(folder, name)
            if path in left_out:
                del stamps[name]
            elif not os.path.islink(path) or os.path.realpath(path) not in seen:
                todo.append(path)
        yield folder, stamps


def read_digest(path: str) -> bytes:
    """Return the digest of a file's content; b"" if it cannot be read."""
    try:
        with open(path, "rb") as file:
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


def identify(
    stamps: Mapping[str, Stamp], before: Mapping[str, Known], now: int
) -> dict[str, Known]:
    """Return the content's digest for every path of `stamps`.

    What stands in `before` with the same stamp is taken from there. Stamps
    younger than `RACY_NS` before `now` are kept as `UNTRUSTED`.
    """
    found: dict[str, Known] = {}
    for path, (size, time) in stamps.items():
        known = before.get(path)
        content = known[2] if known and known[0] == size and known[1] == time else read_digest(path)
        found[path] = (size, time if time < now - RACY_NS else UNTRUSTED, content)
    return found
