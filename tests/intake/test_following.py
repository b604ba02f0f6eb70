"""A reader's way to be told of comments by mail, and out of it again."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from services import ORIGIN, Service, make_blog

from makers import comment
from tipsblog.cli import cli
from tipsblog.comments.desk import open_desk
from tipsblog.comments.model import Comment, Status
from tipsblog.errors import SettingError
from tipsblog.intake import notifier
from tipsblog.intake.assembly import application
from tipsblog.intake.moderate import Passphrase
from tipsblog.intake.tokens import Tokens, secret_in
from tipsblog.notify.followers import Followers
from tipsblog.notify.model import Follower, address, mailbox
from tipsblog.notify.stores import open_followers
from tipsblog.spam.model import Outcome, Verdict

ANN = "ann@example.org"


@pytest.fixture
def mailing(
    start: Callable[..., Service], smtp: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Service]:
    """A service that mails, and looks for something to mail all the time."""
    monkeypatch.setattr(notifier, "LOOK", 0.02)
    service = start(
        mail_from="blog@example.org", smtp=smtp.address, notify_delay=1000, on_comment_delay=0
    )
    with service.client:
        yield service


def followers(service: Service) -> Followers:
    found = open_followers(service.project)
    assert found
    return found


def following(service: Service, email: str = ANN) -> tuple[Follower, ...]:
    return followers(service).of(email)


def link(mail: EmailMessage, what: str) -> str:
    """Return the token of a link in a mail."""
    found = re.search(rf"https://blog\.example\.org/intake/{what}\?token=(\S+)", mail.get_content())
    assert found
    return found[1]


def words(mail: EmailMessage) -> str:
    """Return a mail's text."""
    return str(mail.get_content()).replace("\r\n", "\n")


def press(service: Service, token: str) -> int:
    answer = service.client.post("/intake/confirm", data={"token": token}, headers=ORIGIN)
    return int(answer.status_code)


def follow(service: Service, smtp: Any, email: str = ANN, **fields: str) -> None:
    """Ask with a comment, and confirm."""
    before = len(smtp.mails)
    service.script(email=email, notify="on", body=f"{email} asks.", **fields)
    assert press(service, link(smtp.wait_for(before + 1)[-1], "confirm")) == 200


def tell(service: Service, smtp: Any, number: int) -> EmailMessage:
    """Let the time pass in which comments are gathered; return the newest mail."""
    service.clock.pass_(seconds=1001)
    return smtp.wait_for(number)[-1]


# The form


@pytest.mark.parametrize(
    "settings", [{}, {"mail_to": "mara@example.org"}, {"smtp": "smtp://mail.example.org"}], ids=str
)
def test_without_mail_nothing_is_offered_and_no_address_is_kept(
    start: Callable[..., Service], settings: dict[str, str]
) -> None:
    service = start(**settings)

    assert 'name="email"' not in service.client.get("/intake/form?article=traps").text
    answer = service.script(email=ANN, notify="on")

    assert answer.status_code == 201
    assert answer.json()["more"] == ""
    assert open_followers(service.project) is None
    for path in service.project.root.rglob("*"):
        assert not path.is_file() or ANN.encode() not in path.read_bytes(), path
    assert service.client.get("/intake/confirm?token=x").status_code == 404


def test_with_mail_the_form_offers_it_and_keeps_what_was_typed(mailing: Service) -> None:
    page = mailing.client.get("/intake/form?article=traps").text
    assert 'name="email"' in page
    assert "Notify me" in page

    for fields in ({"action": "preview"}, {"body": ""}):
        page = mailing.post(email="ann@x", notify="on", **fields).text
        assert 'value="ann@x"' in page
        assert '<input name="notify" type="checkbox" checked>' in page
        assert "Please give an e-mail address" in page
    page = mailing.post(email=ANN, body="").text
    assert f'value="{ANN}"' in page
    assert "checkbox checked" not in page
    assert "Please give an e-mail address" not in page


