"""The author's side of the service: the private page, and the links in mails.

The passphrase opens a session of a few hours, kept in a cookie that no other
site's page can send and no script can read; readers are never given one.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ..atomic import write_atomically
from ..comments import markup
from ..comments.desk import Desk
from ..comments.lists import Lists
from ..comments.manifest import Entry
from ..comments.model import MAX_BODY, Comment, Status, clean_line
from ..comments.moderation import Decision, state
from ..errors import TipsblogError
from ..spam.model import Verdict
from .http import Origins, Pages, address_of, read_form
from .mail import Mails
from .publisher import Condition
from .rate import Rates
from .reception import Judge, RefusedError
from .site import Site
from .tokens import LINK_AGE, SESSION_AGE, Tokens, digest

COOKIE = "tipsblog_moderator"
_FILE = "passphrase"
_PAGE = 20
_QUEUES = (Status.HELD, Status.SPAM, Status.PUBLISHED, Status.DELETED)
_BUTTONS = {
    Status.HELD: (Decision.APPROVE, Decision.SPAM, Decision.DELETE),
    Status.SPAM: (Decision.APPROVE, Decision.HOLD, Decision.DELETE),
    Status.PUBLISHED: (Decision.HOLD, Decision.SPAM, Decision.DELETE),
    Status.DELETED: (Decision.APPROVE, Decision.RESTORE),
}


@dataclass(frozen=True, slots=True)
class Item:
    """A comment as the page shows it."""

    comment: Comment
    state: Status
    verdict: Verdict | None
    entry: Entry | None
    parent: Comment | None

    @property
    def html(self) -> str:
        return markup.to_html(self.comment)

    @property
    def parent_html(self) -> str:
        return markup.to_html(self.parent) if self.parent else ""

    @property
    def decisions(self) -> tuple[Decision, ...]:
        return _BUTTONS[self.state]


class Passphrase:
    """The moderator's passphrase, kept as a salted scrypt hash in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE

    def set(self, passphrase: str) -> None:
        """Keep a new one."""
        salt = secrets.token_bytes(16)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        hashed = f"{salt.hex()} {_scrypt(passphrase, salt).hex()}"
        write_atomically(self._path, hashed.encode("ascii"), mode=0o600)

    def is_set(self) -> bool:
        """Tell whether there is one."""
        return self._path.exists()

    def fits(self, passphrase: str) -> bool:
        """Tell whether `passphrase` is it."""
        try:
            salt, kept = self._path.read_text("ascii").split()
        except (FileNotFoundError, ValueError):
            return False
        return hmac.compare_digest(_scrypt(passphrase, bytes.fromhex(salt)).hex(), kept)


