"""What a blog's owner asks of the filter: how careful, and whom never to judge."""

from __future__ import annotations

from typing import NamedTuple

from .lists import Lists
from .weights import Weights


class Policy(NamedTuple):
    """hold: of 100 genuine comments at most so many wait for a person, about.
    lose: of 100 genuine ones at most so many are taken for spam, about.
    lists: words, hosts and authors that are always or never held.
    """

    hold: float = 5.0
    lose: float = 1.0
    lists: Lists = Lists()

    def lines(self, weights: Weights) -> tuple[float, float]:
        """Return the log-odds above which a comment is held, and is spam: never
        less than the strongest evidence gives alone.
        """
        lose = max(weights.line(min(self.lose, self.hold)), weights.alone)
        return weights.line(self.hold), lose
