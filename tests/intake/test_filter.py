"""The verdict on arrival is the one that the next build will give."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from services import START, make_blog

from makers import comment
from tipsblog.articles import read_articles
from tipsblog.comments.journal import FILE
from tipsblog.comments.manifest import Entry
from tipsblog.comments.model import Comment, Status
from tipsblog.comments.store import FileStore
from tipsblog.intake import filter as filters
from tipsblog.intake.filter import Filter
from tipsblog.intake.site import Site
from tipsblog.spam.judge import judge_all
from tipsblog.spam.model import Verdict
from tipsblog.spam.policy import Policy

SAID = "We gave the newcomer a whole week of trial work before we wrote a single brief."
ENTRY = Entry(key="traps", url="/", title="Traps", source="articles/traps.md", published=START)


@pytest.fixture(autouse=True)
def filter_says() -> None:
    """The real filter judges here."""


class Blog:
    def __init__(self, root: Path) -> None:
        self.project = make_blog(root)
        self.store = FileStore(self.project.comments)
        self.reads = 0
        self.filter = Filter(
            self.store,
            Site(self.project.state / "articles.json", self.project.content),
            Policy(),
            recall=self.recall,
            decisions=self.project.state / FILE,
        )

    def recall(self) -> filters.Remembered:
        self.reads += 1
        return filters._remember(self.project.file)

    def by_the_build(self, new: Comment) -> Verdict:
        articles = read_articles(self.project.content, self.project.values)
        verdicts = judge_all([*self.store.load().comments, new], articles)
        return verdicts[new.article, new.id]


@pytest.fixture
def blog(tmp_path: Path) -> Blog:
    return Blog(tmp_path)


def names(verdict: Verdict | None) -> set[str]:
    assert verdict is not None
    return {reason.feature for reason in verdict.reasons}


def test_a_copy_from_under_another_article_is_known_on_arrival_as_in_the_build(blog: Blog) -> None:
    blog.store.put(comment("a", article="over", body=SAID))
    new = comment("b", 60, author="cheap shoes", body=f"{SAID} Cheap shoes online.")

    verdict = blog.filter.judge(new, ENTRY)

    assert verdict == blog.by_the_build(new)
    assert any("cop" in name for name in names(verdict))


def test_what_came_in_since_the_start_is_known_too(blog: Blog) -> None:
    first = comment("a", body=SAID)
    blog.filter.judge(first, ENTRY)
    blog.store.put(first)
    new = comment("b", 60, author="Ben", body=SAID)

    assert blog.filter.judge(new, ENTRY) == blog.by_the_build(new)


def test_what_another_service_took_in_is_known_after_a_moment(
    blog: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters, "LOOK", 0)
    blog.filter.judge(comment("a", body="The first of all."), ENTRY)
    theirs = comment(f"{datetime.now(UTC):%Y-%m-%d}-theirs", article="over", body=SAID)
    blog.store.put(theirs)
    new = comment("b", 60, author="Ben", body=SAID)

    verdict = blog.filter.judge(new, ENTRY)

    assert names(verdict) == names(blog.by_the_build(new))
    assert any("cop" in name for name in names(verdict))


def test_a_blog_that_cannot_be_read_keeps_nobody_waiting_twice(
    blog: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters, "PATIENCE", 0.2)
    tries: list[None] = []

    def fail() -> filters.Remembered:
        tries.append(None)
        raise OSError("no")

    blog.filter._recall = fail
    for n in range(3):
        assert blog.filter.judge(comment(f"c{n}", n, body=f"{SAID} {n}"), ENTRY)

    assert len(tries) == 1


def test_a_form_sent_again_and_an_edit_are_no_copies_of_themselves(blog: Blog) -> None:
    new = comment("a", body=SAID)

    first = blog.filter.judge(new, ENTRY)
    again = blog.filter.judge(new, ENTRY)
    blog.store.put(new)
    edited = blog.filter.judge_again(comment("a", body=f"{SAID} Truly."), ENTRY)

    assert first == again
    assert not any("cop" in name for name in names(edited))


def test_the_blog_is_read_once_and_again_after_a_decision(blog: Blog) -> None:
    for n in range(3):
        blog.filter.judge(comment(f"c{n}", n, body=f"{SAID} {n}"), ENTRY)
    assert blog.reads == 1

    (blog.project.state / FILE).write_text("")
    until(lambda: blog.filter.judge(comment("d", 9, body="x"), ENTRY) and blog.reads == 2)


def test_while_the_blog_is_read_a_comment_is_judged_by_itself(
    blog: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters, "PATIENCE", 0.01)
    go = threading.Event()

    def slowly(read: Callable[[], filters.Remembered]) -> filters.Remembered:
        go.wait(20)
        return read()

    blog.filter._recall = partial(slowly, blog.filter._recall)
    blog.store.put(comment("a", body=SAID))

    alone = blog.filter.judge(comment("b", 60, author="Ben", body=SAID), ENTRY)
    go.set()
    until(lambda: blog.filter.judge(comment("c", 61, author="Cem", body=SAID), ENTRY) != alone)

    assert not any("cop" in name for name in names(alone))


def test_the_blog_is_read_in_a_process_of_its_own(blog: Blog) -> None:
    blog.store.put_all([comment("a", body=SAID), comment("b", 1, status=Status.SPAM)])

    remembered = filters.remember(blog.project.file)

    assert remembered.state["site"]
    assert remembered.state["learned"]


def until(condition: Callable[[], object]) -> None:
    pause = threading.Event()
    for _ in range(1000):
        if condition():
            return
        pause.wait(0.01)
    raise AssertionError("it never came to that")
