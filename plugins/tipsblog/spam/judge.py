"""From all comments of a blog to a verdict on each that nobody has decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..comments.model import Comment
from .model import Article, Verdict


def judge_all(
    comments: Iterable[Comment], articles: Mapping[str, Article]
) -> Mapping[tuple[str, str], Verdict]:
    """Return a verdict on every comment, keyed by (article, id).

    A comment is judged only by what was published before it. Decided comments
    get a verdict too, so that one can see where the filter and the person
    differ; it changes nothing for them.
    """
    return {}
