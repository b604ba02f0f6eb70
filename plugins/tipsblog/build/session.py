"""One build: what it starts from, what it may leave alone, what it leaves behind.

Knows files and digests, not Pelican. The order of its steps is what makes a
build that is stopped anywhere harmless: new outputs are noted before they are
made, old ones removed after all new ones stand, the manifest replaced last.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from . import observer, parallel
from .changes import stamps, surroundings
from .changes.inputs import SYSTEM, Inputs
from .changes.note import Note
from .changes.spares import Spares
from .changes.stamps import Known, Stamp
from .changes.state import Manifest, Store
from .report import Report

#: The tick of a file system's clock.
_TICK_NS = 10_000_000


class Session:
    """A build into `output`, from `begin` to `complete`."""

    def __init__(
        self, store: Store, output: str, inputs: Inputs, settings: str, *, since: int, full: bool
    ) -> None:
        """`settings` describes all settings. `since`: when reading them began,
        in nanoseconds. `full`: leave nothing alone.
        """
        self.store, self.output, self.inputs = store, output, inputs
        self.full = full
        self.report = Report()
        self.made = self.until = 0.0
        self.before = store.manifest(output)
        self.owned = {*self.before.outputs, *_journal(store.journal(output))}
        self.digests: dict[str, bytes] = {}
        self._placed: dict[str, Stamp | None] = {}
        self.keys: dict[str, bytes] = {}
        self._folders = dict(stamps.walk(inputs.roots, inputs.skip))
        self._found = stamps.identify(
            {**_files(self._folders), **_single(inputs.files)}, self.before.inputs, time.time_ns()
        )
        for path in inputs.files:  # read before we looked: changed in between?
            size, changed, _ = self._found.get(path, (0, 0, b""))
            if changed >= since - _TICK_NS:
                self._found[path] = (size, stamps.UNTRUSTED, b"")
        self._surroundings = surroundings.describe(inputs.variables)
        self.settings = _digest(
            [settings, self._surroundings, *self._told(inputs.code, inputs.files)]
        )
        self.look = _digest([self.settings.hex(), *self._told(inputs.look)])
        self.names: dict[str, list[str] | None] = {}
        self.reads: dict[str, Any] = {}
        self.left: dict[str, bytes | Callable[[], bytes]] = {}
        self._shared: dict[Any, Any] = {}
        if self.before.look == self.look:
            self.names = dict(self.before.names)
        own = (*inputs.code, *inputs.look, str(store.folder))
        self._program = (*SYSTEM, *(folder + os.sep for folder in own))
        self._spares = Spares(store.spares(output))
        stand = _Standing(output)
        if not full and any(stand.get(path) is None for path in self.before.outputs):
            self._spares.put_back(self.before.outputs)
            stand = _Standing(output)
        self._intact = {
            path for path, known in self.before.outputs.items() if stand.get(path) == known[:2]
        }
        self._explain()

    def digest_of(self, path: str) -> bytes:
        """Return the digest of an input's content as it was at the beginning."""
        known = self._found.get(path)
        return known[2] if known and known[2] else stamps.read_digest(path)

    def is_still(self, path: str) -> bool:
        """Tell whether an input is as it was at the beginning."""
        size, changed, digest = self._found.get(path, (-2, stamps.UNTRUSTED, b""))
        if changed != stamps.UNTRUSTED:
            return stamps.stamp_of(path) == (size, changed)
        return bool(digest) and stamps.read_digest(path) == digest

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
        folder, name = os.path.split(path)
        new = os.path.join(folder, f".{name[:200]}.tipsblog-new")
        try:
            self._placed[path] = self._write(new, path, data)
        except OSError:  # no such folder, or something in the way
            self.make_way(path)
            os.makedirs(folder, exist_ok=True)
            self._placed[path] = self._write(new, path, data)
        if digest:
            self._spares.keep(path, digest)
        self.report.written.append(os.path.relpath(path, self.output))

    def make_way(self, path: str) -> None:
        """Remove what an earlier build left where `path` must go: a file in
        place of one of its folders, or a folder in its own place.
        """
        folder = os.path.dirname(path)
        while len(folder) > len(self.output):
            if os.path.isdir(folder):
                break
            is_old = folder in self.owned and folder not in self.digests
            if is_old and os.path.isfile(folder):
                os.unlink(folder)
            folder = os.path.dirname(folder)
        if os.path.isdir(path) and not os.path.islink(path):
            for owned in sorted(self.owned - self.digests.keys()):
                if owned.startswith(path + os.sep):
                    self._remove(owned)
            with contextlib.suppress(OSError):
                os.rmdir(path)

    def clash(self, paths: Iterable[str]) -> tuple[str, str] | None:
        """Return an output of `paths` that would be a folder of another one."""
        paths = set(paths)
        for folder in {os.path.dirname(path) for path in paths}:
            above = folder
            while len(above) > len(self.output):
                if above in paths:
                    return above, folder
                above = os.path.dirname(above)
        return None

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
        keep: keeps what goes with the record, under the build's mark; under ""
        nothing may be kept.
        """
        stand = _Standing(self.output)
        for path, placed in self._placed.items():
            if stand.get(path) != placed:  # somebody else wrote there later
                for known_of in (self.digests, self.keys, self.reads):
                    known_of.pop(path, None)
        outputs = {path for path in {*self._placed, *watch.writes} if stand.is_file(path)}
        for path in sorted(self.owned - outputs):
            if os.path.lexists(path):
                self._remove(path)
                self.report.removed.append(os.path.relpath(path, self.output))
        if prune is not None:
            self._prune(outputs, prune)
        known = {path: self._output(path, stand.get(path)) for path in sorted(outputs)}
        if prune is not None or self.report.removed:
            stand = _Standing(self.output)
        now = dict(stamps.walk(self.inputs.roots, self.inputs.skip))
        if now != self._folders:
            # Something changed meanwhile, and may have been seen in between.
            self.keys, self.reads = {}, {}
        self._unsettle(now)
        build = os.urandom(8).hex()
        mark = build if now == self._folders else ""
        with parallel.beside(lambda: keep(mark)):
            self.store.save_manifest(
                self.output,
                Manifest(
                    build=build,
                    clean=clean,
                    settings=self.settings,
                    inputs=self._found,
                    outputs=known,
                    keys={path: key for path, key in self.keys.items() if path in outputs},
                    look=self.look,
                    names=self.names,
                    reads={path: read for path, read in self.reads.items() if path in outputs},
                ),
            )
            self._spares.forget_others(digest for _, _, digest in known.values())
            watch.close()
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.store.journal(self.output))
            if note is not None and clean and not watch.outside:
                self.store.save_note(*note, self._note(build, watch, now, stand))
            elif note is not None:
                self.store.drop_note(*note)

    def _note(
        self,
        build: str,
        watch: observer.Observer,
        now: dict[str, dict[str, Stamp]],
        stand: _Standing,
    ) -> Note:
        """Return what the next build needs to tell what changed."""
        extra = sorted(path for path in watch.reads if self._is_extra(path, now))
        listed = sorted(path for path in watch.folders if self._is_extra(path, now))
        return Note(
            build=build,
            output=self.output,
            surroundings=self._surroundings,
            variables=sorted(self.inputs.variables),
            made=self.made,
            until=self.until,
            exact=self.inputs.exact,
            roots=list(self.inputs.roots),
            skip=list(self.inputs.skip),
            folders={
                **{path: stamps.seal(stamps.listing(path)) for path in listed},
                **{path: self._seal(path) for path in self._folders},
            },
            files={
                **_note_files(self._found, self.inputs.files),
                **{path: stamps.stamp_of(path) for path in extra},
            },
            outputs={folder: stamps.seal(found) for folder, found in stand.folders.items()},
        )

    def _unsettle(self, now: dict[str, dict[str, Stamp]]) -> None:
        """Trust no input that is not what it was at the beginning."""
        for folder, before in self._folders.items():
            found = now.get(folder, {})
            if found != before:
                for name in found.keys() | before.keys():
                    path = os.path.join(folder, name)
                    if found.get(name) != before.get(name) and path in self._found:
                        self._found[path] = (-1, stamps.UNTRUSTED, b"")

    def _seal(self, folder: str) -> bytes:
        """Return the seal of a folder as it was read at the beginning."""
        above = os.path.join(folder, "")
        return stamps.seal(
            {
                name: self._found.get(above + name, stamp)[:2]
                for name, stamp in self._folders[folder].items()
            }
        )

    def _explain(self) -> None:
        report = self.report
        if self.full:
            report.why_all = "asked for"
        elif not self.before.build:
            report.why_all = "there is no record of an earlier build"
        elif self.before.settings != self.settings:
            report.why_all = "settings, program, packages or environment changed"
        before = self.before.inputs
        report.changed = sorted(
            path
            for path in self._found.keys() | before.keys()
            if path not in self._found
            or path not in before
            or self._found[path][2] != before[path][2]
        )

    def _told(self, folders: Iterable[str], files: tuple[str, ...] = ()) -> Iterator[str]:
        prefixes = tuple(folder + os.sep for folder in folders)
        for path in sorted(self._found):
            if path in files or path.startswith(prefixes):
                yield f"{path} {self._found[path][2].hex()}"

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

    def _write(self, new: str, path: str, data: bytes) -> Stamp:
        """Put `data` in place at once, by way of the file `new`."""
        with open(new, "wb") as file:
            file.write(data)
            file.flush()
            status = os.fstat(file.fileno())
        os.replace(new, path)
        return (status.st_size, status.st_mtime_ns)

    def _remove(self, path: str) -> None:
        with contextlib.suppress(OSError):
            os.unlink(path)
        folder = os.path.dirname(path)
        while len(folder) > len(self.output):
            try:
                os.rmdir(folder)
            except OSError:
                return
            folder = os.path.dirname(folder)

    def _prune(self, outputs: set[str], retained: Iterable[str]) -> None:
        keep = {os.path.join(self.output, name) for name in retained}
        for folder, found in list(stamps.walk([self.output], keep)):
            for name in found:
                path = os.path.join(folder, name)
                if path not in outputs and path not in keep and not os.path.isdir(path):
                    self._remove(path)
            with contextlib.suppress(OSError):
                os.rmdir(folder) if folder != self.output else None

    def read_too(self, path: str, reads: Iterable[str]) -> set[str]:
        """Return which of the files `reads`, opened while `path` was worked
        on, are neither `path` nor the program or the theme.
        """
        return {
            read
            for read in reads
            if read != path and "__pycache__" not in read and not read.startswith(self._program)
        }

    def _is_extra(self, path: str, folders: dict[str, dict[str, Stamp]]) -> bool:
        """Tell whether `path` is an input that stands in none of the roots."""
        if path in self._found or path in folders or os.path.dirname(path) in folders:
            return False
        parts = path.split(os.sep)
        return not (stamps.NEVER.intersection(parts) or path.startswith((self.output, *SYSTEM)))


class _Standing:
    """What stands in a folder and all below it, looked at once."""

    def __init__(self, root: str) -> None:
        self.folders = dict(stamps.walk([root]))
        self._files = _files(self.folders)

    def get(self, path: str) -> Stamp | None:
        """Return a file's stamp, None if it is not there."""
        found = self._files.get(path)
        if found is None or found[0] < 0:  # in a folder that is never walked, or dangling
            return stamps.stamp_of(path)
        return found

    def is_file(self, path: str) -> bool:
        found = self._files.get(path)
        return (found is not None and found[0] >= 0) or os.path.isfile(path)


def _digest(parts: Iterable[str]) -> bytes:
    return stamps.digest("\0".join(parts).encode("utf-8", "surrogateescape"))


def _files(folders: dict[str, dict[str, Stamp]]) -> dict[str, Stamp]:
    return {
        above + name: stamp
        for above, found in ((os.path.join(folder, ""), one) for folder, one in folders.items())
        for name, stamp in found.items()
        if stamp[0] != -1
    }


def _single(paths: Iterable[str]) -> dict[str, Stamp]:
    return {path: stamps.stamp_of(path) or (-2, 0) for path in paths}


def _note_files(found: dict[str, Known], paths: Iterable[str]) -> dict[str, Stamp | None]:
    return {path: (found[path][0], found[path][1]) for path in paths}


def _journal(path: str) -> set[str]:
    try:
        with open(path, "rb") as file:
            lines = file.read().split(b"\n")
    except OSError:
        return set()
    return {os.fsdecode(line) for line in lines[:-1]}