def test_an_address_without_the_box_is_not_kept(mailing: Service) -> None:
    assert mailing.post(email=ANN).status_code == 303
    assert mailing.post(email="no address", body="More.").status_code == 303

    assert following(mailing) == ()


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ann",
        "ann@localhost",
        "ann@example.org\r\nBcc: all@example.org",
        "ann@example.org,ben@example.org",
        "ann@example.org ben@example.org",
        "<ann@example.org>",
        '"ann"@example.org',
        "a..b@example.org",
        ".ann@example.org",
        "ann@example..org",
        "ann@-example.org",
        "ann@192.0.2.7",
        "ann\0@example.org",
        "änn@example.org",
        f"{'a' * 65}@example.org",
        f"ann@{'a' * 63}.{'b' * 63}.{'c' * 63}.{'d' * 63}.org",
    ],
)
def test_what_is_no_address_is_to_be_mended(mailing: Service, typed: str) -> None:
    answer = mailing.script(email=typed, notify="on")

    if typed.startswith("ann\0"):  # as everywhere, what no text may hold is left out
        assert answer.status_code == 201
        return
    assert answer.status_code == 422
    assert "email" in answer.json()["problems"]
    assert mailing.kept() == []


@given(st.one_of(st.text(), st.emails()))
def test_what_is_an_address_fits_into_a_header(typed: str) -> None:
    email = address(typed)

    assert email == address(email)
    if email:
        mail = EmailMessage()
        mail["To"] = email
        assert mail["To"].addresses[0].addr_spec == email
        assert email.isascii()
        assert mailbox(email).count("@") == 1


# Asked back


def test_an_address_is_asked_once_and_no_typed_word_reaches_it(mailing: Service, smtp: Any) -> None:
    answer = mailing.script(
        author="BUY PILLS", body="Pills at pills.example", email=" Ann@Example.ORG ", notify="on"
    )

    assert "open the link in the mail" in answer.json()["more"]
    (mail,) = smtp.wait_for(1)
    assert mail["To"] == ANN
    assert mail["From"] == "blog@example.org"
    assert mail["Subject"] == "[Test blog] Please confirm: comments on About traps"
    assert mail["Auto-Submitted"] == "auto-generated"
    text = mail.get_content()
    assert "pills" not in str(mail).lower()
    assert "https://blog.example.org/traps.html" in text
    mailing.script(email=ANN, notify="on", body="Asked again.")
    mailing.post(email=ANN, notify="on", body="And without script.")
    assert len(following(mailing)) == 1
    assert followers(mailing).unasked(mailing.clock().timestamp()) == ()


def test_no_address_stands_in_a_comments_file(mailing: Service, smtp: Any) -> None:
    follow(mailing, smtp)

    for path in mailing.project.content.rglob("*"):
        assert not path.is_file() or b"Email" not in path.read_bytes()
    assert [c.email for c in mailing.kept()] == [""]


def test_opening_the_link_confirms_nothing_its_button_does(mailing: Service, smtp: Any) -> None:
    mailing.script(email=ANN, notify="on")
    token = link(smtp.wait_for(1)[0], "confirm")

    for method in ("get", "head"):
        answer = getattr(mailing.client, method)("/intake/confirm", params={"token": token})
        assert answer.status_code == 200
    assert following(mailing)[0].confirmed is None

    assert press(mailing, token) == 200
    assert following(mailing)[0].confirmed is not None
    assert press(mailing, token) == 200  # pressed twice is pressed once


def test_a_confirming_link_ends_with_time_with_leaving_and_with_any_change(
    mailing: Service, smtp: Any
) -> None:
    mailing.script(email=ANN, notify="on")
    token = link(smtp.wait_for(1)[0], "confirm")
    tokens = Tokens(secret_in(mailing.project.state))
    (ann,) = following(mailing)

    for wrong in (
        "",
        token[:-2],
        f"x{token}",
        tokens.letter("unsubscribe", ann.id, ann.asked),
        Tokens("guessed").letter("confirm", ann.id, ann.asked),
        ann.id,
    ):
        assert press(mailing, wrong) == 403, wrong
    assert press(mailing, tokens.letter("confirm", "another", ann.asked)) == 410
    mailing.clock.pass_(days=3, seconds=1)
    assert press(mailing, token) == 403
    assert following(mailing) == () or following(mailing)[0].confirmed is None


def test_an_address_that_left_is_not_brought_back_by_the_old_link(
    mailing: Service, smtp: Any
) -> None:
    mailing.script(email=ANN, notify="on")
    token = link(smtp.wait_for(1)[0], "confirm")
    press(mailing, token)
    followers(mailing).remove(following(mailing))

    assert press(mailing, token) == 410
    assert mailing.client.get(f"/intake/confirm?token={token}").status_code == 410


