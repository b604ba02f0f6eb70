"""Sends readers the mails that they wait for, in a thread of its own.

What is to be sent stands with the followers, on the disk or in the database,
until the mail server has taken it: a server that is down, or a service that is
killed, loses nothing. Killed after the server took a mail and before that was
noted, it sends that one mail again.
"""

from __future__ import annotations

import logging
import smtplib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Protocol

from ..comments.journal import Change
from ..comments.manifest import Entry
from ..comments.model import Comment
from ..comments.store import Store
from ..errors import TipsblogError
from ..notify.announce import Announcer
from ..notify.followers import Followers
from ..notify.letters import Writer
from ..notify.model import Follower, Note, is_told
from .site import Site
from .tokens import Tokens, digest

logger = logging.getLogger(__name__)

#: Seconds until another process may do what this one took on.
_CLAIM = 600.0
#: Seconds before the next try: where the server is away; where it refuses.
_AWAY, _REFUSED = 60.0, 3600.0
#: Mails in a row.
_BATCH = 20
#: How often it cleans up; for how long a closed article is still followed, since
#: comments that wait may still be approved; seconds.
_CLEANS, _CLOSED = 3600.0, 30 * 24 * 3600.0
#: How often it looks for decisions that another process noted, seconds.
LOOK = 5.0
#: A note may be seen, and what it tells of be stored and on its way to the page,
#: this much later than the note's time says, seconds.
_LATE = 2.0


class Publishing(Protocol):
    """Who brings comments to the page."""

    def ask(self) -> None:
        """Say that something changed."""

    def settled(self, now: float) -> float:
        """Return up to when what was asked for stands there."""


