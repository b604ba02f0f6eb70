"""Pelican's side of the pages: mends what it read, adds to what it wrote."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import rjsmin
from jinja2 import FileSystemLoader
from pelican.contents import Article, Content, Page
from pelican.generators import ArticlesGenerator

from ..build.whole import copies
from ..comments.model import without_controls
from ..errors import TipsblogError
from . import markup, structured, stylesheet
from .repair import repaired

#: In bytes; leaves room for ".html" and for what a theme puts around it.
LONGEST_SLUG = 200
PACKAGE = Path(__file__).parent.parent

logger = logging.getLogger(__name__)


def configure(pelican: Any) -> None:
    """Let the style and the scripts of every feature be copied, and give the
    templates the filter `posting`.
    """
    values = pelican.settings
    values["JINJA_FILTERS"]["posting"] = structured.posting
    values["THEME_STATIC_PATHS"] = [*values["THEME_STATIC_PATHS"], *_folders("static")]


def offer_templates(generator: Any) -> None:
    """Let every theme include the templates of every feature."""
    # Last, so that a theme's template of the same name wins.
    generator.env.loader.loaders.append(FileSystemLoader(_folders("templates")))


def mend_names(content: Content) -> None:
    """Keep what has a name writable: no control characters, which a feed may
    not hold, and no slug too long for a file's name.
    """
    if not isinstance(content, Article | Page):
        return
    content.title = without_controls(content.title)
    if "summary" in content.metadata:
        content.metadata["summary"] = without_controls(content.metadata["summary"])
    named = [getattr(content, "category", None), *getattr(content, "tags", ())]
    for wrapper in [*named, *getattr(content, "authors", ())]:
        if wrapper is None:
            continue
        if (name := without_controls(wrapper.name)) != wrapper.name:
            wrapper.name = name
        if len(wrapper.slug.encode()) > LONGEST_SLUG:
            wrapper.slug = markup.shorten_slug(wrapper.slug, LONGEST_SLUG)


def repair(content: Content) -> None:
    """Size the images and box the tables of an article or a page."""
    if not isinstance(content, Article | Page) or not content._content:
        return
    content._content = repaired(
        content._content,
        Path(content.settings["PATH"]),
        content.get_relative_source_path(),
        lambda message: logger.warning("%s: %s", content.source_path, message),
    )


def link_neighbours(generator: ArticlesGenerator) -> None:
    """Give each article its `newer` and `older` ones, where there are such."""
    for newer, older in zip(generator.articles, generator.articles[1:], strict=False):
        newer.older, older.newer = older, newer


def date_sitemap(generators: Iterable[Any]) -> None:
    """Let the sitemap say that lists changed with the newest article.

    The sitemap plugin says "now", and no two builds would be the same.
    """
    sitemap = sys.modules.get("pelican.plugins.sitemap")
    articles = [
        article
        for generator in generators
        if isinstance(generator, ArticlesGenerator)
        for article in generator.articles
    ]
    if sitemap is not None and articles:
        sitemap.generator.now = latest_change(articles)


def latest_change(articles: Iterable[Any]) -> Any:
    """Return when the latest of `articles` was published or changed."""
    return max(getattr(article, "modified", article.date) for article in articles)


def write_stylesheets(pelican: Any) -> None:
    """Put the imports of the theme's stylesheets in place.

    Read from the sources, not from what was copied: that may have been done
    already.
    """
    values = pelican.settings
    roots = [Path(values["THEME"], path) for path in reversed(values["THEME_STATIC_PATHS"])]
    target = Path(pelican.output_path, values["THEME_STATIC_DIR"])

    def read(path: str) -> str:
        for root in roots:
            if (root / path).is_file():
                return (root / path).read_text(encoding="utf-8")
        raise FileNotFoundError(path)

    for path in sorted(set(_stylesheets(roots))):
        text = read(path)
        if "@import" not in text or not copies.exists(target / path):
            continue
        try:
            whole = stylesheet.shrink(stylesheet.bundle(path, read))
        except TipsblogError as error:
            logger.error("%s", error)
            continue
        copies.write(target / path, whole)


def write_scripts(pelican: Any) -> None:
    """Write the plugin's scripts without comments and spare space: a sixth of
    what a reader would load.
    """
    target = Path(pelican.output_path, pelican.settings["THEME_STATIC_DIR"])
    for folder in _folders("static"):
        for source in Path(folder).rglob("*.js"):
            copy = target / source.relative_to(folder)
            if copies.exists(copy):
                script = source.read_text(encoding="utf-8")
                copies.write(copy, f"{rjsmin.jsmin(script)}\n")


def _folders(name: str) -> list[str]:
    return [str(folder) for folder in sorted(PACKAGE.glob(f"*/{name}"))]


def _stylesheets(roots: Iterable[Path]) -> Iterator[str]:
    for root in roots:
        for file in root.rglob("*.css"):
            yield file.relative_to(root).as_posix()
