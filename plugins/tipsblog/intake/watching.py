"""What who runs the service can watch: whether it works, and what it counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from ..errors import TipsblogError
from .http import address_of
from .mail import Mails
from .publisher import Condition
from .site import Site


class Metrics:
    """What the service counts; names no reader and no network."""

    def __init__(self, condition: Callable[[], Condition], mails: Callable[[], Mails]) -> None:
        self.registry = CollectorRegistry()
        self.comments = Counter(
            "tipsblog_comments", "Comments taken in.", ["state"], registry=self.registry
        )
        self.refused = Counter(
            "tipsblog_refused", "Forms refused.", ["code"], registry=self.registry
        )
        self.seconds = Histogram(
            "tipsblog_comment_seconds", "From form to answer.", registry=self.registry
        )
        waiting = Gauge("tipsblog_publish_waiting", "Waits to be built.", registry=self.registry)
        waiting.set_function(lambda: condition().waiting)
        done = Gauge("tipsblog_publish_done", "Builds done.", registry=self.registry)
        done.set_function(lambda: condition().done)
        failed = Gauge("tipsblog_publish_failed", "Builds failed.", registry=self.registry)
        failed.set_function(lambda: condition().failed)
        for name, what, count in (
            ("sent", "Mails that the server took.", lambda: mails().sent),
            ("failed", "Tries to send a mail that failed.", lambda: mails().failed),
            ("given_up", "Mails to the author given up.", lambda: mails().given_up),
        ):
            gauge = Gauge(f"tipsblog_mails_{name}", what, registry=self.registry)
            gauge.set_function(count)


@dataclass(frozen=True, slots=True)
class Watch:
    """The pages for machines that look after this one."""

    metrics: Metrics
    condition: Callable[[], Condition]
    mails: Callable[[], Mails]
    site: Site

    def routes(self) -> list[Route]:
        """Return what answers under the service's base."""
        get = ["GET"]
        return [
            Route("/health", self.health, methods=get),
            Route("/metrics", self.counts, methods=get),
        ]

    async def health(self, request: Request) -> Response:
        """Tell whether comments can be taken in and published."""
        condition = self.condition()
        try:
            await run_in_threadpool(self.site.manifest)
            trouble = condition.trouble
        except (TipsblogError, OSError) as error:
            trouble = str(error)
        mail = self.mails().trouble  # comments are taken in and published all the same
        if not _is_local(request):  # why it failed may name folders, or the mail server
            trouble, mail = trouble and "failed", mail and "failed"
        return JSONResponse(
            {"ok": not trouble, **asdict(condition), "trouble": trouble, "mail": mail},
            503 if trouble else 200,
        )

    async def counts(self, request: Request) -> Response:
        """The counts, for Prometheus on the same machine."""
        if not _is_local(request):
            raise HTTPException(404)
        return PlainTextResponse(generate_latest(self.metrics.registry))


def _is_local(request: Request) -> bool:
    return address_of(request) in ("127.0.0.1", "::1", "")
