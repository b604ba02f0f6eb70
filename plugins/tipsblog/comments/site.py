"""What templates see as `tipsblog`: lists over the whole blog.

Articles are whatever the caller has for them, each with its `discussion`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from .cards import SITE_FEED, SITE_JSON
from .folder import Some, newest
from .sitewide import DISCUSSED, LATEST, Latest, latest, most_first


class Site:
    """What templates see as `tipsblog`: lists over the whole blog.

    featured: the articles marked `Featured: yes`, newest first. The others are
    made only when a template asks for them.
    """

    def __init__(self, articles: Sequence[Any]) -> None:
        self._articles = articles
        self._shown: Mapping[str, Some] = {}
        #: the discussions that feeds point to, by the address of their article
        self.by_url: dict[str, Any] = {}
        self.feed_url = SITE_FEED
        self.json_url = SITE_JSON
        # At once: a page asks for them, and pages are drawn by many processes.
        self.featured = [
            article
            for article in articles
            if str(article.metadata.get("featured", "")).lower() in ("yes", "true")
        ]

    def show(self, comments: Mapping[str, Some], live: Iterable[Any]) -> None:
        """Take the published comments, by key; live: the articles that readers find,
        each with its discussion.
        """
        self._shown = comments
        self.by_url = with_feeds(live)

    @cached_property
    def latest_comments(self) -> list[Latest]:
        """The newest comments of the blog."""
        by_key = {article.discussion.key: article for article in reversed(self._articles)}
        known = {key: some for key, some in self._shown.items() if key in by_key}
        return latest(newest(known, LATEST), lambda key: (by_key[key], by_key[key].url))

    @cached_property
    def most_discussed(self) -> list[Any]:
        """The articles with most comments, those with none left out."""
        return [article for _, _, article in discussed(self._articles)[:DISCUSSED]]


def with_feeds(articles: Iterable[Any]) -> dict[str, Any]:
    """Return the discussions that have feeds of their own, by the address of their article."""
    return {one.url: one.discussion for one in articles if one.discussion.feed_url}


def discussed(articles: Iterable[Any]) -> list[tuple[int, str, Any]]:
    """Return number of comments, address, article; most first, and none without."""
    counted = [
        (article.discussion.count, article.url, article)
        for article in articles
        if article.discussion.count
    ]
    return sorted(counted, key=most_first)
