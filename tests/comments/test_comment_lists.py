"""Lists of comments are right whatever changed, and quick where nothing did."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from makers import comment
from strategies import comments
from tipsblog.comments.desk import Desk
from tipsblog.comments.journal import Journal
from tipsblog.comments.lists import Lists
from tipsblog.comments.model import Comment, Status
from tipsblog.comments.moderation import Decision, Selection, Verdicts
from tipsblog.comments.overview import Overview
from tipsblog.comments.store import FileStore
from tipsblog.errors import TipsblogError
from tipsblog.spam.model import Outcome, Reason, Verdict

HAM = Verdict(Outcome.HAM, 0.1, (Reason("short", -1.0, "it is short"),))
SPAM = Verdict(Outcome.SPAM, 0.99)


class Blog:
    """A blog whose filter bins what says "shoes"."""

    def __init__(self, root: Path, large: int = 1000) -> None:
        self.store = FileStore(root / "comments")
        self.about = "as it was"
        self.judged = 0
        self.desk = Desk(
            self.store, Journal(root), self._judge, lambda: datetime(2026, 3, 5, tzinfo=UTC)
        )
        self.overview = Overview(root / "overview.sqlite")
        self.renewed: list[Callable[[], object]] = []
        self.lists = Lists(
            self.desk,
            self.overview,
            lambda: self.about,
            renew=lambda: self.renewed.append(self.lists.read),
            large=large,
        )

    def _judge(self, comments: Iterable[Comment]) -> Verdicts:
        self.judged += 1
        return {(c.article, c.id): word_on(c) for c in comments}

    def listed(self, state: Status, first: int = 0, count: int = 20) -> list[str]:
        page = self.lists.page(state, first, count, word_on)
        return [comment.id for comment, _ in page.items]


def word_on(comment: Comment) -> Verdict:
    return SPAM if "shoes" in comment.body else HAM


@pytest.fixture
def blog(tmp_path: Path) -> Blog:
    return Blog(tmp_path)


def test_a_page_shows_the_newest_first_and_tells_how_many_there_are(blog: Blog) -> None:
    blog.store.put_all(comment(f"c{n}", n) for n in range(7))
    blog.store.put(comment("s", 9, body="Cheap shoes."))

    page = blog.lists.page(Status.PUBLISHED, 2, 3, word_on)

    assert [c.id for c, _ in page.items] == ["c4", "c3", "c2"]
    assert (page.total, page.fresh) == (7, True)
    assert page.items[0][1] == HAM
    assert blog.listed(Status.SPAM) == ["s"]


def test_nothing_is_judged_again_until_something_changes(blog: Blog) -> None:
    blog.store.put_all([comment("a"), comment("b", 1, body="Cheap shoes.")])

    for _ in range(3):
        blog.listed(Status.PUBLISHED)
        blog.lists.choose(Selection(author="ann"))
    assert blog.judged == 1

    blog.desk.decide([comment("a")], Decision.HOLD)
    assert blog.listed(Status.HELD) == ["a"]
    path = blog.store.path_of("traps", "a")
    path.write_text(path.read_text().replace("Status: held", "Status: spam"))
    os.utime(path, (0, 0))  # nobody edits within a tick of the clock
    assert blog.listed(Status.SPAM) == ["b", "a"]
    blog.about = "otherwise"
    blog.listed(Status.SPAM)
    assert blog.judged == 4


def test_a_large_blog_is_judged_beside_the_moderator_who_sees_what_changed_at_once(
    tmp_path: Path,
) -> None:
    blog = Blog(tmp_path, large=2)
    blog.store.put_all(comment(f"c{n}", n, article=f"a{n}") for n in range(4))
    blog.lists.read()

    blog.desk.decide([comment("c1", 1, article="a1")], Decision.HOLD)
    blog.store.put(comment("new", 9, body="Cheap shoes."))
    blog.store.remove("a2", "c2")
    page = blog.lists.page(Status.PUBLISHED, 0, 20, word_on)

    assert [c.id for c, _ in page.items] == ["c3", "c0"]
    assert not page.fresh
    assert blog.listed(Status.HELD) == ["c1"]
    assert blog.listed(Status.SPAM) == ["new"]
    assert blog.judged == 1
    assert blog.renewed
    blog.renewed[0]()
    assert blog.lists.page(Status.HELD, 0, 20, word_on).fresh


def test_a_damaged_list_costs_nothing(blog: Blog, tmp_path: Path) -> None:
    blog.store.put(comment("a"))
    blog.listed(Status.PUBLISHED)
    (tmp_path / "overview.sqlite").write_bytes(b"no database at all" * 100)

    with pytest.raises(TipsblogError, match="made anew"):
        blog.listed(Status.PUBLISHED)

    assert blog.listed(Status.PUBLISHED) == ["a"]


def test_a_file_that_does_not_read_is_named_each_time(blog: Blog) -> None:
    blog.store.put(comment("a"))
    (blog.store.root / "traps" / "b.md").write_text("Staus: held\n\nx")

    first, second = (blog.lists.choose(Selection()) for _ in range(2))

    assert first.errors == second.errors
    assert "b.md" in first.errors[0]
    assert blog.judged == 1


SELECTIONS = st.builds(
    Selection,
    names=st.lists(st.sampled_from(["a", "b", "traps/a", "other/b"]), max_size=2),
    author=st.none() | st.sampled_from(["ann", "ANN", "Anonymous", "straße"]),
    article=st.none() | st.sampled_from(["traps", "other"]),
    state=st.none() | st.sampled_from(Status),
    query=st.sampled_from(["", "shoes", "WORDS some", "é %", "_"]),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kept=st.lists(
        st.builds(
            comment,
            st.sampled_from(["a", "b", "c"]),
            st.integers(0, 3),
            article=st.sampled_from(["traps", "other"]),
            author=st.sampled_from(["", "Ann", "STRASSE", "Straße"]),
            body=st.sampled_from(["Some words.", "Cheap SHOES", "É %_ shoes"]),
            status=st.none() | st.sampled_from(Status),
        ),
        max_size=5,
        unique_by=lambda c: (c.article, c.id),
    ),
    selection=SELECTIONS,
)
def test_a_selection_from_the_list_is_the_selection_from_the_files(
    tmp_path_factory: pytest.TempPathFactory, kept: list[Comment], selection: Selection
) -> None:
    blog = Blog(tmp_path_factory.mktemp("blog"))
    blog.store.put_all(kept)
    blog.lists.read()

    def chosen(choose: Callable[[], tuple[Comment, ...]]) -> object:
        try:
            return choose()
        except TipsblogError as error:
            return error.cause

    wanted = chosen(lambda: blog.desk.read().select(selection))
    found = chosen(lambda: blog.lists.choose(selection).blog.comments)

    assert found == wanted


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept=comments())
def test_every_comment_is_found_with_its_verdict(
    tmp_path_factory: pytest.TempPathFactory, kept: Comment
) -> None:
    blog = Blog(tmp_path_factory.mktemp("blog"))
    blog.store.put(kept)
    blog.lists.read()

    found = blog.lists.choose(Selection(names=(f"{kept.article}/{kept.id}",))).blog

    assert found.comments == (kept,)
    assert dict(found.verdicts) == {(kept.article, kept.id): word_on(kept)}
    assert blog.judged == 1
