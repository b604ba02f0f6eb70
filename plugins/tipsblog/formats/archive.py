"""Files in a folder or in a zip, read in the same way; nothing is unpacked."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath
from typing import IO


class Archive:
    """What lies in a folder or a zip at `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.is_dir():
            found = (file for file in path.rglob("*") if file.is_file())
            self.names = sorted(file.relative_to(path).as_posix() for file in found)
        else:
            with zipfile.ZipFile(path) as archive:
                self.names = sorted(name for name in archive.namelist() if not name.endswith("/"))

    def open(self, name: str) -> IO[bytes]:
        """Open one of `names`; the caller closes it."""
        if self.path.is_dir():
            return (self.path / name).open("rb")
        with zipfile.ZipFile(self.path) as archive:
            # The member keeps the archive's file open as long as it needs it.
            return archive.open(name)

    def beside(self, name: str, other: str) -> bytes:
        """Return the file called `other` in the folder of `name`, or nothing."""
        wanted = str(PurePosixPath(name).with_name(other))
        if wanted not in self.names:
            return b""
        with self.open(wanted) as file:
            return file.read()


class Images:
    """The pictures of an archive, by the last part of their name."""

    def __init__(self, archive: Archive | None = None, below: str = "/Albums/") -> None:
        self._archive = archive
        self._names: dict[str, str] = {}
        doubled: set[str] = set()
        for name in archive.names if archive is not None else ():
            if below in f"/{name}" and not name.endswith((".csv", ".json")):
                last = PurePosixPath(name).name
                if last in self._names:
                    doubled.add(last)
                self._names[last] = name
        for last in doubled:  # nobody can tell which of them is meant
            del self._names[last]

    def __contains__(self, last: object) -> bool:
        return last in self._names

    def __bool__(self) -> bool:
        return bool(self._names)

    def read(self, last: str) -> bytes:
        """Return a picture's bytes."""
        if self._archive is None:
            raise KeyError(last)
        with self._archive.open(self._names[last]) as file:
            return file.read()
