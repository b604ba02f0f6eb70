"""All that was said on a blog so far, for later comments to be compared with.

A `Site` is walked in order of date: ask `standing` for a comment's place, then
`add` the comment. Nothing that comes later can be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from sys import intern
from typing import Any

from ..comments.model import Comment
from .model import Article
from .place import FADE, Found, Place, Source, Subject, Thread, ThreadState
from .reading import Reading, host_of
from .trace import Trace, trace

#: So many others make a host usual.
USUAL = 3


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
        self._heat = FADE * self._heat + (1 - FADE) * suspicious

    def join(self, threads: Mapping[str, ThreadState]) -> None:
        """Take over the states of threads that were walked elsewhere; `state`
        holds them, and nothing more is added to them here.
        """
        self._elsewhere.update(threads)


def _add(few: set[str], one: str) -> None:
    """Add to a set of which no more than a few are ever asked for."""
    if len(few) < USUAL:
        few.add(one)


def own_hosts(addresses: Iterable[str], articles: Iterable[Article | None]) -> frozenset[str]:
    """Return the hosts of the blog's `addresses`, and those its `articles` link to."""
    links = [link for article in articles if article is not None for link in article.links]
    return frozenset(map(host_of, [*addresses, *links])) - {""}
