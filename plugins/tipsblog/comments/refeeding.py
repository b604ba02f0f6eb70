"""The feeds of comments made again, from what was left of their articles.

What makes them is returned, by path: `feeds` is only loaded when it is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from .cards import SITE_FEED, SITE_JSON, Card, Head, Place
from .model import Comment

if TYPE_CHECKING:
    from . import feeds

#: What makes the text of a feed, by its path.
Makers = dict[str, Callable[[], str]]


def of_article(head: Head, key: str, place: Place, comments: Iterable[Comment]) -> Makers:
    """Return the feeds of an article's `comments`."""
    from . import feeds

    feed = feeds.Feed(
        title=f"Comments on {head.title}: {place.title}",
        site=head.site,
        page=place.url,
        url=place.feed_url,
        json_url=f"feeds/comments/{key}.json",
        updated=place.date,
        language=place.language,
    )
    return _both(feed, [(one, place) for one in comments])


def of_site(head: Head, placed: Sequence[tuple[Comment, Place]]) -> Makers:
    """Return the feeds of the blog's newest comments, each with its article."""
    from . import feeds

    feed = feeds.Feed(
        title=f"Comments on {head.title}",
        site=head.site,
        page="",
        url=SITE_FEED,
        json_url=SITE_JSON,
        updated=head.updated,
        language=head.language,
    )
    return _both(feed, placed)


def replies(head: Head, old: Card, new: Card) -> Iterator[tuple[str, str, str]]:
    """Yield what Pelican's feeds say of the comments on each article: its thing,
    and the words before and now.
    """
    from . import feeds

    for place in new.places:
        if place.feed_url:
            before, now = (
                feeds.replies_element(head.site, place.feed_url, len(card.shown), card.updated)
                for card in (old, new)
            )
            yield place.thing, before, now


def _both(feed: feeds.Feed, placed: Sequence[tuple[Comment, Place]]) -> Makers:
    from . import feeds
    from .markup import to_html

    def entries() -> list[feeds.Entry]:
        return [
            feeds.Entry(comment, to_html(comment), place.title, place.url, place.date)
            for comment, place in placed
        ]

    return {
        feed.url: lambda: feeds.atom(feed, entries()),
        feed.json_url: lambda: feeds.json_feed(feed, entries()),
    }
