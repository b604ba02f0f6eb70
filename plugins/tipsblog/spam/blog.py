"""A blog's comments judged, sparing the work that was done the last time.

The edge of the filter: keeps verdicts in the blog's `.tipsblog` folder. Where
nothing changed, nothing else of the filter is even imported. What is kept is only
ever a copy: without it all is judged again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from typing import Any

from ..comments.model import Comment
from . import marks
from .asking import Asking
from .keep import Keep
from .model import Article, Outcome, Reason, Verdict
from .pile import Articles, Pile

Key = tuple[str, str]


class Judged(Mapping[Key, Verdict]):
    """Verdicts by (article, id).

    mark: what tells these comments, articles, settings and lists from any
    other. Whoever keeps it can ask `judge_new` later.
    """

    def __init__(self, rows: Mapping[Key, tuple[Outcome, float, str]], mark: str) -> None:
        self.mark = mark
        self._rows = rows

    def __getitem__(self, key: Key) -> Verdict:
        outcome, score, why = self._rows[key]
        reasons = tuple(Reason(*reason) for reason in json.loads(why)) if why else ()
        return Verdict(outcome, score, reasons)

    def __iter__(self) -> Iterator[Key]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def judge_blog(
    comments: Iterable[Comment],
    articles: Mapping[str, Article],
    asking: Asking,
    *,
    own: Sequence[str] = (),
    processes: int = 1,
    sparing: bool = False,
    tell: Callable[[Judged], None] = lambda found: None,
) -> Judged:
    """Return a verdict on every comment, as `judge.judge_all` does.

    own: the blog's own addresses, as far as they are known. processes: of a large
    blog, that may work on its comments; they are forked, so that no other thread
    may run. sparing: with memory: comments stand in a file meanwhile. tell: is called
    with the verdicts as soon as they are known, before they are kept.

    Raises `SettingError` for a list that cannot be read.
    """
    with ExitStack() as stack:
        ordered = Pile.apart(comments) if sparing else Pile(comments)
        stack.enter_context(closing(ordered))
        if processes > 1:
            articles = stack.enter_context(closing(Articles(articles)))
        lists = asking.lists()
        context = asking.context(lists)
        about, linked = _about(ordered.places, articles)
        now = marks.Marks(context, own=tuple(own)).grown(ordered, ordered.said, about.values())
        keep = stack.enter_context(closing(Keep(asking.file)))
        if keep.head.get("mark") == str(now):
            with suppress(sqlite3.Error, ValueError):
                judged = _judged(ordered.places, keep.verdicts(), str(now))
                tell(judged)
                return judged
            keep.forget()

        from . import update  # only who has something to judge waits for it
        from .weighing import How

        blog = update.Blog(ordered, ordered.said, about, {*own, *linked}, now, articles)
        how = How(asking.policy(lists), asking.reasons, processes)
        told: list[Judged] = []

        def known(found: Iterable[Any]) -> Judged:
            if not told:
                told.append(_judged(ordered.places, found, str(now)))
                tell(told[0])
            return told[0]

        return known(update.judge(keep, blog, how, known))


def judge_new(
    new: Iterable[Comment],
    articles: Mapping[str, Article],
    asking: Asking,
    mark: str,
) -> Judged | None:
    """Return verdicts on comments that came after all others, without looking
    at the others; None where that cannot be told, and `judge_blog` must.

    mark: of the `Judged` that this caller got last, from `judge_blog` or from
    here, asking in the same way. By handing it in, the caller says
    that since then nothing but `new` has come: no comment was added, edited,
    decided on or removed, and no article with comments was changed. (Whoever
    knows that of the files that it was made from knows it.) Settings, lists,
    the filter itself and the articles of the new comments are looked at here.
    Of `articles` only those are asked for.

    None: what is kept is not what `mark` tells of; a comment of `new` is not
    later than all that are kept, or teaches the filter something (somebody
    decided on it); settings, lists, the filter or an article of theirs changed.

    The verdicts are those that `judge_blog` would give on all comments, and what
    is kept is then what it would keep: it finds nothing to do. The mark of the
    answer tells of all comments, so that one call can follow the other. Where
    the folder cannot be written the mark stays the old one.

    Raises `SettingError` for a list that cannot be read.
    """
    ordered = Pile(new)
    lists = asking.lists()
    context = asking.context(lists)
    with closing(Keep(asking.file)) as keep:
        if not mark or keep.head.get("mark") != mark or keep.head["context"] != context:
            return None
        try:
            known = marks.Marks.restored(keep.head)
            before = keep.about({comment.article for comment in ordered})
            about, linked = _about(ordered.places, articles)
            if (
                not ordered
                or marks.moment(ordered[0]) <= known.last
                or any(about[key] != one for key, one in before.items())
            ):
                return None

            from . import update
            from .weighing import How

            fresh = [one for key, one in about.items() if key not in before]
            now = known.grown(ordered, ordered.said, fresh)
            blog = update.Blog(
                ordered,
                ordered.said,
                about,
                {*known.own, *linked},
                now,
                articles,
                keep.head["count"],
            )
            found = update.add(keep, blog, How(asking.policy(lists), asking.reasons))
        except (sqlite3.Error, ValueError):
            return None
    if found is None:
        return None
    return _judged(ordered.places, found, str(now))


def judge_again(
    thread: Sequence[Comment],
    before: Article,
    now: Article,
    asking: Asking,
    mark: str,
) -> Judged | None:
    """Return the verdicts that are other ones because an article says something
    else, without looking at the comments of any other; None where that cannot
    be told, and `judge_blog` must.

    thread: all comments of the article. before, now: the article. The rest is as
    for `judge_new`; here the caller says that nothing but this article changed.

    None: what is kept is not what `mark` tells of; the article no longer links
    to a site, or to one that spam names; what it says makes a comment look like
    spam, or no longer; a comment teaches the filter something else.

    Raises `SettingError` for a list that cannot be read.
    """
    ordered = Pile(thread)
    lists = asking.lists()
    context = asking.context(lists)
    key = now.key
    with closing(Keep(asking.file)) as keep:
        if not mark or keep.head.get("mark") != mark or keep.head["context"] != context:
            return None
        try:
            about = marks.about(key, before)
            if keep.about({key}) != {key: about}:
                return None
            grown = marks.Marks.restored(keep.head).reworded(about, marks.about(key, now))

            from . import update
            from .weighing import How

            how = How(asking.policy(lists), asking.reasons)
            found = update.reword(keep, ordered, before, now, grown, how)
        except (sqlite3.Error, ValueError):
            return None
    if found is None:
        return None
    places = [(one.article, one.id) for one, _ in found]
    return _judged(places, [said for _, said in found], str(grown))


def _about(
    places: Iterable[Key], articles: Mapping[str, Article]
) -> tuple[dict[str, bytes], set[str]]:
    """Return digests of the articles of comments, and the sites they link to."""
    about: dict[str, bytes] = {}
    linked: set[str] = set()
    for key in {key: None for key, _ in places}:
        article = articles.get(key)
        about[key] = marks.about(key, article)
        linked |= marks.linked(article)
    return about, linked


def _judged(places: Sequence[Key], found: Iterable[Any], mark: str) -> Judged:
    """Put verdicts, in order of the comments, to their places."""
    outcomes = {outcome.value: outcome for outcome in Outcome}
    rows: dict[Key, tuple[Outcome, float, str]] = {}
    for place, (_, outcome, score, why) in zip(places, found, strict=True):
        rows[place] = (
            outcomes.get(outcome) or Outcome(outcome),
            score,
            why,
        )
    return Judged(rows, mark)
