"""What a blog's own decisions teach, on top of what everybody's spam has.

Two learners over the same tokens, added up: a logistic regression that starts
from the cold log-odds and so has only to learn the difference, and the log
ratios of naive Bayes, which say much after a few decisions. They are refitted
from all decisions, in their order, each time these change: what they know is a
function of them, and undoing one undoes it.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .survey import Surveyed
from .tokens import Kind, tokens_of
from .weights import probability

#: So many of the latest decisions are learned from.
LATEST = 3000
#: Steps over all decisions together; few decisions are gone through more often.
_STEPS, _MOST_PASSES, _FEWEST_PASSES = 6_000, 6, 3
_RATE, _FORGET = 0.3, 1e-4
#: How often a token is believed to stand in either kind before it did.
_SMOOTH = 0.5
#: What the log ratios count beside the regression.
_RATIOS = 0.7
#: How many decisions it takes to move the blend.
_TRUST = 20.0
#: So many of the rarer kind are half enough to learn from: who has only seen
#: spam would take everything for it.
_FEW = 3


class Decided(NamedTuple):
    """A comment that a person decided on, and its cold log-odds."""

    surveyed: Surveyed
    cold: float
    spam: bool


class Blend(NamedTuple):
    """How far the cold and the learned log-odds are trusted.

    centre: what the learned ones are where nothing is special.
    """

    cold: float = 1.0
    learned: float = 0.0
    centre: float = 0.0

    def __call__(self, cold: float, learned: float) -> float:
        return self.cold * cold + self.learned * (learned - self.centre)


class Learned:
    """What was learned from `decisions`, oldest first.

    before: for each of them the blended log-odds that stood before it was
    made, when only the earlier ones were known.
    """

    def __init__(self, decisions: Sequence[Decided]) -> None:
        decisions = decisions[-LATEST:]
        numbers: dict[str, int] = {}
        rows = [_numbered(tokens_of(one.surveyed), numbers) for one in decisions]
        regression, ratios = _Regression(len(numbers)), _Ratios(len(numbers))
        seen = [0, 0]
        self.before: list[float] = []
        blend, told = Blend(), _Stacking()
        for one, row in zip(decisions, rows, strict=True):
            learned = regression.log_odds(row) + ratios.log_odds(row)
            self.before.append(blend(one.cold, learned))
            blend = told.add(one.cold, learned, one.spam)
            seen[one.spam] += 1
            regression.step(row, one, seen)
            ratios.add(row, one.spam)
        passes = min(_MOST_PASSES, max(_FEWEST_PASSES, _STEPS // max(1, len(decisions))))
        for _ in range(passes - 1 if decisions else 0):
            for one, row in zip(decisions, rows, strict=True):
                regression.step(row, one, seen)
        self.blend = blend
        self._bias = regression.bias
        self._weights = {
            token: round(weight, 4)
            for token, number in numbers.items()
            if (weight := regression.weights[number] + ratios.weight(number))
        }

    def state(self) -> dict[str, Any]:
        """Return what is needed to judge more comments, in what JSON can hold."""
        return {"weights": self._weights, "bias": self._bias, "blend": tuple(self.blend)}

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
        known, total = self._weights, self._bias
        for kind in tokens_of(surveyed):
            total += kind.value * sum([known[t] for t in kind.tokens if t in known])
        return self.blend(cold, total)

    def words(self, surveyed: Surveyed, most: int = 3) -> tuple[list[str], list[str]]:
        """Return the words that most speak for spam, and those against it."""
        weights = self._weights
        topic = surveyed.reading.topic
        known = sorted((weights[f"w:{word}"], word) for word in topic if f"w:{word}" in weights)
        return (
            [word for weight, word in known[::-1][:most] if weight > 0.1],
            [word for weight, word in known[:most] if weight < -0.1],
        )


class _Group(NamedTuple):
    """Tokens by number that share a value; see `tokens.Kind`."""

    value: float
    numbers: Sequence[int]
    counted: bool


def _numbered(kinds: Sequence[Kind], numbers: dict[str, int]) -> list[_Group]:
    """Number the tokens of `kinds`, new ones on."""
    return [
        _Group(value, array("I", [numbers.setdefault(t, len(numbers)) for t in tokens]), counted)
        for value, tokens, counted in kinds
    ]


class _Regression:
    """Logistic regression on top of the cold log-odds, one decision at a time."""

    def __init__(self, size: int) -> None:
        self.weights, self._squares = [0.0] * size, [0.0] * size
        self.bias = self._bias_square = 0.0

    def log_odds(self, row: Sequence[_Group]) -> float:
        weights, total = self.weights, self.bias
        for value, numbers, _ in row:
            total += value * sum([weights[number] for number in numbers])
        return total

    def step(self, row: Sequence[_Group], one: Decided, seen: list[int]) -> None:
        """Adagrad: rare tokens learn fast, common ones slowly."""
        error = probability(one.cold + self.log_odds(row)) - one.spam
        if seen[0] and seen[1]:
            error *= min(4.0, sum(seen) / (2 * seen[one.spam]))
        self._bias_square += error * error
        self.bias -= _RATE * error / math.sqrt(1 + self._bias_square)
        weights, squares = self.weights, self._squares
        for value, numbers, _ in row:
            push = error * value
            for number in numbers:
                old = weights[number]
                slope = push + _FORGET * old
                squares[number] = square = squares[number] + slope * slope
                weights[number] = old - _RATE * slope / math.sqrt(0.01 + square)


class _Ratios:
    """Naive Bayes' log ratios: how much more often a token stands in spam."""

    def __init__(self, size: int) -> None:
        self._counts = ([0] * size, [0] * size)
        self._totals = [0, 0]
        self._known = 0
        self._rows = [0, 0]

    def add(self, row: Sequence[_Group], spam: bool) -> None:
        counts, other = self._counts[spam], self._counts[not spam]
        self._rows[spam] += 1
        for _, numbers, counted in row:
            if counted:
                self._totals[spam] += len(numbers)
                for number in numbers:
                    self._known += not (counts[number] or other[number])
                    counts[number] += 1

    def log_odds(self, row: Sequence[_Group]) -> float:
        if not all(self._rows):
            return 0.0
        return sum(
            value * sum([self.weight(number) for number in numbers])
            for value, numbers, counted in row
            if counted
        )

    def weight(self, number: int) -> float:
        """Return what a token adds to the log-odds, less while one kind is rare."""
        ham, spam = self._counts[0][number], self._counts[1][number]
        fewer = min(self._rows)
        if not fewer or not (ham or spam):
            return 0.0
        size = _SMOOTH * self._known
        ratio = math.log((spam + _SMOOTH) / (ham + _SMOOTH))
        ratio += math.log((self._totals[0] + size) / (self._totals[1] + size))
        return _RATIOS * fewer / (fewer + _FEW) * ratio


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
