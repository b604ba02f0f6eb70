"""Fitting the weights: logistic regression whose signs may not turn.

Plain Python, run by hand. It starts from what `features` believes and stays
near it where the data say little, so that rare evidence keeps its worth.
"""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .features import FEATURES
from .labelled import LabelledSite
from .survey import survey
from .weights import RATES, Weights, probability

#: How strongly a weight is held to its prior, in comments of evidence against it.
_HOLD_TO_PRIOR = 60.0
#: Weight of each class, in comments: enough to outvote priors where data abound.
_CLASS = 500.0
_SWEEPS = 60


@dataclass(frozen=True, slots=True)
class Example:
    """What is known of a labelled comment."""

    site: str
    group: str
    spam: bool
    evidence: Mapping[str, float]


def examples(sites: Iterable[LabelledSite]) -> Iterator[Example]:
    """Survey labelled sites."""
    for site in sites:
        known = {(one.comment.article, one.comment.id): one for one in site.comments}
        for one in survey((labelled.comment for labelled in site.comments), site.articles):
            labelled = known[one.comment.article, one.comment.id]
            values: dict[str, float] = {}
            for evidence in one.evidence:
                values[evidence.feature] = max(values.get(evidence.feature, 0.0), evidence.value)
            yield Example(site.name, labelled.group, labelled.spam, values)


def fit(data: Sequence[Example]) -> Weights:
    """Return weights fitted on `data`, calibrated on sites left out in turn.

    Raises `ValueError` where `data` lacks a class.
    """
    raw = _fit(data)
    names = sorted({one.site for one in data})
    left_out: list[tuple[float, Example]] = []
    for name in names:
        rest = [one for one in data if one.site != name]
        if len({one.spam for one in rest}) == 2:
            without = _fit(rest)
            left_out += [(_log_odds(without, one), one) for one in data if one.site == name]
    slope, offset = _calibrate(left_out) if left_out else (1.0, 0.0)
    ham = [(slope * z + offset, one) for z, one in left_out if not one.spam]
    return Weights(raw.bias, raw.of, slope, offset, _lines(ham), _fingerprints(data))


def _fit(data: Sequence[Example]) -> Weights:
    weight = _importance(data)
    columns: dict[str, list[tuple[int, float]]] = {name: [] for name in FEATURES}
    for row, one in enumerate(data):
        for name, value in one.evidence.items():
            columns[name].append((row, value))
    theta = {name: feature.prior for name, feature in FEATURES.items()}
    bias = 0.0
    z = [sum(theta[name] * value for name, value in one.evidence.items()) for one in data]
    target = [1.0 if one.spam else 0.0 for one in data]
    every = [(row, 1.0) for row in range(len(data))]
    for _ in range(_SWEEPS):
        moved = 0.0
        for name in ("", *FEATURES):  # "" is the bias
            column = columns[name] if name else every
            if not column:
                continue
            slope = _HOLD_TO_PRIOR * (theta[name] - FEATURES[name].prior) if name else 0.0
            curve = _HOLD_TO_PRIOR if name else 1e-9
            for row, value in column:
                p = probability(z[row])
                slope += weight[row] * (p - target[row]) * value
                curve += weight[row] * max(p * (1 - p), 0.02) * value * value
            step = max(-1.0, min(1.0, -slope / curve))
            if not name:
                bias += step
            else:
                old = theta[name]
                theta[name] = _within(name, old + step)
                step = theta[name] - old
            if step:
                moved = max(moved, abs(step))
                for row, value in column:
                    z[row] += step * value
        if moved < 1e-4:
            break
    return Weights(round(bias, 3), {name: round(value, 3) for name, value in theta.items()})


def _within(name: str, weight: float) -> float:
    feature = FEATURES[name]
    weight = max(-feature.cap, min(feature.cap, weight))
    return max(0.0, weight) if feature.sign > 0 else min(0.0, weight)


def _importance(data: Sequence[Example]) -> list[float]:
    """Weigh examples: near-duplicates share one voice, a site's weight grows
    with the root of its size, both classes weigh the same.
    """
    groups = Counter((one.site, one.group) for one in data)
    cells: defaultdict[tuple[str, bool], float] = defaultdict(float)
    for one in data:
        cells[one.site, one.spam] += 1 / groups[one.site, one.group]
    totals = {
        spam: sum(math.sqrt(size) for (_, is_spam), size in cells.items() if is_spam is spam)
        for spam in (False, True)
    }
    if not all(totals.values()):
        raise ValueError("weights need spam and ham to be fitted on")
    return [
        _CLASS
        / groups[one.site, one.group]
        / math.sqrt(cells[one.site, one.spam])
        / totals[one.spam]
        for one in data
    ]


def _log_odds(weights: Weights, one: Example) -> float:
    return weights.bias + sum(weights.of[name] * value for name, value in one.evidence.items())


def _calibrate(scored: Sequence[tuple[float, Example]]) -> tuple[float, float]:
    """Platt's scaling: the slope and offset that make log-odds probabilities."""
    weight = _importance([one for _, one in scored])
    slope, offset = 1.0, 0.0
    for _ in range(30):
        g0 = g1 = h00 = h01 = h11 = 0.0
        for (z, one), w in zip(scored, weight, strict=True):
            p = probability(slope * z + offset)
            error, curve = w * (p - one.spam), w * max(p * (1 - p), 1e-6)
            g0 += error
            g1 += error * z
            h00 += curve
            h01 += curve * z
            h11 += curve * z * z
        det = h00 * h11 - h01 * h01
        if det <= 1e-9:
            break
        offset -= (h11 * g0 - h01 * g1) / det
        slope -= (h00 * g1 - h01 * g0) / det
    return round(max(0.2, min(2.0, slope)), 3), round(offset, 3)


def _lines(ham: Sequence[tuple[float, Example]]) -> dict[str, float]:
    """Return the log-odds above which so many of 100 genuine comments lie,
    each site counting the same.
    """
    if not ham:
        return {}
    sizes = Counter(one.site for _, one in ham)
    ordered = sorted((z, 1 / sizes[one.site] / len(sizes)) for z, one in ham)
    below: list[float] = []
    total = 0.0
    for _, share in ordered:
        total += share
        below.append(total)
    return {
        f"{rate:g}": round(ordered[min(bisect_left(below, 1 - rate / 100), len(ordered) - 1)][0], 3)
        for rate in RATES
    }


def _fingerprints(data: Sequence[Example]) -> dict[str, str]:
    """Name the sites and what they held, to know them again."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for one in data:
        groups[one.site].append(one.group)
    return {site: fingerprint(names) for site, names in sorted(groups.items())}


def fingerprint(groups: Iterable[str]) -> str:
    """Return a short digest of a site's groups of comments."""
    return hashlib.blake2b("\n".join(sorted(groups)).encode(), digest_size=8).hexdigest()
