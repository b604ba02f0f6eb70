"""How good the filter is on labelled comments, by a fixed protocol.

cold: nobody has decided anything. Sites that the weights were fitted on are
judged by weights fitted afresh without them.
decisions: the first N comments of a site teach, the rest test.
video: each post of a site is a site of its own; N decisions, and all other
posts decided.

Nothing is tuned on what is tested: thresholds come with the weights.
"""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace

from .fit import Example, examples, fingerprint, fit
from .judge import friends_among, judgements, learn
from .labelled import Labelled, LabelledSite
from .policy import Policy
from .survey import Surveyed, survey
from .weights import Weights, shipped

#: How many decisions the protocol looks at.
TAUGHT = (10, 25, 50, 100)
#: Sites of another kind than a blog: shown, but not in the row of all.
APART = ("youtube", "sms")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the protocol's table.

    recall_at_1, recall_at_01: the share of spam found where 1 % and 0.1 % of
    ham are taken for spam; None where a class is missing, as is auc.
    ham_published, spam_published, held: shares, with the default policy.
    """

    site: str
    spam: int
    ham: int
    auc: float | None
    recall_at_1: float | None
    recall_at_01: float | None
    ham_published: float | None
    spam_published: float | None
    held: float
    per_second: float
    decisions: int | None = None

    def as_dict(self) -> dict[str, object]:
        """Return the row for JSON; `decisions` only where it was asked for."""
        data = asdict(self)
        if self.decisions is None:
            del data["decisions"]
        return data


@dataclass(frozen=True, slots=True)
class Scored:
    """A comment's log-odds, what it is, and the lines of who judged it."""

    log_odds: float
    spam: bool
    hold: float
    lose: float


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A site, surveyed. seconds: of one core, for the survey."""

    site: LabelledSite
    surveyed: list[Surveyed]
    labels: list[Labelled]
    seconds: float


def cold(sites: Sequence[LabelledSite], policy: Policy | None = None) -> Iterator[Row]:
    """Yield a row for each site and one for all blogs together."""
    weights_for = _weights(sites)
    policy = policy or Policy()
    together: list[Scored] = []
    seconds = 0.0
    for site in map(_prepare, sites):
        weights = weights_for(site.site)
        began = time.process_time()
        scored = _score(site.surveyed, site.labels, weights, policy)
        took = site.seconds + time.process_time() - began
        yield _row(site.site.name, scored, took)
        if site.site.name not in APART:
            together += scored
            seconds += took
    yield _row("all", together, seconds)


def decisions(sites: Sequence[LabelledSite], policy: Policy | None = None) -> Iterator[Row]:
    """Yield, for each number of decisions, a row for each blog and one for all.

    A site of which no spam or no ham is left to test counts for all only.
    """
    weights_for = _weights(sites)
    policy = policy or Policy()
    prepared = [_prepare(site) for site in sites if site.name not in APART and _mixed(site)]
    for taught in TAUGHT:
        together: list[Scored] = []
        seconds = 0.0
        for site in prepared:
            began = time.process_time()
            scored = _after(site, taught, weights_for(site.site), policy)
            took = site.seconds + time.process_time() - began
            yield replace(_row(site.site.name, scored, took), decisions=taught)
            together += scored
            seconds += took
        yield replace(_row("all", together, seconds), decisions=taught)


def video(sites: Sequence[LabelledSite], policy: Policy | None = None) -> Iterator[Row]:
    """Yield rows for each post of the sites apart, as a site of its own: after N
    of its own decisions, and, without a number, after all decisions elsewhere.
    """
    weights_for = _weights(sites)
    policy = policy or Policy()
    for site in sites:
        if site.name not in APART or len({one.comment.article for one in site.comments}) < 2:
            continue
        weights = weights_for(site)
        whole = _prepare(site)
        posts = {
            post: _part(whole, lambda one, post=post: one.comment.article == post)  # type: ignore[misc]
            for post in sorted({one.comment.article for one in site.comments})
        }
        names = {post: site.articles[post].title or post for post in posts if post in site.articles}
        for taught in TAUGHT:
            mean: list[Row] = []
            for post, part in posts.items():
                scored = _after(part, taught, weights, policy)
                name = f"{site.name}: {names.get(post, post)}"
                mean.append(replace(_row(name, scored, 0.0), decisions=taught))
            yield from mean
            yield _mean(f"{site.name}: mean", mean)
        mean = []
        for post in posts:
            test = posts[post]
            teach = _part(whole, lambda one, post=post: one.comment.article != post)  # type: ignore[misc]
            scored = _taught(teach, test, weights, policy)
            mean.append(_row(f"{site.name}: {names.get(post, post)} left out", scored, 0.0))
        yield from mean
        yield _mean(f"{site.name}: mean, left out", mean)


def _weights(sites: Sequence[LabelledSite]) -> Callable[[LabelledSite], Weights]:
    """Return what gives the weights that have not seen a site."""
    known = shipped()
    seen = [
        site
        for site in sites
        if known.fitted_on.get(site.name) == fingerprint(one.group for one in site.comments)
    ]
    data: list[Example] = list(examples(seen)) if seen else []

    def weights_for(site: LabelledSite) -> Weights:
        if site not in seen:
            return known
        rest = [one for one in data if one.site != site.name]
        return fit(rest) if len({one.spam for one in rest}) == 2 else known

    return weights_for


def _prepare(site: LabelledSite) -> _Prepared:
    began = time.process_time()
    surveyed = list(survey((one.comment for one in site.comments), site.articles))
    seconds = time.process_time() - began
    known = {(one.comment.article, one.comment.id): one for one in site.comments}
    labels = [known[one.comment.article, one.comment.id] for one in surveyed]
    return _Prepared(site, surveyed, labels, seconds)


def _part(whole: _Prepared, wanted: Callable[[Surveyed], bool]) -> _Prepared:
    pairs = [
        (one, label) for one, label in zip(whole.surveyed, whole.labels, strict=True) if wanted(one)
    ]
    return _Prepared(whole.site, [one for one, _ in pairs], [label for _, label in pairs], 0.0)


def _score(
    surveyed: Sequence[Surveyed], labels: Sequence[Labelled], weights: Weights, policy: Policy
) -> list[Scored]:
    hold, lose = policy.lines(weights)
    friends = friends_among(one.comment for one in surveyed)
    judged = judgements(surveyed, weights, learn(surveyed, weights), friends)
    return [
        Scored(one.log_odds, label.spam, hold, lose)
        for one, label in zip(judged, labels, strict=True)
    ]


def _after(site: _Prepared, taught: int, weights: Weights, policy: Policy) -> list[Scored]:
    teach = _Prepared(site.site, site.surveyed[:taught], site.labels[:taught], 0.0)
    test = _Prepared(site.site, site.surveyed[taught:], site.labels[taught:], 0.0)
    return _taught(teach, test, weights, policy)


def _taught(teach: _Prepared, test: _Prepared, weights: Weights, policy: Policy) -> list[Scored]:
    """Score `test` with what `teach` decides, leaving out near-duplicates of it."""
    groups = {label.group for label in teach.labels}
    lessons = [
        one._replace(comment=replace(one.comment, status=label.status))
        for one, label in zip(teach.surveyed, teach.labels, strict=True)
    ]
    left = [
        (one, label)
        for one, label in zip(test.surveyed, test.labels, strict=True)
        if label.group not in groups
    ]
    labels = [*teach.labels, *(label for _, label in left)]
    scored = _score([*lessons, *(one for one, _ in left)], labels, weights, policy)
    return scored[len(lessons) :]


def _mixed(site: LabelledSite) -> bool:
    return len({one.spam for one in site.comments}) == 2


def _row(name: str, scored: Sequence[Scored], seconds: float) -> Row:
    spam = sorted(one.log_odds for one in scored if one.spam)
    ham = sorted(one.log_odds for one in scored if not one.spam)
    published = {
        is_spam: sum(one.log_odds <= one.hold for one in scored if one.spam is is_spam)
        for is_spam in (False, True)
    }
    held = sum(one.hold < one.log_odds <= one.lose for one in scored)
    return Row(
        name,
        len(spam),
        len(ham),
        _rounded(auc(spam, ham)),
        _rounded(recall_at(spam, ham, 0.01)),
        _rounded(recall_at(spam, ham, 0.001)),
        _rounded(published[False] / len(ham) if ham else None),
        _rounded(published[True] / len(spam) if spam else None),
        round(held / len(scored), 4) if scored else 0.0,
        round(len(scored) / seconds) if seconds else 0,
    )


def _mean(name: str, rows: Sequence[Row]) -> Row:
    def mean(values: Iterable[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return _rounded(sum(known) / len(known)) if known else None

    return Row(
        name,
        sum(row.spam for row in rows),
        sum(row.ham for row in rows),
        mean(row.auc for row in rows),
        mean(row.recall_at_1 for row in rows),
        mean(row.recall_at_01 for row in rows),
        mean(row.ham_published for row in rows),
        mean(row.spam_published for row in rows),
        mean(row.held for row in rows) or 0.0,
        0,
        rows[0].decisions if rows else None,
    )


def auc(spam: Sequence[float], ham: Sequence[float]) -> float | None:
    """Return the share of pairs in which spam scores higher; both sorted."""
    if not spam or not ham:
        return None
    wins = 0.0
    for score in spam:
        above = bisect_right(ham, score)
        equal = above - bisect_left(ham, score)
        wins += above - equal / 2
    return wins / len(spam) / len(ham)


def recall_at(spam: Sequence[float], ham: Sequence[float], rate: float) -> float | None:
    """Return the share of spam above all ham but `rate` of it; both sorted."""
    if not spam or not ham:
        return None
    spared = int(rate * len(ham))
    line = ham[-1 - spared]
    return (len(spam) - bisect_right(spam, line)) / len(spam)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
