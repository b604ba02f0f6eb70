"""The readers' side of the service: HTTP in, `Reception` asked, HTTP out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router

from ..comments import markup
from ..comments.model import Comment, Status
from ..errors import TipsblogError
from . import form
from .files import WholeFiles
from .follow import ASKED, Follow
from .http import (
    HERE,
    Endpoint,
    Origins,
    Pages,
    WithHeaders,
    address_of,
    read_form,
    wants_json,
)
from .reception import Receipt, Reception, RefusedError
from .watching import Metrics

logger = logging.getLogger(__name__)

_UNKEPT = "Your comment could not be kept just now. Please try again in a while."
_SENTENCES = {
    Status.PUBLISHED: "Thank you. Your comment is published; it stands here in a moment.",
    Status.DELETED: "Your comment is deleted.",
}
_BUSY = "That was a lot at once. Please wait a minute."
_HELD = "Thank you. Your comment will be visible after approval."


@dataclass(frozen=True, slots=True)
class Service:
    """Everything the pages need, put together by `assemble`. follow: None where
    no mail can be sent to readers.
    """

    reception: Reception
    pages: Pages
    origins: Origins
    metrics: Metrics
    clock: Callable[[], float]
    follow: Follow | None = None

    async def post(self, request: Request) -> Response:
        """Take a comment in, or show it as it would look."""
        start = perf_counter()
        origin = self.origins.check(request)
        fields = await read_form(request)
        submission = form.read(fields, named=self._named(), mails=self.follow is not None)
        if fields.get("action") == "preview":
            await self._admit(request)
            return await run_in_threadpool(self._form_page, submission, preview=True)
        try:
            receipt = await run_in_threadpool(self._receive, request, submission, origin)
        except RefusedError as refused:
            self.metrics.refused.labels(refused.code).inc()
            if wants_json(request) or refused.code != 422:
                raise
            return await run_in_threadpool(
                self._form_page, submission, sentence=refused.sentence, code=422
            )
        except OSError as error:
            logger.error("a comment could not be kept: %s", error)
            self.metrics.refused.labels(503).inc()
            if wants_json(request):
                raise
            return self._form_page(submission, sentence=_UNKEPT, code=503)
        if not receipt.again:
            self.metrics.comments.labels(receipt.state).inc()
        self.metrics.seconds.observe(perf_counter() - start)
        return self._answer(request, receipt, ASKED if submission.notify else "")

    async def preview(self, request: Request) -> Response:
        """Return the HTML that a text would become."""
        self.origins.check(request)
        submission = form.read(await read_form(request))
        await self._admit(request)
        html = await run_in_threadpool(_html, submission)
        return JSONResponse({"html": html})

    async def form_page(self, request: Request) -> Response:
        """Show the form by itself: for an answer where there is no script."""
        asked = {name: request.query_params.get(name, "") for name in ("article", "parent")}
        return await run_in_threadpool(self._form_page, form.read(asked))

    async def token(self, request: Request) -> Response:
        """Return a token for the form that the reader has begun to fill in."""
        reception = self.reception
        key = request.query_params.get("article", "")
        await run_in_threadpool(reception.open_entry, key)
        token = reception.tokens.form(key, self.clock())
        return JSONResponse({"token": token, "work": reception.settings.proof_of_work})

    async def edit(self, request: Request) -> Response:
        """Change a comment by its own writer."""
        self.origins.check(request)
        fields = await read_form(request)
        await self._admit(request)
        submission = form.read(fields)
        receipt = await run_in_threadpool(
            self.reception.edit, fields.get("edit_token", ""), submission
        )
        return self._answer(request, receipt)

    async def delete(self, request: Request) -> Response:
        """Erase a comment by its own writer."""
        self.origins.check(request)
        fields = await read_form(request)
        await self._admit(request)
        receipt = await run_in_threadpool(self.reception.delete, fields.get("edit_token", ""))
        return self._answer(request, receipt)

    def _receive(self, request: Request, submission: form.Submission, origin: bool) -> Receipt:
        self._admit_now(request)
        address = address_of(request)
        receipt = self.reception.receive(submission, address=address, origin=origin)
        if self.follow is not None:
            self.follow.received(submission, receipt, address)
        return receipt

    async def _admit(self, request: Request) -> None:
        await run_in_threadpool(self._admit_now, request)

    def _admit_now(self, request: Request) -> None:
        if self.reception.rates.too_many_requests(address_of(request), self.clock()):
            raise RefusedError(429, _BUSY)

    def _named(self) -> bool:
        return self.reception.settings.who_may_comment == "named"

    def _answer(self, request: Request, receipt: Receipt, more: str = "") -> Response:
        state = receipt.state
        if not wants_json(request):
            word = "held" if state in (Status.HELD, Status.SPAM) else str(state)
            return RedirectResponse(f"{receipt.entry.url}#comment-{word}", 303)
        return JSONResponse(
            {
                "id": receipt.comment.id,
                # A spammer learns no more than a reader whose comment waits.
                "state": Status.HELD if state is Status.SPAM else state,
                "sentence": _SENTENCES.get(state, _HELD),
                "more": more,
                "html": "" if state is Status.DELETED else markup.to_html(receipt.comment),
                "edit_token": receipt.edit_token,
            },
            200 if receipt.again else 201,
            self.origins.headers(request),
        )

    def _form_page(
        self,
        submission: form.Submission,
        *,
        sentence: str = "",
        code: int = 200,
        preview: bool = False,
    ) -> Response:
        entry = self.reception.open_entry(submission.article)
        parent = None
        if submission.parent:
            try:
                parent = self.reception.store.get(entry.key, submission.parent)
            except TipsblogError:
                parent = None
        return self.pages.page(
            "form",
            code,
            entry=entry,
            sentence=sentence,
            values={
                name: getattr(submission, name)
                for name in ("parent", "author", "website", "body", "token", "email", "notify")
            },
            problems=submission.problems if code != 200 or preview else {},
            parent=parent if parent is not None and parent.status is not Status.DELETED else None,
            parent_html=markup.to_html(parent) if parent is not None else "",
            preview=_html(submission) if preview else "",
        )


def assemble(
    service: Service,
    *,
    base: str,
    more: list[Route],
    lifespan: Callable[[Starlette], AbstractAsyncContextManager[None]],
    site: Path | None = None,
) -> WithHeaders:
    """Return the application. base: the path under which it lives. more: the routes
    that are not the readers'. site: a built site to serve beside it, for a trial.
    """
    get, post = ["GET"], ["POST"]
    routes: list[BaseRoute] = [
        Route("/comments", service.post, methods=post),
        Route("/preview", service.preview, methods=post),
        Route("/form", service.form_page, methods=get),
        Route("/token", service.token, methods=get),
        Route("/edit", service.edit, methods=post),
        Route("/delete", service.delete, methods=post),
        Route("/static/pages.css", _file(HERE / "pages" / "pages.css", "text/css")),
        Route(
            "/static/comment-form.css",
            _file(HERE / "static" / "tipsblog" / "comment-form.css", "text/css"),
        ),
        *more,
    ]
    # The redirects that mend a slash lead wherever a browser's Host header says.
    here = Router(routes, redirect_slashes=False)
    mounts: list[BaseRoute] = [Mount(base, here)]
    if site is not None:
        mounts.append(Mount("/", WholeFiles(directory=site, html=True)))

    async def refused(request: Request, error: Exception) -> Response:
        if not isinstance(error, RefusedError):
            raise error
        answer = service.pages.refusal(request, error)
        answer.headers.update(service.origins.headers(request))
        if error.code in (408, 413, 415):
            answer.headers["connection"] = "close"  # what is still coming is not read
        if error.code == 429:
            answer.headers["retry-after"] = "60"
        return answer

    async def unkept(request: Request, error: Exception) -> Response:
        logger.error("%s %s: %s", request.method, request.url.path, error)
        return await refused(request, RefusedError(503, _UNKEPT))

    async def other(request: Request, error: Exception) -> Response:
        code = error.status_code if isinstance(error, HTTPException) else 500
        return await refused(request, RefusedError(code, "There is nothing here."))

    handlers: dict[Any, Any] = {
        RefusedError: refused,
        OSError: unkept,
        TipsblogError: unkept,
        HTTPException: other,
    }
    app = Starlette(routes=mounts, exception_handlers=handlers, lifespan=lifespan)
    app.router.redirect_slashes = False
    return WithHeaders(app)


def _html(submission: form.Submission) -> str:
    """Return a text's HTML; what is too long or empty is none."""
    if "body" in submission.problems:
        return ""
    moment = datetime(2000, 1, 1, tzinfo=UTC)  # not shown
    return markup.to_html(
        Comment(id="preview", article="preview", published=moment, body=submission.body)
    )


def _file(path: Path, media_type: str) -> Endpoint:
    text = path.read_text("utf-8")

    async def endpoint(request: Request) -> Response:
        return Response(text, media_type=media_type, headers={"cache-control": "max-age=3600"})

    return endpoint
