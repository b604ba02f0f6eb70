"""What a build notes so that the next one can tell what changed.

And how anything that builds keep is written to a file and read again: whole or
not at all. Imports next to nothing: see `front`.
"""

from __future__ import annotations

import marshal
import os
import sys

from .seals import Seals
from .stamps import FOLDER as SUBFOLDER
from .stamps import digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .stamps import Stamp

UNCHANGED = "Nothing has changed."
#: Where builds keep things, beside the settings file.
FOLDER = os.path.join(".tipsblog", "build")
#: Changes with the shape of what is kept, and with the Python that wrote it.
_MAGIC = f"tipsblog 5 {sys.version}\n".encode()
#: After it comes the digest of what is said, then in a note the length of the seals.
_DIGEST, _LENGTH = 16, 8
#: Seals are many and short.
_BUFFER = 1 << 20


class Note:
    """Enough of a clean build to tell what changed since.

    build: which one; output: into which folder. surroundings: see
    `surroundings.describe`; variables: which of the environment's it reads.
    made: when, in seconds since 1970; a clock that shows less was put back.
    until: the moment (seconds since 1970) from which the clock changes the
    result, 0 for never. exact: the time of change is an input itself. roots,
    skip: see `Inputs`. folders: every folder that was read; outputs: every folder
    of the output. files: single inputs elsewhere, None
    for one that was not there. check: of the file that it was read from.
    """

    __slots__ = (
        *("build", "output", "surroundings", "variables", "made", "until", "exact"),
        *("roots", "skip", "folders", "files", "outputs", "check"),
    )

    def __init__(
        self,
        build: str,
        output: str,
        surroundings: str,
        variables: list[str],
        made: float,
        until: float,
        exact: bool,
        roots: list[str],
        skip: list[str],
        folders: Seals,
        files: dict[str, Stamp | None],
        outputs: Seals,
    ) -> None:
        self.build = build
        self.output = output
        self.surroundings = surroundings
        self.variables = variables
        self.made = made
        self.until = until
        self.exact = exact
        self.roots = roots
        self.skip = skip
        self.folders = folders
        self.files = files
        self.outputs = outputs
        self.check = b""

    def values(self) -> list[Any]:
        return [getattr(self, name) for name in self.__slots__[:-1]]

    def _replace(self, **values: Any) -> Note:
        """Return a note with other values, as named tuples do."""
        return Note(*(values.get(name, getattr(self, name)) for name in self.__slots__[:-1]))

    def amend(self, found: Mapping[str, Stamp | None]) -> None:
        """Note other stamps for some files; None: it is there no more.

        A folder that gets its first file is noted, too.
        """
        output = self.output + os.sep
        by_folder: dict[str, dict[str, Stamp | None]] = {}
        for path, stamp in found.items():
            if path in self.files:
                self.files[path] = stamp
            folder, name = os.path.split(path)
            if path not in self.files or folder in self.folders:
                by_folder.setdefault(folder, {})[name] = stamp
        for folder, entries in by_folder.items():
            sealed = self.outputs if f"{folder}{os.sep}".startswith(output) else self.folders
            stamps = _entries(sealed, folder)
            for name, stamp in entries.items():
                if stamp is None:
                    stamps.pop(name, None)
                else:
                    stamps[name] = stamp
            sealed.put(folder, stamps)


_FOLDERS, _OUTPUTS = Note.__slots__.index("folders"), Note.__slots__.index("outputs")


def _entries(sealed: Seals, folder: str) -> dict[str, Stamp]:
    """Return what is noted of a folder; a new one is noted in the one above."""
    if folder in sealed:
        return sealed.stamps(folder)
    above, name = os.path.split(folder)
    if name:
        sealed.put(above, {**_entries(sealed, above), name: SUBFOLDER})
    return {}


