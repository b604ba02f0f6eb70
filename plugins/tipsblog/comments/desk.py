"""A moderator's desk: the blog's comments with their verdicts, and every
change a moderator makes to them, each of which can be undone.

The command, the queue, the web page and the links in mails all sit here.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from ..articles import read_articles
from ..errors import TipsblogError
from ..notify.announce import Announcer
from ..notify.stores import open_followers
from ..project import Project
from ..spam.asking import Asking
from ..spam.blog import judge_blog
from .journal import Change, Journal
from .model import Comment, Role, Status, clean_text
from .moderation import Decision, Selection, Verdicts, decide, select, state
from .store import Store


@dataclass(frozen=True, slots=True)
class Judged:
    """A blog's comments, what the filter says of each, and the files that do
    not read.
    """

    comments: tuple[Comment, ...]
    verdicts: Verdicts
    errors: tuple[TipsblogError, ...] = ()

    def state(self, comment: Comment) -> Status:
        """Return what becomes of `comment`."""
        return state(comment, self.verdicts.get((comment.article, comment.id)))

    def select(self, selection: Selection) -> tuple[Comment, ...]:
        """Return the comments meant."""
        return select(self.comments, selection, self.verdicts)


@dataclass(frozen=True, slots=True)
class Desk:
    """judge: the filter's word on all comments. clock: aware. announce: called
    with changes before they are made.
    """

    store: Store
    journal: Journal
    judge: Callable[[Iterable[Comment]], Verdicts]
    clock: Callable[[], datetime]
    announce: Callable[[Sequence[Change]], None] = lambda changes: None

    def read(self) -> Judged:
        """Read and judge everything."""
        loaded = self.store.load()
        return Judged(loaded.comments, self.judge(loaded.comments), loaded.errors)

    def decide(self, comments: Iterable[Comment], decision: Decision) -> tuple[Change, ...]:
        """Decide on `comments`; return what that changed."""
        return self._change(str(decision), ((c, decide(c, decision)) for c in comments))

    def edit(self, comment: Comment, edited: Comment) -> tuple[Change, ...]:
        """Replace a comment by an edited one of the same id."""
        if (comment.article, comment.id) != (edited.article, edited.id):
            raise TipsblogError("a comment's place cannot be edited")
        if edited == comment:
            return ()
        edited = dataclasses.replace(edited, updated=self._now())
        return self._change("edit", [(comment, edited)])

    def reply(self, comment: Comment, body: str, author: str) -> Comment:
        """Answer `comment` as the blog's author. An answer to what nobody sees
        would puzzle everyone, so a comment without a decision is approved by it.
        """
        body = clean_text(body)
        if not body:
            raise TipsblogError("the reply is empty")
        now = self._now()
        hashed = hashlib.blake2b(f"{comment.id}\0{body}".encode(), digest_size=5).hexdigest()
        answer = Comment(
            id=f"{now:%Y-%m-%d}-{hashed}",
            article=comment.article,
            published=now,
            body=body,
            author=author,
            parent=comment.id,
            role=Role.AUTHOR,
            status=Status.PUBLISHED,
        )
        pairs: list[tuple[Comment | None, Comment]] = [(None, answer)]
        if comment.status in (None, Status.HELD):
            pairs.insert(0, (comment, decide(comment, Decision.APPROVE)))
        self._change("reply", pairs)
        return answer

    def undo(self) -> tuple[str, int, int]:
        """Take the latest change back; see `Journal.undo`."""
        return self.journal.undo(self.store)

    def forget(self, comments: Sequence[Comment]) -> int:
        """Erase `comments` for good, here and from what can be undone.

        Where others have answered one, a place without name and words stays.
        """
        everything = self.store.load().comments
        going = {(c.article, c.id) for c in comments}
        answered = {(c.article, c.parent) for c in everything if (c.article, c.id) not in going}
        for comment in comments:
            if (comment.article, comment.id) in answered:
                self.store.put(comment.erased())
            else:
                self.store.remove(comment.article, comment.id)
        self.journal.forget(going)
        return len(comments)

    def _change(
        self, what: str, pairs: Iterable[tuple[Comment | None, Comment]]
    ) -> tuple[Change, ...]:
        changes = tuple(Change(before, after) for before, after in pairs if before != after)
        # Remembered first: a decision that cannot be undone is worse than one
        # remembered and not made, which undo sees and leaves alone.
        self.journal.note(what, changes)
        self.announce(changes)
        for change in changes:
            if change.after is not None:
                self.store.put(change.after)
        return changes

    def _now(self) -> datetime:
        return self.clock().replace(microsecond=0)


def open_desk(
    project: Project,
    store: Store,
    clock: Callable[[], datetime],
    announce: Callable[[Sequence[Change]], None] | None = None,
) -> Desk:
    """Return the desk of a blog whose comments are in `store`. announce: as the
    desk has it; else what is published is noted for who follows the article.
    """

    def judge(comments: Iterable[Comment]) -> Verdicts:
        return judge_blog(
            comments,
            read_articles(project.content, project.values),
            Asking(project.settings, project.root, project.state, name="command"),
            own=project.addresses,
        )

    def are_public(comments: Sequence[Comment]) -> list[Comment]:
        verdicts = judge(store.load().comments)
        return [
            comment
            for comment in comments
            if state(comment, verdicts.get((comment.article, comment.id))) is Status.PUBLISHED
        ]

    def noted(changes: Sequence[Change]) -> None:
        if followers := open_followers(project):
            with closing(followers):
                Announcer(followers, are_public, clock).announce(changes)

    return Desk(store, Journal(project.state), judge, clock, announce or noted)
