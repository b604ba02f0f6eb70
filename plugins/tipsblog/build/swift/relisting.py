"""What pages and feeds show of lists of articles, compared with what was kept.

Pelican's generator tells what it would draw from the old lists and from the new
ones. The old ones must give what the last build kept, or nothing is certain.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from ..record import replay
from ..record.bodies import thing_of
from ..record.drawn import Drawn, opened
from ..record.keeping import CannotKeepError
from ..record.listed import LISTS
from ..record.reads import CannotTellError
from ..record.watched import watched
from ..whole.lists import Checked, Lists, keeper_of
from ..whole.planned import Feed, Plan, Touched
from ..whole.sitemap import Site, sitemap
from .survey import Survey

#: name, kind, what is told of it: see `keeping`
_Rows = list[tuple[str, str, str]]


class UnlistedError(Exception):
    """Only a whole build can follow this; the message says why."""


class Relisted:
    """What lists with other articles give. Raises `UnlistedError`.

    files: all that Pelican takes for articles. maybe: pages that may be drawn from
    something else, with what draws them, see `page`. readers: outputs that read
    something else of an article. removed: outputs that are no more. shared: what all
    pages find under a name. feeds: those with other articles; reading_rows: who is in
    which. updated: the latest date.
    """

    def __init__(
        self,
        drawn: Drawn,
        settings: Mapping[str, Any],
        old: Mapping[str, Any],
        new: Mapping[str, Any],
        changed: Iterable[str],
        fresh: Mapping[str, Any],
        pages: Iterable[str],
        survey: Survey,
    ) -> None:
        """old, new: all articles, by name. changed: those of the old ones that are
        gone, or are others now; fresh: those of the new ones. pages: see `Listed`.
        """
        self._drawn, self._fresh = drawn, {thing_of(name) for name in fresh}
        others = {name: Checked() for name in pages}
        self._before = Lists(settings, old, others.values())
        self._after = Lists(settings, new, others.values())
        self.files = self._after.files()
        left = [old[name] for name in changed]
        touched = Touched.by([*left, *fresh.values()])
        touched.add_like(self._before)
        was, now = Plan(self._before, touched, left), Plan(self._after, touched, fresh.values())
        self._was, self._now = was.pages, now.pages
        every = [*old.items(), *new.items()]
        self._things = {id(one): thing_of(name) for name, one in every}
        self._keepers = [
            keeper_of(lists, {thing_of(name): one for name, one in {**articles, **others}.items()})
            for lists, articles in ((self._before, old), (self._after, new))
        ]
        self._entries: dict[tuple[str, str], Any] = {}
        self.readers: set[str] = set()
        self._check_known(survey)
        try:
            self._shared = self._compare_shared(survey.shared)
            self.shared = {name: self._dump(self._after.context[name]) for name in self._shared}
            self._compare_neighbours()
        except (CannotTellError, CannotKeepError) as error:
            raise UnlistedError(f"a page is given a {error}") from error
        self._like = {asked: path for path, (asked, _) in was.pages.items()}
        self.maybe = {**survey.sharing}
        for plan in (was, now):
            self.maybe |= {path: asked for path, (asked, _) in plan.pages.items()}
        self.feeds = self._other_feeds(was.feeds, now.feeds)
        self.reading_rows = [
            (f"{feed.kind} {self._things[id(article)]}", path, 1)
            for path, feed in self.feeds.items()
            for article in feed.articles
        ]
        self.removed = (was.pages.keys() | was.feeds.keys()) - (now.pages.keys() | now.feeds.keys())
        for path in (now.pages.keys() | now.feeds.keys()) - (was.pages.keys() | was.feeds.keys()):
            if os.path.lexists(path):
                raise UnlistedError(f"{path} stands already")
        for name in changed:
            thing = thing_of(name)
            self.readers |= drawn.readers(thing)
        self.readers -= self.removed
        self.updated = self._after.updated

    def entry(self, thing: str, attribute: str) -> Any:
        """Return how an attribute is kept that is another one now, see
        `replay.Things.fresh`.
        """
        if thing not in self._fresh:
            return self._entries.get((thing, attribute))
        found = self._keepers[1].entry(thing, attribute)
        if found is None:
            raise UnlistedError(f"{attribute} of {thing} is of no known kind")
        return found

    def sitemap(
        self, old: Iterable[Any], new: Iterable[Any], pages: Iterable[Mapping[str, Any]]
    ) -> tuple[str, str]:
        """Return the path of the sitemap, and what stands there now. old, new: all
        articles. pages: see `Listed.mapped`. Raises `UnmappedError`.
        """
        with opened(self._drawn.path) as drawn:  # in whatever process this is
            paths = set(drawn.builds()) if drawn is not None else set()
        return sitemap(
            Site(self._before, old, pages, paths),
            Site(self._after, new, pages, (paths - self.removed) | self._now.keys()),
        )

    def page(self, path: str) -> Any:
        """Return what one of the pages that are `maybe` drawn from something else is
        drawn from; None: from what was kept. Raises `UnlistedError`.
        """
        try:
            return self._page(path)
        except (CannotTellError, CannotKeepError) as error:
            raise UnlistedError(f"a page is given a {error}") from error

    def _page(self, path: str) -> Any:
        page = self._kept(path)
        if path in self._was:
            local = self._was[path][1]
            if page is None or self._rows(0, page[2], local)[0] != page[2]:
                raise UnlistedError(f"{path} was drawn from something else")
        if path in self._now:
            asked, local = self._now[path]
            like = page or self._page_like(asked)
            template, environment, before, _ = like
            rows, own = self._rows(1, before, local)
            if page is None or rows != before:
                return [template, environment, rows, self._dump(own)]
        elif path not in self._was:
            template, environment, before, data = page
            rows = [self._told(row) for row in before]
            if rows != before:
                return [template, environment, rows, data]
        return None

    def _kept(self, path: str) -> Any:
        """Return from what a page was drawn; None: there was none."""
        found = self._drawn.page(path)
        return found[1] if found else None

    def _page_like(self, asked: str) -> Any:
        """Return from what some page that is drawn by the same was drawn."""
        path = self._like.get(asked)
        for article in self._before.articles if path is None else ():
            if article.template == asked:
                path = self._before.place_of(article)
                break
        page = self._kept(path) if path is not None else None
        if page is None:
            raise UnlistedError(f"no page is drawn as {asked}")
        return page

    def _rows(
        self, place: int, kept: _Rows, local: Mapping[str, Any]
    ) -> tuple[_Rows, dict[str, Any]]:
        """Return what a page is given by the old or the new lists; what is not
        made of these is as it was.
        """
        rows, own = self._keepers[place].own([row[0] for row in kept], local)
        other = [
            before if before[1] == "shared" and before[2] and before[0] not in LISTS else row
            for before, row in zip(kept, rows, strict=True)
        ]
        return other, {name: own[name] for name, kind, _ in other if kind == "own"}

    def _dump(self, value: Any) -> bytes:
        return self._keepers[1].dump(value)

    def _told(self, row: tuple[str, str, str]) -> tuple[str, str, str]:
        name, kind, _ = row
        return self._shared[name] if kind == "shared" and name in LISTS else row

    def _check_known(self, survey: Survey) -> None:
        for path in survey.unknown:
            raise UnlistedError(f"it is not known what {path} is drawn from")
        for path in survey.every:
            if path not in self._was and path not in self._now:
                raise UnlistedError(f"{path} may show any article")

    def _compare_shared(self, shared: Mapping[str, str]) -> dict[str, tuple[str, str, str]]:
        """Return what is told of those lists that pages share; it must have been what
        the old ones give.
        """
        found = {}
        for name, told in shared.items():
            was, now = (
                keeper.own([name], lists.context)[0][0]
                for keeper, lists in zip(self._keepers, (self._before, self._after), strict=True)
            )
            if was != (name, "shared", told):
                raise UnlistedError(f"{name} was something else")
            found[name] = now
        return found

    def _compare_neighbours(self) -> None:
        was, now = self._before.neighbours(), self._after.neighbours()
        for (article, attribute), other in now.items():
            thing = self._things[article]
            name = self._things[id(other)] if other is not None else None
            before = was.get((article, attribute))
            if thing in self._fresh:
                continue
            if (self._things[id(before)] if before is not None else None) != name:
                told = f"<{name}>" if name else "missing"
                data = self._keepers[1].dump(other) if name else replay.MISSING
                self._entries[thing, attribute] = (told, data, None)
                self.readers |= self._drawn.readers(thing, watched(attribute))

    def _other_feeds(self, was: Mapping[str, Feed], now: Mapping[str, Feed]) -> dict[str, Feed]:
        found = {}
        for path, feed in now.items():
            shown = [self._things[id(article)] for article in feed.articles]
            if not shown:
                raise UnlistedError(f"{path} is empty")
            before = was[path].articles if path in was else []
            same = shown == [self._things[id(article)] for article in before]
            if not same or not self._fresh.isdisjoint(shown):
                found[path] = feed
        return found