def find(folder: str, settings: str, output: str) -> Note | None:
    """Return what is noted in `folder` for a build with these settings, as
    given on the command line.
    """
    data = _read(place(folder, "note", f"{settings}\0{output}"))
    start = len(_MAGIC) + _DIGEST + _LENGTH
    end = start + int.from_bytes(data[start - _LENGTH : start], "big")
    check, values = _checked(data, memoryview(data)[end:])
    if not values:
        return None
    note = Note(*values)
    note.check = check
    note.folders, note.outputs = Seals(values[_FOLDERS], data), Seals(values[_OUTPUTS], data)
    return note


def keep(note: Note, folder: str, settings: str, output: str) -> None:
    """Note a build with these settings, as given on the command line, in `folder`.

    The seals stand before what is said of them: only that is read at once.
    """
    values, seals = note.values(), list[bytes]()
    start = len(_MAGIC) + _DIGEST + _LENGTH
    values[_FOLDERS], end = note.folders.written(seals, start)
    values[_OUTPUTS], end = note.outputs.written(seals, end)
    said = marshal.dumps(values)
    length = (end - start).to_bytes(_LENGTH, "big")
    _write(
        place(folder, "note", f"{settings}\0{output}"),
        [_MAGIC, digest(said), length, *seals, said],
    )


def stands(note: Note, folder: str, settings: str, output: str) -> bool:
    """Tell whether `note`, which `find` told, is still what it would tell.

    Only the beginning of the file is read: the note of a large blog is long.
    """
    try:
        with open(place(folder, "note", f"{settings}\0{output}"), "rb") as file:
            return file.read(len(_MAGIC) + _DIGEST) == _MAGIC + note.check
    except OSError:
        return False


def place(folder: str, kind: str, name: str) -> str:
    """Return the path of the file in which something is kept."""
    mark = digest(name.encode("utf-8", "surrogateescape")).hex()
    return os.path.join(folder, f"{kind}-{mark}")


def save(path: str, values: list[Any]) -> None:
    """Write `values`, which are plain ones, to a file."""
    data = marshal.dumps(values)
    _write(path, [_MAGIC, digest(data), data])


def load(path: str) -> list[Any] | None:
    """Return what `save` wrote; None for anything damaged or of another Python."""
    data = _read(path)
    return _checked(data, memoryview(data)[len(_MAGIC) + _DIGEST :])[1]


def _write(path: str, parts: list[bytes]) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(f"{path}.new", "wb", _BUFFER) as file:
        file.writelines(parts)
    os.replace(f"{path}.new", path)


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def _checked(data: bytes, said: memoryview) -> tuple[bytes, list[Any] | None]:
    """Return the digest of what is said, and that itself if it is whole."""
    check = data[len(_MAGIC) : len(_MAGIC) + _DIGEST]
    if not data.startswith(_MAGIC) or digest(said) != check:
        return b"", None
    values: list[Any] = marshal.loads(said)  # noqa: S302 - our own file, and whole
    return check, values


class Changes:
    """What does not stand as the last build noted it. Paths are absolute.

    changed, added: input files with their stamps now. A changed one may still
    have the same content; only that tells. sizes: whether any has another size,
    and so cannot. removed: input files that are gone. outputs: whatever differs
    in the output, files and folders. note: the build's own. stands: what stands in
    every folder that differs. at: when looking began, in nanoseconds.
    """

    __slots__ = ("added", "at", "changed", "note", "outputs", "removed", "sizes", "stands")

    def __init__(self, note: Note, at: int) -> None:
        self.note, self.at = note, at
        self.stands: dict[str, dict[str, Stamp]] = {}
        self.changed: dict[str, Stamp] = {}
        self.added: dict[str, Stamp] = {}
        self.removed: list[str] = []
        self.outputs: list[str] = []
        self.sizes = False

    @property
    def nothing(self) -> bool:
        return not (self.changed or self.added or self.removed or self.outputs)

    def enter(self, path: str, before: Stamp | None, now: Stamp | None) -> None:
        """Take in an input file with what was noted of it and what stands now."""
        if before == now:
            return
        if now is None:
            self.removed.append(path)
        elif before is None:
            self.added[path] = now
        else:
            self.changed[path] = now
            self.sizes |= before[0] != now[0]
