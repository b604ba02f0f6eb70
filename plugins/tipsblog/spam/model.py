"""What the filter is asked and what it answers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Outcome(StrEnum):
    """What becomes of a comment that nobody has decided on."""

    HAM = "ham"
    UNSURE = "unsure"
    SPAM = "spam"


class Article(NamedTuple):
    """What the filter may know of an article.

    key: as in `Comment.article`. text: plain text, without mark-up.
    links: the addresses that the article itself links to.
    """

    key: str
    title: str = ""
    text: str = ""
    links: tuple[str, ...] = ()
    published: datetime | None = None


class Reason(NamedTuple):
    """One piece of evidence in a verdict.

    feature: its name. weight: what it adds to the score's log-odds; above 0
    speaks for spam. sentence: for a person, with the words it rests on.
    """

    feature: str
    weight: float
    sentence: str


class Verdict(NamedTuple):
    """The filter's answer. score: the probability of spam, 0 to 1.

    reasons: the strongest first.
    """

    outcome: Outcome
    score: float
    reasons: tuple[Reason, ...] = ()
