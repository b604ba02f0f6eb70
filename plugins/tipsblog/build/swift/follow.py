"""A build that only follows changed comments and edited bodies, without Pelican.

Draws again what shows them, from what the last build kept, and leaves
everything as a whole build would have left it. Whatever is not certain ends
this with a reason before anything was written; a whole build must then do it.
"""

from __future__ import annotations

import _locale
import contextlib
import gc
import os
import time
from typing import TYPE_CHECKING, Any

from ..changes import stamps
from ..changes.state import Patch, Store
from . import lazily

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from ...comments.follow import Followed
    from ..changes.note import Changes
    from ..record.drawn import Drawn
    from ..report import Report
    from .edit import Editor

#: More inputs and outputs than this are not kept beside a manifest.
_LONG = 500


class LeftError(Exception):
    """This is left to a whole build; the message says why."""


#: Why the last attempt was left to a whole build.
why_not = ""


def site(settings: str, output: str, changes: Changes) -> Report | None:
    """Follow `changes`; None: it takes a whole build.

    settings: path of the settings file; output: as given.
    """
    global why_not
    settings = os.path.abspath(settings)
    store, note = Store(os.path.dirname(settings)), changes.note
    lazily.put_off()
    gc.disable()  # next to nothing that is made here is thrown away before the end
    with store.locked():
        try:
            with contextlib.ExitStack() as stack:
                from ..record.drawn import opened

                drawn = stack.enter_context(opened(store.drawn(note.output)))
                if drawn is None:
                    raise LeftError("what was kept cannot be read")
                report = _Build(store, settings, output, changes, drawn).follow()
        except Exception as error:  # noqa: BLE001 - whatever it was: a whole build will tell
            why_not = str(error) or type(error).__name__
            lazily.load()
            return None
        finally:
            gc.enable()
    why_not = ""
    return report


