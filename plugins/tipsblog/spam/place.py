"""Where a comment stands: its article, its thread, and all that came before.

A `Site` is walked in order of date: ask `standing` for a comment's place, then
`add` the comment. Nothing that comes later can be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from sys import intern
from typing import Any, NamedTuple

from ..comments.model import Comment
from .language import language_of
from .model import Article
from .reading import Reading, host_of, topic, words_of
from .trace import Trace, trace

#: So many others make a host usual.
USUAL = 3
#: Whose something was: author, id, article.
Source = tuple[str, str, str]
#: When a discussion began, its heat, its words and its names.
ThreadState = tuple[float | None, float, str, str]
#: How much an earlier comment's looks still count once another came.
_FADE = 0.9


class Copy(NamedTuple):
    """Words that stood on the site before, and whose they were."""

    words: str
    author: str
    id: str
    article: str


def own_hosts(addresses: Iterable[str], articles: Iterable[Article | None]) -> frozenset[str]:
    """Return the hosts of the blog's `addresses`, and those its `articles` link to."""
    links = [link for article in articles if article is not None for link in article.links]
    return frozenset(map(host_of, [*addresses, *links])) - {""}


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
        self.heat = _FADE * self.heat + (1 - _FADE) * suspicious
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


@dataclass(slots=True)
class Site:
    """What has been said on a blog so far.

    own: hosts of the blog itself, and those its articles link to: whoever gives
    them advertises nothing.
    """

    articles: Mapping[str, Article]
    own: Set[str] = frozenset()
    _subjects: dict[str, Subject] = field(default_factory=dict)
    _threads: dict[str, Thread] = field(default_factory=dict)
    _elsewhere: dict[str, ThreadState] = field(default_factory=dict)
    _ends: dict[int, Source] = field(default_factory=dict)
    _texts: dict[int, Source] = field(default_factory=dict)
    _bad_hosts: dict[str, str] = field(default_factory=dict)
    _good_hosts: dict[str, set[str]] = field(default_factory=dict)
    _websites: dict[str, set[str]] = field(default_factory=dict)
    _visits: dict[str, tuple[int, int]] = field(default_factory=dict)
    _count: int = 0
    _anonymous: int = 0
    _heat: float = 0.0

    def state(self) -> dict[str, Any]:
        """Return all that was added; part of it is still the site's own."""
        return {
            "own": self.own,
            "threads": {
                **self._elsewhere,
                **{key: one.state() for key, one in self._threads.items()},
            },
            "ends": self._ends,
            "texts": self._texts,
            "bad_hosts": self._bad_hosts,
            "good_hosts": self._good_hosts,
            "websites": self._websites,
            "visits": self._visits,
            "counts": [self._count, self._anonymous, self._heat],
        }

    @classmethod
    def restored(cls, articles: Mapping[str, Article], state: Mapping[str, Any]) -> Site:
        """Return the site that `state`, or the part of it that is `asked` for,
        was taken of.
        """
        site = cls(articles, frozenset(state["own"]))
        site._threads = {key: Thread.restored(one) for key, one in state["threads"].items()}
        site._ends = dict(state["ends"])
        site._texts = dict(state["texts"])
        site._bad_hosts = dict(state["bad_hosts"])
        site._good_hosts = {host: set(names) for host, names in state["good_hosts"].items()}
        site._websites = {name: set(hosts) for name, hosts in state["websites"].items()}
        site._visits = {name: (count, day) for name, (count, day) in state["visits"].items()}
        site._count, site._anonymous, site._heat = state["counts"]
        return site

    def standing(self, comment: Comment, reading: Reading, traced: Trace | None = None) -> Place:
        """Say where `comment` stands, judged by what was added before it."""
        subject = self._subjects.get(comment.article)
        if subject is None:
            subject = Subject(self.articles.get(comment.article) or Article(comment.article))
            self._subjects[comment.article] = subject
        thread = self._threads.setdefault(comment.article, Thread())
        around = self.found(traced or trace(comment, reading)).around(reading)
        return Place.of(comment, subject, thread, around)

    def found(self, traced: Trace) -> Found:
        """Say what of a comment stood before it."""
        author, ends = traced.author, self._ends
        copied = []
        for place, (head, tail) in enumerate(traced.ends):
            if (whose := ends.get(head) or ends.get(tail)) is not None:
                copied.append((place, whose))
        visits, latest = self._visits.get(author, (0, 0))
        others: Iterable[str] = ()
        if traced.website and author:
            others = self._websites.get(author, ())
        return Found(
            tuple(copied),
            self._texts.get(traced.text) if traced.text is not None else None,
            tuple(
                [
                    one
                    for one in traced.hosts
                    if self._bad_hosts.get(one, author) != author and one not in self.own
                ]
            ),
            tuple([one for one in traced.hosts if len(self._good_hosts.get(one, ())) >= USUAL]),
            tuple(sorted(one for one in others if one != traced.website)),
            (self._anonymous + 0.1) / (self._count + 1),
            self._heat,
            visits - (visits > 0 and latest == traced.day),
        )

    def add(
        self, comment: Comment, reading: Reading, suspicious: bool, traced: Trace | None = None
    ) -> None:
        """Let what comes after `comment` be compared with it.

        suspicious: whether it looks like spam by itself, whatever it is.
        """
        self.grow(traced or trace(comment, reading), suspicious)
        self._threads[comment.article].add(comment, reading, suspicious)

    def grow(self, traced: Trace, suspicious: bool) -> None:
        """Let what comes later be compared with a comment, but for its thread."""
        author = traced.author
        source = (author, traced.id, intern(traced.article))
        for head, tail in traced.ends:
            self._ends.setdefault(head, source)
            self._ends.setdefault(tail, source)
        if traced.text is not None:
            self._texts.setdefault(traced.text, source)
        for host in traced.hosts:
            if suspicious:
                self._bad_hosts.setdefault(host, author)
            else:
                _add(self._good_hosts.setdefault(host, set()), author)
        if traced.website:
            _add(self._websites.setdefault(author, set()), traced.website)
        if author:
            visits, latest = self._visits.get(author, (0, -1))
            if suspicious or traced.day != latest:
                self._visits[author] = (0 if suspicious else visits + 1, traced.day)
        self._count += 1
        self._anonymous += not author
        self._heat = _FADE * self._heat + (1 - _FADE) * suspicious

    def join(self, threads: Mapping[str, ThreadState]) -> None:
        """Take over the states of threads that were walked elsewhere; `state`
        holds them, and nothing more is added to them here.
        """
        self._elsewhere.update(threads)


def _add(few: set[str], one: str) -> None:
    """Add to a set of which no more than a few are ever asked for."""
    if len(few) < USUAL:
        few.add(one)
