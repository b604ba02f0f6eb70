"""Where a comment stands: its article, its thread, and all that came before.

A `Site` is walked in order of date: ask `standing` for a comment's place, then
`add` the comment. Nothing that comes later can be seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from functools import cached_property, lru_cache
from sys import intern
from typing import Any, NamedTuple

from ..comments.model import Comment
from .language import language_of
from .model import Article
from .reading import Reading, host_of, topic, words_of

#: Fewer words are no text that anybody would send twice.
SAME_WORDS = 5
#: So many others make a host usual.
USUAL = 3
#: Whose something was: author, id, article.
_Source = tuple[str, str, str]
#: How much an earlier comment's looks still count once another came.
_FADE = 0.9


@dataclass(frozen=True, slots=True)
class Copy:
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
        return topic(set(self._words))

    @cached_property
    def language(self) -> str:
        return language_of(self._words)

    @cached_property
    def sentences(self) -> str:
        """The article's words in order, to find a copied sentence in."""
        return f" {' '.join(self._words)} "

    @cached_property
    def _words(self) -> list[str]:
        return words_of(f"{self.article.title}\n{self.article.text}".lower())


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
        self.heat = _FADE * self.heat + (1 - _FADE) * suspicious
        if self.began is None:
            self.began = comment.published.timestamp()
        if not suspicious:
            # Threads share their words' strings: most of what a big blog's memory holds.
            self.words.update(map(intern, reading.topic - self.words))
            name = comment.author.split(" ")[0].lower()
            if len(name) > 2:
                self.names.add(name)


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

    def state(self) -> list[Any]:
        """Return this in what JSON can hold."""
        copied = [astuple(copy) for copy in self.copied]
        same = astuple(self.same) if self.same is not None else None
        hosts = (sorted(self.again), sorted(self.usual), sorted(self.others))
        return [copied, same, *hosts, self.anonymous, self.heat]

    @classmethod
    def restored(cls, state: Sequence[Any]) -> Around:
        """Return what `state` was taken of."""
        copied, same, again, usual, others, anonymous, heat = state
        return cls(
            tuple(Copy(*copy) for copy in copied),
            Copy(*same) if same is not None else None,
            frozenset(again),
            frozenset(usual),
            frozenset(others),
            anonymous,
            heat,
        )


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of a comment's surroundings.

    copied: clauses that stood before, longest first. same: the whole text did.
    again: hosts that looked like spam before, under another name.
    usual: hosts that several others linked to without looking like spam.
    others: addresses that came before with the same name.
    anonymous: share of the site's comments so far that have no author.
    days: age of the article or, where that is unknown, of its discussion.
    heat: 0 to 1, how much the site's latest comments look like spam.
    """

    subject: Subject
    thread: Thread
    copied: tuple[Copy, ...] = ()
    same: Copy | None = None
    again: frozenset[str] = frozenset()
    usual: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    anonymous: float = 0.0
    days: int = 0
    heat: float = 0.0

    @classmethod
    def of(cls, comment: Comment, subject: Subject, thread: Thread, around: Around) -> Place:
        """Return the place of `comment` in its thread so far."""
        began = thread.began
        if subject.article.published is not None:
            began = subject.article.published.timestamp()
        age = (comment.published.timestamp() - began) / 86400 if began is not None else 0
        copied, same, again, usual, others, anonymous, heat = around
        return cls(subject, thread, copied, same, again, usual, others, anonymous, int(age), heat)

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
        )


@dataclass(slots=True)
class Site:
    """What has been said on a blog so far."""

    articles: Mapping[str, Article]
    _subjects: dict[str, Subject] = field(default_factory=dict)
    _threads: dict[str, Thread] = field(default_factory=dict)
    _ends: dict[int, _Source] = field(default_factory=dict)
    _texts: dict[int, _Source] = field(default_factory=dict)
    _bad_hosts: dict[str, str] = field(default_factory=dict)
    _good_hosts: dict[str, set[str]] = field(default_factory=dict)
    _websites: dict[str, set[str]] = field(default_factory=dict)
    _count: int = 0
    _anonymous: int = 0
    _heat: float = 0.0

    def state(self) -> dict[str, Any]:
        """Return all that was added; it is still the site's own."""
        return {
            "threads": {
                key: (one.words, one.names, one.began, one.heat)
                for key, one in self._threads.items()
            },
            "ends": self._ends,
            "texts": self._texts,
            "bad_hosts": self._bad_hosts,
            "good_hosts": self._good_hosts,
            "websites": self._websites,
            "counts": [self._count, self._anonymous, self._heat],
        }

    @classmethod
    def restored(cls, articles: Mapping[str, Article], state: Mapping[str, Any]) -> Site:
        """Return the site that `state`, or the part of it that is `asked` for,
        was taken of.
        """
        site = cls(articles)
        for key, (words, names, began, heat) in state["threads"].items():
            site._threads[key] = Thread(set(words), set(names), began, heat)
        site._ends = dict(state["ends"])
        site._texts = dict(state["texts"])
        site._bad_hosts = dict(state["bad_hosts"])
        site._good_hosts = {host: set(names) for host, names in state["good_hosts"].items()}
        site._websites = {name: set(hosts) for name, hosts in state["websites"].items()}
        site._count, site._anonymous, site._heat = state["counts"]
        return site

    def standing(self, comment: Comment, reading: Reading) -> Place:
        """Say where `comment` stands, judged by what was added before it."""
        subject = self._subjects.get(comment.article)
        if subject is None:
            subject = Subject(self.articles.get(comment.article) or Article(comment.article))
            self._subjects[comment.article] = subject
        thread = self._threads.setdefault(comment.article, Thread())
        ends, copied = self._ends, []
        for clause in reading.clauses:
            source = ends.get(_mark(clause.head)) or ends.get(_mark(clause.tail))
            if source is not None:
                copied.append(Copy(clause.words, *source))
        if len(copied) > 1:
            copied.sort(key=lambda copy: -len(copy.words))
        same = None
        if len(reading.words) >= SAME_WORDS and (source := self._texts.get(_mark(reading.whole))):
            same = Copy(reading.whole, *source)
        author = comment.author
        hosts = _hosts(comment, reading)
        again = [host for host in hosts if self._bad_hosts.get(host, author) != author]
        usual = [host for host in hosts if len(self._good_hosts.get(host, ())) >= USUAL]
        website = host_of(comment.website)
        others: set[str] | frozenset[str]
        others = self._websites.get(author, frozenset()) if website and author else frozenset()
        around = Around(
            tuple(copied),
            same,
            frozenset(again),
            frozenset(usual),
            frozenset(others) - {website},
            (self._anonymous + 0.1) / (self._count + 1),
            self._heat,
        )
        return Place.of(comment, subject, thread, around)

    def add(self, comment: Comment, reading: Reading, suspicious: bool) -> None:
        """Let what comes after `comment` be compared with it.

        suspicious: whether it looks like spam by itself, whatever it is.
        """
        source = (comment.author, comment.id, comment.article)
        for clause in reading.clauses:
            self._ends.setdefault(_mark(clause.head), source)
            self._ends.setdefault(_mark(clause.tail), source)
        if len(reading.words) >= SAME_WORDS:
            self._texts.setdefault(_mark(reading.whole), source)
        for host in _hosts(comment, reading):
            if suspicious:
                self._bad_hosts.setdefault(host, comment.author)
            else:
                _add(self._good_hosts.setdefault(host, set()), comment.author)
        if website := host_of(comment.website):
            _add(self._websites.setdefault(comment.author, set()), website)
        self._count += 1
        self._anonymous += not comment.author
        self._heat = _FADE * self._heat + (1 - _FADE) * suspicious
        self._threads[comment.article].add(comment, reading, suspicious)


