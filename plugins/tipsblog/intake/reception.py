"""A submission on its way to the store: what is checked, judged and kept.

Knows neither HTTP nor templates. Everything here may wait for the disk; the
service calls it from a thread.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from ..comments.manifest import Entry
from ..comments.model import Comment, Status
from ..comments.moderation import state
from ..comments.store import Store
from ..errors import TipsblogError
from ..settings import Settings
from ..spam.model import Verdict
from . import evidence
from .evidence import Arrival, TokenState
from .form import Submission
from .rate import Rates
from .site import Site
from .tokens import Place, Tokens, digest, work_done


class RefusedError(Exception):
    """Why a submission is not kept, in words for the reader.

    code: the HTTP status that fits. problems: what to mend, by field.
    """

    def __init__(self, code: int, sentence: str, submission: Submission | None = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.submission = submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A comment that is safely stored.

    state: what becomes of it. edit_token: with which its writer may change it,
    or "". again: whether it was there already.
    """

    comment: Comment
    entry: Entry
    state: Status
    verdict: Verdict | None = None
    edit_token: str = ""
    again: bool = False


class Judge(Protocol):
    """The filter, as the reception needs it."""

    def judge(self, comment: Comment, entry: Entry) -> Verdict | None:
        """Return a verdict on a comment that is not stored yet."""

    def judge_again(self, comment: Comment, entry: Entry) -> Verdict | None:
        """Return a verdict on one that is stored, or was in other words."""


