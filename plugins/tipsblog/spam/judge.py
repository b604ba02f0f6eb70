"""From all comments of a blog to a verdict on each that nobody has decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..comments.model import Comment
from .evidence import gather
from .model import Article, Outcome, Verdict
from .place import Site
from .reading import read
from .weights import probability, shipped

#: Below the first a comment is published, from the second on it is spam.
_HOLD, _SPAM = 0.5, 0.8


def judge_all(
    comments: Iterable[Comment], articles: Mapping[str, Article]
) -> Mapping[tuple[str, str], Verdict]:
    """Return a verdict on every comment, keyed by (article, id).

    A comment is judged only by what was published before it. Decided comments
    get a verdict too, so that one can see where the filter and the person
    differ; it changes nothing for them.
    """
    site = Site(articles)
    weights = shipped()
    verdicts: dict[tuple[str, str], Verdict] = {}
    for comment in sorted(comments, key=_when):
        reading = read(comment.body)
        reasons = weights.reasons(gather(comment, reading, site.standing(comment, reading)))
        score = probability(weights.bias + sum(reason.weight for reason in reasons))
        verdicts[comment.article, comment.id] = Verdict(_outcome(score), round(score, 4), reasons)
        site.add(comment, reading)
    return verdicts


def _when(comment: Comment) -> tuple[float, str, str]:
    return (comment.published.timestamp(), comment.article, comment.id)


def _outcome(score: float) -> Outcome:
    if score >= _SPAM:
        return Outcome.SPAM
    return Outcome.HAM if score < _HOLD else Outcome.UNSURE
