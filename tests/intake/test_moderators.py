"""The author's way through the service: the private page, and links in mails."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from services import ORIGIN, Service

from makers import comment
from tipsblog.comments.model import Role, Status
from tipsblog.intake.moderate import COOKIE, Passphrase
from tipsblog.intake.tokens import Tokens, secret_in
from tipsblog.spam.model import Outcome

WORD = "correct horse battery"


@pytest.fixture
def signed_in(service: Service) -> Service:
    Passphrase(service.project.state).set(WORD)
    login(service)
    return service


def login(service: Service, word: str = WORD) -> Any:
    return service.client.post("/intake/moderate/login", data={"passphrase": word}, headers=ORIGIN)


def page(service: Service, **query: str) -> str:
    return str(service.client.get("/intake/moderate", params=query).text)


def press(service: Service, id: str, decision: str, path: str = "decide", **fields: str) -> Any:
    csrf = re.search('name="csrf" value="([^"]+)"', page(service))
    data = {
        "article": "traps",
        "comment": id,
        "decision": decision,
        "csrf": csrf[1] if csrf else "",
    }
    return service.client.post(f"/intake/moderate/{path}", data=data | fields, headers=ORIGIN)


def test_the_passphrase_opens_the_page_and_nothing_else_does(service: Service) -> None:
    service.store.put(comment("a", body="Waiting words.", status=Status.HELD))
    Passphrase(service.project.state).set(WORD)

    assert "Waiting words." not in page(service)
    assert login(service, "wrong").status_code == 403
    assert COOKIE not in service.client.cookies
    answer = login(service)

    cookie = answer.headers["set-cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=strict", "Secure"))
    assert "Path=/intake/moderate" in cookie
    assert "Waiting words." in page(service)


def test_without_a_passphrase_nobody_gets_in_and_the_page_says_how_to_set_one(
    service: Service,
) -> None:
    assert "tipsblog intake passphrase" in page(service)
    assert login(service, "").status_code == 403


def test_guessing_is_slowed_down(service: Service) -> None:
    codes = [login(service, f"guess {n}").status_code for n in range(12)]

    assert codes == [403] * 10 + [429] * 2


def test_a_session_ends_by_itself_and_by_signing_out(signed_in: Service) -> None:
    assert "Sign out" in page(signed_in)
    signed_in.clock.pass_(hours=13)
    assert "Sign out" not in page(signed_in)
    login(signed_in)
    press(signed_in, "", "", "logout")
    assert "Sign out" not in page(signed_in)


@pytest.mark.parametrize(
    ("decision", "status"),
    [("approve", Status.PUBLISHED), ("spam", Status.SPAM), ("delete", Status.DELETED)],
)
def test_a_button_decides_and_undo_takes_it_back(
    signed_in: Service, decision: str, status: Status
) -> None:
    signed_in.store.put(comment("a", status=Status.HELD))

    assert press(signed_in, "a", decision).status_code == 303
    assert signed_in.store.get("traps", "a").status is status
    press(signed_in, "", "", "undo")

    assert signed_in.store.get("traps", "a").status is Status.HELD


def test_a_reply_is_the_authors_and_approves_what_it_answers(signed_in: Service) -> None:
    signed_in.store.put(comment("a", status=Status.HELD))

    press(signed_in, "a", "reply", reply="Thank you.")

    replies = [kept for kept in signed_in.kept() if kept.parent == "a"]
    assert [(c.author, c.role, c.status) for c in replies] == [
        ("Mara", Role.AUTHOR, Status.PUBLISHED)
    ]
    assert signed_in.store.get("traps", "a").status is Status.PUBLISHED


def test_each_state_has_its_list_the_newest_first_twenty_a_page(signed_in: Service) -> None:
    signed_in.store.put_all(
        comment(f"c{n:02}", n, body=f"Number {n}.", status=Status.HELD) for n in range(25)
    )
    signed_in.store.put(comment("s", body="Binned.", status=Status.SPAM))

    first, second = page(signed_in), page(signed_in, page="2")

    assert first.index("Number 24.") < first.index("Number 5.")
    assert "Number 4." not in first
    assert "Number 4." in second
    assert "Binned." in page(signed_in, state="spam")
    assert "Binned." not in first


@pytest.mark.parametrize(
    "forged",
    [
        {"csrf": ""},
        {"csrf": "forged"},
    ],
)
def test_a_forged_form_decides_nothing(signed_in: Service, forged: dict[str, str]) -> None:
    signed_in.store.put(comment("a", status=Status.HELD))

    assert press(signed_in, "a", "approve", **forged).status_code == 403
    assert signed_in.store.get("traps", "a").status is Status.HELD


def test_a_form_on_another_site_decides_nothing(signed_in: Service) -> None:
    signed_in.store.put(comment("a", status=Status.HELD))
    csrf = re.search('name="csrf" value="([^"]+)"', page(signed_in))
    assert csrf

    answer = signed_in.client.post(
        "/intake/moderate/decide",
        data={"article": "traps", "comment": "a", "decision": "approve", "csrf": csrf[1]},
        headers={"origin": "https://evil.example"},
    )

    assert answer.status_code == 403
    assert signed_in.store.get("traps", "a").status is Status.HELD


def test_another_sessions_word_is_no_good_here(signed_in: Service) -> None:
    signed_in.store.put(comment("a", status=Status.HELD))
    tokens = Tokens(secret_in(signed_in.project.state))
    stolen = tokens.bound("csrf", tokens.session(signed_in.clock().timestamp()))

    assert press(signed_in, "a", "approve", csrf=stolen).status_code == 403


# Links in mails


def link(service: Service, id: str = "a") -> str:
    tokens = Tokens(secret_in(service.project.state))
    return tokens.place("decide", service.store.get("traps", id), service.clock().timestamp())


def decide(service: Service, token: str, decision: str = "approve") -> int:
    data = {"token": token, "decision": decision}
    return int(service.client.post("/intake/decide", data=data, headers=ORIGIN).status_code)


def test_opening_a_mails_link_decides_nothing_its_button_does(service: Service) -> None:
    service.store.put(comment("a", body="Judge me.", status=Status.HELD))
    token = link(service)

    for method in ("get", "head"):
        answer = getattr(service.client, method)("/intake/decide", params={"token": token})
        assert answer.status_code == 200
    assert "Judge me." in service.client.get("/intake/decide", params={"token": token}).text
    assert service.store.get("traps", "a").status is Status.HELD

    assert decide(service, token) == 200
    assert service.store.get("traps", "a").status is Status.PUBLISHED


def test_a_link_dies_with_time_and_with_any_change_of_the_text(service: Service) -> None:
    service.store.put(comment("a"))
    token = link(service)

    service.store.put(comment("a", body="Other words."))
    assert decide(service, token) == 409
    service.store.remove("traps", "a")
    assert decide(service, token) == 410
    service.clock.pass_(days=31)
    assert decide(service, token) == 403


def test_one_kind_of_token_is_never_good_for_another(service: Service) -> None:
    edit = service.script().json()["edit_token"]

    assert decide(service, edit) == 403
    assert decide(service, service.token()) == 403
    assert decide(service, "") == 403
    id = service.kept()[0].id
    assert service.script("edit", edit_token=link(service, id), body="Mine now.").status_code == 403


@pytest.mark.parametrize("decision", ["delete", "", "publish", "restore"])
def test_a_link_only_approves_or_marks_as_spam(service: Service, decision: str) -> None:
    service.store.put(comment("a"))

    assert decide(service, link(service), decision) == 400


def test_a_new_comment_is_told_of_with_a_link_unless_it_is_spam(
    start: Callable[..., Service], filter_says: list[Outcome], smtp: Any
) -> None:
    service = start(mail_to="mara@example.org", smtp=smtp.address)
    hostile = "Ann\r\nBcc: all@example.org"
    with service.client:
        service.script(author=hostile, body="First words.")
        filter_says.append(Outcome.SPAM)
        service.script(body="Buy.")

    (mail,) = smtp.mails
    assert mail["To"] == "mara@example.org"
    assert mail["Bcc"] is None
    assert mail["Subject"] == "[Test blog] A comment on About traps was published"
    text = mail.get_content()
    assert "Ann Bcc: all@example.org said on About traps:" in text
    assert "> First words." in text
    found = re.search(r"https://blog\.example\.org/intake/decide\?token=(\S+)", text)
    assert found
    assert decide(service, found[1], "spam") == 200
    assert service.kept()[0].status is Status.SPAM or service.kept()[1].status is Status.SPAM


def test_a_mail_server_that_does_not_answer_costs_no_reader_a_comment(
    start: Callable[..., Service],
) -> None:
    service = start(mail_to="mara@example.org", smtp="smtp://127.0.0.1:9")
    with service.client:
        assert service.script().status_code == 201