def test_each_article_asks_for_itself(mailing: Service, smtp: Any) -> None:
    follow(mailing, smtp)
    followers(mailing).add("over", ANN, mailing.clock().timestamp())

    assert "About over" in smtp.wait_for(2)[1]["Subject"]


# Nobody is bombed


def test_spam_has_no_mail_sent(mailing: Service, filter_says: list[Outcome]) -> None:
    filter_says.append(Outcome.SPAM)

    answer = mailing.script(email=ANN, notify="on")
    mailing.script(email=ANN, notify="on", body="Other words.", subject="filled in")

    assert "open the link in the mail" in answer.json()["more"]  # it learns nothing
    assert following(mailing) == ()


def test_what_fills_in_the_hidden_field_has_no_mail_sent(mailing: Service) -> None:
    mailing.script(email=ANN, notify="on", subject="x")

    assert following(mailing) == ()


def test_a_comment_that_waits_has_one_mail_sent(
    mailing: Service, smtp: Any, filter_says: list[Outcome]
) -> None:
    filter_says.append(Outcome.UNSURE)

    follow(mailing, smtp)

    assert len(following(mailing)) == 1


def test_one_mailbox_gets_three_such_mails_a_day(mailing: Service, smtp: Any) -> None:
    spellings = ["ann@example.org", "a.nn@example.org", "ann+1@example.org", "an.n+2@example.org"]
    for spelling in (*spellings, "ANN+3@example.org"):
        mailing.script(email=spelling, notify="on", body=f"{spelling} asks.")

    assert len([s for s in spellings if following(mailing, s)]) == 3
    assert len(smtp.wait_for(3)) == 3
    assert len(mailing.kept()) == 5  # the comments themselves are kept


def test_one_network_has_ten_such_mails_sent_an_hour(mailing: Service, smtp: Any) -> None:
    for n in range(14):
        mailing.post(email=f"victim{n}@example.org", notify="on", body=f"Words {n}.")

    smtp.wait_for(10)
    assert following(mailing, "victim9@example.org")
    assert not following(mailing, "victim10@example.org")


# Told


def test_later_comments_are_told_of_in_one_mail(mailing: Service, smtp: Any) -> None:
    follow(mailing, smtp)
    mailing.script(author="Ben", body="Some *new* words\n\nand <b>more</b>.")
    mailing.clock.pass_(seconds=10)
    mailing.script(author="", body="Others.")

    mail = tell(mailing, smtp, 2)

    assert mail["To"] == ANN
    assert mail["Subject"] == "[Test blog] 2 new comments on About traps"
    text = words(mail)
    ben, other = sorted(mailing.kept(), key=lambda c: c.published)[1:]
    assert text.startswith(
        "Ben said:\n\n> Some new words\n> and <b>more</b>.\n\n"
        f"https://blog.example.org/traps.html#c{ben.id}\n\n\nAnonymous said:\n\n> Others.\n"
    )
    assert f"#c{other.id}" in text
    assert "asks." not in text  # the follower's own


def test_no_header_holds_what_was_typed(mailing: Service, smtp: Any) -> None:
    follow(mailing, smtp)
    hostile = "Ben\r\nBcc: all@example.org\r\n\r\nBody"
    mailing.script(author=hostile, website="https://evil.example", body="x\r\n.\r\nBcc: b@c.org")

    mail = tell(mailing, smtp, 2)

    assert mail["Bcc"] is None
    head = smtp.raw[-1].partition(b"\r\n\r\n")[0]
    assert [line.partition(b":")[0].decode() for line in head.split(b"\r\n")] == [
        *("To", "From", "Subject", "Message-ID", "Auto-Submitted", "Content-Type"),
        *("Content-Transfer-Encoding", "MIME-Version"),
        *("List-Unsubscribe", "List-Unsubscribe-Post"),
    ]
    text = words(mail)
    assert "Ben Bcc: all@example.org Body said:" in text
    assert "\n> Bcc: b@c.org\n" in text


def by_mail(service: Service, held: Comment) -> None:
    tokens = Tokens(secret_in(service.project.state))
    token = tokens.place("decide", held, service.clock().timestamp())
    data = {"token": token, "decision": "approve"}
    assert service.client.post("/intake/decide", data=data, headers=ORIGIN).status_code == 200


