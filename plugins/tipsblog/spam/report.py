"""How the filter would have done on a blog's own decisions, before each was made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..comments.model import Comment, Status
from .judge import is_lesson, judge_all
from .model import Article, Outcome, Verdict
from .policy import Policy


@dataclass(frozen=True, slots=True)
class Miss:
    """A decision that the filter would not have taken."""

    comment: Comment
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Report:
    """counts: (what a person decided, what the filter would have done) -> how often.

    misses: published comments that it would have taken for spam, and spam that
    it would have published; the surest first.
    """

    counts: Mapping[tuple[Status, Outcome], int]
    misses: tuple[Miss, ...]


def report(
    comments: Iterable[Comment],
    articles: Mapping[str, Article],
    policy: Policy,
    own: Iterable[str] = (),
) -> Report:
    """Compare every decision with the verdict that stood before it. own: the
    blog's own addresses.
    """
    comments = list(comments)
    verdicts = judge_all(comments, articles, policy, own=own)
    counts: dict[tuple[Status, Outcome], int] = {}
    misses: list[Miss] = []
    for comment in comments:
        if not is_lesson(comment) or comment.status is None:
            continue
        verdict = verdicts[comment.article, comment.id]
        pair = (comment.status, verdict.outcome)
        counts[pair] = counts.get(pair, 0) + 1
        if pair in ((Status.PUBLISHED, Outcome.SPAM), (Status.SPAM, Outcome.HAM)):
            misses.append(Miss(comment, verdict))
    misses.sort(key=lambda one: (-abs(one.verdict.score - 0.5), one.comment.id))
    return Report(counts, tuple(misses))
