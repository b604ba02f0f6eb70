"""All comments of a blog, in order, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from ..comments.model import Comment
from .evidence import Evidence, gather, is_suspicious
from .model import Article
from .place import Around, Place, Subject, Thread
from .reading import Reading, read
from .site import Site
from .trace import trace


class SharingError(RuntimeError):
    """Several processes cannot do the work: one must."""


class Surveyed(NamedTuple):
    """A comment, and what was found on it."""

    comment: Comment
    evidence: list[Evidence]
    around: Around

    @property
    def suspicious(self) -> bool:
        """Whether it looks like spam by itself."""
        return is_suspicious(self.evidence)

    @property
    def reading(self) -> Reading:
        """How the comment reads: read anew, since what a blog's comments say is
        many times what was found on them.
        """
        return _read_again(self.comment.body)


def survey(
    comments: Iterable[Comment], articles: Mapping[str, Article], site: Site | None = None
) -> Iterator[Surveyed]:
    """Yield every comment with its evidence, oldest first.

    A comment is compared only with what stands before it, whatever was decided
    on that: evidence does not change when somebody moderates. What stood before
    all of them may be given as `site`, which grows by them.
    """
    if site is None:
        site = Site(articles)
    for comment in in_order(comments):
        reading = read(comment.body)
        traced = trace(comment, reading)
        place = site.standing(comment, reading, traced)
        evidence = gather(comment, reading, place)
        site.add(comment, reading, is_suspicious(evidence), traced)
        yield Surveyed(comment, evidence, place.around)


def survey_again(thread: Sequence[Surveyed], article: Article) -> list[Surveyed] | None:
    """Return those of an article's comments, oldest first, on which there is
    other evidence now that only the article changed.

    None: what comes after them, under other articles, too, would have to be
    surveyed again.
    """
    subject, so_far = Subject(article), Thread()
    changed = []
    for one in thread:
        comment, reading = one.comment, read(one.comment.body)
        place = Place.of(comment, subject, so_far, one.around)
        evidence = gather(comment, reading, place)
        if is_suspicious(evidence) != one.suspicious:
            return None
        so_far.add(comment, reading, one.suspicious)
        if evidence != one.evidence:
            changed.append(Surveyed(comment, evidence, one.around))
    return changed


@lru_cache(maxsize=1)
def _read_again(body: str) -> Reading:
    return read(body)


def in_order(comments: Iterable[Comment]) -> list[Comment]:
    """Return `comments` oldest first; at one moment, by article and id."""
    return sorted(comments, key=lambda c: (c.published.timestamp(), c.article, c.id))
