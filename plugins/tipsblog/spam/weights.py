"""How much each kind of evidence counts before anybody has decided anything.

The figures are `weights.json`, fitted by `tipsblog spam fit`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from .evidence import Evidence
from .features import FEATURES
from .model import Reason

#: Shares of genuine comments, in percent, for which the line is known.
RATES = (20.0, 10.0, 7.0, 5.0, 3.0, 2.0, 1.0, 0.5, 0.2, 0.1)


@dataclass(frozen=True, slots=True)
class Weights:
    """bias: the log-odds of a comment without any evidence, spam and ham being
        as frequent as one another.
    slope, offset: make the sum of weights true log-odds.
    lines: the log-odds above which so many of 100 genuine comments lie.
    fitted_on: digests of the sites that the weights were fitted on.
    """

    bias: float
    of: Mapping[str, float]
    slope: float = 1.0
    offset: float = 0.0
    lines: Mapping[str, float] = field(default_factory=dict)
    fitted_on: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, weight in self.of.items():
            if name not in FEATURES:
                raise ValueError(f"a weight for the unknown feature {name!r}")
            feature = FEATURES[name]
            if weight * feature.sign < 0 or abs(weight) > feature.cap:
                raise ValueError(f"the weight of {name!r}, {weight}, is beyond its sign or cap")

    def log_odds(self, found: Iterable[Evidence]) -> float:
        """Return the log-odds of spam."""
        of = self.of
        total = self.bias
        for one in found:
            total += of.get(one.feature, 0.0) * one.value
        return self.slope * total + self.offset

    @property
    def alone(self) -> float:
        """Return the log-odds of a comment with the strongest piece of evidence only."""
        return self.slope * (self.bias + max(self.of.values(), default=0.0)) + self.offset

    def reasons(self, found: Iterable[Evidence]) -> list[Reason]:
        """Weigh each piece of evidence."""
        return [
            Reason(
                one.feature,
                round(self.slope * self.of.get(one.feature, 0.0) * one.value, 3),
                FEATURES[one.feature].sentence.format(one.what),
            )
            for one in found
        ]

    def line(self, rate: float) -> float:
        """Return the log-odds above which `rate` of 100 genuine comments lie."""
        known = sorted((float(text), z) for text, z in self.lines.items())
        if not known:
            return 0.0
        if rate <= known[0][0]:
            return known[0][1]
        for (low, z_low), (high, z_high) in pairwise(known):
            if rate <= high:
                share = math.log(rate / low) / math.log(high / low)
                return z_low + share * (z_high - z_low)
        return known[-1][1]

    def as_json(self) -> str:
        """Return the text of a weights file."""
        data: dict[str, Any] = {
            "bias": self.bias,
            "slope": self.slope,
            "offset": self.offset,
            "lines": dict(self.lines),
            "weights": {name: self.of[name] for name in FEATURES if name in self.of},
            "fitted_on": dict(self.fitted_on),
        }
        return json.dumps(data, indent=2) + "\n"


def probability(log_odds: float) -> float:
    """Return the probability that belongs to `log_odds`."""
    if log_odds > 30:
        log_odds = 30.0
    elif log_odds < -30:
        log_odds = -30.0
    return 1 / (1 + math.exp(-log_odds))


def parse(text: str) -> Weights:
    """Read a weights file."""
    data = json.loads(text)
    return Weights(
        data["bias"],
        data["weights"],
        data["slope"],
        data["offset"],
        data["lines"],
        data["fitted_on"],
    )


@cache
def shipped() -> Weights:
    """Return the weights that come with the package."""
    return parse(Path(__file__).with_name("weights.json").read_text("utf-8"))
