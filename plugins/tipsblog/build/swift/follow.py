"""A build that only follows changed comments and articles, without one of Pelican's.

Draws again what shows them, from what the last build kept, and leaves
everything as a whole build would have left it. Whatever is not certain ends
this with a reason before anything was written; a whole build must then do it.
"""

from __future__ import annotations

import _locale
import contextlib
import gc
import marshal
import os
import time
from typing import TYPE_CHECKING, Any

from ..changes import stamps
from ..changes.state import Store
from ..record.watched import FOLDER, watched
from . import lazily

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping, Sequence

    from ...comments.follow import Followed, Follower, Told
    from ..changes.note import Changes
    from ..record.drawn import Drawn
    from ..report import Report
    from .articles import Articles
    from .edit import Editor
    from .redraw import Redrawer


class LeftError(Exception):
    """This is left to a whole build; the message says why."""


#: Why the last attempt was left to a whole build.
why_not = ""


def load(*, all_of_it: bool) -> None:
    """Load what it takes to follow most changes, or to begin with."""
    lazily.put_off()
    from ..record import drawn  # noqa: F401
    from . import edit  # noqa: F401

    if all_of_it:
        from ...comments import follow  # noqa: F401
        from ...spam import update  # noqa: F401
        from . import drawing, settling  # noqa: F401