class Asked(NamedTuple):
    """The parts of a `Site` that the places of some comments hang on: marks of
    texts and of ends of clauses, hosts, names, articles.
    """

    marks: set[int]
    hosts: set[str]
    authors: set[str]
    articles: set[str]


def asked(comments: Iterable[tuple[Comment, Reading]]) -> Asked:
    """Return what `Site` is asked for when these comments are placed and added."""
    found = Asked(set(), set(), set(), set())
    for comment, reading in comments:
        for clause in reading.clauses:
            found.marks.update((_mark(clause.head), _mark(clause.tail)))
        found.marks.add(_mark(reading.whole))
        found.hosts.update(_hosts(comment, reading))
        found.authors.add(comment.author)
        found.articles.add(comment.article)
    return found


@lru_cache(maxsize=64)
def _mark(text: str) -> int:
    """Return what a text is known by: as good as the text, shorter, and no word
    of it is kept.
    """
    found = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(found, "big", signed=True)


def _add(few: set[str], one: str) -> None:
    """Add to a set of which no more than a few are ever asked for."""
    if len(few) < USUAL:
        few.add(one)


def _hosts(comment: Comment, reading: Reading) -> list[str]:
    hosts = [link.host for link in reading.links]
    if comment.website:
        hosts.append(host_of(comment.website))
    return [host for host in hosts if host]
