"""What tells a blog's comments and articles, as the filter sees them, from others.

Digests only. A mark over all comments grows with each that comes after them,
so that who knows the old mark need not see the others again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ..comments.model import Comment
from .model import Article

_SIZE = 16
_ALL = 1 << 8 * _SIZE
#: When it came, article, id.
Moment = tuple[float, str, str]


class Marks(NamedTuple):
    """context: of how is judged. comments: of all of them, one after another;
    last: of what they are ordered by, the latest. articles: of those that have
    comments, in any order. own: the blog's own addresses.
    """

    context: str
    comments: str = ""
    articles: int = 0
    last: Moment = (float("-inf"), "", "")
    own: tuple[str, ...] = ()

    def grown(
        self, comments: Sequence[Comment], said: Iterable[bytes], about: Iterable[bytes]
    ) -> Marks:
        """Return the marks with comments that came later, oldest first, their
        digests, and those of articles that had none before.
        """
        chain = bytes.fromhex(self.comments)
        for comment, digest in zip(comments, said, strict=True):
            text = chain + digest + status_of(comment).encode()
            chain = hashlib.blake2b(text, digest_size=_SIZE).digest()
        articles = sum((int.from_bytes(one, "big") for one in about), self.articles) % _ALL
        last = moment(comments[-1]) if comments else self.last
        return Marks(self.context, chain.hex(), articles, last, self.own)

    def reworded(self, before: bytes, now: bytes) -> Marks:
        """Return the marks where an article has another digest."""
        change = int.from_bytes(now, "big") - int.from_bytes(before, "big")
        articles = (self.articles + change) % _ALL
        return Marks(self.context, self.comments, articles, self.last, self.own)

    def state(self) -> dict[str, Any]:
        """Return what `restored` takes, in what JSON can hold."""
        return {
            "context": self.context,
            "comments": self.comments,
            "articles": self.articles,
            "last": self.last,
            "own": self.own,
            "mark": str(self),
        }

    @classmethod
    def restored(cls, state: Mapping[str, Any]) -> Marks:
        """Return what `state` was taken of."""
        when, article, id = state["last"]
        last = (when, article, id)
        own = tuple(state["own"])
        return cls(state["context"], state["comments"], state["articles"], last, own)

    def __str__(self) -> str:
        return digest_of(self.context, self.comments, str(self.articles), *self.own).hex()


def moment(comment: Comment) -> Moment:
    """Return what comments are ordered by."""
    return comment.published.timestamp(), comment.article, comment.id


def said_by(comment: Comment) -> bytes:
    """Return the digest of all that is judged of a comment, but its status."""
    return digest_of(
        comment.article,
        comment.id,
        comment.published.isoformat(),
        comment.author,
        comment.website,
        comment.email,
        comment.parent,
        comment.role,
        comment.body,
    )


def status_of(comment: Comment) -> str:
    """Return a comment's status as it is kept."""
    return comment.status or ""


def about(key: str, article: Article | None) -> bytes:
    """Return the digest of an article, or of there being none."""
    if article is None:
        return digest_of(key)
    return digest_of(key, article.title, article.text, *article.links, str(article.published))


def linked(article: Article | None) -> set[str]:
    """Return the sites that an article links to, as they are written."""
    if article is None:
        return set()
    return {(link.partition("://")[2] or link).partition("/")[0] for link in article.links}


def digest_of(*parts: str) -> bytes:
    """Return the digest of texts in their order."""
    text = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=_SIZE).digest()
