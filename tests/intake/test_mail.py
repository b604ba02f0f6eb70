"""What becomes of mails that the server does not take, and who is told."""

from __future__ import annotations

import smtplib
import threading
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services import Service

from tipsblog.intake.mail import Mailer, Mails
from tipsblog.intake.moderate import Passphrase
from tipsblog.notify.letters import letter

NOWHERE = "smtp://127.0.0.1:9"
WORD = "correct horse battery"


def a_mail(to: str = "mara@example.org") -> EmailMessage:
    return letter(to=to, sender="blog@example.org", subject="News", text="Words.\n")


def wait_for(mailer: Mailer, wanted: Callable[[Mails], bool]) -> Mails:
    pause = threading.Event()
    for _ in range(500):
        if wanted(mailer.mails()):
            break
        pause.wait(0.02)
    return mailer.mails()


def refusing(error: OSError | None, monkeypatch: pytest.MonkeyPatch) -> Mailer:
    """A mailer whose server says `error` to every mail."""

    def hand_over(self: Mailer, mail: EmailMessage) -> None:
        if error is not None:
            raise error

    monkeypatch.setattr(Mailer, "_hand_over", hand_over)
    return Mailer(NOWHERE, pause=0)


def test_a_mail_that_is_not_taken_is_tried_five_times_and_given_up() -> None:
    mailer = Mailer(NOWHERE, pause=0.001)
    mailer.start()

    mailer.send(a_mail())
    mails = wait_for(mailer, lambda now: now.given_up == 1)
    mailer.stop()

    assert (mails.sent, mails.failed, mails.given_up) == (0, 5, 1)
    assert "refused" in mails.trouble


def test_a_mail_that_is_taken_ends_the_trouble(smtp: Any) -> None:
    mailer = Mailer(smtp.address, pause=0.001)
    smtp.stop()
    with pytest.raises(OSError, match="refused"):
        mailer.deliver(a_mail())
    assert mailer.mails().trouble

    smtp.start()
    mailer.deliver(a_mail())

    assert mailer.mails() == Mails(sent=1, failed=1)


def test_one_readers_mailbox_is_no_trouble_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    error = smtplib.SMTPRecipientsRefused({"ann@example.org": (550, b"5.1.1 ann unknown")})
    mailer = refusing(error, monkeypatch)

    with pytest.raises(smtplib.SMTPRecipientsRefused):
        mailer.deliver(a_mail())

    assert mailer.mails() == Mails(failed=1)


def test_the_authors_mailbox_is(monkeypatch: pytest.MonkeyPatch) -> None:
    error = smtplib.SMTPRecipientsRefused({"mara@example.org": (550, b"5.1.1 mara unknown")})
    mailer = refusing(error, monkeypatch)
    mailer.start()

    mailer.send(a_mail())
    mails = wait_for(mailer, lambda now: now.given_up == 1)
    mailer.stop()

    assert mails == Mails(failed=5, given_up=1, trouble="TIPSBLOG_MAIL_TO was refused")


@given(
    kind=st.sampled_from([smtplib.SMTPDataError, smtplib.SMTPSenderRefused]),
    code=st.integers(400, 599),
)
def test_no_address_stands_in_what_is_said_of_trouble(kind: type[Any], code: int) -> None:
    more = ("ann@example.org",) if kind is smtplib.SMTPSenderRefused else ()
    error = kind(code, b"5.6.0 not to ann@example.org", *more)
    with pytest.MonkeyPatch.context() as patch:
        mailer = refusing(error, patch)
        with pytest.raises(kind):
            mailer.deliver(a_mail("ann@example.org"))

    assert "@" not in mailer.mails().trouble
    assert str(code) in mailer.mails().trouble


def test_a_login_that_fails_is_told_of_in_the_servers_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mailer = refusing(smtplib.SMTPAuthenticationError(535, b"5.7.8 Wrong password"), monkeypatch)

    with pytest.raises(smtplib.SMTPAuthenticationError):
        mailer.deliver(a_mail())

    assert mailer.mails().trouble == "535 5.7.8 Wrong password"


def test_who_runs_the_service_is_told_of_mails_that_fail(
    start: Callable[..., Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    mails = Mails(sent=3, failed=7, given_up=1, trouble="nobody <b>there")
    monkeypatch.setattr(Mailer, "mails", lambda self: mails)
    service = start(mail_to="mara@example.org", smtp=NOWHERE)
    local = Service(service.project, address="127.0.0.1")
    Passphrase(service.project.state).set(WORD)
    service.client.post("/intake/moderate/login", data={"passphrase": WORD})

    health, page = service.client.get("/intake/health"), service.client.get("/intake/moderate")
    counts = local.client.get("/intake/metrics").text

    assert health.status_code == 200  # comments are taken in and published
    assert (health.json()["ok"], health.json()["mail"]) == (True, "failed")
    assert local.client.get("/intake/health").json()["mail"] == "nobody <b>there"
    assert "did not take the last mail: nobody &lt;b&gt;there" in page.text
    assert "1 of the mails about new comments could not be sent" in page.text
    for line in ("sent 3.0", "failed 7.0", "given_up 1.0"):
        assert f"\ntipsblog_mails_{line}\n" in counts


def test_where_mails_go_out_nothing_is_said_of_them(start: Callable[..., Service]) -> None:
    service = start()
    Passphrase(service.project.state).set(WORD)
    service.client.post("/intake/moderate/login", data={"passphrase": WORD})

    assert service.client.get("/intake/health").json()["mail"] == ""
    assert "mail" not in service.client.get("/intake/moderate").text
