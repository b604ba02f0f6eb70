"""What a blog's own decisions teach, on top of what everybody's spam has.

A logistic regression over words, pairs of words, pieces of words, hosts and
evidence, that starts from the cold log-odds and so has only to learn the
difference. It is refitted from all decisions, in their order, each time they
change: what it knows is a function of them, and undoing one undoes it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from itertools import pairwise
from typing import Any

from .reading import host_of
from .survey import Surveyed
from .weights import probability

#: So many of the latest decisions are learned from.
LATEST = 3000
#: Steps over all decisions together; few decisions are gone through more often.
_STEPS, _MOST_PASSES, _FEWEST_PASSES = 12_000, 15, 3
_RATE, _FORGET = 0.3, 1e-4
#: How many decisions it takes to move the blend.
_TRUST = 20.0
#: So many of the rarer kind are half enough to learn from: who has only seen
#: spam would take everything for it.
_FEW = 3
_PIECE = 4
#: Words of a long comment that are looked at.
_WORDS = 200


@dataclass(frozen=True, slots=True)
class Decided:
    """A comment that a person decided on, and its cold log-odds."""

    surveyed: Surveyed
    cold: float
    spam: bool


@dataclass(frozen=True, slots=True)
class Blend:
    """How far the cold and the learned log-odds are trusted.

    centre: what the learned ones are where nothing is special.
    """

    cold: float = 1.0
    learned: float = 0.0
    centre: float = 0.0

    def __call__(self, cold: float, learned: float) -> float:
        return self.cold * cold + self.learned * (learned - self.centre)


Tokens = list[tuple[str, float]]


class Learned:
    """What was learned from `decisions`, oldest first.

    before: for each of them the blended log-odds that stood before it was
    made, when only the earlier ones were known.
    """

    def __init__(self, decisions: Sequence[Decided]) -> None:
        self._weights: dict[str, float] = {}
        self._squares: dict[str, float] = {}
        self._bias = self._bias_square = 0.0
        decisions = decisions[-LATEST:]
        tokens = [tokens_of(one.surveyed) for one in decisions]
        seen = [0, 0]
        before: list[tuple[float, float]] = []
        for one, its in zip(decisions, tokens, strict=True):
            before.append((one.cold, self._sum(its)))
            seen[one.spam] += 1
            self._step(its, one, seen)
        passes = min(_MOST_PASSES, max(_FEWEST_PASSES, _STEPS // max(1, len(decisions))))
        for _ in range(passes - 1 if decisions else 0):
            for one, its in zip(decisions, tokens, strict=True):
                self._step(its, one, seen)
        self.before: list[float] = []
        blend, told = Blend(), _Stacking()
        for (cold, learned), one in zip(before, decisions, strict=True):
            self.before.append(blend(cold, learned))
            blend = told.add(cold, learned, one.spam)
        self.blend = blend

    def state(self) -> dict[str, Any]:
        """Return what is needed to judge more comments, in what JSON can hold."""
        return {"weights": self._weights, "bias": self._bias, "blend": astuple(self.blend)}

    @classmethod
    def restored(cls, state: Mapping[str, Any]) -> Learned:
        """Return what `state` was taken of; it learns no more."""
        learned = cls(())
        learned._weights = dict(state["weights"])
        learned._bias = state["bias"]
        learned.blend = Blend(*state["blend"])
        return learned

    def log_odds(self, surveyed: Surveyed, cold: float) -> float:
        """Return the blended log-odds of spam for a comment."""
        return self.blend(cold, self._sum(tokens_of(surveyed)))

    def words(self, surveyed: Surveyed, most: int = 3) -> tuple[list[str], list[str]]:
        """Return the words that most speak for spam, and those against it."""
        weights = self._weights
        topic = surveyed.reading.topic
        known = sorted((weights[f"w:{word}"], word) for word in topic if f"w:{word}" in weights)
        return (
            [word for weight, word in known[::-1][:most] if weight > 0.1],
            [word for weight, word in known[:most] if weight < -0.1],
        )

    def _sum(self, tokens: Tokens) -> float:
        known = self._weights
        total = self._bias
        for token, value in tokens:
            if token in known:
                total += known[token] * value
        return total

    def _step(self, tokens: Tokens, one: Decided, seen: list[int]) -> None:
        """Adagrad: rare tokens learn fast, common ones slowly."""
        error = probability(one.cold + self._sum(tokens)) - one.spam
        if seen[0] and seen[1]:
            error *= min(4.0, sum(seen) / (2 * seen[one.spam]))
        self._bias_square += error * error
        self._bias -= _RATE * error / math.sqrt(1 + self._bias_square)
        weights, squares = self._weights, self._squares
        for token, value in tokens:
            old = weights.get(token, 0.0)
            slope = error * value + _FORGET * old
            square = squares.get(token, 0.0) + slope * slope
            squares[token] = square
            weights[token] = old - _RATE * slope / math.sqrt(0.01 + square)


class _Stacking:
    """The blend, learned from predictions made before each decision.

    Newton's method on two numbers, a few steps after each decision, held by as
    much as `_TRUST` decisions to the trust that their numbers deserve.
    """

    def __init__(self) -> None:
        self._rows: list[tuple[float, float, bool]] = []
        self._now = Blend()
        self._next = 1

    def add(self, cold: float, learned: float, spam: bool) -> Blend:
        """Take one more decision in; the blend is looked at again as often as
        their number has grown by a tenth.
        """
        self._rows.append((max(-8.0, min(8.0, cold)), max(-8.0, min(8.0, learned)), spam))
        if len(self._rows) >= self._next:
            self._next = len(self._rows) + 1 + len(self._rows) // 10
            self._now = self._fit()
        return self._now

    def _fit(self) -> Blend:
        spam = sum(row[2] for row in self._rows)
        fewer = min(spam, len(self._rows) - spam)
        doubt = _FEW / (fewer + _FEW)
        latest = [row[1] for row in self._rows[-_FEW * 10 :]]
        centre = doubt * sum(latest) / len(latest)
        believed = (1.0, 1 - doubt / 2)
        trust = list(believed)
        for _ in range(4 if fewer else 0):
            for which in (0, 1):
                slope, curve = _TRUST * (trust[which] - believed[which]), _TRUST
                for row in self._rows:
                    p = probability(trust[0] * row[0] + trust[1] * (row[1] - centre))
                    value = row[0] if which == 0 else row[1] - centre
                    slope += (p - row[2]) * value
                    curve += max(p * (1 - p), 0.02) * value * value
                trust[which] = max(0.0, min(1.5, trust[which] - slope / curve))
        return Blend(round(trust[0], 3), round(trust[1], 3), round(centre, 3))


def tokens_of(surveyed: Surveyed) -> Tokens:
    """Return what a comment is learned by; each kind has a length of 1 at most."""
    reading, comment = surveyed.reading, surveyed.comment
    words = reading.words[:_WORDS]
    said = {f"w:{word}" for word in words}
    said.update(f"b:{one} {two}" for one, two in pairwise(["^", *words, "$"]))
    pieces: set[str] = set()
    for word in set(words):
        padded = f" {word} "
        if len(padded) <= _PIECE:
            pieces.add(padded)
        else:
            pieces.update([padded[i : i + _PIECE] for i in range(len(padded) - _PIECE + 1)])
    who = {f"h:{link.host}" for link in reading.links}
    if comment.website:
        who.add(f"h:{host_of(comment.website)}")
    if comment.author:
        who.add(f"a:{comment.author.casefold()}")
    name = comment.author.casefold()
    named = {f"n:{name[i : i + _PIECE]}" for i in range(max(1, len(name) - _PIECE + 1))}
    tokens: Tokens = []
    for kind, most in ((said, 1.0), (pieces, 1.0), (who, 0.5), (named if name else (), 0.5)):
        if kind:
            value = most / math.sqrt(len(kind))
            tokens += [(token, value) for token in sorted(kind)]
    tokens += [(f"f:{one.feature}", 0.5 * one.value) for one in surveyed.evidence]
    return tokens
