"""When mails to readers go out, and what becomes of them when they cannot."""

from __future__ import annotations

import dataclasses
import smtplib
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from services import START, make_blog, write_manifest

from makers import comment
from tipsblog.comments import manifest
from tipsblog.comments.model import Comment
from tipsblog.comments.store import FileStore
from tipsblog.intake.notifier import Notifier
from tipsblog.intake.site import Site
from tipsblog.intake.tokens import Tokens
from tipsblog.notify.announce import Announcer
from tipsblog.notify.followers import Followers
from tipsblog.notify.letters import Writer
from tipsblog.notify.model import CONFIRM_AGE
from tipsblog.notify.stores import open_followers

NOW = START.timestamp()
DELAY = 300.0

AWAY = ConnectionRefusedError("nobody there")
LATER = smtplib.SMTPRecipientsRefused({"x": (450, b"4.2.0 Greylisted")})
NO_MAILBOX = smtplib.SMTPRecipientsRefused({"x": (550, b"5.1.1 User unknown")})
NO_RELAY = smtplib.SMTPRecipientsRefused({"x": (554, b"5.7.1 Relay access denied")})
NOT_THIS = smtplib.SMTPDataError(554, b"5.6.0 Not this mail")
NO_LOGIN = smtplib.SMTPAuthenticationError(535, b"5.7.8 Wrong password")


@dataclass
class World:
    """A notifier, and everything around it, at rest until told to move."""

    root: Path
    sent: list[EmailMessage] = field(default_factory=list)
    fails: dict[str, Exception] = field(default_factory=dict)
    now: float = NOW
    built: float = float("inf")
    asked: int = 0

    def __post_init__(self) -> None:
        self.project = make_blog(self.root)
        followers = open_followers(self.project, make=True)
        assert followers
        self.followers: Followers = followers
        self.store = FileStore(self.project.comments)
        self.notifier = self.start()

    def start(self) -> Notifier:
        """A notifier as a process that has just started has it."""
        return Notifier(
            followers=self.followers,
            announcer=Announcer(self.followers, lambda _: (), lambda: START),
            store=self.store,
            site=Site(self.project.state / manifest.FILE, self.project.content),
            tokens=Tokens("secret"),
            writer=Writer("Test blog", "blog@example.org"),
            deliver=self.deliver,
            publishing=self,
            reach="https://blog.example.org/intake",
            origin="https://blog.example.org",
            delay=DELAY,
            clock=lambda: self.now,
        )

    def ask(self) -> None:
        self.asked += 1

    def settled(self, now: float) -> float:
        return min(now, self.built)

    def deliver(self, mail: EmailMessage) -> None:
        if (error := self.fails.get(str(mail["To"]), self.fails.get("all"))) is not None:
            raise error
        self.sent.append(mail)

    def follow(self, name: str) -> None:
        added = self.followers.add("traps", f"{name}@example.org", self.now)
        assert added
        self.followers.asked(added, self.now)
        self.followers.confirm(added.id, self.now)

    def publish(self, id: str, body: str = "News.") -> Comment:
        new = comment(id, body=body)
        self.store.put(new)
        self.notifier.published(new)
        return new

    def later(self, seconds: float) -> int:
        self.now += seconds
        return self.notifier.round()


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_comments_are_gathered_and_each_follower_has_one_mail(world: World) -> None:
    world.follow("ann")
    world.follow("ben")
    world.later(1)
    world.publish("a")
    world.later(200)
    world.publish("b")

    assert world.later(99) == 0
    assert world.later(2) == 2
    assert sorted(str(mail["To"]) for mail in world.sent) == ["ann@example.org", "ben@example.org"]
    assert all(mail["Subject"].startswith("[Test blog] 2 new") for mail in world.sent)
    assert world.later(1000) == 0


def test_a_busy_thread_sends_one_mail_in_each_stretch_of_time(world: World) -> None:
    world.follow("ann")
    for n in range(60):
        world.later(60)
        world.publish(f"c{n}")

    assert 10 <= len(world.sent) <= 12
    assert sum(mail.get_content().count("said:") for mail in world.sent) >= 50


def test_many_comments_at_once_are_counted_not_all_shown(world: World) -> None:
    world.follow("ann")
    world.now += 1
    for n in range(25):
        world.publish(f"c{n}")

    world.later(DELAY)

    text = world.sent[0].get_content()
    assert text.count("said:") == 20
    assert "And 5 more: https://blog.example.org/traps.html" in text


def test_nothing_is_told_before_the_page_shows_it(world: World) -> None:
    world.follow("ann")
    world.now += 1
    world.publish("a")
    world.built = world.now
    world.later(1)
    world.publish("b")

    assert world.later(1000) == 1  # the build goes on, and "b" is not in it yet
    assert world.sent[0].get_content().count("said:") == 1
    world.built += 2
    assert world.later(1) == 1
    assert world.later(1000) == 0


