"""What is known of all comments of a blog together, as they come and go.

Pure: a head in, another one out. Where too many were taken away to tell the newest
ones, the answer is `UnsureError`.
"""

from __future__ import annotations

from collections.abc import Sequence

from .cards import KNOWN, Card, Head
from .memory import UnsureError
from .model import Comment
from .sitewide import FEED_ENTRIES, most_first, newest_first


def grown(head: Head, key: str, card: Card, shown: Sequence[Comment]) -> Head:
    """Return the head where these are the comments of an article."""
    if not any(place.live for place in card.places):
        return head
    newest = [one for one in head.newest if one.article != key]
    newest += [one for one in shown if head.floor is None or newest_first(one) >= head.floor]
    newest.sort(key=newest_first, reverse=True)
    floor = head.floor
    if len(newest) > 2 * KNOWN:
        newest = newest[:KNOWN]
        floor = newest_first(newest[-1])
    things = {place.thing for place in card.places}
    discussed = [one for one in head.discussed if one[2] not in things]
    discussed += [
        (len(shown), place.url, place.thing) for place in card.places if place.listed and shown
    ]
    discussed.sort(key=most_first)
    if head.least is not None:
        discussed = [one for one in discussed if most_first(one) <= head.least]
    return head._replace(newest=newest, floor=floor, discussed=discussed)


def entries(head: Head) -> list[Comment]:
    """Return the comments of the blog's feed. Raises `UnsureError`."""
    found = head.newest[:FEED_ENTRIES]
    if len(found) < FEED_ENTRIES and head.floor is not None:
        raise UnsureError("the comments of the feed are not all known")
    return found
