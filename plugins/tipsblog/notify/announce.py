"""A moderator's decisions that bring a comment to the readers, noted for those
who asked to be told.

Every way to decide goes through the desk, and the desk through here: the
terminal, the page on the phone, the links in mails. The service sends.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..comments.journal import Change
from ..comments.model import Comment, Status
from ..errors import TipsblogError
from .followers import Followers
from .model import Note

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Announcer:
    """are_public: of comments that nobody has decided on, those that the filter
    has let through; readers have seen them already.
    """

    followers: Followers
    are_public: Callable[[Sequence[Comment]], Sequence[Comment]]
    clock: Callable[[], datetime]

    def announce(self, changes: Sequence[Change]) -> None:
        """Note what `changes` publish, before they are made: a note of what did
        not come to be published is never told of.
        """
        try:
            self._announce(changes)
        except (OSError, TipsblogError) as error:  # the decision itself must not fail for it
            logger.error("nobody can be told of what was decided: %s", error)

    def _announce(self, changes: Sequence[Change]) -> None:
        shown = [(c.before, c.after) for c in changes if c.after is not None and _shows(c)]
        articles = {after.article for _, after in shown}
        followed = {article for article in articles if self.followers.is_followed(article)}
        shown = [pair for pair in shown if pair[1].article in followed]
        undecided = [before for before, _ in shown if before is not None and not before.status]
        seen = {(c.article, c.id) for c in (self.are_public(undecided) if undecided else ())}
        new = [
            (comment.article, Note(comment.id, ""))
            for _, comment in shown
            if (comment.article, comment.id) not in seen
        ]
        if new:
            self.followers.note_all(new, self.clock().timestamp())


def _shows(change: Change) -> bool:
    """Tell whether a person shows what no person had shown."""
    before, after = change.before, change.after
    if after is None or after.status is not Status.PUBLISHED:
        return False
    return before is None or before.status is not Status.PUBLISHED
