"""The feeds of a built blog's comments: one for all, one for each article.

Articles are whatever the caller has for them, each with its `discussion`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Protocol, cast

from . import feeds
from .cards import SITE_FEED, SITE_JSON
from .folder import Some, newest
from .markup import strip_tags, to_html
from .model import Comment
from .sitewide import FEED_ENTRIES

#: An article's title, address and date.
_Place = tuple[str, str, datetime]
#: A comment, and where it stands.
_Placed = tuple[Comment, str, str, datetime]


class Write(Protocol):
    """Writes what `make(*values)` returns. told: tells `values` from any others."""

    def __call__(
        self, path: str, make: Callable[..., str], *values: Any, told: bytes = b""
    ) -> None: ...


def write_all(
    articles: Iterable[Any],
    write: Write,
    *,
    dated: Callable[[Any], datetime],
    title: str,
    site: str,
    language: str,
) -> None:
    """Write them. dated: tells an article's date. title, site, language: of the blog."""
    every: dict[str, Some] = {}
    places: dict[str, _Place] = {}
    last = datetime(1970, 1, 1, tzinfo=UTC)
    written: set[str] = set()
    heading = f"Comments on {strip_tags(title)}"
    for article in articles:
        discussion = article.discussion
        date = dated(article)
        last = max(last, date)
        if not discussion.feed_url or discussion.feed_url in written:
            continue  # a translation shares its comments, and their feed
        written.add(discussion.feed_url)
        name, url = strip_tags(article.title), article.url
        place = (name, url, date)
        comments = every[discussion.key] = cast(Some, discussion.comments)
        places[discussion.key] = place
        feed = feeds.Feed(
            title=f"{heading}: {name}",
            site=site,
            page=url,
            url=discussion.feed_url,
            json_url=discussion.json_url,
            updated=date,
            language=article.lang,
        )
        # The comments, by their files; all else that is in an entry is in the feed.
        told = repr((discussion.identity, feed)).encode("utf-8", "surrogatepass")
        write(feed.url, _atom_of, feed, comments, place, told=told)
        write(feed.json_url, _json_of, feed, comments, place, told=told)
    feed = feeds.Feed(
        title=heading,
        site=site,
        page="",
        url=SITE_FEED,
        json_url=SITE_JSON,
        updated=last,
        language=language,
    )
    placed = [(one, *places[one.article]) for one in newest(every, FEED_ENTRIES)]
    write(feed.url, _atom, feed, placed)
    write(feed.json_url, _json, feed, placed)


def _atom_of(feed: feeds.Feed, comments: Some, place: _Place) -> str:
    return _atom(feed, [(comment, *place) for comment in comments])


def _json_of(feed: feeds.Feed, comments: Some, place: _Place) -> str:
    return _json(feed, [(comment, *place) for comment in comments])


def _atom(feed: feeds.Feed, placed: list[_Placed]) -> str:
    return feeds.atom(feed, _entries(placed))


def _json(feed: feeds.Feed, placed: list[_Placed]) -> str:
    return feeds.json_feed(feed, _entries(placed))


def _entries(placed: list[_Placed]) -> list[feeds.Entry]:
    return [
        feeds.Entry(comment, to_html(comment), title, url, date)
        for comment, title, url, date in placed
    ]
