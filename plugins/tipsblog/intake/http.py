"""What every page of the service shares: forms read with limits, pages drawn,
origins checked, headers set.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import ChoiceLoader, Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .form import MAX_FORM, BadRequestError, decode
from .reception import RefusedError

HERE = Path(__file__).parent
#: Seconds a browser may take to send a form.
BODY_TIME = 10.0
FORM_TYPE = "application/x-www-form-urlencoded"

HEADERS = {
    "content-security-policy": (
        "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'"
    ),
    "x-content-type-options": "nosniff",
    # "no-referrer" would make browsers send "Origin: null" with our own forms.
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
}

Endpoint = Callable[[Request], Awaitable[Response]]


async def read_form(request: Request) -> dict[str, str]:
    """Return a form's fields.

    Raises `RefusedError` for another type (415), too many bytes (413, before
    they are read where the browser says how many), or too slow a sender (408),
    and for what is no form (400).
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM_TYPE:
        raise RefusedError(415, f"Only forms of the type {FORM_TYPE} are taken.")
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length[:20]) > MAX_FORM:
        raise RefusedError(413, "The form is too long.")
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_TIME):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_FORM:
                    raise RefusedError(413, "The form is too long.")
    except TimeoutError:
        raise RefusedError(408, "The form came in too slowly.") from None
    try:
        return decode(bytes(body))
    except BadRequestError as error:
        raise RefusedError(400, "The form cannot be read.") from error


def address_of(request: Request) -> str:
    """Return the browser's address, as the proxies that are believed tell it; or ""."""
    return request.client.host if request.client else ""


def wants_json(request: Request) -> bool:
    """Tell whether a script asks, not a person's browser."""
    return "application/json" in request.headers.get("accept", "")


@dataclass(frozen=True, slots=True)
class Origins:
    """The origins whose pages may send forms here."""

    known: frozenset[str]

    def check(self, request: Request) -> bool:
        """Tell whether the browser said that the form stands on one of ours.

        False where it did not say ("null" or nothing: some browsers hide it).
        Raises `RefusedError` where it names another site.
        """
        origin = request.headers.get("origin", "null")
        if origin == "null":
            return False
        own = f"{request.url.scheme}://{request.headers.get('host', '')}"
        if origin not in self.known and origin != own:
            raise RefusedError(403, "This form stands on another site.")
        return True

    def headers(self, request: Request) -> dict[str, str]:
        """Return what lets a script on the blog read the answer."""
        origin = request.headers.get("origin", "")
        if origin not in self.known:
            return {"vary": "Origin"}
        return {"access-control-allow-origin": origin, "vary": "Origin"}


def origin_of(address: str) -> str:
    """Return the origin of an absolute http(s) address, else ""."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else ""


class Pages:
    """The service's own pages. shared: what every one of them is given."""

    def __init__(self, shared: Mapping[str, Any]) -> None:
        self._environment = Environment(
            loader=ChoiceLoader(
                [FileSystemLoader(HERE / "pages"), FileSystemLoader(HERE / "templates")]
            ),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(shared)

    def page(self, name: str, code: int = 200, **values: Any) -> HTMLResponse:
        """Return a page drawn from the template `name`."""
        return HTMLResponse(self._environment.get_template(f"{name}.html").render(values), code)

    def message(self, heading: str, sentence: str, code: int = 200, back: str = "") -> HTMLResponse:
        """Return a page that says one thing."""
        return self.page("message", code, heading=heading, sentence=sentence, back=back)

    def refusal(self, request: Request, refused: RefusedError) -> Response:
        """Return why something is refused, to a script or to a person."""
        if wants_json(request):
            problems = refused.submission.problems if refused.submission else {}
            return JSONResponse(
                {"sentence": refused.sentence, "problems": dict(problems)}, refused.code
            )
        return self.message("This did not work", refused.sentence, refused.code)


class WithHeaders:
    """Sets `HEADERS` on every answer that does not say otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *((n, v) for n, v in _ENCODED if n not in given),
                ]
            await send(message)

        await self._app(scope, receive, send_with)


_ENCODED = [(name.encode("ascii"), value.encode("ascii")) for name, value in HEADERS.items()]
