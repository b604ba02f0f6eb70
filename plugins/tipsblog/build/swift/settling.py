"""Outputs put in place, and all that builds note of them, as a whole build does it.

New outputs are noted in a journal before they are made, old ones removed after
all new ones stand, the note replaced last.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NoReturn

from ..changes import stamps
from ..changes.note import Changes, Note
from ..changes.seals import Seals
from ..changes.spares import Spares
from ..changes.state import Patch, Store

#: More inputs and outputs than this are not kept beside a manifest.
_LONG = 500


class Settling:
    """The end of a build that follows changes."""

    def __init__(
        self, store: Store, note: Note, settings: str, output: str, patch: Patch | None
    ) -> None:
        """settings, output: as the build was called. patch: what changed since the
        manifest was saved.
        """
        self._store, self._note, self._patch = store, note, patch
        self._settings, self._given = settings, output
        self._outputs: dict[str, stamps.Known | None] = {}
        self._folding: _Folding | None = None

    def place(self, texts: Mapping[str, str], removed: Collection[str]) -> list[str]:
        """Write what differs, with a spare copy of each, and remove what is no
        output any more; return what was written.
        """
        if len(texts) > _LONG:
            self._folding = _Folding(self._store, self._note.output)
        new: dict[str, bytes] = {}
        gone: list[bytes] = []
        noted: list[str] = []
        for path, text in texts.items():
            data = text.encode("utf-8")
            before = _read(path)
            if before != data:
                new[path] = data
                noted += [_part_of(path)] if before is not None else [_part_of(path), path]
                gone += [stamps.digest(before)] if before is not None else []
        with open(self._store.journal(self._note.output), "ab") as journal:
            journal.write(b"".join(os.fsencode(path) + b"\n" for path in noted))
        for path, data in new.items():
            _write(path, data)
        spares = Spares(self._store.spares(self._note.output))
        for path, data in new.items():
            spares.keep(path, stamps.digest(data))
        for path in sorted(removed):
            before = _read(path)
            if before is not None:
                gone.append(stamps.digest(before))
                os.unlink(path)
                self._drop_folders(os.path.dirname(path))
        spares.forget(gone)
        self._outputs = {
            path: (*(stamps.stamp_of(path) or (-1, 0)), stamps.digest(text.encode("utf-8")))
            for path, text in texts.items()
        }
        self._outputs |= dict.fromkeys(removed)
        return sorted(new)

    def note_all(
        self,
        build: str,
        changes: Changes,
        listed: Mapping[str, Mapping[str, stamps.Stamp]],
        digests: Mapping[str, bytes],
        gone: Collection[str],
        written: Iterable[str],
        reads: Mapping[str, Any],
        started: int,
    ) -> None:
        """Note what stands now, as of `build`.

        listed: folders of comments, with what stands in them. digests: of inputs.
        gone: inputs that are no more. reads: see `Manifest`. started: when it began,
        in nanoseconds.
        """
        note, store = self._note, self._store
        inputs: dict[str, stamps.Known | None] = dict.fromkeys(gone)
        stamped: dict[str, Any] = dict.fromkeys(gone)
        found = {**changes.changed, **changes.added}
        for folder, entries in listed.items():
            found |= {os.path.join(folder, name): stamp for name, stamp in entries.items()}
        for path, stamp in found.items():
            if path not in stamped:
                size, changed = stamped[path] = _trusted(stamp, started)
                if path in digests:
                    inputs[path] = (size, changed, digests[path])
        patch = self._patch or Patch(note.build, "", {}, {}, {})
        removed = [path for path, known in self._outputs.items() if known is None]
        patch = Patch(
            patch.base,
            build,
            {**patch.inputs, **inputs},
            {**patch.outputs, **self._outputs},
            {**patch.reads, **reads, **dict.fromkeys(removed)},
        )
        store.save_patch(note.output, patch)
        if self._folding is None and len(patch.inputs) + len(patch.outputs) > _LONG:
            self._folding = _Folding(store, note.output)
        if self._folding is not None:
            self._folding.begin()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(store.journal(note.output))
        note.build = build
        stamped |= {path: stamps.stamp_of(path) for path in written}
        note.amend({**stamped, **dict.fromkeys(removed)})
        self._note_folders({*listed, *map(os.path.dirname, gone)}, note.folders)
        self._note_folders(set(map(os.path.dirname, removed)), note.outputs)
        if self._folding is not None:
            self._folding.end()
        store.save_note(self._settings, self._given, note)

    def _drop_folders(self, folder: str) -> None:
        """Remove folders of the output that hold nothing any more."""
        with contextlib.suppress(OSError):
            while len(folder) > len(self._note.output):
                os.rmdir(folder)
                folder = os.path.dirname(folder)

    def _note_folders(self, folders: Iterable[str], sealed: Seals) -> None:
        """Note which folders came and went."""
        for folder in sorted(folders, key=len, reverse=True):
            above, name = os.path.split(folder)
            if os.path.isdir(folder):
                if folder not in sealed:
                    sealed.put(folder, {})
            elif sealed.drop(folder):
                self._note_folders([above], sealed)
            if above in sealed:
                before = sealed.stamps(above)
                known = {**before, name: stamps.FOLDER}
                if not os.path.isdir(folder):
                    del known[name]
                if known != before:
                    sealed.put(above, known)


class _Folding:
    """A patch folded into its manifest by another process, which loads that before
    there is a patch.
    """

    def __init__(self, store: Store, output: str) -> None:
        self._store, self._output = store, output
        self._child = self._pipe = 0
        if stamps.processors() > 1:
            reading, self._pipe = os.pipe()
            self._child = os.fork()
            if self._child == 0:
                os.close(self._pipe)
                self._work(reading)
            os.close(reading)

    def begin(self) -> None:
        """Say that the patch stands."""
        if self._child:
            os.write(self._pipe, b".")

    def end(self) -> None:
        """Wait until the manifest stands."""
        if self._child:
            os.close(self._pipe)
        if not self._child or os.waitpid(self._child, 0)[1]:
            self._store.save_manifest(self._output, self._store.manifest(self._output))

    def _work(self, pipe: int) -> NoReturn:
        status = 1
        try:
            fold = self._store.folding(self._output)
            if os.read(pipe, 1):  # else there will be no patch
                fold()
            status = 0
        finally:
            os._exit(status)


def _read(path: str) -> bytes | None:
    """Return what stands in a file; None: it is not there."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def _write(path: str, data: bytes) -> None:
    """Put `data` in place at once."""
    part = _part_of(path)
    try:
        file = open(part, "wb")  # noqa: SIM115 - closed below
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path))
        file = open(part, "wb")  # noqa: SIM115 - closed below
    with file:
        file.write(data)
    os.replace(part, path)


def _trusted(stamp: stamps.Stamp, now: int) -> stamps.Stamp:
    size, changed = stamp
    return (size, changed if changed < now - stamps.RACY_NS else stamps.UNTRUSTED)


def _part_of(path: str) -> str:
    folder, name = os.path.split(path)
    return os.path.join(folder, f".{name[:200]}.tipsblog-new")
