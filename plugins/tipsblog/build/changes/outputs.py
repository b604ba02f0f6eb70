"""The folder that a site is built into: what stands there, and how files get in
and out.

A file is replaced at once, so that a reader never gets half of one.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterable

from . import stamps
from .stamps import Stamp


class Standing:
    """What stands in a folder and all below it, looked at once."""

    def __init__(self, root: str) -> None:
        self.folders = dict(stamps.walk([root]))
        self._files = {
            above + name: stamp
            for above, found in (
                (os.path.join(path, ""), one) for path, one in self.folders.items()
            )
            for name, stamp in found.items()
            if stamp[0] != -1
        }

    def get(self, path: str) -> Stamp | None:
        """Return a file's stamp, None if it is not there."""
        found = self._files.get(path)
        if found is None or found[0] < 0:  # in a folder that is never walked, or dangling
            return stamps.stamp_of(path)
        return found

    def is_file(self, path: str) -> bool:
        found = self._files.get(path)
        return (found is not None and found[0] >= 0) or os.path.isfile(path)


class Output:
    """The folder `root`. owned: what earlier builds made in it. made: what this one
    has made so far.
    """

    def __init__(self, root: str, owned: Iterable[str], made: Collection[str]) -> None:
        self.root, self.owned, self._made = root, set(owned), made

    def write(self, path: str, data: bytes) -> Stamp:
        """Make `data` the content of the output `path` and return its stamp."""
        folder, name = os.path.split(path)
        new = os.path.join(folder, f".{name[:200]}.tipsblog-new")
        try:
            return _replace(new, path, data)
        except OSError:  # no such folder, or something in the way
            self.make_way(path)
            os.makedirs(folder, exist_ok=True)
            return _replace(new, path, data)

    def make_way(self, path: str) -> None:
        """Remove what an earlier build left where `path` must go: a file in
        place of one of its folders, or a folder in its own place.
        """
        folder = os.path.dirname(path)
        while len(folder) > len(self.root):
            if os.path.isdir(folder):
                break
            is_old = folder in self.owned and folder not in self._made
            if is_old and os.path.isfile(folder):
                os.unlink(folder)
            folder = os.path.dirname(folder)
        if os.path.isdir(path) and not os.path.islink(path):
            for owned in sorted(self.owned.difference(self._made)):
                if owned.startswith(path + os.sep):
                    self.remove(owned)
            with contextlib.suppress(OSError):
                os.rmdir(path)

    def clash(self, paths: Iterable[str]) -> tuple[str, str] | None:
        """Return an output of `paths` that would be a folder of another one."""
        paths = set(paths)
        for folder in {os.path.dirname(path) for path in paths}:
            above = folder
            while len(above) > len(self.root):
                if above in paths:
                    return above, folder
                above = os.path.dirname(above)
        return None

    def remove(self, path: str) -> None:
        """Remove an output, and each folder that is empty then."""
        with contextlib.suppress(OSError):
            os.unlink(path)
        folder = os.path.dirname(path)
        while len(folder) > len(self.root):
            try:
                os.rmdir(folder)
            except OSError:
                return
            folder = os.path.dirname(folder)

    def prune(self, outputs: Collection[str], retained: Iterable[str]) -> None:
        """Remove whatever is neither one of `outputs` nor, right below the root, of
        a name in `retained`.
        """
        keep = {os.path.join(self.root, name) for name in retained}
        for folder, found in list(stamps.walk([self.root], keep)):
            for name in found:
                path = os.path.join(folder, name)
                if path not in outputs and path not in keep and not os.path.isdir(path):
                    self.remove(path)
            with contextlib.suppress(OSError):
                os.rmdir(folder) if folder != self.root else None


def _replace(new: str, path: str, data: bytes) -> Stamp:
    """Put `data` in place at once, by way of the file `new`."""
    with open(new, "wb") as file:
        file.write(data)
        file.flush()
        status = os.fstat(file.fileno())
    os.replace(new, path)
    return (status.st_size, status.st_mtime_ns)
