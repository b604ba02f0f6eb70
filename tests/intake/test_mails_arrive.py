"""Readers' mails when services are killed, doubled, or without a mail server."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from running import Running
from services import Service, make_blog

from tipsblog.intake import notifier
from tipsblog.notify.followers import Followers
from tipsblog.notify.stores import open_followers
from tipsblog.project import Project

NEWS = "We gave the newcomer a week of trial work, and the brief was what failed."


def followers_of(project: Project) -> Followers:
    found = open_followers(project, make=True)
    assert found
    return found


def follow(followers: Followers, count: int) -> None:
    for n in range(count):
        added = followers.add("traps", f"reader{n}@example.org", 1.0)
        assert added
        followers.asked(added, 1.0)
        assert followers.confirm(added.id, 1.0)


def press(running: Running, mail: Any) -> None:
    token = re.search(r"/intake/confirm\?token=(\S+)", mail.get_content())
    assert token
    body = urlencode({"token": token[1]}).encode()
    request = Request(f"{running.url}/intake/confirm", body, {"origin": running.url})
    with urlopen(request, timeout=20) as answer:
        assert answer.status == 200


def test_killed_after_each_answer_the_mails_come_all_the_same_and_once(
    tmp_path: Path, smtp: Any
) -> None:
    blog = make_blog(
        tmp_path, smtp=smtp.address, mail_from="blog@example.org", notify_delay=0, comment_rate=""
    )
    running = Running(blog)
    smtp.stop()

    assert running.post(body="I ask.", email="ann@example.org", notify="on") == 201
    running.kill()
    smtp.start()
    followers = followers_of(blog)
    for follower in followers.of("ann@example.org"):
        followers.rest(follower, 0)  # as if the minute before the next try were over
    running.start()
    (asked,) = smtp.wait_for(1)
    press(running, asked)
    smtp.stop()
    assert running.post(body=NEWS, author="Ben") == 201
    running.kill()
    smtp.start()
    for follower in followers.of("ann@example.org"):
        followers.rest(follower, 0)
    running.start()

    assert NEWS in " ".join(smtp.wait_for(2)[1].get_content().removeprefix("> ").split())
    assert running.post(body=NEWS, author="Ben") == 200  # sent again, kept once, told once
    running.stop()
    assert len(smtp.mails) == 2


@pytest.mark.parametrize("store", ["files", "postgresql"])
def test_two_services_send_each_mail_once(
    tmp_path: Path,
    smtp: Any,
    store: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(notifier, "LOOK", 0.1)
    monkeypatch.setattr("tipsblog.intake.shared.SharedQueue.settled", lambda _, now: now)
    where = request.getfixturevalue("database") if store == "postgresql" else ""
    blog = make_blog(
        tmp_path,
        store=where,
        smtp=smtp.address,
        mail_from="blog@example.org",
        notify_delay=1,
        on_comment_delay=0,
    )
    followers = followers_of(blog)
    follow(followers, 20)
    one, two = Service(blog), Service(blog)
    with one.client, two.client:
        assert one.post(body=NEWS).status_code == 303
        assert two.post(body="And it was too short.").status_code == 303
        one.clock.pass_(seconds=60)
        two.clock.pass_(seconds=60)
        mails = smtp.wait_for(20)
        with ThreadPoolExecutor(2) as pool:  # both look once more
            list(pool.map(lambda s: s.client.get("/intake/health"), (one, two)))

    assert sorted(str(mail["To"]) for mail in mails) == sorted(
        f"reader{n}@example.org" for n in range(20)
    )
    assert len(smtp.mails) == 20
    followers.close()


def test_without_an_answer_from_the_database_comments_are_taken_in(
    start: Callable[..., Service], smtp: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = start(smtp=smtp.address, mail_from="blog@example.org")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Followers, "find", full)
    monkeypatch.setattr(Followers, "is_followed", full)

    assert service.script(email="ann@example.org", notify="on").status_code == 201
    assert len(service.kept()) == 1
