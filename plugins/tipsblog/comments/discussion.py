"""What a page shows of an article's comments.

Values only: the words and the safe HTML that a template puts in place. Which
comments those are is decided here too, from people's decisions and, where
there is none, from the filter's verdicts.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from ..errors import TipsblogError
from . import threads
from .markup import safe_url, to_html, to_text
from .model import Comment, Remover, Role, Status, is_key

if TYPE_CHECKING:
    from .moderation import Verdicts

ANONYMOUS = "Anonymous"
CLOSED = "closed"
_REMOVED = {
    Remover.AUTHOR: "This comment has been removed by the author.",
    Remover.ADMINISTRATOR: "This comment has been removed by a blog administrator.",
}
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class Shown(NamedTuple):
    """One comment as a page shows it.

    url: its address, relative to the site's root. website: "" unless it may be
    linked. html: sanitised. removed: the words that stand instead of a removed
    comment, else "". in_reply_to: the one answered, where its place does not
    show that. time: in the blog's zone, as "March 5, 2026 at 2:22 PM".
    """

    id: str
    url: str
    name: str
    website: str
    html: Markup
    published: datetime
    time: str
    by_author: bool = False
    removed: str = ""
    in_reply_to: Shown | None = None
    replies: tuple[Shown, ...] = ()


@dataclass(frozen=True)
class Discussion:
    """The comments of one article.

    key: names its folder and its feeds. comments: the published ones, oldest
    first. drawing: what draws them; asked for once, and only by a page that is
    drawn. open: whether it takes new ones. feed_url, json_url: relative to the
    site's root; "" where there is nothing to subscribe to. identity: tells it
    from any other without looking at each comment; "" if nobody said.
    """

    key: str
    comments: Sequence[Comment] = ()
    drawing: Callable[[], tuple[Shown, ...]] = tuple
    open: bool = True
    feed_url: str = ""
    json_url: str = ""
    identity: str = ""

    @property
    def count(self) -> int:
        """How many comments are published."""
        return len(self.comments)

    @cached_property
    def threads(self) -> tuple[Shown, ...]:
        """The published comments and the removed ones still answered, as drawn."""
        return self.drawing()

    @property
    def short(self) -> str:
        """ "2 comments", as on lists."""
        return counted(self.count)

    @property
    def heading(self) -> str:
        """ "2 comments:", as above the comments."""
        return f"{self.short}:"


def counted(number: int) -> str:
    """Say how many comments there are."""
    return {0: "No comments", 1: "1 comment"}.get(number, f"{number} comments")


def published(comments: Iterable[Comment], verdicts: Verdicts) -> list[Comment]:
    """Return the comments that readers see, oldest first, each id once."""
    from .moderation import state  # which knows the filter

    seen: dict[tuple[str, str], Comment] = {}
    for comment in comments:
        place = (comment.article, comment.id)
        if state(comment, verdicts.get(place)) is Status.PUBLISHED:
            seen.setdefault(place, comment)
    return sorted(seen.values(), key=lambda comment: (comment.published.timestamp(), comment.id))


def reference(field: str, slug: str) -> tuple[str, bool]:
    """Read an article's `Comments:` field: its key, and whether it is closed.

    `field` is a key, "closed", both parted by a comma, or "". Without a key,
    the slug serves. Raises `TipsblogError` for what cannot be a key.
    """
    key, closed = "", False
    for word in (part.strip() for part in field.split(",")):
        if word.lower() == CLOSED:
            closed = True
        elif word and key:
            raise TipsblogError(
                f'"Comments: {field}" names two folders', way_out='give one, or "closed"'
            )
        elif word and not is_key(word):
            raise TipsblogError(
                f'"Comments: {field}" cannot be a folder\'s name',
                way_out="use lower-case letters, digits, dot, dash and underscore",
            )
        elif word:
            key = word
    return key or key_of(slug), closed


def key_of(slug: str) -> str:
    """Return the key for `slug`: itself, or what comes nearest as a file name."""
    if is_key(slug):
        return slug
    plain = re.sub(r"[^a-z0-9._-]+", "-", slug.lower()).strip("._-")[:100]
    # Two slugs may come near the same name; the rest of the key parts them.
    tail = hashlib.sha256(slug.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{plain}-{tail}" if plain else f"article-{tail}"


def is_open(article: datetime, *, closed: bool, after_days: int, now: datetime) -> bool:
    """Tell whether an article published at `article` takes comments at `now`.

    `after_days` counts whole days; 0 is for ever.
    """
    return not closed and (after_days == 0 or now < article + timedelta(days=after_days))


def draw(
    shown: Sequence[Comment],
    removed: Iterable[Comment],
    *,
    url: str,
    zone: tzinfo,
    depth: int,
) -> tuple[Shown, ...]:
    """Arrange the published and the removed comments of the article at `url`."""

    def view(
        comment: Comment, in_reply_to: Shown | None = None, replies: tuple[Shown, ...] = ()
    ) -> Shown:
        gone = comment.status is Status.DELETED
        return Shown(
            id=comment.id,
            url=permalink(url, comment),
            name=name_of(comment),
            website="" if gone else safe_url(comment.website),
            html=Markup() if gone else to_html(comment),
            published=comment.published,
            time=time_words(comment.published.astimezone(zone)),
            by_author=comment.role is Role.AUTHOR,
            removed=_REMOVED[comment.removed_by or Remover.AUTHOR] if gone else "",
            in_reply_to=in_reply_to,
            replies=replies,
        )

    def draw_node(node: threads.Node) -> Shown:
        answered = node.in_reply_to
        return view(
            node.comment,
            view(answered) if answered is not None else None,
            tuple(draw_node(reply) for reply in node.replies),
        )

    nodes = threads.build([*shown, *removed], depth=depth)
    return tuple(draw_node(node) for node in nodes)


def name_of(comment: Comment) -> str:
    """Return the name to show."""
    return comment.author or ANONYMOUS


def permalink(url: str, comment: Comment) -> str:
    """Return the address of `comment` under the article at `url`."""
    return f"{url}#c{comment.id}"


def excerpt(comment: Comment, length: int = 80) -> str:
    """Return the first words of `comment`, at most `length` characters."""
    words = " ".join(to_text(comment).split())
    if len(words) <= length:
        return words
    return words[: length - 1].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"


def time_words(moment: datetime) -> str:
    """ "March 5, 2026 at 2:22 PM", in `moment`'s own zone and any locale."""
    clock = f"{moment.hour % 12 or 12}:{moment:%M} {'AM' if moment.hour < 12 else 'PM'}"
    return f"{_MONTHS[moment.month - 1]} {moment.day}, {moment.year} at {clock}"