def by_phone(service: Service, held: Comment) -> None:
    Passphrase(service.project.state).set("correct horse")
    data = {"passphrase": "correct horse"}
    service.client.post("/intake/moderate/login", data=data, headers=ORIGIN)
    page = service.client.get("/intake/moderate").text
    csrf = re.search('name="csrf" value="([^"]+)"', page)
    assert csrf
    data = {"article": "traps", "comment": held.id, "decision": "approve", "csrf": csrf[1]}
    answer = service.client.post("/intake/moderate/decide", data=data, headers=ORIGIN)
    assert answer.status_code == 303


def by_terminal(service: Service, held: Comment) -> None:
    run(service, "approve", held.id)
    service.clock.now = datetime.now(UTC)  # the terminal's


def run(service: Service, *words: str) -> str:
    """Run a command of the terminal, as a process beside the service."""
    ran = CliRunner().invoke(cli, ["comments", "-s", str(service.project.file), *words])
    assert ran.exit_code == 0, ran.output
    return ran.output


@pytest.mark.parametrize("decide", [by_mail, by_phone, by_terminal])
@pytest.mark.parametrize("status", [None, Status.HELD, Status.SPAM])
def test_a_held_comment_is_told_of_when_it_is_approved_on_any_way(
    mailing: Service,
    smtp: Any,
    decide: Callable[[Service, Comment], None],
    status: Status | None,
    filter_says: list[Outcome],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    follow(mailing, smtp)
    filter_says.append(Outcome.UNSURE)
    unsure = {("traps", "held"): Verdict(Outcome.UNSURE, 0.5)}
    monkeypatch.setattr("tipsblog.comments.desk.judge_blog", lambda *_, **__: unsure)
    held = comment("held", body="Waited for long.", status=status)
    mailing.store.put(held)
    if decide is by_phone and status is Status.SPAM:
        mailing.store.put(dataclasses.replace(held, id="other", status=Status.HELD))
    mailing.clock.pass_(days=1)

    decide(mailing, held)

    assert "Waited for long." in tell(mailing, smtp, 2).get_content()
    mailing.store.put(held)  # held again, and approved again
    decide(mailing, held)
    mailing.clock.pass_(days=1)
    assert followers(mailing).waiting(*(mailing.clock().timestamp(),) * 2) == ()


@pytest.mark.parametrize("decide", [by_mail, by_terminal])
def test_approving_what_the_filter_let_through_long_ago_tells_nobody(
    mailing: Service,
    smtp: Any,
    decide: Callable[[Service, Comment], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = {("traps", "seen"): Verdict(Outcome.HAM, 0.1)}
    monkeypatch.setattr("tipsblog.comments.desk.judge_blog", lambda *_, **__: seen)
    mailing.store.put(comment("seen"))
    follow(mailing, smtp)
    mailing.clock.pass_(days=1)

    decide(mailing, mailing.store.get("traps", "seen"))

    assert followers(mailing).latest(mailing.clock().timestamp()) == 0


def test_what_is_binned_while_comments_are_gathered_is_not_told_of(
    mailing: Service, smtp: Any, filter_says: list[Outcome]
) -> None:
    follow(mailing, smtp)
    for n in range(4):
        mailing.script(author="Ben", body=f"Words {n}.")
    binned, edited, gone, good = (
        c for n in range(4) for c in mailing.kept() if c.body[6:7] == str(n)
    )
    mailing.store.put(dataclasses.replace(binned, status=Status.SPAM))
    mailing.store.put(dataclasses.replace(edited, body="Held by the filter now."))
    mailing.store.remove("traps", gone.id)

    text = tell(mailing, smtp, 2).get_content()

    assert good.body in text
    assert text.count("said:") == 1


def test_an_edited_comment_is_told_of_as_it_is_then(mailing: Service, smtp: Any) -> None:
    follow(mailing, smtp)
    token = mailing.script(author="Ben", body="With a tpyo.").json()["edit_token"]
    mailing.script("edit", edit_token=token, body="Without.")

    text = tell(mailing, smtp, 2).get_content()

    assert "Without." in text
    assert "tpyo" not in text


def test_the_authors_reply_is_told_of(mailing: Service, smtp: Any) -> None:
    follow(mailing, smtp)
    (asked,) = mailing.kept()
    mailing.clock.pass_(seconds=1)
    desk = open_desk(mailing.project, mailing.store, mailing.clock)

    desk.reply(asked, "Thank you.", "Mara")

    mail = tell(mailing, smtp, 2)
    assert "Mara (author) said:\n\n> Thank you." in words(mail)


def test_a_service_that_nobody_could_reach_offers_nothing_to_readers(
    tmp_path: Path, smtp: Any
) -> None:
    project = make_blog(tmp_path, mail_from="blog@example.org", smtp=smtp.address)
    nowhere = dataclasses.replace(project, values={**project.values, "SITEURL": ""})

    with pytest.raises(SettingError, match="set SITEURL"):
        application(nowhere)


# Out of it again


@pytest.fixture
def told(mailing: Service, smtp: Any) -> EmailMessage:
    """The mail that a follower got."""
    follow(mailing, smtp)
    mailing.script(author="Ben", body="News.")
    return tell(mailing, smtp, 2)


def test_the_mail_program_can_unsubscribe_by_itself(
    mailing: Service, told: EmailMessage, smtp: Any
) -> None:
    assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    header = rb"\nList-Unsubscribe: <https://blog\.example\.org(/[^\s>]+)>\r\n"
    found = re.search(header, smtp.raw[-1])  # on one line, and plain
    assert found
    path = found[1].decode()

    answer = mailing.client.post(  # no cookie, no origin, as RFC 8058 has it
        path, files={"List-Unsubscribe": (None, "One-Click")}
    )

    assert answer.status_code == 200
    assert following(mailing) == ()
    body = {"List-Unsubscribe": "One-Click"}
    assert mailing.client.post(path, data=body).status_code == 200  # once is enough


@pytest.mark.parametrize("everywhere", [False, True])
def test_opening_the_leaving_link_leaves_nothing_its_buttons_do(
    mailing: Service, told: EmailMessage, everywhere: bool
) -> None:
    added = followers(mailing).add("over", ANN, mailing.clock().timestamp())
    assert added
    followers(mailing).confirm(added.id, added.asked)
    path = f"/intake/unsubscribe?token={link(told, 'unsubscribe')}"
    mailing.clock.pass_(days=400)

    for method in ("get", "head"):
        assert getattr(mailing.client, method)(path).status_code == 200
    assert len(following(mailing)) == 2

    data = {"from": "all" if everywhere else "article"}
    other = {"origin": "null"}  # a mail program's own window
    assert "no more" in mailing.client.post(path, data=data, headers=other).text
    assert [f.article for f in following(mailing)] == ([] if everywhere else ["over"])
    assert "no more" in mailing.client.get(path).text


def test_nobody_else_can_unsubscribe_an_address(mailing: Service, told: EmailMessage) -> None:
    (ann,) = following(mailing)
    tokens = Tokens(secret_in(mailing.project.state))

    for wrong in ("", link(told, "unsubscribe")[:-1], tokens.letter("confirm", ann.id, 0), ann.id):
        path = f"/intake/unsubscribe?token={wrong}"
        assert mailing.client.get(path).status_code == 403
        assert mailing.client.post(path).status_code == 403
    assert [f.id for f in following(mailing)] == [ann.id]


def test_forgetting_an_author_ends_their_mails_and_the_export_shows_them(
    mailing: Service, told: EmailMessage
) -> None:
    export = mailing.project.root / "export.json"

    output = run(mailing, "forget", "--email", "Ann@Example.org", "--export", str(export), "--yes")

    assert output == "1 erased, 1 subscriptions ended\n"
    own, wish = json.loads(export.read_text())
    assert own["body"] == f"{ANN} asks."
    assert (wish["notified of"], wish["email"]) == ("traps", ANN)
    assert following(mailing) == ()
    assert [c.author for c in mailing.kept()] == ["Ben"]


def test_moving_to_a_database_and_back_takes_the_followers_along(
    mailing: Service, smtp: Any, database: str
) -> None:
    follow(mailing, smtp)
    (ann,) = following(mailing)

    run(mailing, "copy", "files", database)
    there = open_followers(mailing.project, database)
    assert there
    assert there.of(ANN) == (ann,)
    there.remove([ann])
    there.close()
    run(mailing, "copy", database, "files")

    assert following(mailing) == ()  # who has left there stays away here
