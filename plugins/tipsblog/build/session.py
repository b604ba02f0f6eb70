"""One build: what it starts from, what it may leave alone, what it leaves behind.

Knows files and digests, not Pelican. The order of its steps is what makes a
build that is stopped anywhere harmless: new outputs are noted before they are
made, old ones removed after all new ones stand, the manifest replaced last.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ..shelf import Shelf
from . import observer, parallel
from .changes import stamps, surroundings
from .changes.inputs import Inputs
from .changes.note import Note
from .changes.outputs import Output, Standing
from .changes.seals import Seals
from .changes.sources import Sources
from .changes.spares import Spares
from .changes.state import Manifest, Store
from .changes.surroundings import SYSTEM
from .left import Left
from .report import Report

if TYPE_CHECKING:
    from .changes.note import Changes
    from .changes.stamps import Known, Stamp


class Session:
    """A build into `output`, from `begin` to `complete`."""

    def __init__(
        self,
        store: Store,
        output: str,
        inputs: Inputs,
        settings: str,
        *,
        since: int,
        full: bool,
        seen: Changes | None = None,
    ) -> None:
        """settings: describes all settings. since: when reading them began, in
        nanoseconds. full: leave nothing alone. seen: what somebody has just found
        changed.
        """
        self.store, self.output, self.inputs = store, output, inputs
        self.full = full
        self.report = Report()
        self.made = self.until = 0.0
        self.before = store.manifest(output)
        self.digests: dict[str, bytes] = {}
        owned = {*self.before.outputs, *_journal(store.journal(output))}
        self.folder = Output(output, owned, self.digests.keys())
        self._placed: dict[str, Stamp | None] = {}
        self.keys: dict[str, bytes] = {}
        if seen is not None and (seen.note.build != self.before.build or full):
            seen = None  # of another build than the one that is recorded
        self.sources = Sources(inputs, self.before.inputs, seen, since=since)
        self._surroundings = surroundings.describe(inputs.variables)
        self.settings = _digest(
            [settings, self._surroundings, *self.sources.told(inputs.code, inputs.files)]
        )
        self.look = _digest([self.settings.hex(), *self.sources.told(inputs.look)])
        self.names: dict[str, list[str] | None] = {}
        self.reads: dict[str, Any] = {}
        self.shelf = Shelf()
        self.left = Left(self.shelf.put, anew=self.before.look != self.look)
        self._shared: dict[Any, Any] = {}
        if self.before.look == self.look:
            self.names = dict(self.before.names)
        own = (*inputs.code, *inputs.look, str(store.folder))
        self._program = (*SYSTEM, *(folder + os.sep for folder in own))
        self._spares = Spares(store.spares(output))
        self._intact = self._find_intact(seen)
        self._explain()

    def _find_intact(self, seen: Changes | None) -> set[str]:
        """Return the outputs that are as the last build left them, once those that
        are gone have been put back.
        """
        before = self.before.outputs
        if seen is not None and seen.note.output == self.output and not seen.outputs:
            return set(before)
        stand = Standing(self.output)
        if not self.full and any(stand.get(path) is None for path in before):
            self._spares.put_back(before)
            stand = Standing(self.output)
        return {path for path, known in before.items() if stand.get(path) == known[:2]}

    def stands(self, path: str, digest: bytes) -> bool:
        """Tell whether the output `path` already has the content `digest`."""
        return path in self._intact and not self.full and self.before.outputs[path][2] == digest

    def stands_for(self, path: str, key: bytes) -> bool:
        """Tell whether the output `path`, made by this very program from the
        values whose digest is `key`, stands.
        """
        return (
            path in self._intact
            and not self.full
            and self.before.settings == self.settings
            and self.before.keys.get(path) == key
        )

    def reads_of(self, path: str) -> Any:
        """Return what the output `path` read when it was drawn, if it stands
        and was drawn with the same templates, settings and program; else None.
        """
        if path in self._intact and not self.full and self.before.look == self.look:
            return self.before.reads.get(path)
        return None

    def every_read(self) -> Iterator[Any]:
        """Yield what each output read that may still stand: see `reads_of`."""
        if not self.full and self.before.look == self.look:
            yield from (reads for reads, _ in self.before.reads.values())

    def note_reads(self, path: str, record: Any, *, same: bool) -> None:
        """Note what the output `path` read; same: what it read the last time."""
        if same:
            self.reads[path] = self.before.reads[path]
        elif record is not None:
            # Thousands of pages read the same: keep one copy of each name.
            reads, found = record
            self.reads[path] = (tuple(self._shared.setdefault(r, r) for r in reads), found)

    def place(self, path: str, digest: bytes, data: bytes | None, key: bytes = b"") -> None:
        """Make `data` the content of the output `path`; None: it stands.

        digest: of the content, b"" where it was told otherwise that it stands.
        """
        self.digests[path] = digest or self.before.outputs[path][2]
        self.keys.pop(path, None)  # of what was placed there before
        self.reads.pop(path, None)
        if key:
            self.keys[path] = key
        if data is None:
            self._placed[path] = self.before.outputs[path][:2]
            self.report.kept += 1
            return
        self._placed[path] = self.folder.write(path, data)
        if digest:
            self._spares.keep(path, digest)
        self.report.written.append(os.path.relpath(path, self.output))

    def make_way(self, path: str) -> None:
        """Remove what an earlier build left where the output `path` must go."""
        if path not in self._intact:
            self.folder.make_way(path)

    def read_too(self, path: str, reads: Iterable[str]) -> set[str]:
        """Return which of the files `reads`, opened while `path` was worked
        on, are neither `path` nor the program or the theme.
        """
        return {
            read
            for read in reads
            if read != path and "__pycache__" not in read and not read.startswith(self._program)
        }

    def complete(
        self,
        watch: observer.Observer,
        *,
        clean: bool,
        prune: tuple[str, ...] | None,
        note: tuple[str, str] | None,
        keep: Callable[[str], None] = lambda build: None,
    ) -> None:
        """Remove what is no output any more and record the build.

        clean: nothing was wrong. prune: also remove what no build made, but
        names on this list. note: under what to note it, see `Store.note`.
        keep: keeps what goes with the record, under a mark; it counts only if
        the build is recorded under the same one.
        """
        build = os.urandom(8).hex()
        with parallel.beside(lambda: keep(build)):
            stand = Standing(self.output)
            touched = [path for path, made in self._placed.items() if stand.get(path) != made]
            for path in touched:  # somebody else wrote there later
                for known_of in (self.digests, self.keys, self.reads):
                    known_of.pop(path, None)
            outputs, stand = self._clear_away(stand, watch, prune)
            settled = self.sources.settle()
        if not settled:
            # Something changed meanwhile, and may have been seen in between.
            self.keys, self.reads = {}, {}
        if touched or not settled:
            build = os.urandom(8).hex()  # what was kept does not go with this
        self.store.save_manifest(  # once the other process is gone: both take much memory
            self.output,
            Manifest(
                build=build,
                clean=clean,
                settings=self.settings,
                inputs=self.sources.found,
                outputs=outputs,
                keys={path: key for path, key in self.keys.items() if path in outputs},
                look=self.look,
                names=self.names,
                reads={path: read for path, read in self.reads.items() if path in outputs},
            ),
        )
        self._spares.forget_others(digest for _, _, digest in outputs.values())
        watch.close()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.store.journal(self.output))
        if note is not None and clean and not watch.outside:
            self.store.save_note(*note, self._note(build, watch, stand))
        elif note is not None:
            self.store.drop_note(*note)

    def _clear_away(
        self, stand: Standing, watch: observer.Observer, prune: tuple[str, ...] | None
    ) -> tuple[dict[str, Known], Standing]:
        """Remove what is no output any more. Return all outputs, and what stands
        then; stand: before.
        """
        outputs = {path for path in {*self._placed, *watch.writes} if stand.is_file(path)}
        for path in sorted(self.folder.owned - outputs):
            if os.path.lexists(path):
                self.folder.remove(path)
                self.report.removed.append(os.path.relpath(path, self.output))
        if prune is not None:
            self.folder.prune(outputs, prune)
        known = {path: self._output(path, stand.get(path)) for path in sorted(outputs)}
        if prune is not None or self.report.removed:
            stand = Standing(self.output)
        return known, stand

    def _note(self, build: str, watch: observer.Observer, stand: Standing) -> Note:
        """Return what the next build needs to tell what changed."""
        sources, inputs = self.sources, self.inputs
        extra = sorted(path for path in watch.reads if sources.is_extra(path, self.output))
        listed = sorted(path for path in watch.folders if sources.is_extra(path, self.output))
        folders = sources.sealed()
        for path in listed:
            folders.put(path, stamps.listing(path))
        outputs = {folder: stamps.seal(found) for folder, found in stand.folders.items()}
        return Note(
            build=build,
            output=self.output,
            surroundings=self._surroundings,
            variables=sorted(inputs.variables),
            made=self.made,
            until=self.until,
            exact=inputs.exact,
            roots=list(inputs.roots),
            skip=list(inputs.skip),
            folders=folders.largest_first(),
            files={**sources.single(), **{path: stamps.stamp_of(path) for path in extra}},
            outputs=Seals(outputs).largest_first(),
        )

    def _explain(self) -> None:
        report = self.report
        if self.full:
            report.why_all = "asked for"
        elif not self.before.build:
            report.why_all = "there is no record of an earlier build"
        elif self.before.settings != self.settings:
            report.why_all = "settings, program, packages or environment changed"
        report.changed = self.sources.changed()

    def _output(self, path: str, stamp: Stamp | None) -> Known:
        """Tell an output, and keep a copy of one that was not placed here."""
        size, changed = stamp or (-1, 0)
        digest = self.digests.get(path, b"")
        if not digest and not self.full:
            before = self.before.outputs.get(path)
            if before and before[:2] == (size, changed):
                return before
            if digest := stamps.read_digest(path):
                self._spares.keep(path, digest)
        return (size, changed, digest)


def _digest(parts: Iterable[str]) -> bytes:
    return stamps.digest("\0".join(parts).encode("utf-8", "surrogateescape"))


def _journal(path: str) -> set[str]:
    try:
        with open(path, "rb") as file:
            lines = file.read().split(b"\n")
    except OSError:
        return set()
    return {os.fsdecode(line) for line in lines[:-1]}
