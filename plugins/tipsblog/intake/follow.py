"""A reader's way to be told of comments by mail, and out of it again.

An address gets nothing but one mail until its owner has pressed a button that
only this mail leads to. Opening a link decides nothing: programs open the links
of a mail before any person does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..comments.manifest import Entry
from ..comments.model import Status
from ..notify.model import CONFIRM_AGE, Follower, address, mailbox
from .form import Submission
from .http import FORM_TYPE, Origins, Pages, read_form
from .notifier import Notifier
from .rate import Rates
from .reception import Receipt, RefusedError
from .site import Site
from .tokens import Tokens

logger = logging.getLogger(__name__)

#: After the answer to a comment. The same whatever becomes of the wish: it says
#: nothing of who follows an article already.
ASKED = "To be notified, open the link in the mail that we send you."


@dataclass(frozen=True, slots=True)
class Follow:
    """The pages behind the links, and the wishes that come with a comment."""

    notifier: Notifier
    site: Site
    tokens: Tokens
    rates: Rates
    pages: Pages
    origins: Origins
    clock: Callable[[], float]

    def routes(self) -> list[Route]:
        """Return what answers under the service's base."""
        get, post = ["GET"], ["POST"]
        return [
            Route("/confirm", self.ask, methods=get),
            Route("/confirm", self.confirm, methods=post),
            Route("/unsubscribe", self.ask_to_leave, methods=get),
            Route("/unsubscribe", self.leave, methods=post),
        ]

    def received(self, submission: Submission, receipt: Receipt, network: str) -> None:
        """Keep the wish that came with a comment. network: the browser's address.

        Nothing that happens here may cost the reader the comment, which is kept.
        """
        email = address(submission.email)
        try:
            if receipt.again and receipt.state is Status.PUBLISHED:
                self.notifier.published(receipt.comment)  # if the first answer was cut off
            if email:
                self._wish(email, submission, receipt, network)
        except OSError as error:
            logger.error("a wish to be told of comments could not be kept: %s", error)

    def _wish(self, email: str, submission: Submission, receipt: Receipt, network: str) -> None:
        followers, now, article = self.notifier.followers, self.clock(), receipt.entry.key
        known = followers.find(article, email, now)
        if known is not None:
            if receipt.comment.id not in known.own:
                followers.owns(known, receipt.comment.id)
        elif (
            submission.notify
            and not submission.trap
            and receipt.state is not Status.SPAM
            and not self.rates.too_many_mails(network, mailbox(email), now)
        ):
            followers.add(article, email, now, [receipt.comment.id])
            self.notifier.wake()

    async def ask(self, request: Request) -> Response:
        """Show what a confirming link stands for, with a button."""
        token = request.query_params.get("token", "")
        follower = await run_in_threadpool(self._asked, token)
        return self.pages.page("confirm", entry=self._entry(follower), token=token)

    async def confirm(self, request: Request) -> Response:
        """Carry out that button."""
        self.origins.check(request)
        fields = await read_form(request)
        follower = await run_in_threadpool(self._asked, fields.get("token", ""))
        entry = self._entry(follower)
        await run_in_threadpool(self.notifier.followers.confirm, follower.id, self.clock())
        sentence = f"You will get a mail when there are new comments on {entry.title}."
        return self.pages.message("Done", sentence, back=entry.url)

    async def ask_to_leave(self, request: Request) -> Response:
        """Show what a leaving link stands for, with its two buttons."""
        token = request.query_params.get("token", "")
        follower = await run_in_threadpool(self._leaving, token)
        if follower is None:
            return self._left()
        entry = self.site.entry(follower.article)
        return self.pages.page("unsubscribe", entry=entry, token=token)

    async def leave(self, request: Request) -> Response:
        """Tell an address of comments no more.

        A mail program may post here by itself, from anywhere and in any form
        (RFC 8058, section 3.2): the link's token is all it needs, and its
        body is not looked at.
        """
        fields: dict[str, str] = {}
        if request.headers.get("content-type", "").startswith(FORM_TYPE):
            fields = await read_form(request)
        token = request.query_params.get("token", "")
        follower = await run_in_threadpool(self._leaving, token)
        if follower is not None:
            everywhere = fields.get("from") == "all"
            await run_in_threadpool(self._leave, follower, everywhere)
        return self._left()

    def _leave(self, follower: Follower, everywhere: bool) -> None:
        followers = self.notifier.followers
        followers.remove(followers.of(follower.email) if everywhere else [follower])

    def _left(self) -> Response:
        return self.pages.message("Done", "You will get no more of these mails.")

    def _asked(self, token: str) -> Follower:
        now = self.clock()
        id = self.tokens.read_letter("confirm", token, now, CONFIRM_AGE)
        if not id:
            raise RefusedError(403, "This link is not valid, or too old.")
        follower = self.notifier.followers.get(id, now)
        if follower is None:
            raise RefusedError(410, "This is not asked for any more.")
        return follower

    def _leaving(self, token: str) -> Follower | None:
        now = self.clock()
        id = self.tokens.read_letter("unsubscribe", token, now)
        if not id:
            raise RefusedError(403, "This link is not valid.")
        return self.notifier.followers.get(id, now)

    def _entry(self, follower: Follower) -> Entry:
        entry = self.site.entry(follower.article)
        if entry is None:
            raise RefusedError(410, "There is no such article any more.")
        return entry
