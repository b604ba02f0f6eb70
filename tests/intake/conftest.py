from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from services import Service, make_blog

from tipsblog.comments.manifest import Entry
from tipsblog.comments.model import Comment
from tipsblog.intake.filter import Filter
from tipsblog.spam.model import Outcome, Verdict


@pytest.fixture(autouse=True)
def filter_says(monkeypatch: pytest.MonkeyPatch) -> list[Outcome]:
    """The filter's word on every new comment: the last of this list, ham at first."""
    says = [Outcome.HAM]

    def judge(self: Filter, comment: Comment, entry: Entry) -> Verdict:
        return Verdict(says[-1], 0.5)

    monkeypatch.setattr(Filter, "judge", judge)
    monkeypatch.setattr(Filter, "judge_again", judge)
    return says


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., Service]:
    """Start a service with these settings."""

    def start_with(**settings: Any) -> Service:
        return Service(make_blog(tmp_path, **settings))

    return start_with


@pytest.fixture
def service(start: Callable[..., Service]) -> Service:
    return start()


class Sink:
    """A mail server that keeps what it is sent; it can be stopped and started."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.raw: list[bytes] = []
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.address = f"smtp://127.0.0.1:{self._port}"
        self.start()

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self._port)
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.raw.append(envelope.content)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 kept"

    def wait_for(self, number: int) -> list[EmailMessage]:
        """Wait until so many mails have come; return all."""
        pause = threading.Event()
        for _ in range(1000):
            if len(self.mails) >= number:
                break
            pause.wait(0.02)
        assert len(self.mails) == number
        return list(self.mails)


@pytest.fixture
def smtp() -> Iterator[Sink]:
    """A mail server of the test's own."""
    sink = Sink()
    yield sink
    sink.stop()
