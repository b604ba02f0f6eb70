"""Pelican's side of the intake: the list of articles that it takes comments for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from pelican import Pelican
from pelican.contents import Article
from pelican.generators import ArticlesGenerator
from pelican.utils import set_date_tzinfo

from .. import settings as plugin_settings
from ..atomic import write_atomically
from ..build import later
from ..comments import manifest
from ..comments.markup import strip_tags
from ..project import state_folder

_manifests: dict[int, manifest.Manifest] = {}


def collect(generator: ArticlesGenerator, writer: object) -> None:
    """Note the published articles, each with its `discussion`."""
    later.once_settled(lambda: _collect(generator))


def _collect(generator: ArticlesGenerator) -> None:
    values = generator.settings
    after = plugin_settings.load(values).close_after_days
    entries: dict[str, manifest.Entry] = {}
    for article in [*generator.articles, *generator.translations]:
        entry = _entry(values, after, article)
        entries.setdefault(entry.key, entry)  # a translation shares its comments
    _manifests[id(generator.settings)] = manifest.Manifest(
        strip_tags(str(values["SITENAME"])), entries
    )


def leave(pelican: Pelican) -> None:
    """Write the list once the pages are there: the service may offer no form
    for a page that is not.
    """
    found = _manifests.pop(id(pelican.settings), None)
    if found is not None:
        _write(pelican.settings, found)


def renew(values: Mapping[str, Any], articles: Iterable[Article], gone: Iterable[str]) -> None:
    """Let the list have these `articles`, and none of the files `gone`."""
    path = _place(values)
    before = manifest.load(path.read_text("utf-8"))
    after = plugin_settings.load(values).close_after_days
    new = {entry.source: entry for entry in (_entry(values, after, one) for one in articles)}
    old = [
        entry
        for entry in before.articles.values()
        if entry.source not in new and entry.source not in gone
    ]
    every = {entry.key: entry for entry in [*old, *new.values()]}
    _write(values, manifest.Manifest(before.title, every))


def _entry(values: Mapping[str, Any], after: int, article: Article) -> manifest.Entry:
    """Return what is said of an article; after: in days, see `close_after_days`."""
    published = set_date_tzinfo(article.date, values["TIMEZONE"])
    return manifest.Entry(
        key=article.discussion.key,
        url=f"{values['SITEURL']}/{article.url}",
        title=strip_tags(article.title),
        source=Path(article.source_path).relative_to(values["PATH"]).as_posix(),
        published=published,
        open=article.discussion.open,
        open_until=published + timedelta(days=after) if after else None,
    )


def _place(values: Mapping[str, Any]) -> Path:
    return state_folder(Path(values["PATH"])) / manifest.FILE


def _write(values: Mapping[str, Any], found: manifest.Manifest) -> None:
    path = _place(values)
    path.parent.mkdir(parents=True, exist_ok=True)
    data = manifest.dump(found).encode()
    if not path.exists() or path.read_bytes() != data:
        write_atomically(path, data)
