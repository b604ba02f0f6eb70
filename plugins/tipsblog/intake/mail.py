"""Mails about new comments to the author, with links that decide.

A link opens a page with buttons; only a button decides. Programs that follow
every link in a mail before a person sees it decide nothing.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import smtplib
import ssl
import threading
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from ..comments import markup
from ..comments.model import Status, clean_line
from ..errors import SettingError
from ..notify.letters import letter
from .reception import Receipt

logger = logging.getLogger(__name__)

_TRIES = 5


def notice(receipt: Receipt, *, to: str, sender: str, link: str, blog: str) -> EmailMessage:
    """Return the mail that tells the author of a new comment. link: where it is
    decided on.
    """
    comment, verdict = receipt.comment, receipt.verdict
    lines = [
        f"{clean_line(comment.author) or 'Anonymous'} said on {receipt.entry.title}:",
        "",
        *(f"> {line}" for line in markup.to_text(comment).splitlines()),
        "",
        f"Now: {receipt.state}.",
        *([comment.evidence] if comment.evidence else []),
        *([f"Filter: {verdict.outcome} {verdict.score:.0%}"] if verdict else []),
        *(f"- {clean_line(reason.sentence)}" for reason in (verdict.reasons if verdict else ())),
        "",
        f"Approve it or mark it as spam: {link}",
        "",
    ]
    words = {Status.HELD: "waits for approval", Status.PUBLISHED: "was published"}
    happened = words.get(receipt.state, f"is {receipt.state}")
    return letter(
        to=to,
        sender=sender,
        subject=f"[{clean_line(blog)}] A comment on {clean_line(receipt.entry.title)} {happened}",
        text="\n".join(lines),
    )


@dataclass(frozen=True, slots=True)
class Mails:
    """How mails stand. sent: taken by the server. failed: tries that it did not take.
    given_up: mails to the author that are not tried again. trouble: why the server
    took none the last time, or "": no address stands in it.
    """

    sent: int = 0
    failed: int = 0
    given_up: int = 0
    trouble: str = ""


class Mailer:
    """Sends mails in a thread of its own: no reader waits for a mail server.

    address: `smtp://` or `smtps://`, with user and password if need be. A mail to
    the author that cannot be sent is tried again a few times, then given up: the
    comment itself waits in the queue all the same.
    """

    def __init__(self, address: str, *, pause: float = 30) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise SettingError("TIPSBLOG_SMTP is no mail server", way_out="such as smtp://host:587")
        self._parts = parts
        self._pause = pause
        self._waiting: queue.Queue[EmailMessage | None] = queue.Queue(maxsize=1000)
        self._stopping = threading.Event()
        self._counting = threading.Lock()
        self._mails = Mails()
        self._thread = threading.Thread(target=self._work, name="mailer", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def send(self, mail: EmailMessage) -> None:
        """Send `mail` soon. Returns at once."""
        try:
            self._waiting.put_nowait(mail)
        except queue.Full:
            logger.error("too many mails wait; one is not sent: %s", mail["Subject"])
            self._note(given_up=1)

    def mails(self) -> Mails:
        """Tell how mails stand, readers' included."""
        return self._mails

    def stop(self, timeout: float = 10) -> None:
        """Send what waits, as far as the time allows, and end."""
        self._stopping.set()
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(None)
        if self._thread.is_alive():
            self._thread.join(timeout)

    def deliver(self, mail: EmailMessage) -> None:
        """Hand `mail` to the server now. Raises `OSError`, of which
        `smtplib.SMTPException` is one.
        """
        try:
            self._hand_over(mail)
        except smtplib.SMTPRecipientsRefused:  # says nothing of other mails
            self._note(failed=1)
            raise
        except OSError as error:
            self._note(failed=1, trouble=_without_addresses(error))
            raise
        self._note(sent=1, trouble="")

    def _note(
        self, *, sent: int = 0, failed: int = 0, given_up: int = 0, trouble: str | None = None
    ) -> None:
        with self._counting:  # readers' mails are sent by another thread
            now = self._mails
            self._mails = Mails(
                now.sent + sent,
                now.failed + failed,
                now.given_up + given_up,
                now.trouble if trouble is None else trouble,
            )

    def _hand_over(self, mail: EmailMessage) -> None:
        parts, host = self._parts, self._parts.hostname or ""
        context = ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, parts.port or 465, timeout=30, context=context
            )
        else:
            server = smtplib.SMTP(host, parts.port or 25, timeout=30)
        with server:
            server.ehlo()
            if parts.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=context)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(mail)

    def _work(self) -> None:
        while (mail := self._waiting.get()) is not None:
            for attempt in range(_TRIES):
                try:
                    self.deliver(mail)
                    break
                except OSError as error:  # as are smtplib's exceptions
                    logger.error("a mail was not sent (try %d): %s", attempt + 1, error)
                    if isinstance(error, smtplib.SMTPRecipientsRefused):
                        self._note(trouble="TIPSBLOG_MAIL_TO was refused")
                    if attempt + 1 == _TRIES:
                        self._note(given_up=1)
                    elif self._stopping.wait(self._pause):
                        break


def _without_addresses(error: OSError) -> str:
    # What a server says of a mail may name whom it was for.
    if isinstance(error, smtplib.SMTPDataError):
        return f"the server answered {error.smtp_code}"
    if isinstance(error, smtplib.SMTPSenderRefused):
        return f"the server refused the sender with {error.smtp_code}"
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        return clean_line(f"{error.smtp_code} {text}")
    return clean_line(str(error)) or type(error).__name__
