"""How much each kind of evidence counts before anybody has decided anything.

The figures are `weights.json`, fitted by `tipsblog spam fit`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from .evidence import Evidence
from .features import FEATURES
from .model import Reason


@dataclass(frozen=True, slots=True)
class Weights:
    """bias: the log-odds of a comment without any evidence."""

    bias: float
    of: Mapping[str, float]

    def __post_init__(self) -> None:
        for name, weight in self.of.items():
            if name not in FEATURES:
                raise ValueError(f"a weight for the unknown feature {name!r}")
            feature = FEATURES[name]
            if weight * feature.sign < 0 or abs(weight) > feature.cap:
                raise ValueError(f"the weight of {name!r}, {weight}, is beyond its sign or cap")

    def reasons(self, found: Iterable[Evidence]) -> tuple[Reason, ...]:
        """Weigh each piece of evidence; the heaviest first."""
        reasons = [
            Reason(
                one.feature,
                self.of.get(one.feature, 0.0) * one.value,
                FEATURES[one.feature].sentence.format(one.what),
            )
            for one in found
        ]
        return tuple(sorted(reasons, key=lambda reason: -abs(reason.weight)))


def probability(log_odds: float) -> float:
    """Return the probability that belongs to `log_odds`."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))


@cache
def shipped() -> Weights:
    """Return the weights that come with the package."""
    data = json.loads(resources.files(__package__).joinpath("weights.json").read_text("utf-8"))
    return Weights(data["bias"], data["weights"])