def site(settings: str, output: str, changes: Changes, now: float) -> Report | None:
    """Follow `changes`; None: it takes a whole build.

    settings: path of the settings file; output: as given. now: what the clock shows.
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
                report = _Build(store, settings, output, changes, drawn, now).follow()
        except Exception as error:  # noqa: BLE001 - whatever it was: a whole build will tell
            why_not = str(error) or type(error).__name__
            return None
        finally:
            gc.enable()
    why_not = ""
    return report


class _Build:
    def __init__(
        self,
        store: Store,
        settings: str,
        output: str,
        changes: Changes,
        drawn: Drawn,
        now: float,
    ) -> None:
        self._store, self._settings, self._given = store, settings, output
        self._changes, self._note, self._drawn = changes, changes.note, drawn
        self._patch = store.patch(self._note.output)
        self._started, self._now = 0, now

    def follow(self) -> Report:
        from .edit import Editor

        self._started = time.time_ns()
        self._check()
        folder = os.fsdecode(self._drawn.left(FOLDER) or b"")
        # First of all: reading takes as long as loading all the rest.
        editor = Editor(self._drawn, self._changes.changed, self._note.files)
        with contextlib.ExitStack() as stack:
            stack.enter_context(contextlib.closing(editor))
            return self._follow(editor, folder, stack)

    def _follow(self, editor: Editor, folder: str, stack: contextlib.ExitStack) -> Report:
        from pathlib import Path

        from ...comments.follow import Follower
        from . import keeping
        from .drawing import draw_all
        from .redraw import Redrawer
        from .settling import Settling

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
        new, gone = self._moved(folder)
        keys = self._sorted_out(folder, {*editor.digests, *new, *gone})
        if editor.edited:
            follower.expect_bodies()
        editor.take_in(redrawer.things)
        articles = None
        if new or gone or editor.headed:
            articles = self._articles(redrawer, follower, editor, new, gone)
            stack.enter_context(contextlib.closing(articles))
        listed = {folder: stamps.listing(folder) for folder in keys}
        done = self._followed(follower, keys, editor, articles)

        _locale.setlocale(_locale.LC_ALL, str(drawn.meta("locale")))
        paths = self._readers(done.changed) | editor.readers
        removed = {os.path.join(note.output, name) for name in done.lost}
        if articles is not None:
            paths |= articles.readers
            removed |= articles.removed
        maybe = articles.maybe if articles is not None else {}
        pages = draw_all(redrawer, paths - removed, maybe, follower.read)
        for path, page in pages.items():
            if articles is not None and any(name in articles.gone for name, _ in page.record[0]):
                raise LeftError(f"{path} still shows what is gone")
        texts = {path: page.text for path, page in pages.items()}
        for name, make in done.feeds.items():
            texts[os.path.join(note.output, name)] = make()
        texts |= self._replied(done.replies, editor.feeds(_text_of))
        if articles is not None:
            texts |= articles.texts()
        texts = {path: text for path, text in texts.items() if path not in removed}
        self._check_still(listed, follower.read)

        reads = {path: page.record for path, page in pages.items()}
        digests = {**done.files, **editor.digests}
        changed = done.edited | editor.edited | {*new, *gone}
        if articles is not None:
            digests |= articles.digests
            # It might be one of the future for a clock that shows less.
            note.made = max(note.made, self._now)
        report = self._report(changed, len(editor.edited) + len(new), articles)
        build = os.urandom(8).hex()

        def keep_all(file: Drawn) -> None:
            keeping.keep(file, pages, build)
            left, dropped = {**done.left, **editor.left}, list(done.dropped)
            if articles is not None:
                left |= articles.leave()
                dropped += articles.dropped
                keeping.relist(file, articles, reads)
            keeping.leave(file, left, dropped)
            keeping.note_readers(file, reads)
            file.commit(build)

        settling = Settling(self._store, note, self._settings, self._given, self._patch)
        with self._kept(keep_all, articles):
            written = settling.place(texts, removed)
            settling.note_all(
                build,
                self._changes,
                listed,
                digests,
                [*done.gone, *gone],
                written,
                reads,
                self._started,
            )
        report.written = [os.path.relpath(path, note.output) for path in written]
        report.removed = sorted(os.path.relpath(path, note.output) for path in removed)
        report.kept = max(0, report.kept - len(written))
        return report

    def _kept(
        self, keep_all: Callable[[Drawn], None], articles: Articles | None
    ) -> contextlib.AbstractContextManager[None]:
        """Keep all that the next build starts from, but for files; where that is much,
        by another process while this one goes on.
        """
        if articles is None:
            keep_all(self._drawn)
            return contextlib.nullcontext()
        from .. import parallel
        from ..record.drawn import opened

        def keep_aside() -> None:
            with opened(self._drawn.path) as file:
                if file is None:
                    raise LeftError("what was kept cannot be written")
                keep_all(file)
            articles.tell_intake()

        self._drawn.close()  # no connection may pass to another process
        return parallel.beside(keep_aside)

    def _moved(self, comments: str) -> tuple[list[str], list[str]]:
        """Return which articles may be new, and which are gone; raise `LeftError`,
        before anything else is loaded, if some other file is.
        """
        new, gone = [], []
        for path in self._changes.added:
            if os.path.dirname(os.path.dirname(path)) != comments:
                new.append(path)
                if not path.endswith(".md"):
                    raise LeftError(f"{path} is new")
        for path in self._changes.removed:
            if os.path.dirname(os.path.dirname(path)) != comments:
                gone.append(path)
                if not path.endswith(".md"):
                    raise LeftError(f"{path} is gone")
        return new, gone

    def _articles(
        self,
        redrawer: Redrawer,
        follower: Follower,
        editor: Editor,
        there: Sequence[str],
        gone: Sequence[str],
    ) -> Articles:
        """Return what becomes of articles that are new, gone or have another header."""
        from ..aside import Aside
        from ..record.bodies import HOW
        from ..whole import lean
        from . import early
        from .survey import survey

        how = marshal.loads(self._drawn.left(HOW) or b"")  # noqa: S302 - our own
        early.check(how, [*there, *editor.headed], gone)
        with contextlib.closing(Aside(lambda: survey(self._drawn.path))) as surveyed:
            lean.defer()  # from here on Pelican is loaded
            from ..markdown.source import unwarned
            from ..whole.single import Reading
            from .articles import Articles

            with unwarned():
                articles = Articles(
                    redrawer,
                    Reading(self._settings, self._given),
                    follower.discussion,
                    self._note.files,
                    editor.left,
                    surveyed.result,
                )
                articles.take_in([*there, *editor.headed], gone)
        return articles

    def _followed(
        self,
        follower: Follower,
        keys: Mapping[str, str],
        editor: Editor,
        articles: Articles | None,
    ) -> Followed:
        bodies = {edit.thing: edit.html for edit in editor.edits}
        if articles is None:
            return follower.follow(sorted(keys.values()), stamps.read_digest, bodies)
        return follower.follow(
            sorted(keys.values()),
            stamps.read_digest,
            bodies,
            self._told(articles),
            articles.gone,
            articles.updated,
        )

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
            if stamps.listing(folder) != self._note.folders.stamps(folder):
                raise LeftError(f"{folder} changes right now")
        changes = self._changes
        found = {**changes.changed, **changes.added, **dict.fromkeys(changes.removed)}
        for path, stamp in found.items():
            if os.path.dirname(path) not in listed and stamps.stamp_of(path) != stamp:
                raise LeftError(f"{path} changes right now")

    def _told(self, articles: Articles) -> list[Told]:
        from ...comments.follow import Told

        return [
            Told(
                thing=source.thing,
                field=str(source.article.metadata.get("comments", "")),
                slug=source.article.slug,
                url=source.article.url,
                title=source.article.title,
                published=source.article.date,
                language=source.article.lang,
                html=source.article._content,
                written=(source.article.title, str(source.article.date)),
            )
            for source in articles.sources.values()
        ]

    def _report(self, changed: Iterable[str], parsed: int, articles: Articles | None) -> Report:
        from ..report import Report

        drawn = self._drawn
        more = articles.more if articles is not None else 0
        return Report(
            changed=sorted(changed),
            parsed=parsed,
            kept=int(drawn.meta("outputs") or 0),
            sources=int(drawn.meta("sources") or 0) + more,
            swift=True,
        )


def _text_of(path: str) -> str:
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def _workers() -> int:
    from .. import parallel

    return parallel.workers()
