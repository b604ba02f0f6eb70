"""What a build leaves of a blog's comments, so that a few changed ones can be
followed without the others: a card for each article, a head for the whole blog.

Values, and how they are packed; what is done with them is said in `follow`.
"""

from __future__ import annotations

import marshal
import pickle
import re
from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, NamedTuple

from .model import Comment
from .sitewide import most_first, newest_first

if TYPE_CHECKING:
    from ..settings import Settings
    from ..spam.model import Article

SITE_FEED = "feeds/comments.atom"
SITE_JSON = "feeds/comments.json"
#: How many of the newest comments, and of the most discussed articles, are known.
KNOWN = 120
HEAD = "comments"
_LINK = re.compile(r'href="(https?://[^"]+)"')


class Place(NamedTuple):
    """An article that shows the comments of a card.

    thing: what it is known by. url: relative to the root. title: without tags.
    published: as ISO text. live: neither a draft nor hidden. listed: not a
    translation either. feed_url: of its comments, "" for none.
    """

    thing: str
    url: str
    title: str
    published: str
    language: str
    open: bool
    live: bool
    listed: bool
    feed_url: str
    identity: str

    @property
    def date(self) -> datetime:
        return datetime.fromisoformat(self.published)


class Card(NamedTuple):
    """The comments of one key, as they stand on the site.

    files: the digests of all files in their folder, by name. shown: ids of the
    published ones, oldest first. updated: when the last one was published, as
    ISO text. subject: where the filter's view of the article is left.
    """

    files: dict[str, bytes]
    shown: list[str]
    updated: str
    places: list[Place]
    subject: str

    def dump(self) -> bytes:
        places = [tuple(place) for place in self.places]
        return marshal.dumps((self.files, self.shown, self.updated, places, self.subject))

    @classmethod
    def load(cls, data: bytes) -> Card:
        files, shown, updated, places, subject = marshal.loads(data)  # noqa: S302 - our own file
        return cls(files, shown, updated, [Place(*one) for one in places], subject)


class Head(NamedTuple):
    """What is known of all comments together.

    folder: of the comments. undecided: whether nobody has decided on some.
    mark: of the verdicts on these, see `spam.blog.judge_new`.
    newest: the latest published ones, newest first; floor: the key of the
    oldest of them if there are more, else None. discussed: (number of comments,
    address, thing), most first; least: the key of the last if there are more.
    """

    folder: str
    settings: Settings
    zone: tzinfo
    title: str
    site: str
    language: str
    updated: datetime
    undecided: bool
    mark: str
    newest: list[Comment]
    floor: tuple[float, str, str] | None
    discussed: list[tuple[int, str, str]]
    least: tuple[int, str] | None


def make_head(
    *, newest: Iterable[Comment], discussed: Iterable[tuple[int, str, str]], **facts: Any
) -> bytes:
    """Return the head, cut to what is asked for."""
    latest_first = sorted(newest, key=newest_first, reverse=True)
    most = sorted(discussed, key=most_first)
    head = Head(
        newest=latest_first[:KNOWN],
        floor=newest_first(latest_first[KNOWN - 1]) if len(latest_first) > KNOWN else None,
        discussed=most[:KNOWN],
        least=most_first(most[KNOWN - 1]) if len(most) > KNOWN else None,
        **facts,
    )
    return pickle.dumps(head, pickle.HIGHEST_PROTOCOL)


class Subject(NamedTuple):
    """What the filter is told of an article, as a build leaves it.

    title: without tags. published: as ISO text. written: title and date, as
    the article has them.
    """

    title: str
    text: str
    links: tuple[str, ...]
    published: str
    written: tuple[str, str]

    @classmethod
    def load(cls, data: bytes) -> Subject:
        return cls(*marshal.loads(data))  # noqa: S302 - our own file

    def dump(self) -> bytes:
        return marshal.dumps(tuple(self))

    def article(self, key: str) -> Article:
        from ..spam.model import Article

        published = datetime.fromisoformat(self.published)
        return Article(key, self.title, self.text, self.links, published)


def words_of(html: str) -> tuple[str, tuple[str, ...]]:
    """Return what the filter is told of an article's body: its text, its links."""
    from .markup import strip_tags

    return strip_tags(html), tuple(_LINK.findall(html))


def subject_mark(title: str, html: str, date: str) -> bytes:
    """Return what tells the filter's view of an article from any other: a digest
    of all that it is made from.
    """
    import hashlib

    source = b"\0".join(part.encode("utf-8", "surrogatepass") for part in (title, html, date))
    return hashlib.blake2b(source, digest_size=16).digest()


def subject_name(key: str, mark: bytes) -> str:
    """Return where the filter's view of an article is left."""
    return f"subject {key} {mark.hex()}"


def card_name(key: str) -> str:
    return f"card {key}"


def brief_name(thing: str) -> str:
    return f"brief {thing}"


def brief(key: str, place: Place, count: int) -> bytes:
    """Return what most pages ask of an article's comments."""
    return marshal.dumps((key, place.url, count, place.open, place.feed_url, place.identity))
