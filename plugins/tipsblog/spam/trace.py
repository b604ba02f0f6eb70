"""What a comment leaves that later ones anywhere on the blog are compared with.

Marks in place of words: as good, shorter, and nothing of a text can be read
from them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from ..comments.model import Comment
from .reading import Reading, host_of

#: Fewer words are no text that anybody would send twice.
SAME_WORDS = 5


class Trace(NamedTuple):
    """ends: of each clause of the text, its first words and its last. text: all of
    it, None if it is short. hosts: linked to and given. website: the one given.
    day: number of the day on which it came.
    """

    author: str
    id: str
    article: str
    ends: tuple[tuple[int, int], ...]
    text: int | None
    hosts: tuple[str, ...]
    website: str
    day: int


class Asked(NamedTuple):
    """What of the blog so far some comments are compared with: marks of texts and
    of ends of clauses, hosts, authors' names, articles.
    """

    marks: set[int]
    hosts: set[str]
    authors: set[str]
    articles: set[str]


def trace(comment: Comment, reading: Reading) -> Trace:
    """Return what `comment` leaves, that reads as `reading`."""
    website = host_of(comment.website) if comment.website else ""
    hosts = [link.host for link in reading.links]
    if website:
        hosts.append(website)
    return Trace(
        comment.author,
        comment.id,
        comment.article,
        tuple([(_mark(clause.head), _mark(clause.tail)) for clause in reading.clauses]),
        _mark(reading.whole) if len(reading.words) >= SAME_WORDS else None,
        tuple(filter(None, hosts)),
        website,
        int(comment.published.timestamp()) // 86400,
    )


def asked(traces: Iterable[Trace]) -> Asked:
    """Return what is asked for when these comments are placed and added."""
    found = Asked(set(), set(), set(), set())
    for one in traces:
        found.marks.update(mark for ends in one.ends for mark in ends)
        if one.text is not None:
            found.marks.add(one.text)
        found.hosts.update(one.hosts)
        found.authors.add(one.author)
        found.articles.add(one.article)
    return found


def _mark(text: str) -> int:
    found = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(found, "big", signed=True)