@dataclass(frozen=True, slots=True)
class Reception:
    """Takes comments in. names: the blog's own, which a reader may not bear
    unseen. accepted: called with each receipt of something new.
    """

    store: Store
    site: Site
    judge: Judge
    tokens: Tokens
    rates: Rates
    settings: Settings
    names: tuple[str, ...]
    clock: Callable[[], datetime]
    accepted: Callable[[Receipt], None]

    def open_entry(self, key: str) -> Entry:
        """Return the article; `RefusedError` unless it takes comments now."""
        entry = self.site.entry(key)
        if entry is None:
            raise RefusedError(404, "There is no such article here.")
        if self.settings.who_may_comment == "nobody" or not entry.accepts(self.clock()):
            raise RefusedError(403, "New comments are not allowed.")
        return entry

    def receive(self, submission: Submission, *, address: str, origin: bool) -> Receipt:
        """Check, judge and store a submission.

        address: the browser's; only a salted hash of its network is counted.
        origin: whether the browser said that it came from the blog's pages.
        Raises `RefusedError`; any other error means that nothing was kept.
        """
        entry = self.open_entry(submission.article)
        if submission.problems:
            raise RefusedError(422, "Please mend what is marked.", submission)
        now = self.clock()
        comment = self._comment(submission, entry, now)
        if known := self._known(comment, now):
            return self._again(known, entry)
        found = evidence.signs(self._arrival(submission, comment, address, origin, now))
        verdict = self.judge.judge(comment, entry)
        comment = dataclasses.replace(
            comment,
            evidence=evidence.words(found),
            status=self._status(comment, verdict, entry, now, held=evidence.holds(found)),
        )
        if not self.store.add(comment):
            return self._again(self.store.get(comment.article, comment.id), entry)
        return self._done(comment, entry, verdict, now)

    def edit(self, token: str, submission: Submission) -> Receipt:
        """Replace the text of a comment by its own writer; it is judged anew."""
        now = self.clock()
        comment, entry = self._own(token, now)
        if "body" in submission.problems:
            raise RefusedError(422, submission.problems["body"], submission)
        edited = dataclasses.replace(
            comment, body=submission.body, updated=now.replace(microsecond=0), status=None
        )
        verdict = self.judge.judge_again(edited, entry)
        held = comment.status is Status.HELD
        edited = dataclasses.replace(
            edited, status=self._status(edited, verdict, entry, now, held=held)
        )
        self.store.put(edited)
        return self._done(edited, entry, verdict, now)

    def delete(self, token: str) -> Receipt:
        """Erase a comment by its own writer. Where others have answered it, a
        place without name and words stays.
        """
        now = self.clock()
        comment, entry = self._own(token, now)
        gone = comment.erased()
        if any(other.parent == comment.id for other in self.store.load(comment.article).comments):
            self.store.put(gone)
        else:
            self.store.remove(comment.article, comment.id)
        receipt = Receipt(comment=gone, entry=entry, state=Status.DELETED)
        self.accepted(receipt)
        return receipt

    def _own(self, token: str, now: datetime) -> tuple[Comment, Entry]:
        place = self.tokens.read_place(
            "edit", token, now.timestamp(), self.settings.edit_minutes * 60
        )
        if place is None:
            raise RefusedError(403, "The time for changes is over.")
        return self._as_it_was(place)

    def _as_it_was(self, place: Place) -> tuple[Comment, Entry]:
        entry = self.site.entry(place.article)
        try:
            comment = self.store.get(place.article, place.id)
        except TipsblogError:
            comment = None
        if entry is None or comment is None or digest(comment) != place.digest:
            raise RefusedError(409, "The comment has changed since.")
        if comment.status in (Status.SPAM, Status.DELETED):
            raise RefusedError(409, "The comment has been decided on since.")
        return comment, entry

    def _comment(self, submission: Submission, entry: Entry, now: datetime) -> Comment:
        parent = submission.parent
        if parent:
            try:
                self.store.get(entry.key, parent)
            except TipsblogError:
                parent = ""  # removed while the answer was written
        return Comment(
            id=name_of(submission, now),
            article=entry.key,
            published=now.replace(microsecond=0),
            body=submission.body,
            author=submission.author,
            website=submission.website,
            parent=parent,
        )

    def _known(self, comment: Comment, now: datetime) -> Comment | None:
        """Return the same comment sent earlier, today or just before midnight."""
        names = [comment.id]
        if now.hour == 0:
            yesterday = (now - timedelta(days=1)).strftime("%Y-%m-%d")
            names.append(yesterday + comment.id[len(yesterday) :])
        for name in names:
            with contextlib.suppress(TipsblogError):
                return self.store.get(comment.article, name)
        return None

    def _arrival(
        self, submission: Submission, comment: Comment, address: str, origin: bool, now: datetime
    ) -> Arrival:
        token = self.tokens.read_form(submission.token, comment.article, now.timestamp())
        token_state = token.state
        if token_state is TokenState.FRESH and self.rates.used(token.nonce):
            token_state = TokenState.USED
        bits = self.settings.proof_of_work
        return Arrival(
            trap=submission.trap,
            token=token_state,
            age=token.age,
            origin=origin,
            busy=self.rates.too_many_comments(address, now.timestamp()),
            taken_name=any(evidence.same_name(comment.author, name) for name in self.names),
            work=work_done(submission.token, submission.work, bits) if bits else None,
        )

    def _status(
        self, comment: Comment, verdict: Verdict | None, entry: Entry, now: datetime, *, held: bool
    ) -> Status | None:
        """Return `held` where a rule of the blog or the evidence asks for a
        person, unless the filter has binned the comment; else leave it open.
        """
        if verdict is not None and state(comment, verdict) is Status.SPAM:
            return None
        old = now - entry.published >= timedelta(days=self.settings.moderate_after_days)
        rule = self.settings.moderation
        return Status.HELD if held or rule == "always" or (rule == "sometimes" and old) else None

    def _done(
        self, comment: Comment, entry: Entry, verdict: Verdict | None, now: datetime
    ) -> Receipt:
        editable = self.settings.edit_minutes > 0
        receipt = Receipt(
            comment=comment,
            entry=entry,
            state=state(comment, verdict),
            verdict=verdict,
            edit_token=self.tokens.place("edit", comment, now.timestamp()) if editable else "",
        )
        self.accepted(receipt)
        return receipt

    def _again(self, comment: Comment, entry: Entry) -> Receipt:
        verdict = None if comment.status is not None else self.judge.judge_again(comment, entry)
        return Receipt(comment=comment, entry=entry, state=state(comment, verdict), again=True)


def name_of(submission: Submission, now: datetime) -> str:
    """Return the id of a comment: its day, and a hash of what it says and
    where, so that a form sent twice is one comment.
    """
    said = "\0".join(
        (
            submission.article,
            submission.parent,
            submission.author,
            submission.website,
            submission.body,
        )
    )
    hashed = hashlib.blake2b(said.encode(), digest_size=8).digest()
    short = base64.b32encode(hashed).decode("ascii").rstrip("=").lower()
    return f"{now:%Y-%m-%d}-{short}"
