"""What a build tells the intake: the articles it published, and which are open.

Text in, values out, and back; nothing here opens a file. The intake takes
comments for these articles and no others: a request never names a path.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..errors import DocumentError
from .model import is_key

VERSION = 1
#: Where a build leaves it, below the project's `.tipsblog`.
FILE = "articles.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One published article.

    key: as in `Comment.article`. url: absolute, or from the root of the host.
    source: its file, relative to the content folder. published: aware.
    open: whether it takes comments at all. open_until: aware; None is for ever.
    """

    key: str
    url: str
    title: str
    source: str
    published: datetime
    open: bool = True
    open_until: datetime | None = None

    def accepts(self, now: datetime) -> bool:
        """Tell whether a comment may come in at `now`."""
        return self.open and (self.open_until is None or now < self.open_until)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The articles of one build by key. title: the blog's."""

    title: str
    articles: Mapping[str, Entry]


def dump(manifest: Manifest) -> str:
    """Return the manifest's text: the same articles give the same bytes."""
    return json.dumps(
        {
            "version": VERSION,
            "title": manifest.title,
            "articles": [
                {
                    "key": entry.key,
                    "url": entry.url,
                    "title": entry.title,
                    "source": entry.source,
                    "published": entry.published.isoformat(),
                    "open": entry.open,
                    "open_until": entry.open_until.isoformat() if entry.open_until else None,
                }
                for _, entry in sorted(manifest.articles.items())
            ],
        },
        ensure_ascii=False,
        indent=1,
    )


def load(text: str) -> Manifest:
    """Read a manifest's text. Raises `DocumentError` for anything else."""
    try:
        data = json.loads(text)
        if data["version"] != VERSION:
            raise ValueError(f"version {data['version']!r}")
        entries = [_entry(item) for item in data["articles"]]
        return Manifest(str(data["title"]), {entry.key: entry for entry in entries})
    except (ValueError, KeyError, TypeError) as error:
        raise DocumentError(
            f"no list of articles: {error}", path=FILE, way_out="build the site again"
        ) from error


def _entry(item: Mapping[str, Any]) -> Entry:
    until = item["open_until"]
    entry = Entry(
        key=item["key"],
        url=item["url"],
        title=item["title"],
        source=item["source"],
        published=datetime.fromisoformat(item["published"]),
        open=item["open"] is True,
        open_until=datetime.fromisoformat(until) if until else None,
    )
    if not is_key(entry.key):
        raise ValueError(f"key {entry.key!r}")
    for moment in (entry.published, entry.open_until):
        if moment is not None and moment.utcoffset() is None:
            raise ValueError(f"time {moment} has no time zone")
    return entry
