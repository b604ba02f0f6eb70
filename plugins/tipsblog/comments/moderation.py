"""What becomes of a comment, and what a moderator's decision makes of it.

Pure: comments and verdicts in, comments out. A person's decision always beats
the filter's verdict. Nothing here knows about files, terminals or HTTP.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ..errors import TipsblogError, did_you_mean
from ..spam.model import Outcome, Verdict
from .model import Comment, Remover, Status

Verdicts = Mapping[tuple[str, str], Verdict]

_STATES = {
    Outcome.HAM: Status.PUBLISHED,
    Outcome.UNSURE: Status.HELD,
    Outcome.SPAM: Status.SPAM,
}


class Decision(StrEnum):
    """What a moderator can say of a comment."""

    APPROVE = "approve"
    HOLD = "hold"
    SPAM = "spam"
    DELETE = "delete"
    #: Takes any earlier decision back; the filter judges again.
    RESTORE = "restore"


_STATUSES = {
    Decision.APPROVE: Status.PUBLISHED,
    Decision.HOLD: Status.HELD,
    Decision.SPAM: Status.SPAM,
    Decision.DELETE: Status.DELETED,
    Decision.RESTORE: None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which comments are meant; every part given must hold.

    names: ids or `article/id`; empty means all. author: the whole name, case
    ignored; "Anonymous" is the empty one. article: its key. state: as `state`
    says. query: words that must all occur in name, website, address or text.
    """

    names: Sequence[str] = ()
    author: str | None = None
    article: str | None = None
    state: Status | None = None
    query: str = ""

    def __bool__(self) -> bool:
        return bool(self.names or self.query) or not (
            self.author is None and self.article is None and self.state is None
        )


def state(comment: Comment, verdict: Verdict | None) -> Status:
    """Return what becomes of `comment`: the person's decision, else what the
    verdict says; held where there is neither.
    """
    return state_of(comment.status, verdict)


def state_of(status: Status | None, verdict: Verdict | None) -> Status:
    """Return what becomes of a comment that has this status."""
    if status is not None:
        return status
    return _STATES[verdict.outcome] if verdict is not None else Status.HELD


def decide(comment: Comment, decision: Decision) -> Comment:
    """Return `comment` as `decision` makes it. Its text stays, whatever the
    decision, so that every decision can be taken back.
    """
    status = _STATUSES[decision]
    return dataclasses.replace(
        comment,
        status=status,
        removed_by=Remover.ADMINISTRATOR if status is Status.DELETED else None,
    )


def select(
    comments: Iterable[Comment], selection: Selection, verdicts: Verdicts
) -> tuple[Comment, ...]:
    """Return the comments meant, in the order given.

    Raises `TipsblogError` for a name that is nobody's, or that stands under
    several articles: a decision must never hit a comment that was not meant.
    """
    comments = tuple(comments)
    if selection.names:
        wanted = {_find(name, comments) for name in selection.names}
        comments = tuple(c for c in comments if (c.article, c.id) in wanted)
    if selection.article is not None:
        comments = tuple(c for c in comments if c.article == selection.article)
    if selection.author is not None:
        author = selection.author.casefold()
        author = "" if author == "anonymous" else author
        comments = tuple(c for c in comments if c.author.casefold() == author)
    if selection.state is not None:
        comments = tuple(
            c for c in comments if state(c, verdicts.get((c.article, c.id))) is selection.state
        )
    for word in selection.query.casefold().split():
        comments = tuple(c for c in comments if word in _searched(c))
    return comments


def _find(name: str, comments: Sequence[Comment]) -> tuple[str, str]:
    article, slash, id = name.rpartition("/")
    found = [c for c in comments if c.id == id and (not slash or c.article == article)]
    if not found:
        raise TipsblogError(
            f'no comment "{name}"',
            way_out=did_you_mean(name, [f"{c.article}/{c.id}" if slash else c.id for c in comments])
            or "`tipsblog comments list` shows all",
        )
    if len(found) > 1:
        raise TipsblogError(
            f'"{name}" stands under several articles',
            way_out="say which: " + ", ".join(f"{c.article}/{c.id}" for c in found),
        )
    return found[0].article, found[0].id


def _searched(comment: Comment) -> str:
    return "\n".join((comment.author, comment.website, comment.email, comment.body)).casefold()