class _Build:
    def __init__(
        self, store: Store, settings: str, output: str, changes: Changes, drawn: Drawn
    ) -> None:
        self._store, self._settings, self._given = store, settings, output
        self._changes, self._note, self._drawn = changes, changes.note, drawn
        self._patch = store.patch(self._note.output)
        self._started = 0

    def follow(self) -> Report:
        from .edit import Editor

        self._started = time.time_ns()
        self._check()
        folder = self._folder()
        # First of all: reading takes as long as loading all the rest.
        editor = Editor(self._drawn, self._changes.changed, self._note.files)
        with contextlib.closing(editor):
            return self._follow(editor, folder)

    def _folder(self) -> str:
        """Return the folder of comments; raise `LeftError`, before anything else
        is loaded, if some other file is new or gone.
        """
        from ..record.watched import FOLDER

        comments = os.fsdecode(self._drawn.left(FOLDER) or b"")
        for path in [*self._changes.added, *self._changes.removed]:
            if os.path.dirname(os.path.dirname(path)) != comments:
                raise LeftError(f"{path} is new or gone")
        return comments

    def _follow(self, editor: Editor, folder: str) -> Report:
        from pathlib import Path

        from ...comments.follow import Follower
        from .redraw import Redrawer

        note, drawn = self._note, self._drawn
        redrawer = Redrawer(drawn)
        root = Path(self._settings).parent
        follower = Follower(
            drawn.left,
            drawn.left_like,
            redrawer.things.__getitem__,
            root,
            self._recall,
            _workers,
        )
        redrawer.living = follower.answer
        keys = self._sorted_out(folder, editor.digests)
        if editor.edited:
            follower.expect_bodies()
        editor.take_in(redrawer.things)
        listed = {folder: stamps.listing(folder) for folder in keys}
        bodies = {edit.thing: edit.html for edit in editor.edits}
        done = follower.follow(sorted(keys.values()), stamps.read_digest, bodies)

        _locale.setlocale(_locale.LC_ALL, str(drawn.meta("locale")))
        paths = self._readers(done.changed) | editor.readers
        pages = {path: redrawer.draw(path) for path in sorted(paths)}
        texts = {path: page.text for path, page in pages.items()}
        for name, make in done.feeds.items():
            texts[os.path.join(note.output, name)] = make()
        texts |= self._replied(done.replies, editor.feeds(_text_of))
        self._check_still(listed, follower.read)

        build = os.urandom(8).hex()
        reads = {path: redrawer.record(path, page) for path, page in pages.items()}
        written = self._write(texts)
        for path, page in pages.items():
            redrawer.keep(path, page, build)
        self._keep(build, done, editor, {path: record[0] for path, record in reads.items()})
        digests = {**done.files, **editor.digests}
        self._note_all(build, listed, digests, done.gone, texts, written, reads)
        return self._report(written, done.edited | editor.edited, len(editor.edited))

    def _recall(self, sources: Mapping[str, bytes]) -> dict[str, Any]:
        """Return what builds kept of folders of comments, see `kept.remembered`."""
        from ..cache import Cache
        from ..kept import recalled

        cache = Cache(self._store.folder / "parsed.sqlite")
        kept = recalled(cache, self._drawn.meta("settings") or b"", "comments", sources)
        return {key: folder for key, (folder, _) in kept.items()}

    def _check(self) -> None:
        note = self._note
        if not self._store.stands(note, self._settings, self._given):
            raise LeftError("another build came in between")
        # It is emptied, or gets another mark, whenever a manifest is replaced.
        if self._drawn.build != note.build:
            raise LeftError("what pages were drawn from was not kept")
        if opaque := self._drawn.meta("opaque"):
            raise LeftError(f"it is not known what {opaque[0]} reads")
        if note.exact:
            raise LeftError("time stamps are part of the site")
        if self._changes.outputs:
            raise LeftError(f"{self._changes.outputs[0]} is not as it was built")
        if self._patch is not None and self._patch.build != note.build:
            self._patch = None

    def _sorted_out(self, comments: str, known: Container[str]) -> dict[str, str]:
        """Return the folders of comments in which something changed, with their
        keys; raise `LeftError` if anything else but `known` is not as it was.
        """
        changes, keys = self._changes, {}
        other: dict[str, stamps.Stamp] = {}
        for path in [*changes.changed, *changes.added, *changes.removed]:
            folder = os.path.dirname(path)
            if os.path.dirname(folder) == comments:
                keys[folder] = os.path.basename(folder)
            elif path not in known:
                other[path] = changes.changed[path]
        if other:  # a stamp that could not be trusted, or a file that was touched
            inputs = self._store.manifest(self._note.output).inputs
            for path, (_, _, mark) in stamps.identify(other, {}, 0).items():
                if path not in inputs or not mark or mark != inputs[path][2]:
                    raise LeftError(f"{path} changed")
        return keys

    def _readers(self, changed: Iterable[str]) -> set[str]:
        from ..record.watched import watched

        found: set[str] = set()
        for what in changed:
            name, _, attribute = what.rpartition(".")
            found |= self._drawn.readers(name, watched(attribute))
        return found

    def _replied(
        self, replies: Sequence[tuple[str, str, str]], texts: dict[str, str]
    ) -> dict[str, str]:
        """Return Pelican's feeds `texts`, and others, with what they say of an
        article's comments.
        """
        for thing, before, now in replies:
            for path in self._drawn.readers(f"feed {thing}"):
                if path not in texts:
                    texts[path] = _text_of(path)
                if before not in texts[path] and now not in texts[path]:
                    raise LeftError(f"{path} says nothing of comments")
                texts[path] = texts[path].replace(before, now)
        return texts

    def _check_still(
        self, listed: Mapping[str, Mapping[str, stamps.Stamp]], read: Iterable[str]
    ) -> None:
        """Raise `LeftError` if a folder, or a file, changed while it was read."""
        for folder, before in listed.items():
            if stamps.listing(folder) != before:
                raise LeftError(f"{folder} changes right now")
        for folder in set(read) - listed.keys():
            if stamps.listing(folder) != stamps.unseal(self._note.folders[folder]):
                raise LeftError(f"{folder} changes right now")
        for path, stamp in self._changes.changed.items():
            if os.path.dirname(path) not in listed and stamps.stamp_of(path) != stamp:
                raise LeftError(f"{path} changes right now")

    def _write(self, texts: Mapping[str, str]) -> list[str]:
        """Write what differs, with a spare copy of each; return which."""
        from ..changes.spares import Spares

        new: dict[str, bytes] = {}
        gone: list[bytes] = []
        for path, text in texts.items():
            data = text.encode("utf-8")
            with open(path, "rb") as file:  # a new output is left to a whole build
                before = file.read()
            if before != data:
                new[path] = data
                gone.append(stamps.digest(before))
        parts = {path: _part_of(path) for path in new}
        with open(self._store.journal(self._note.output), "ab") as journal:
            journal.write(b"".join(os.fsencode(part) + b"\n" for part in parts.values()))
        for path, data in new.items():
            with open(parts[path], "wb") as file:
                file.write(data)
            os.replace(parts[path], path)
        spares = Spares(self._store.spares(self._note.output))
        for path, data in new.items():
            spares.keep(path, stamps.digest(data))
        spares.forget(gone)
        return sorted(new)

    def _keep(
        self,
        build: str,
        done: Followed,
        editor: Editor,
        reads: Mapping[str, Sequence[tuple[str, str]]],
    ) -> None:
        from ..record.watched import watched

        drawn = self._drawn
        left = {**done.left, **editor.left}
        drawn.leave((name, stamps.digest(value), value) for name, value in left.items())
        drawn.drop_left(done.dropped)
        drawn.add_readers(
            (name, path, watched(attribute))
            for path, found in reads.items()
            for name, attribute in found
            if watched(attribute)
        )
        drawn.commit(build)

    def _note_all(
        self,
        build: str,
        listed: Mapping[str, Mapping[str, stamps.Stamp]],
        digests: Mapping[str, bytes],
        gone: Iterable[str],
        texts: Mapping[str, str],
        written: Sequence[str],
        reads: Mapping[str, Any],
    ) -> None:
        note, store, changes = self._note, self._store, self._changes
        inputs: dict[str, stamps.Known | None] = dict.fromkeys(gone)
        stamped: dict[str, Any] = dict.fromkeys(gone)
        found = dict(changes.changed)
        for folder, entries in listed.items():
            found |= {os.path.join(folder, name): stamp for name, stamp in entries.items()}
        for path, stamp in found.items():
            if path not in stamped:
                size, changed = stamped[path] = _trusted(stamp, self._started)
                if path in digests:
                    inputs[path] = (size, changed, digests[path])
        outputs = {
            path: (*(stamps.stamp_of(path) or (-1, 0)), stamps.digest(text.encode("utf-8")))
            for path, text in texts.items()
        }
        patch = self._patch or Patch(note.build, "", {}, {}, {})
        patch = Patch(
            patch.base,
            build,
            {**patch.inputs, **inputs},
            {**patch.outputs, **outputs},
            {**patch.reads, **reads},
        )
        store.save_patch(note.output, patch)
        if len(patch.inputs) + len(patch.outputs) > _LONG:
            store.save_manifest(note.output, store.manifest(note.output))
        with contextlib.suppress(FileNotFoundError):
            os.unlink(store.journal(note.output))
        note.build = build
        note.amend({**stamped, **{path: stamps.stamp_of(path) for path in written}})
        self._note_folders(listed)
        store.save_note(self._settings, self._given, note)

    def _note_folders(self, listed: Iterable[str]) -> None:
        """Note which folders came and went."""
        for folder in listed:
            above, name = os.path.split(folder)
            known = stamps.unseal(self._note.folders[above])
            if os.path.isdir(folder):
                known[name] = stamps.FOLDER
                self._note.folders.setdefault(folder, stamps.seal({}))
            else:
                known.pop(name, None)
                self._note.folders.pop(folder, None)
            self._note.folders[above] = stamps.seal(known)

    def _report(self, written: Sequence[str], changed: Iterable[str], parsed: int) -> Report:
        from ..report import Report

        output, drawn = self._note.output, self._drawn
        return Report(
            changed=sorted(changed),
            parsed=parsed,
            written=[os.path.relpath(path, output) for path in written],
            kept=max(0, int(drawn.meta("outputs") or 0) - len(written)),
            sources=int(drawn.meta("sources") or 0),
            swift=True,
        )


def _text_of(path: str) -> str:
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def _workers() -> int:
    from .. import parallel

    return parallel.workers()


def _trusted(stamp: stamps.Stamp, now: int) -> stamps.Stamp:
    size, changed = stamp
    return (size, changed if changed < now - stamps.RACY_NS else stamps.UNTRUSTED)


def _part_of(path: str) -> str:
    folder, name = os.path.split(path)
    return os.path.join(folder, f".{name[:200]}.tipsblog-new")