@dataclass(slots=True)
class Notifier:
    """reach: the service's whole address. origin: that of an article whose
    address is only a path. delay: seconds in which comments under one article
    are gathered. clock: seconds since 1970.
    """

    followers: Followers
    announcer: Announcer
    store: Store
    site: Site
    tokens: Tokens
    writer: Writer
    deliver: Callable[[EmailMessage], None]
    publishing: Publishing
    reach: str
    origin: str
    delay: float
    clock: Callable[[], float]
    _asked: float = 0.0
    _away: float = 0.0
    _cleans: float = 0.0
    _stopping: bool = False
    _woken: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; what an earlier process left to do is done first."""
        self._thread = threading.Thread(target=self._work, name="notifier", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Say that somebody asked to be told. Returns at once."""
        self._woken.set()

    def stop(self, timeout: float = 10) -> None:
        """End after the mail under way; the rest is left to the next process."""
        self._stopping = True
        self._woken.set()
        if self._thread is not None:
            self._thread.join(timeout)

    def published(self, comment: Comment) -> None:
        """Note that the filter let a comment through."""
        try:
            if self.followers.is_followed(comment.article):
                note = Note(comment.id, digest(comment) if comment.status is None else "")
                self._asked = self.clock()
                self.followers.note(comment.article, note, self._asked)
        except OSError as error:  # the comment is kept; that counts
            logger.error("nobody can be told of a comment: %s", error)

    def decided(self, changes: Sequence[Change]) -> None:
        """Note what a moderator is about to publish by way of this service."""
        self._asked = self.clock()
        self.announcer.announce(changes)

    def round(self) -> int:
        """Send what is due; return how many mails went out."""
        now = self.clock()
        if now < self._away:
            return 0
        if now >= self._cleans:
            self._clean(now)
        sent = 0
        for follower in self.followers.unasked(now):
            sent += self._send(follower, self._ask)
        latest = self.followers.latest(now)
        if latest > self._asked:  # decided in a terminal, where nobody builds
            self._asked = latest
            self.publishing.ask()
        before = min(now - max(self.delay, _LATE), self.publishing.settled(now))
        # A few at a time: who asks meanwhile is written to first.
        for follower in self.followers.waiting(now, before, _BATCH):
            sent += self._send(follower, self._tell)
        return sent

    def _clean(self, now: float) -> None:
        """Forget who has not confirmed, and who follows what was closed long ago."""
        self._cleans = now + _CLEANS
        self.followers.clean(now)
        for key in self.followers.articles():
            entry = self.site.entry(key)
            closed = entry.open_until if entry else None
            if closed is not None and closed.timestamp() + _CLOSED <= now:
                self.followers.leave(key)

    def _work(self) -> None:
        while not self._stopping:
            try:
                if self.round() >= _BATCH:
                    continue
            except (OSError, TipsblogError) as error:
                logger.error("readers could not be told of comments: %s", error)
            self._woken.wait(min(LOOK, self.delay or 0.2))
            self._woken.clear()

    def _send(self, follower: Follower, write: Callable[[Follower, Entry, float], bool]) -> bool:
        """Write to a follower, and note how it went; tell whether a mail was taken."""
        now = self.clock()
        if self._stopping or now < self._away:
            return False
        entry = self.site.entry(follower.article)
        if entry is None:  # a draft again, perhaps for a while
            self.followers.rest(follower, now + _REFUSED)
            return False
        # Another process may have written since the followers were listed.
        claimed = self.followers.claim(follower, now, now + _CLAIM)
        if claimed is None:
            return False
        try:
            return write(claimed, entry, now)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
            # Who it was for stands in no log.
            codes = sorted({code for code, _ in _answers(error)})
            logger.error("a reader's mail was refused: %s", codes)
            until = now + (_REFUSED if codes and codes[0] >= 500 else _AWAY)
            if _has_no_mailbox(error):
                self.followers.refused(follower, until)
            else:
                self.followers.rest(follower, until)
        except OSError as error:  # as are smtplib's other exceptions
            logger.error("readers' mails wait, the server does not take them: %s", error)
            self._away = now + _AWAY
            self.followers.rest(follower, self._away)
        return False

    def _ask(self, follower: Follower, entry: Entry, now: float) -> bool:
        if follower.mailed is not None:
            self.followers.rest(follower, now)
            return False
        token = self.tokens.letter("confirm", follower.id, follower.asked)
        link = f"{self.reach}/confirm?token={token}"
        self.deliver(
            self.writer.ask(follower.email, title=entry.title, url=self._url(entry), link=link)
        )
        self.followers.asked(follower, now)
        return True

    def _tell(self, follower: Follower, entry: Entry, now: float) -> bool:
        until = min(now - _LATE, self.publishing.settled(now))
        comments = [
            comment
            for note in self.followers.notes(follower, until)
            if note.comment not in follower.own
            and (comment := self._get(follower.article, note.comment)) is not None
            and is_told(note, comment, digest(comment))
        ]
        if comments:
            token = self.tokens.letter("unsubscribe", follower.id, now)
            self.deliver(
                self.writer.tell(
                    follower.email,
                    comments,
                    title=entry.title,
                    url=self._url(entry),
                    leave=f"{self.reach}/unsubscribe?token={token}",
                )
            )
        self.followers.told(follower, until, [comment.id for comment in comments])
        return bool(comments)

    def _get(self, article: str, id: str) -> Comment | None:
        try:
            return self.store.get(article, id)
        except TipsblogError:
            return None  # taken away since

    def _url(self, entry: Entry) -> str:
        return f"{self.origin}{entry.url}" if entry.url.startswith("/") else entry.url


def _answers(error: smtplib.SMTPException) -> list[tuple[int, bytes]]:
    """Return code and words of a server's refusal."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return list(error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return [(error.smtp_code, said if isinstance(said, bytes) else said.encode())]
    return []


def _has_no_mailbox(error: smtplib.SMTPException) -> bool:
    """Tell whether the server says that there is no such mailbox (RFC 3463:
    5.1.x, 5.2.1). Anything else may be its trouble with us, not with the address.
    """
    return any(
        code >= 500 and said.startswith((b"5.1.1", b"5.1.2", b"5.1.3", b"5.1.6", b"5.2.1"))
        for code, said in _answers(error)
    )
