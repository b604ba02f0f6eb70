"""What the service knows of the blog: the articles of the last build.

The only part of the service that reads the build's manifest and article files.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..articles import for_filter, parse
from ..comments import manifest
from ..comments.manifest import Entry, Manifest
from ..errors import TipsblogError
from ..spam.model import Article

_KEPT_ARTICLES = 256


class Site:
    """The articles that the build at `file` published; read again when it changes.

    content: the folder their files are in.
    """

    def __init__(self, file: Path, content: Path) -> None:
        self._file = file
        self._content = content
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._manifest = Manifest("", {})
        self._articles: dict[str, tuple[int, Article]] = {}

    def manifest(self) -> Manifest:
        """Return the last build's articles.

        Raises `TipsblogError` where there was none. A broken file costs
        nothing while an earlier one is known.
        """
        try:
            found = self._file.stat()
        except FileNotFoundError:
            raise TipsblogError(
                "the blog has not been built yet", path=self._file, way_out="run `make html`"
            ) from None
        stamp = (found.st_mtime_ns, found.st_ino)
        with self._lock:
            if stamp != self._seen:
                try:
                    self._manifest = manifest.load(self._file.read_text("utf-8"))
                except (OSError, TipsblogError, UnicodeDecodeError):
                    if self._seen is None:
                        raise
                self._seen = stamp
            return self._manifest

    def entry(self, key: str) -> Entry | None:
        """Return the article with this key, if the last build published it."""
        return self.manifest().articles.get(key)

    def article(self, entry: Entry) -> Article:
        """Return what the filter may know of an article; without its text
        where its file cannot be read.
        """
        path = self._content / entry.source
        try:
            stamp = path.stat().st_mtime_ns
            known = self._articles.get(entry.key)
            if known is None or known[0] != stamp:
                read = for_filter(parse(path.read_text("utf-8"), path))
                article = Article(
                    key=entry.key,
                    title=entry.title,
                    text=read.text,
                    links=read.links,
                    published=entry.published,
                )
                if len(self._articles) >= _KEPT_ARTICLES:
                    self._articles.clear()
                self._articles[entry.key] = known = (stamp, article)
        except (OSError, UnicodeDecodeError):
            return Article(entry.key, entry.title, published=entry.published)
        return known[1]


class KnownArticles(Mapping[str, Article]):
    """The published articles as the filter asks for them, read when it does."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def __getitem__(self, key: str) -> Article:
        entry = self._site.entry(key)
        if entry is None:
            raise KeyError(key)
        return self._site.article(entry)

    def __iter__(self) -> Iterator[str]:
        return iter(self._site.manifest().articles)

    def __len__(self) -> int:
        return len(self._site.manifest().articles)
