"""Where a comment stands: its article, its thread, and all that came before.

A `Site` is walked in order of date: ask `standing` for a comment's place, then
`add` the comment. Nothing that comes later can be seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ..comments.model import Comment
from .lexicon import small_words
from .model import Article
from .reading import Reading, host_of

#: Shorter words say nothing about a topic.
TOPIC_LENGTH = 4
#: Fewer words in a row are no copy.
COPIED_WORDS = 5


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
        return topic(self._reading.words)

    @cached_property
    def language(self) -> str:
        return language_of(self._reading.words)

    @cached_property
    def _reading(self) -> Reading:
        text = f"{self.article.title}\n{self.article.text}"
        from .reading import _WORD

        return Reading(text, _WORD.findall(text.lower()))


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of a comment's surroundings.

    thread: the topic words of the earlier comments under the article.
    copied: clauses that stood before, longest first. same: the whole text did.
    """

    subject: Subject
    thread: frozenset[str]
    copied: tuple[Copy, ...] = ()
    same: Copy | None = None


@dataclass(slots=True)
class Site:
    """What has been said on a blog so far."""

    articles: Mapping[str, Article]
    _subjects: dict[str, Subject] = field(default_factory=dict)
    _threads: dict[str, set[str]] = field(default_factory=dict)
    _ends: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    _texts: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def standing(self, comment: Comment, reading: Reading) -> Place:
        """Say where `comment` stands, judged by what was added before it."""
        copied = []
        for clause in reading.clauses:
            head, tail = _ends(clause)
            source = self._ends.get(head) or self._ends.get(tail)
            if source is not None:
                copied.append(Copy(clause, *source))
        copied.sort(key=lambda copy: -len(copy.words))
        whole = " ".join(reading.words)
        same = self._texts.get(whole) if len(reading.words) >= 5 else None
        return Place(
            self._subject(comment.article),
            frozenset(self._threads.get(comment.article, ())),
            tuple(copied),
            Copy(whole, *same) if same else None,
        )

    def add(self, comment: Comment, reading: Reading) -> None:
        """Let what comes after `comment` be compared with it."""
        source = (comment.author, comment.id, comment.article)
        for clause in reading.clauses:
            for end in _ends(clause):
                self._ends.setdefault(end, source)
        if len(reading.words) >= 5:
            self._texts.setdefault(" ".join(reading.words), source)
        self._threads.setdefault(comment.article, set()).update(topic(reading.words))

    def _subject(self, key: str) -> Subject:
        if key not in self._subjects:
            self._subjects[key] = Subject(self.articles.get(key) or Article(key))
        return self._subjects[key]


def _ends(clause: str) -> tuple[str, str]:
    """Return the first and the last words of `clause`.

    Who copies half a sentence keeps one end of it; who copies "Well, it works"
    leaves out the "Well".
    """
    words = clause.split()
    return " ".join(words[:COPIED_WORDS]), " ".join(words[-COPIED_WORDS:])


def topic(words: list[str]) -> frozenset[str]:
    """Return those of `words` that can say what a text is about."""
    return frozenset(word for word in words if len(word) >= TOPIC_LENGTH) - small_words().keys()


def language_of(words: list[str]) -> str:
    """Return the language of `words` by its script and small words, "" if unsure."""
    tally: dict[str, int] = {}
    small = small_words()
    for word in words:
        for language in small.get(word, ()):
            tally[language] = tally.get(language, 0) + 1
    if not tally:
        return _script(words)
    best = sorted(tally, key=lambda language: (-tally[language], language))
    first = tally[best[0]]
    second = tally[best[1]] if len(best) > 1 else 0
    if first >= 3 and first > 1.3 * second:
        return best[0]
    return ""


_SCRIPTS = (
    (0x0400, 0x052F, "ru"),
    (0x0590, 0x05FF, "he"),
    (0x0600, 0x06FF, "ar"),
    (0x0900, 0x097F, "hi"),
    (0x0E00, 0x0E7F, "th"),
    (0x3040, 0x30FF, "ja"),
    (0x4E00, 0x9FFF, "zh"),
    (0xAC00, 0xD7AF, "ko"),
)


def _script(words: list[str]) -> str:
    text = "".join(words)
    if text.isascii():
        return ""
    tally: dict[str, int] = {}
    for letter in text[:200]:
        code = ord(letter)
        for first, last, language in _SCRIPTS:
            if first <= code <= last:
                tally[language] = tally.get(language, 0) + 1
    if "ja" in tally:
        return "ja"
    best = max(sorted(tally), key=lambda language: tally[language], default="")
    return best if best and tally[best] > len(text[:200]) / 2 else ""
