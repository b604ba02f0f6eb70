"""Pelican's side of the intake: the list of articles that it takes comments for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pelican import Pelican
from pelican.generators import ArticlesGenerator
from pelican.utils import set_date_tzinfo

from .. import settings as plugin_settings
from ..comments import manifest
from ..comments.markup import strip_tags
from ..comments.store import write_atomically
from ..project import state_folder

_manifests: dict[int, manifest.Manifest] = {}


def collect(generator: ArticlesGenerator, writer: object) -> None:
    """Note the published articles, each with its `discussion`."""
    values = generator.settings
    settings = plugin_settings.load(values)
    site = values["SITEURL"]
    entries: dict[str, manifest.Entry] = {}
    for article in [*generator.articles, *generator.translations]:
        published = set_date_tzinfo(article.date, values["TIMEZONE"])
        after = settings.close_after_days
        entry = manifest.Entry(
            key=article.discussion.key,
            url=f"{site}/{article.url}",
            title=strip_tags(article.title),
            source=Path(article.source_path).relative_to(generator.path).as_posix(),
            published=published,
            open=article.discussion.open,
            open_until=published + timedelta(days=after) if after else None,
        )
        entries.setdefault(entry.key, entry)  # a translation shares its comments
    _manifests[id(generator.settings)] = manifest.Manifest(
        strip_tags(str(values["SITENAME"])), entries
    )


def leave(pelican: Pelican) -> None:
    """Write the list once the pages are there: the service may offer no form
    for a page that is not.
    """
    found = _manifests.pop(id(pelican.settings), None)
    if found is None:
        return
    folder = state_folder(Path(pelican.settings["PATH"]))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / manifest.FILE
    data = manifest.dump(found).encode()
    if not path.exists() or path.read_bytes() != data:
        write_atomically(path, data)
