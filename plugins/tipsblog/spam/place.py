"""Where a comment stands: its article, its thread, and what of it stood on the blog
before. How that is found: `site`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from sys import intern
from typing import Any, NamedTuple

from ..comments.model import Comment
from .language import language_of
from .model import Article
from .reading import Reading, host_of, topic, words_of

#: Whose something was: author, id, article.
Source = tuple[str, str, str]
#: When a discussion began, its heat, its words and its names.
ThreadState = tuple[float | None, float, str, str]
#: How much an earlier comment's looks still count once another came.
FADE = 0.9


class Copy(NamedTuple):
    """Words that stood on the site before, and whose they were."""

    words: str
    author: str
    id: str
    article: str


class Subject:
    """An article, as far as its comments are compared with it."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.links = frozenset(map(host_of, article.links))

    @cached_property
    def words(self) -> frozenset[str]:
        """The article's words that say what it is about."""
        self._read()
        words: frozenset[str] = self.__dict__["words"]
        return words

    @cached_property
    def language(self) -> str:
        self._read()
        language: str = self.__dict__["language"]
        return language

    @cached_property
    def sentences(self) -> str:
        """The article's words in order, to find a copied sentence in."""
        self._read()
        sentences: str = self.__dict__["sentences"]
        return sentences

    def _read(self) -> None:
        """Find all three at once, but leave alone what was set from outside."""
        words = words_of(f"{self.article.title}\n{self.article.text}".lower())
        vocabulary = set(words)
        found = self.__dict__
        found.setdefault("sentences", f" {' '.join(words)} ")
        found.setdefault("language", language_of(vocabulary))
        found.setdefault("words", frozenset(map(intern, topic(vocabulary))))


@dataclass(slots=True)
class Thread:
    """What was said under one article so far.

    heat: 0 to 1, how much its latest comments look like spam.
    """

    words: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    began: float | None = None
    heat: float = 0.0

    def add(self, comment: Comment, reading: Reading, suspicious: bool) -> None:
        """Let what comes after `comment` under its article be compared with it."""
        self.heat = FADE * self.heat + (1 - FADE) * suspicious
        if self.began is None:
            self.began = comment.published.timestamp()
        if not suspicious:
            # Threads share their words' strings: most of what a big blog's memory holds.
            self.words.update(map(intern, reading.topic - self.words))
            name = comment.author.split(" ")[0].lower()
            if len(name) > 2:
                self.names.add(name)

    def state(self) -> ThreadState:
        """Return this in plain values."""
        return self.began, self.heat, " ".join(self.words), " ".join(self.names)

    @classmethod
    def restored(cls, state: ThreadState) -> Thread:
        """Return what `state` was taken of."""
        began, heat, words, names = state
        return cls(set(map(intern, words.split())), set(names.split(" ")) - {""}, began, heat)


class Around(NamedTuple):
    """The part of a `Place` that other articles' comments have a say in, and
    the text of its own article has none.
    """

    copied: tuple[Copy, ...] = ()
    same: Copy | None = None
    again: frozenset[str] = frozenset()
    usual: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    anonymous: float = 0.0
    heat: float = 0.0
    visits: int = 0

    def state(self) -> list[Any]:
        """Return this in what JSON can hold."""
        copied = [tuple(copy) for copy in self.copied]
        same = tuple(self.same) if self.same is not None else None
        hosts = (sorted(self.again), sorted(self.usual), sorted(self.others))
        return [copied, same, *hosts, self.anonymous, self.heat, self.visits]

    @classmethod
    def restored(cls, state: Sequence[Any]) -> Around:
        """Return what `state` was taken of."""
        copied, same, again, usual, others, anonymous, heat, visits = state
        return cls(
            tuple(Copy(*copy) for copy in copied),
            Copy(*same) if same is not None else None,
            frozenset(again),
            frozenset(usual),
            frozenset(others),
            anonymous,
            heat,
            visits,
        )


class Found(NamedTuple):
    """What of a `Trace` stood on the blog before it: as `Around`, but for the
    words of the text. copied: number of the clause, and whose it was.
    """

    copied: tuple[tuple[int, Source], ...]
    same: Source | None
    again: tuple[str, ...]
    usual: tuple[str, ...]
    others: tuple[str, ...]
    anonymous: float
    heat: float
    visits: int

    def around(self, reading: Reading) -> Around:
        """Return this with the words of the text."""
        copied = [Copy(reading.clauses[place].words, *whose) for place, whose in self.copied]
        copied.sort(key=lambda copy: -len(copy.words))
        return Around(
            tuple(copied),
            Copy(reading.whole, *self.same) if self.same is not None else None,
            frozenset(self.again),
            frozenset(self.usual),
            frozenset(self.others),
            self.anonymous,
            self.heat,
            self.visits,
        )


class Place(NamedTuple):
    """What is known of a comment's surroundings.

    copied: clauses that stood before, longest first. same: the whole text did.
    again: hosts that looked like spam before, under another name.
    usual: hosts that several others linked to without looking like spam.
    others: addresses that came before with the same name.
    anonymous: share of the site's comments so far that have no author.
    heat: 0 to 1, how much the site's latest comments look like spam.
    visits: on so many earlier days the same name left comments, since none of
        them looked like spam.
    days: age of the article or, where that is unknown, of its discussion.
    """

    subject: Subject
    thread: Thread
    copied: tuple[Copy, ...] = ()
    same: Copy | None = None
    again: frozenset[str] = frozenset()
    usual: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    anonymous: float = 0.0
    heat: float = 0.0
    visits: int = 0
    days: int = 0

    @classmethod
    def of(cls, comment: Comment, subject: Subject, thread: Thread, around: Around) -> Place:
        """Return the place of `comment` in its thread so far."""
        began = thread.began
        if subject.article.published is not None:
            began = subject.article.published.timestamp()
        age = (comment.published.timestamp() - began) / 86400 if began is not None else 0
        return cls(subject, thread, *around, days=int(age))

    @property
    def around(self) -> Around:
        """What it takes, beside its thread, to find this place again."""
        return Around(
            self.copied,
            self.same,
            self.again,
            self.usual,
            self.others,
            self.anonymous,
            self.heat,
            self.visits,
        )
