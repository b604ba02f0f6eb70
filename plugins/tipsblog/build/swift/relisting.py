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
from ..record.drawn import Drawn
from ..record.keeping import CannotKeepError
from ..record.listed import LISTS
from ..record.reads import CannotTellError
from ..record.watched import watched
from ..whole.lists import Checked, Lists, keeper_of
from ..whole.planned import Feed, Plan, Touched

#: What a page may be given that hangs on all contents, and is not looked into.
_ALL = frozenset(["generated_content", "static_content", "static_links", "all_articles"])
#: name, kind, what is told of it: see `keeping`
_Rows = list[tuple[str, str, str]]


class UnlistedError(Exception):
    """Only a whole build can follow this; the message says why."""


class Relisted:
    """What lists with other articles give. Raises `UnlistedError`.

    files: all that Pelican takes for articles. pages: what each is drawn from that
    is given something else, or is new. readers: outputs that read something else of
    an article. removed: outputs that are no more. shared: what all pages find
    under a name. feeds: those with other articles; reading_rows: who is in which.
    updated: the latest date.
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
        every = [*old.items(), *new.items()]
        self._things = {id(one): thing_of(name) for name, one in every}
        self._keepers = [
            keeper_of(lists, {thing_of(name): one for name, one in {**articles, **others}.items()})
            for lists, articles in ((self._before, old), (self._after, new))
        ]
        self._entries: dict[tuple[str, str], Any] = {}
        self._known: dict[tuple[str, str, str], tuple[str, str, str]] = {}
        self.pages: dict[str, Any] = {}
        self.readers: set[str] = set()
        self.shared: dict[str, bytes] = {}
        try:
            self._compare_pages(was, now)
            self._compare_neighbours()
        except (CannotTellError, CannotKeepError) as error:
            raise UnlistedError(f"a page is given a {error}") from error
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

    def _compare_pages(self, was: Plan, now: Plan) -> None:
        like: dict[str, Any] = {}
        for path, page in self._drawn.pages():
            if page is None:
                raise UnlistedError(f"it is not known what {path} is drawn from")
            rows = page[2]
            if path in was.pages:
                asked, local = was.pages[path]
                if self._rows(0, rows, local)[0] != rows:
                    raise UnlistedError(f"{path} was drawn from something else")
                like[asked] = page
            if path in now.pages:
                local = now.pages[path][1]
                self._renew(path, page, local)
            elif path not in was.pages:
                self._share(path, page)
        for path in now.pages.keys() - was.pages.keys():
            asked, local = now.pages[path]
            page = like.get(asked) or self._page_of_article(asked)
            if page is None:
                raise UnlistedError(f"no page is drawn as {path}")
            self._renew(path, page, local, new=True)

    def _page_of_article(self, template: str) -> Any:
        """Return from what some article's page is drawn."""
        for article in self._before.articles:
            if article.template == template:
                found = self._drawn.page(self._before.place_of(article))
                return found[1] if found else None
        return None

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

    def _renew(self, path: str, page: Any, local: Mapping[str, Any], *, new: bool = False) -> None:
        template, environment, before, _ = page
        rows, own = self._rows(1, before, local)
        if new or rows != before:
            self.pages[path] = [template, environment, rows, self._keepers[1].dump(own)]
            self._leave(rows)

    def _share(self, path: str, page: Any) -> None:
        """Look at what a page is given that other pages are given, too."""
        template, environment, before, data = page
        if any(name in _ALL and kind != "absent" for name, kind, _ in before):
            raise UnlistedError(f"{path} may show any article")
        rows = [self._told(row) for row in before]
        if rows != before:
            self.pages[path] = [template, environment, rows, data]
            self._leave(rows)

    def _told(self, row: tuple[str, str, str]) -> tuple[str, str, str]:
        name, kind, _ = row
        if kind != "shared" or name not in LISTS:
            return row
        if row not in self._known:
            was, now = (
                keeper.own([name], lists.context)[0][0]
                for keeper, lists in zip(self._keepers, (self._before, self._after), strict=True)
            )
            if was != row:
                raise UnlistedError(f"{name} was something else")
            self._known[row] = now
        return self._known[row]

    def _leave(self, rows: _Rows) -> None:
        for name, kind, _ in rows:
            if kind == "shared" and name in LISTS and name not in self.shared:
                self.shared[name] = self._keepers[1].dump(self._after.context[name])

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
