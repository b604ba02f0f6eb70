"""The sitemap made again by its plugin, over stand-ins for articles and pages."""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any, NamedTuple

from pelican.contents import Article, Page

from ...pages.glue import latest_change
from .lists import Lists

_MODULE = "pelican.plugins.sitemap.sitemap"
_ADDRESS = re.compile(r"<loc>.*?</loc>|^[^<\n]+$", re.MULTILINE)


class UnmappedError(Exception):
    """It is not certain what stands in the sitemap; the message says why."""


class Site(NamedTuple):
    """What a sitemap is made of. articles, pages: all that are written; pages by
    attribute. paths: of all outputs that are drawn by a template.
    """

    lists: Lists
    articles: Iterable[Any]
    pages: Iterable[Mapping[str, Any]]
    paths: Iterable[str]


class _Article(Article):  # type: ignore[misc]
    """Stands in for an article: what it has is said, and nothing is worked out."""

    url = save_as = status = None

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.__dict__.update(values)


class _Page(Page):  # type: ignore[misc]
    """As `_Article`."""

    url = save_as = status = None

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.__dict__.update(values)


def is_wanted(settings: Mapping[str, Any]) -> bool:
    """Tell whether there is a sitemap. Raises `UnmappedError`."""
    if list(settings["PLUGINS"]) == ["tipsblog"]:
        return False
    if _MODULE not in sys.modules:
        raise UnmappedError("another plugin makes the sitemap")
    return True


def sitemap(before: Site, now: Site) -> tuple[str, str]:
    """Return the path of the sitemap, and what stands there now; `before` it must
    have given what still does. Raises `UnmappedError`.
    """
    path, text = _made(before)
    with open(path, encoding="utf-8", newline="") as file:
        if file.read() != text:
            raise UnmappedError("the sitemap says something else")
    path, text = _made(now)
    addresses = _ADDRESS.findall(text)
    if len(addresses) != len(set(addresses)):
        raise UnmappedError("the order of the sitemap hangs on more than addresses")
    return path, text


def _made(site: Site) -> tuple[str, str]:
    lists = site.lists
    if not lists.articles:
        raise UnmappedError("nothing dates the sitemap")
    made: dict[str, Any] = {}
    contents: list[Any] = [_Page(page) for page in site.pages]
    contents += [one if isinstance(one, Article) else _Article(vars(one)) for one in site.articles]
    for content in contents:
        made[lists.place_of(content)] = content
    module: Any = sys.modules[_MODULE]
    run = SimpleNamespace(settings=lists.settings, output_path=lists.output_path)
    written = _Written()
    module.open = written.open
    try:
        generator = module.SitemapGenerator()
        generator.now = latest_change(lists.articles)
        generator.init(run)
        for path in sorted(site.paths):
            generator.queue_page(path, {"article": made.get(path)})
        generator.finalize(run)
    finally:
        del module.open
    return os.path.abspath(written.path), written.text.getvalue()


class _Written:
    """What is written into a file."""

    def __init__(self) -> None:
        self.path, self.text = "", io.StringIO()

    def open(self, path: str, *_: Any, **__: Any) -> Any:
        self.path = path
        return contextlib.nullcontext(self.text)
