"""What every article brings into the blog's lists, as a build leaves it: enough for
Pelican to make its lists again with one article more, or one less.

Takes articles as they are handed in; values only.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterable, Mapping
from html import unescape
from typing import Any, NamedTuple
from urllib.parse import unquote

#: Under which name it is left.
LISTED = "listed"
#: And which of them may link to which others.
LINKS = "links"
#: What hangs on them in the context that all pages share: Pelican's lists, and whether
#: there is a page of all checklists.
LISTS = (
    *("articles", "dates", "tags", "categories", "authors", "period_archives"),
    *("drafts", "hidden_articles", "related_posts", "checklists_page"),
)
_PLAIN = (
    *("title", "url", "save_as", "slug", "lang", "in_default_lang", "status", "template"),
    *("date", "modified", "source_path"),
    *("private", "changefreq", "priority"),  # of which a sitemap tells
)
_MISSING = object()
_LINK = re.compile(r"""filename[}|]([^"'?#<>]*)""")


class Row(NamedTuple):
    """An article. name: its path, relative to Pelican's `PATH`. plain: attributes
    that are told as they are, as far as it has them. terms: name and slug of each
    category, tag and author, by attribute.
    """

    name: str
    plain: dict[str, Any]
    terms: dict[str, list[tuple[str, str]]]


def row_of(name: str, article: Any) -> Row:
    """Return the row of an article."""
    found = ((attribute, getattr(article, attribute, _MISSING)) for attribute in _PLAIN)
    plain = {attribute: value for attribute, value in found if value is not _MISSING}
    plain["checklists"] = bool(getattr(article, "checklists", ()))
    plain["metadata"] = {
        name: value
        for name, value in article.metadata.items()
        if name in ("translation", "featured")
    }
    terms: dict[str, list[tuple[str, str]]] = {}
    for attribute in ("category", "author", "tags", "authors"):
        value: Any = getattr(article, attribute, None)
        if value is not None:
            several = value if isinstance(value, list) else [value]
            terms[attribute] = [(one.name, one.slug) for one in several]
    return Row(name, plain, terms)


class Translation(NamedTuple):
    """What a sitemap tells of a page in another language."""

    lang: str
    url: str


class Listed(NamedTuple):
    """All articles, by name; the names of the pages that have checklists, in the
    order of the page that shows them; and what a sitemap may tell of each page.
    """

    articles: dict[str, Row]
    pages: list[str]
    mapped: list[dict[str, Any]]

    def dump(self) -> bytes:
        rows = [tuple(row) for row in self.articles.values()]
        return pickle.dumps((rows, self.pages, self.mapped), pickle.HIGHEST_PROTOCOL)

    @classmethod
    def load(cls, data: bytes) -> Listed:
        """Return what `dump` packed. Dates are Pelican's, which must be loaded."""
        rows, *others = pickle.loads(data)  # noqa: S301 - our own file
        return cls({row[0]: Row(*row) for row in rows}, *others)

    @classmethod
    def of(
        cls, context: Mapping[str, Any], articles: Mapping[str, Any], others: Iterable[Any]
    ) -> Listed:
        """Return what is to be left of a site. articles: by name. others: all pages."""
        pages = [one for page in context.get("pages", ()) for one in (page, *page.translations)]
        return cls(
            {name: row_of(name, article) for name, article in articles.items()},
            [page.get_relative_source_path() for page in pages if getattr(page, "checklists", ())],
            [_mapped(page) for page in others],
        )


def _mapped(page: Any) -> dict[str, Any]:
    found = dict(row_of("", page).plain)
    others = getattr(page, "translations", ())
    return {**found, "translations": [Translation(one.lang, one.url) for one in others]}


def links_in(texts: Iterable[str]) -> set[str]:
    """Return the names, without folders, of all articles and pages that may be linked
    from `texts`, before Pelican has replaced the links.
    """
    found = set()
    for text in texts:
        if "filename" in text:
            for path in _LINK.findall(text):
                found |= {one.rpartition("/")[2] for one in (path, unquote(path), unescape(path))}
    return found


def links_of(contents: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return `links_in` all articles and pages that have any, by name."""
    found = {}
    for name, content in contents.items():
        if content is not None:
            said = (value for value in content.metadata.values() if isinstance(value, str))
            if linked := links_in([content._content or "", *said]):
                found[name] = sorted(linked)
    return found