def test_what_a_terminal_publishes_is_built_once(world: World) -> None:
    world.follow("ann")
    world.now += 1
    world.publish("a")
    world.later(1)
    assert world.asked == 0  # who took it in has asked already

    elsewhere = world.start()
    elsewhere.round()
    elsewhere.round()

    assert world.asked == 1


@pytest.mark.parametrize("error", [AWAY, NO_LOGIN, LATER, NO_RELAY, NOT_THIS], ids=repr)
def test_a_server_that_does_not_take_mails_loses_none(world: World, error: Exception) -> None:
    added = world.followers.add("traps", "new@example.org", world.now)
    assert added
    world.follow("ann")
    world.now += 1
    world.publish("a")
    world.fails["all"] = error
    for _ in range(20):
        assert world.later(DELAY) == 0

    world.notifier = world.start()  # a new process
    world.fails.clear()
    for _ in range(12):
        world.later(400)

    assert [str(mail["To"]) for mail in world.sent].count("ann@example.org") == 1
    assert [str(mail["To"]) for mail in world.sent].count("new@example.org") == 1


def test_a_server_that_is_away_is_not_asked_for_each_mail(world: World) -> None:
    for n in range(50):
        world.follow(f"f{n}")
    world.now += 1
    world.publish("a")
    tries: list[EmailMessage] = []

    def refuse(mail: EmailMessage) -> None:
        tries.append(mail)
        raise AWAY

    world.notifier.deliver = refuse
    world.later(DELAY)
    world.later(10)

    assert len(tries) == 1


def test_one_refused_address_keeps_no_other_from_its_mail(world: World) -> None:
    for name in ("ann", "ben", "cid"):
        world.follow(name)
    world.now += 1
    world.publish("a")
    world.fails["ben@example.org"] = LATER

    assert world.later(DELAY) == 2
    world.fails.clear()
    assert world.later(61) == 1


def test_a_mailbox_that_does_not_exist_is_forgotten(world: World) -> None:
    world.follow("ann")
    new = world.followers.add("traps", "new@example.org", world.now)
    assert new
    world.fails["all"] = NO_MAILBOX
    world.later(1)
    assert world.followers.of("new@example.org") == ()

    world.publish("a")
    for _ in range(3):
        world.later(3601)

    assert world.followers.of("ann@example.org") == ()


def test_killed_after_the_mail_and_before_the_note_it_is_sent_again_not_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.follow("ann")
    world.now += 1
    world.publish("a")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Followers, "told", killed)
        with pytest.raises(KeyboardInterrupt):
            world.later(DELAY)
    world.notifier = world.start()

    assert world.later(1) == 0  # it might still be at work
    assert world.later(600) == 1
    assert world.later(600) == 0
    assert len(world.sent) == 2


def test_a_database_that_is_away_costs_no_comment(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> bool:
        raise ConnectionError("gone")

    monkeypatch.setattr(Followers, "is_followed", away)

    world.publish("a")
    world.notifier.decided(())

    assert world.store.get("traps", "a")


def test_an_article_that_is_gone_for_a_while_keeps_its_followers(
    world: World,
) -> None:
    world.follow("ann")
    world.now += 1
    world.publish("a")
    kept = (world.project.state / manifest.FILE).read_text()
    write_manifest(world.root)
    assert world.later(DELAY) == 0

    (world.project.state / manifest.FILE).write_text(kept)

    assert world.later(3601) == 1


def test_a_closed_article_is_followed_for_a_month_more(world: World) -> None:
    closed = START + timedelta(days=10)
    entry = Site(world.project.state / manifest.FILE, world.project.content).entry("traps")
    assert entry
    write_manifest(world.root, dataclasses.replace(entry, open_until=closed))
    world.follow("ann")

    world.later(39 * 86400)
    assert world.followers.articles() == ("traps",)
    world.later(2 * 86400)

    assert world.followers.articles() == ()


def test_many_followers_keep_no_newcomer_waiting(world: World) -> None:
    for n in range(50):
        world.follow(f"f{n}")
    world.now += 1
    world.publish("a")
    assert world.later(DELAY) == 20
    world.followers.add("traps", "new@example.org", world.now)

    assert [world.later(0), world.later(0), world.later(0)] == [21, 10, 0]
    assert [str(mail["To"]) for mail in world.sent].index("new@example.org") == 20


def test_who_was_not_reached_in_time_is_asked_no_more(world: World) -> None:
    world.followers.add("traps", "new@example.org", world.now)
    world.fails["all"] = AWAY
    world.later(1)
    world.fails.clear()

    assert world.later(CONFIRM_AGE) == 0
    assert world.followers.of("new@example.org") == ()
