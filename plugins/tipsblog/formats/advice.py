"""What an import says in the end: old settings as ours, and the filter's opinion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from ..comments.model import Comment
from ..spam.judge import judge_all
from ..spam.model import Article as Judged
from ..spam.model import Outcome
from .model import Article, Blog
from .reading import links, plain

#: How many comments the filter judges at a time.
BATCH = 5000


def settings(blog: Blog) -> Iterator[str]:
    """Yield lines for `pelicanconf.py`, as near to the old blog's as there are."""
    old = blog.settings
    if blog.title:
        yield f"SITENAME = {blog.title!r}"
    if blog.url:
        yield f"SITEURL = {blog.url.rstrip('/')!r}"
    if zone := old.get("BLOG_TIME_ZONE"):
        yield f"TIMEZONE = {zone!r}"
    if language := old.get("BLOG_LOCALE"):
        yield f"DEFAULT_LANG = {language.replace('_', '-').split('-')[0].lower()!r}"
    if message := old.get("BLOG_COMMENT_MESSAGE"):
        yield f"TIPSBLOG_COMMENT_MESSAGE = {plain(message)!r}"


def remarks(blog: Blog) -> Iterator[str]:
    """Yield what the old blog's settings mean here, where no setting says so."""
    old = blog.settings
    if old.get("BLOG_COMMENTS_ALLOWED", "true").lower() == "false":
        yield 'comments were switched off; "Comments: closed" in an article does that here'
    moderation = old.get("BLOG_COMMENT_MODERATION", "DISABLED")
    if moderation == "ENABLED":
        yield "every comment waited for approval: here only those do that the filter is unsure of"
    elif moderation == "ON_OLD_POSTS":
        days = old.get("BLOG_COMMENT_MODERATION_DELAY", "14")
        yield (
            f"comments on articles older than {days} days waited for approval; "
            f"TIPSBLOG_CLOSE_AFTER_DAYS = {days} would take none there"
        )
    if old.get("BLOG_COMMENT_ACCESS", "ANYONE") != "ANYONE":
        yield "only readers with an account could comment; here everybody can"


def doubtful(blog: Blog) -> Iterator[tuple[Comment, str]]:
    """Yield the undecided comments that the filter would not publish, and why.

    In a very large blog the filter sees a few thousand comments at a time, with
    whole threads together: it remembers much of each. A build sees all.
    """
    for comments in _batches(blog.comments):
        if all(comment.status is not None for comment in comments):
            continue
        places = {comment.article for comment in comments}
        verdicts = judge_all(comments, known(a for a in blog.articles if a.key in places))
        for comment in comments:
            verdict = verdicts.get((comment.article, comment.id))
            if comment.status is None and verdict and verdict.outcome is not Outcome.HAM:
                word = "bin" if verdict.outcome is Outcome.SPAM else "hold"
                why = verdict.reasons[0].sentence if verdict.reasons else "no reason given"
                yield comment, f"the filter would {word} it: {why}"


def _batches(comments: tuple[Comment, ...]) -> Iterator[list[Comment]]:
    ordered = sorted(comments, key=lambda comment: comment.article)
    batch: list[Comment] = []
    for _, thread in groupby(ordered, key=lambda comment: comment.article):
        batch.extend(thread)
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def known(articles: Iterable[Article]) -> Mapping[str, Judged]:
    """Return what the filter may know of articles as they come in."""
    return {
        article.key: Judged(
            key=article.key,
            title=article.title,
            text=plain(article.body),
            links=links(article.body),
            published=article.published,
        )
        for article in articles
    }
