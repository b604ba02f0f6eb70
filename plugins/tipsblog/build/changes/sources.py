"""The input files of one build, as they stood when it began.

Looks at all of them once, or takes what was seen just before, when it was found
out whether anything had changed; and looks again at the end. Knows no outputs.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from . import seals, stamps
from .contents import digests
from .seals import Seals
from .surroundings import SYSTEM

if TYPE_CHECKING:
    from .inputs import Inputs
    from .note import Changes
    from .stamps import Known, Stamp

#: The tick of a file system's clock.
_TICK_NS = 10_000_000


class Sources:
    """Where inputs are, with what stands there.

    found: every input file with its stamp and digest; what may change without
    another stamp, or did while the site was built, is `UNTRUSTED`.
    """

    def __init__(
        self,
        inputs: Inputs,
        before: Mapping[str, Known],
        seen: Changes | None,
        *,
        since: int,
    ) -> None:
        """before: what the last build found. seen: what changed after that very
        build, if somebody has just looked. since: when reading the settings began,
        in nanoseconds.
        """
        self.inputs, self._before = inputs, before
        self.found: dict[str, Known] = {}
        #: all folders, as they stood
        self._seals = Seals({})
        #: inputs that are not surely what they were
        self._doubtful: Iterable[str] = ()
        #: inputs whose stamps cannot be trusted
        self._loose: set[str] = set()
        if seen is None or not self._take(seen):
            self._look()
        self._look_at_single(since)

    def _look(self) -> None:
        now = time.time_ns()
        folders = dict(stamps.walk(self.inputs.roots, self.inputs.skip))
        self._seals = Seals({folder: stamps.seal(found) for folder, found in folders.items()})
        self._identify(dict(_files(folders)), now)
        self._doubtful = self.found.keys() | self._before.keys()

    def _take(self, seen: Changes) -> bool:
        """Take what was seen; False where it does not tell all."""
        note, inputs = seen.note, self.inputs
        if tuple(note.roots) != inputs.roots or set(note.skip) != set(inputs.skip):
            return False
        below = tuple(os.path.join(root, "") for root in inputs.roots)
        apart = tuple(os.path.join(folder, "") for folder in inputs.skip)
        sealed = note.folders.chosen(
            lambda folder: (
                f"{folder}{os.sep}".startswith(below) and not f"{folder}{os.sep}".startswith(apart)
            )
        )
        gone = {path for path in note.files if os.path.dirname(path) not in sealed}
        fresh: dict[str, Stamp] = {}
        for folder in filter(sealed.__contains__, seen.stands):
            above = os.path.join(folder, "")
            known = sealed.stamps(folder)
            stands = seen.stands[folder]
            stands = {name: one for name, one in stands.items() if above + name not in inputs.skip}
            if set(_folders(known)) != set(_folders(stands)):
                return False  # a new folder may be a link to anywhere
            sealed.put(folder, stands)
            gone.update(above + name for name in known)
            fresh.update(_files({folder: stands}))
        self._seals = sealed
        self.found = {**self._before}
        for path in gone:
            self.found.pop(path, None)
        self._identify(fresh, seen.at)
        self._doubtful = gone | fresh.keys()
        return True

    def _look_at_single(self, since: int) -> None:
        """Look at the files that stand elsewhere: read before, some of them."""
        single = {path: stamps.stamp_of(path) or (-2, 0) for path in self.inputs.files}
        self._identify(single, time.time_ns())
        for path in single:
            size, changed, _ = self.found[path]
            if changed >= since - _TICK_NS:
                self._distrust(path, size)
        self._doubtful = {*self._doubtful, *single}

    def _identify(self, found: Mapping[str, Stamp], now: int) -> None:
        for path, known in stamps.identify(found, self._before, now, digests).items():
            self.found[path] = known
            if known[1] == stamps.UNTRUSTED:
                self._loose.add(path)

    def _distrust(self, path: str, size: int) -> None:
        self.found[path] = (size, stamps.UNTRUSTED, b"")
        self._loose.add(path)

    def changed(self) -> list[str]:
        """Return the inputs that are new, gone or other ones now."""
        return sorted(
            path
            for path in self._doubtful
            if self.found.get(path, (0, 0, None))[2] != self._before.get(path, (0, 0, None))[2]
        )

    def digest_of(self, path: str) -> bytes:
        """Return the digest of an input's content as it was at the beginning."""
        known = self.found.get(path)
        return known[2] if known and known[2] else stamps.read_digest(path)

    def is_still(self, path: str) -> bool:
        """Tell whether an input is as it was at the beginning."""
        size, changed, digest = self.found.get(path, (-2, stamps.UNTRUSTED, b""))
        if changed != stamps.UNTRUSTED:
            return stamps.stamp_of(path) == (size, changed)
        return bool(digest) and stamps.read_digest(path) == digest

    def told(self, folders: Iterable[str], files: tuple[str, ...] = ()) -> Iterator[str]:
        """Yield what tells the files in these folders, and these, from any others."""
        below = tuple(folder + os.sep for folder in folders)
        for path in sorted(path for path in self.found if path.startswith(below)):
            yield f"{path} {self.found[path][2].hex()}"
        for path in files:
            if not path.startswith(below):
                yield f"{path} {self.found[path][2].hex()}"

    def settle(self) -> bool:
        """Look again: tell whether all stands as it did, and trust no other input."""
        settled = True
        for folder, now in seals.differing([self._seals]).items():
            before = self._seals.stamps(folder)
            for name in now.keys() | before.keys():
                path = os.path.join(folder, name)
                if now.get(name) != before.get(name) and path not in self.inputs.skip:
                    settled = False
                    if path in self.found:
                        self._distrust(path, -1)
        return settled

    def sealed(self) -> Seals:
        """Return the folders, sealed with what can be trusted in them."""
        loose: dict[str, dict[str, Stamp]] = {}
        for path in self._loose:
            folder, name = os.path.split(path)
            loose.setdefault(folder, {})[name] = self.found[path][:2]
        sealed = self._seals.chosen(lambda folder: True)
        for folder in filter(sealed.__contains__, loose):
            sealed.put(folder, {**sealed.stamps(folder), **loose[folder]})
        return sealed

    def single(self) -> dict[str, Stamp | None]:
        """Return the stamps of the files that stand elsewhere."""
        return {path: self.found[path][:2] for path in self.inputs.files}

    def unknown(self, paths: Iterable[str]) -> set[str]:
        """Return which of `paths` were not known as inputs at the beginning."""
        return {path for path in paths if path not in self.found}

    def is_extra(self, path: str, output: str) -> bool:
        """Tell whether `path` is an input that stands in none of the roots."""
        known = self._seals
        if path in self.found or path in known or os.path.dirname(path) in known:
            return False
        return not (
            stamps.NEVER.intersection(path.split(os.sep)) or path.startswith((output, *SYSTEM))
        )


def _files(folders: Mapping[str, Mapping[str, Stamp]]) -> Iterator[tuple[str, Stamp]]:
    for folder, found in folders.items():
        above = os.path.join(folder, "")
        for name, stamp in found.items():
            if stamp[0] != -1:
                yield above + name, stamp


def _folders(found: Mapping[str, Stamp]) -> Iterator[str]:
    return (name for name, stamp in found.items() if stamp == stamps.FOLDER)
