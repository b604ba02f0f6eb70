"""Everything that a blog keeps of one person, for an export or to be erased."""

from __future__ import annotations

from collections.abc import Iterable

from ..comments.model import Comment
from ..comments.moderation import Selection, select
from .followers import Followers
from .model import Follower


def find(
    comments: Iterable[Comment],
    followers: Followers | None,
    *,
    author: str | None = None,
    email: str = "",
) -> tuple[list[Comment], tuple[Follower, ...]]:
    """Return the comments by `author` and the wishes to be told of others.

    With an address, only what belongs to it: its comments are those that bear
    it, as imported ones may, and those that it was given with.
    """
    theirs = select(comments, Selection(author=author), {})
    if not email:
        places = {(comment.article, comment.id) for comment in theirs}
        return list(theirs), followers.owners(places) if followers else ()
    following = followers.of(email.strip().lower()) if followers else ()
    own = {(follower.article, id) for follower in following for id in follower.own}
    return [c for c in theirs if c.email == email or (c.article, c.id) in own], following
