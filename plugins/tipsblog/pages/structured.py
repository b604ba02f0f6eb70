"""What an article says to search engines: schema.org's BlogPosting.

Plain values, to be written as JSON by a template. Only what the page itself
shows is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol

from ..comments.discussion import Shown
from ..comments.markup import strip_tags


class _Term(Protocol):
    """A category, label or author of Pelican's."""

    @property
    def url(self) -> str: ...

    def __str__(self) -> str: ...


class Post(Protocol):
    """What is read of an article."""

    title: str
    summary: str
    url: str
    lang: str
    date: datetime
    authors: Sequence[_Term]
    discussion: Any


def posting(article: Post, site_name: str, site_url: str) -> dict[str, Any]:
    """Return `article` as a BlogPosting with its comments, replies within the
    comment they answer.

    `site_url` has no slash at its end; every address in the result starts with
    it. Fields: https://schema.org/BlogPosting, https://schema.org/Comment.
    """
    address = f"{site_url}/{article.url}"
    found = {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "@id": address,
        "url": address,
        "headline": article.title,
        "description": strip_tags(article.summary),
        "inLanguage": article.lang,
        "datePublished": article.date.isoformat(),
        "author": [
            {"@type": "Person", "name": str(author), "url": f"{site_url}/{author.url}"}
            for author in article.authors
        ],
        "isPartOf": {"@type": "Blog", "name": site_name, "url": f"{site_url}/"},
        "commentCount": article.discussion.count,
        "comment": _comments(article.discussion.threads, site_url),
        "keywords": [str(tag) for tag in getattr(article, "tags", ())],
    }
    if modified := getattr(article, "modified", None):
        found["dateModified"] = modified.isoformat()
    return {name: value for name, value in found.items() if value not in ("", [])}


def _comments(threads: Iterable[Shown], site_url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for shown in threads:
        replies = _comments(shown.replies, site_url)
        if shown.removed:
            found.extend(replies)
            continue
        comment: dict[str, Any] = {
            "@type": "Comment",
            "@id": f"{site_url}/{shown.url}",
            "author": {"@type": "Person", "name": shown.name},
            "datePublished": shown.published.isoformat(),
            "text": strip_tags(shown.html),
        }
        if replies:
            comment["comment"] = replies
        found.append(comment)
    return found
