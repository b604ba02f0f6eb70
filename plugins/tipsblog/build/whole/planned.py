"""What Pelican would draw and write from its lists, told by its own generator and its
own writer; nothing is drawn or written, but noted.
"""

from __future__ import annotations

import contextlib
import copy
import io
import os
from collections.abc import Callable, Iterable
from functools import partial
from types import SimpleNamespace
from typing import Any, NamedTuple

from pelican.plugins import signals
from pelican.writers import Writer

from ...checklists.glue import ChecklistsPage
from ...comments.site import with_feeds
from .deferred import Layer
from .lists import Lists

_PERIODS = {"year": 1, "month": 2, "day": 3}


class TwiceError(Exception):
    """Two pages would be the same output."""


class Touched(NamedTuple):
    """Which labels (by slug) and periods some articles are in."""

    category: set[str]
    tags: set[str]
    authors: set[str]
    periods: set[tuple[str, tuple[int, ...]]]

    @classmethod
    def by(cls, articles: Iterable[Any]) -> Touched:
        found = cls(set(), set(), set(), set())
        for article in articles:
            if hasattr(article, "category"):
                found.category.add(article.category.slug)
            found.tags.update(one.slug for one in getattr(article, "tags", ()))
            found.authors.update(one.slug for one in getattr(article, "authors", ()))
            day = (article.date.year, article.date.month, article.date.day)
            found.periods.update((kind, day[:length]) for kind, length in _PERIODS.items())
        return found

    def add_like(self, lists: Lists) -> None:
        """Add one of each kind that `lists` has, where one is not there: its pages
        tell what a new one is drawn from.
        """
        for touched, every in (
            (self.category, [term.slug for term, _ in lists.categories]),
            (self.tags, [term.slug for term in lists.tags]),
            (self.authors, [term.slug for term, _ in lists.authors]),
        ):
            if not touched <= set(every):
                touched.update(every[:1])
        for kind, periods in lists.period_archives.items():
            numbers = [(kind, tuple(one["period_num"])) for one in periods]
            if not {one for one in self.periods if one[0] == kind} <= set(numbers):
                self.periods.update(numbers[:1])


class Feed(NamedTuple):
    """One of Pelican's feeds. write: writes it with the writer it is given."""

    articles: list[Any]
    kind: str
    write: Callable[[Any], Any]


class Plan(Writer):  # type: ignore[misc]
    """What Pelican would draw again where only the `touched` lists differ.

    pages: by output, which template it asked for and what that gets. feeds: by
    output.
    """

    def __init__(self, lists: Lists, touched: Touched, articles: Iterable[Any]) -> None:
        """articles: whose own pages are drawn, too."""
        super().__init__(lists.settings["OUTPUT_PATH"], lists.settings)
        self.pages: dict[str, tuple[str, Layer]] = {}
        self.feeds: dict[str, Feed] = {}
        part = copy.copy(lists)
        part.tags = {term: of for term, of in lists.tags.items() if term.slug in touched.tags}
        part.categories = [one for one in lists.categories if one[0].slug in touched.category]
        part.authors = [one for one in lists.authors if one[0].slug in touched.authors]
        part.period_archives = {
            kind: [one for one in found if (kind, tuple(one["period_num"])) in touched.periods]
            for kind, found in lists.period_archives.items()
        }
        with signals.content_written.muted():  # nothing is
            self._plan(part, articles)

    def _plan(self, part: Any, articles: Iterable[Any]) -> None:
        part.generate_feeds(self)
        write = partial(self.write_file, relative_urls=self.settings["RELATIVE_URLS"])
        part.generate_period_archives(write)
        part.generate_direct_templates(write)
        part.generate_tags(write)
        part.generate_categories(write)
        part.generate_authors(write)
        part.articles, part.translations = list(articles), []
        part.hidden_articles, part.hidden_translations = [], []
        part.generate_articles(write)
        part.context = {**part.context, "pages": part.checked}
        ChecklistsPage.generate_output(part, self)

    def write_file(self, name: Any, template: str, context: Any, *given: Any, **named: Any) -> None:
        asked: Any = _Asked(template, self._note)
        super().write_file(name, asked, Layer(context), *given, **named)

    def write_feed(
        self, elements: Any, context: Any, path: Any = None, *given: Any, **named: Any
    ) -> None:
        if not path:
            return
        place = os.path.abspath(os.path.join(self.output_path, path))
        if place in self.feeds or place in self.pages:
            raise TwiceError(place)
        shown = elements[: self.settings["FEED_MAX_ITEMS"]]

        def write(writer: Any) -> None:
            # Whoever counts comments in a feed finds them there.
            counted = {**context, "tipsblog": SimpleNamespace(by_url=with_feeds(shown))}
            writer.write_feed(shown, counted, path, *given, **named)

        kind = named.get("feed_type", given[1] if len(given) > 1 else "atom")
        self.feeds[place] = Feed(shown, "rss" if kind == "rss" else "feed", write)

    def _open_w(self, filename: str, encoding: str, override: bool = False) -> Any:
        return contextlib.nullcontext(io.StringIO())

    def _note(self, template: str, local: Layer) -> None:
        place = os.path.abspath(os.path.join(self.output_path, local["output_file"]))
        if place in self.feeds or place in self.pages:
            raise TwiceError(place)
        self.pages[place] = template, local


class _Asked:
    """Stands in for a template."""

    def __init__(self, name: str, note: Callable[[str, Layer], None]) -> None:
        self._name, self._note = name, note

    def render(self, local: Layer) -> str:
        self._note(self._name, local)
        return ""


class FeedWriter(Writer):  # type: ignore[misc]
    """Makes the text of a feed."""

    def __init__(self, settings: Any) -> None:
        super().__init__(settings["OUTPUT_PATH"], settings)
        self._text = io.StringIO()

    def text_of(self, feed: Feed) -> str:
        self._text = io.StringIO()
        feed.write(self)
        return self._text.getvalue()

    def _open_w(self, filename: str, encoding: str, override: bool = False) -> Any:
        return contextlib.nullcontext(self._text)