@dataclass(frozen=True, slots=True)
class Moderation:
    """The pages. author: the name under which replies are posted."""

    desk: Desk
    lists: Lists
    judge: Judge
    site: Site
    tokens: Tokens
    rates: Rates
    pages: Pages
    origins: Origins
    passphrase: Passphrase
    condition: Callable[[], Condition]
    mails: Callable[[], Mails]
    changed: Callable[[], None]
    clock: Callable[[], float]
    base: str
    author: str

    def routes(self) -> list[Route]:
        """Return what answers under the service's base."""
        get, post = ["GET"], ["POST"]
        return [
            Route("/moderate", self.queue, methods=get),
            Route("/moderate/login", self.login, methods=post),
            Route("/moderate/logout", self.logout, methods=post),
            Route("/moderate/decide", self.decide, methods=post),
            Route("/moderate/undo", self.undo, methods=post),
            Route("/decide", self.ask, methods=get),
            Route("/decide", self.decide_by_mail, methods=post),
        ]

    async def queue(self, request: Request) -> Response:
        """Show the comments in one state, the newest first."""
        if not self._session(request):
            sentence = (
                ""
                if self.passphrase.is_set()
                else "There is no passphrase yet: run `tipsblog intake passphrase`."
            )
            return self.pages.page("login", sentence=sentence)
        return await run_in_threadpool(self._queue, request)

    async def login(self, request: Request) -> Response:
        """Open a session for who knows the passphrase."""
        self.origins.check(request)
        fields = await read_form(request)
        if self.rates.too_many_logins(address_of(request), self.clock()):
            raise RefusedError(429, "That was a lot at once. Please wait a minute.")
        if not await run_in_threadpool(self.passphrase.fits, fields.get("passphrase", "")):
            return self.pages.page("login", 403, sentence="This is not the passphrase.")
        answer = self._back()
        answer.set_cookie(
            COOKIE,
            self.tokens.session(self.clock()),
            max_age=SESSION_AGE,
            path=f"{self.base}/moderate",
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return answer

    async def logout(self, request: Request) -> Response:
        """Forget the session in this browser."""
        await self._checked(request)
        answer = self._back()
        answer.delete_cookie(COOKIE, path=f"{self.base}/moderate")
        return answer

    async def decide(self, request: Request) -> Response:
        """Carry out one button."""
        fields = await self._checked(request)
        done = await run_in_threadpool(self._decide, fields)
        return self._back(state=fields.get("state", ""), done=done)

    async def undo(self, request: Request) -> Response:
        """Take the latest decision back."""
        fields = await self._checked(request)
        try:
            what, back, _ = await run_in_threadpool(self.desk.undo)
            done = f"{what} undone" if back else "changed since, not undone"
            self.changed()
        except TipsblogError as error:
            done = error.cause
        return self._back(state=fields.get("state", ""), done=done)

    async def ask(self, request: Request) -> Response:
        """Show what a link in a mail stands for, with buttons: a GET decides nothing."""
        token = request.query_params.get("token", "")
        comment = await run_in_threadpool(self._linked, token)
        item = await run_in_threadpool(self._item, comment, None)
        return self.pages.page("decide", item=item, token=token)

    async def decide_by_mail(self, request: Request) -> Response:
        """Carry out the button on the page that a link in a mail opened."""
        self.origins.check(request)
        fields = await read_form(request)
        if fields.get("decision") not in (Decision.APPROVE, Decision.SPAM):
            raise RefusedError(400, "There is no such decision.")
        decision = Decision(fields["decision"])
        comment = await run_in_threadpool(self._linked, fields.get("token", ""))
        await run_in_threadpool(self.desk.decide, (comment,), decision)
        self.changed()
        words = {Decision.APPROVE: "published", Decision.SPAM: "marked as spam"}
        return self.pages.message("Done", f"The comment is {words[decision]}.")

    def _linked(self, token: str) -> Comment:
        place = self.tokens.read_place("decide", token, self.clock(), LINK_AGE)
        if place is None:
            raise RefusedError(403, "This link is not valid, or too old.")
        try:
            comment = self.desk.store.get(place.article, place.id)
        except TipsblogError:
            raise RefusedError(410, "The comment is gone.") from None
        if digest(comment) != place.digest:
            raise RefusedError(409, "The comment has changed since the mail was sent.")
        return comment

    def _queue(self, request: Request) -> Response:
        asked = request.query_params.get("state", "")
        chosen = Status(asked) if asked in list(_QUEUES) else Status.HELD
        number = request.query_params.get("page", "1")
        page = int(number[:6]) if number.isdecimal() and number.isascii() else 1
        first = max(page - 1, 0) * _PAGE
        listed = self.lists.page(chosen, first, _PAGE, self._judge)
        return self.pages.page(
            "queue",
            items=[self._item(comment, verdict) for comment, verdict in listed.items],
            states=_QUEUES,
            chosen=chosen,
            total=listed.total,
            fresh=listed.fresh,
            more=page + 1 if listed.total > first + _PAGE else 0,
            csrf=self.tokens.bound("csrf", request.cookies[COOKIE]),
            done=clean_line(request.query_params.get("done", ""))[:200],
            trouble=self.condition().trouble,
            mails=self.mails(),
        )

    def _judge(self, comment: Comment) -> Verdict | None:
        try:
            entry = self.site.entry(comment.article)
        except TipsblogError:
            return None
        return self.judge.judge_again(comment, entry) if entry else None

    def _item(self, comment: Comment, verdict: Verdict | None) -> Item:
        parent = None
        if comment.parent:
            try:
                parent = self.desk.store.get(comment.article, comment.parent)
            except TipsblogError:
                parent = None
        try:
            entry = self.site.entry(comment.article)
        except TipsblogError:
            entry = None
        return Item(comment, state(comment, verdict), verdict, entry, parent)

    def _decide(self, fields: dict[str, str]) -> str:
        try:
            comment = self.desk.store.get(fields.get("article", ""), fields.get("comment", ""))
        except TipsblogError:
            raise RefusedError(410, "The comment is gone.") from None
        asked = fields.get("decision", "")
        if asked == "reply":
            body = fields.get("reply", "")
            if not body.strip() or len(body) > MAX_BODY:
                raise RefusedError(422, f"A reply has 1 to {MAX_BODY:,} characters.")
            self.desk.reply(comment, body, self.author)
        elif asked in list(Decision):
            self.desk.decide((comment,), Decision(asked))
        else:
            raise RefusedError(400, "There is no such decision.")
        self.changed()
        return f"{asked}: {comment.author or 'Anonymous'}"

    def _session(self, request: Request) -> bool:
        return self.tokens.is_session(request.cookies.get(COOKIE, ""), self.clock())

    async def _checked(self, request: Request) -> dict[str, str]:
        """Return a form that the moderator's own page sent in this session."""
        self.origins.check(request)
        fields = await read_form(request)
        word = request.cookies.get(COOKIE, "")
        if not self._session(request) or not self.tokens.is_bound(
            "csrf", fields.get("csrf", ""), word
        ):
            raise RefusedError(403, "Please sign in again.")
        return fields

    def _back(self, **query: str) -> Response:
        given = urlencode({name: value for name, value in query.items() if value})
        return RedirectResponse(f"{self.base}/moderate" + (f"?{given}" if given else ""), 303)


def _scrypt(passphrase: str, salt: bytes) -> bytes:
    return hashlib.scrypt(passphrase.encode("utf-8", "replace"), salt=salt, n=2**14, r=8, p=1)
