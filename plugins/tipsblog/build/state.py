"""What a build leaves behind for the next one, and where.

Files under `.tipsblog/build/`: a manifest for each output folder (every input
and output with stamp and digest), a note for each way of calling (enough to
tell, without Pelican, that nothing changed), a journal (which new outputs a
build was about to make when it was stopped) and a lock. All of it may be
deleted at any time; the next build is then a full one.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import sys
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from .stamps import Known, Stamp, digest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = os.path.join(".tipsblog", "build")
#: For how many output folders, and ways of calling, something is kept.
_KEEP = 12
#: Changes with the shape of what is kept, and with the Python that wrote it.
_MAGIC = f"tipsblog 3 {sys.version}\n".encode()


class Manifest(NamedTuple):
    """The last build into one output folder.

    clean: it finished without a warning; only then may the next one conclude
    anything from its inputs. keys: for outputs made from plain values, a digest
    of those. settings: digest of all settings and of the program itself.
    look: of those and of the theme. names, reads: see `reads`; by template and
    by output.
    """

    build: str
    clean: bool
    settings: bytes
    inputs: dict[str, Known]
    outputs: dict[str, Known]
    keys: dict[str, bytes]
    look: bytes
    names: dict[str, list[str] | None]
    reads: dict[str, tuple[Any, bytes]]


class Note(NamedTuple):
    """Enough of a clean build to tell that nothing changed since.

    surroundings: see `surroundings.describe`; variables: which of the
    environment's it reads. made: when, in seconds since 1970; a clock that shows
    less was put back. until: the moment (seconds since 1970) from which
    the clock changes the result, 0 for never. folders, outputs: seals.
    files: single inputs outside of the folders. exact: the time of change is an
    input itself.
    """

    build: str
    output: str
    surroundings: str
    variables: list[str]
    made: float
    until: float
    exact: bool
    roots: list[str]
    skip: list[str]
    folders: dict[str, bytes]
    files: dict[str, Stamp | None]
    outputs: dict[str, bytes]


class Store:
    """The kept files of the project at `root`."""

    def __init__(self, root: str) -> None:
        self._folder = os.path.join(os.path.abspath(root), FOLDER)

    @property
    def folder(self) -> Path:
        """The folder of everything that is kept."""
        from pathlib import Path  # who only looks whether anything changed needs none

        return Path(self._folder)

    def manifest(self, output: str) -> Manifest:
        """Return the manifest for `output`; an empty one if there is none."""
        values = _load(self._path("manifest", output))
        if values:
            return Manifest(*values)
        return Manifest("", False, b"", {}, {}, {}, b"", {}, {})

    def save_manifest(self, output: str, manifest: Manifest) -> None:
        _save(self._path("manifest", output), manifest)
        for kind in ("manifest-*", "note-*"):
            newest = sorted(self.folder.glob(kind), key=lambda path: -path.stat().st_mtime)
            for old in newest[_KEEP:]:
                old.unlink(missing_ok=True)

    def note(self, settings: str, output: str) -> Note | None:
        """Return what is noted for a build with these settings, as given on
        the command line.
        """
        values = _load(self._path("note", f"{settings}\0{output}"))
        return Note(*values) if values else None

    def save_note(self, settings: str, output: str, note: Note) -> None:
        _save(self._path("note", f"{settings}\0{output}"), note)

    def drop_note(self, settings: str, output: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._path("note", f"{settings}\0{output}"))

    def journal(self, output: str) -> str:
        """Return where the new outputs of an unfinished build are listed."""
        return self._path("journal", output)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Wait until no other build of this project runs."""
        os.makedirs(self._folder, exist_ok=True)
        handle = os.open(os.path.join(self._folder, "lock"), os.O_RDWR | os.O_CREAT, 0o644)
        try:
            with contextlib.suppress(ImportError):  # Windows has no fcntl
                import fcntl

                fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def forget_contents(self) -> None:
        """Take away what is kept of articles' and comments' words. What stands
        in the output stays known, so that the next build can remove it.
        """
        if self.folder.is_dir():
            with self.locked():
                for path in self.folder.glob("parsed.sqlite*"):
                    path.unlink(missing_ok=True)

    def _path(self, kind: str, name: str) -> str:
        mark = digest(name.encode("utf-8", "surrogateescape")).hex()
        return os.path.join(self._folder, f"{kind}-{mark}")


def _save(path: str, record: tuple[Any, ...]) -> None:
    data = marshal.dumps(list(record))
    check = blake2b(data, digest_size=16).digest()
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(f"{path}.new", "wb") as file:
        file.write(_MAGIC + check + data)
    os.replace(f"{path}.new", path)


def _load(path: str) -> list[Any] | None:
    """Return what `_save` wrote; None for anything damaged or of another Python."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError:
        return None
    check, body = data[len(_MAGIC) :][:16], memoryview(data)[len(_MAGIC) + 16 :]
    if not data.startswith(_MAGIC) or blake2b(body, digest_size=16).digest() != check:
        return None
    values: list[Any] = marshal.loads(body)  # noqa: S302 - our own file, and whole
    return values
