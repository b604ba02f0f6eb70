"""Pelican's lists of articles made again, by its own generator, over stand-ins for
articles that did not change.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pelican.contents import Author, Category, Tag
from pelican.generators import ArticlesGenerator
from pelican.paginator import Page, Paginator
from pelican.plugins import signals
from pelican.readers import Readers
from pelican.urlwrappers import URLWrapper
from pelican.utils import SafeDatetime

from ...checklists.glue import PAGE, page_of
from ..record.keeping import Keeper
from ..record.listed import Row
from ..record.reads import Tracer
from ..record.watched import LIVING
from . import shortcuts

_KINDS = {"category": Category, "author": Author, "tags": Tag, "authors": Author}


class Terms:
    """Categories, tags and authors, made once each."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings
        self._known: dict[tuple[type, str, str], Any] = {}

    def of(self, row: Row) -> dict[str, Any]:
        """Return those of an article, by attribute."""
        found: dict[str, Any] = {}
        for attribute, several in row.terms.items():
            made = [self._made(_KINDS[attribute], *one) for one in several]
            found[attribute] = made if attribute in ("tags", "authors") else made[0]
        return found

    def _made(self, kind: Any, name: str, slug: str) -> Any:
        term = self._known.get((kind, name, slug))
        if term is None:
            term = self._known[kind, name, slug] = kind(name, self._settings)
            term.slug = slug
        return term


class Standing:
    """Stands in for an article that did not change. ask: what tells its texts and
    its discussion, by attribute.
    """

    translations: list[Any]

    def __init__(self, row: Row, terms: Terms, ask: Callable[[str, str], Any]) -> None:
        self.__dict__.update(row.plain, **terms.of(row))
        self._name, self._ask = row.name, ask

    def get_content(self, site_url: str) -> Any:
        return self._ask(self._name, "content")

    @property
    def summary(self) -> Any:
        return self._ask(self._name, "summary")

    @property
    def discussion(self) -> Any:
        return self._ask(self._name, "discussion")


class Checked:
    """Stands in for a page that has checklists."""

    checklists = True
    translations: tuple[Any, ...] = ()


class Lists(ArticlesGenerator):  # type: ignore[misc]
    """The lists of a blog that has these articles, by name, and no others."""

    def __init__(
        self, settings: Any, articles: Mapping[str, Any], checked: Iterable[Checked] = ()
    ) -> None:
        context = {**settings, "localsiteurl": settings["SITEURL"]}
        context |= {"generated_content": {}, "static_content": {}, "static_links": set()}
        # As Pelican does it, but for the templates: it would look for all of them.
        self.context, self.settings, self.readers = context, settings, Readers(settings)
        self.path, self.output_path = settings["PATH"], settings["OUTPUT_PATH"]
        self.tags: Any = defaultdict(list)
        self.categories: Any = defaultdict(list)
        self.authors: Any = defaultdict(list)
        self.related_posts: list[Any] = []
        self._all = articles
        self.checked = list(checked)
        shortcuts.group_periods(self)
        with (
            signals.article_generator_pretaxonomy.muted(),
            signals.article_generator_finalized.muted(),
            shortcuts.quick_translations(),
        ):
            self.generate_context()
        shortcuts.index_lists(self)
        context[PAGE] = page_of({**context, "pages": self.checked}, settings)
        for name in ("generated_content", "static_content", "static_links"):
            del context[name]  # they are not known here

    def files(self) -> set[str]:
        """Return the names of all files that Pelican would take for articles."""
        values = self.settings
        found = super().get_files(values["ARTICLE_PATHS"], exclude=values["ARTICLE_EXCLUDES"])
        return {os.path.normpath(name).replace(os.sep, "/") for name in found}

    def neighbours(self) -> dict[tuple[int, str], Any]:
        """Return the newer and the older one of each article, by its id; None: there
        is none. New articles get theirs, see `pages.glue.link_neighbours`.
        """
        found: dict[tuple[int, str], Any] = {}
        around = [None, *self.articles, None]
        for newer, article, older in zip(around, self.articles, around[2:], strict=False):
            for attribute, other in (("newer", newer), ("older", older)):
                found[id(article), attribute] = other
                if other is not None and not isinstance(article, Standing):
                    setattr(article, attribute, other)
        return found

    def place_of(self, article: Any) -> str:
        """Return the output that is the page of an article, or of another content."""
        return os.path.abspath(os.path.join(str(self.output_path), article.save_as))

    @property
    def updated(self) -> Any:
        """When the latest article was published; None where there is none."""
        live = [*self.articles, *self.translations]
        return max((article.date for article in live), default=None)

    def get_files(self, *_: Any, **__: Any) -> list[str]:
        return list(self._all)

    def get_cached_data(self, path: str, default: Any = None) -> Any:
        return self._all[path]

    def cache_data(self, *_: Any) -> None:
        """Nothing is kept."""

    add_source_path = add_static_links = save_cache = cache_data

    def get_template(self, name: str) -> str:
        return name


def keeper_of(lists: Lists, articles: Mapping[str, Any]) -> Keeper:
    """Return what keeps what pages are given by `lists`. articles: by thing."""
    kinds: Any = {"wrappers": (URLWrapper,), "listings": (Paginator, Page)}
    tracer = Tracer(articles, settings=lists.settings, **kinds)
    return Keeper(
        tracer,
        articles,
        lists.context,
        settings=lists.settings,
        living=LIVING,
        moment=SafeDatetime,
        **kinds,
    )
