"""Which comments a page shows, and in which words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makers import START, comment
from tipsblog.comments.discussion import (
    Discussion,
    draw,
    excerpt,
    is_open,
    key_of,
    published,
    reference,
    time_words,
)
from tipsblog.comments.model import Comment, Remover, Role, Status, is_key
from tipsblog.errors import TipsblogError
from tipsblog.spam.model import Outcome, Verdict


def verdict(outcome: Outcome) -> Verdict:
    return Verdict(outcome, 0.5)


@pytest.mark.parametrize(
    ("number", "words"), [(0, "No comments:"), (1, "1 comment:"), (2, "2 comments:")]
)
def test_the_heading_counts_as_blogger_does(number: int, words: str) -> None:
    assert Discussion("x", tuple(comment(str(n)) for n in range(number))).heading == words


@pytest.mark.parametrize(
    ("status", "outcome", "seen"),
    [
        (Status.PUBLISHED, Outcome.SPAM, True),
        (Status.HELD, Outcome.HAM, False),
        (Status.SPAM, Outcome.HAM, False),
        (Status.DELETED, Outcome.HAM, False),
        (None, Outcome.HAM, True),
        (None, Outcome.UNSURE, False),
        (None, Outcome.SPAM, False),
        (None, None, False),
    ],
)
def test_a_decision_beats_the_verdict_and_doubt_holds_back(
    status: Status | None, outcome: Outcome | None, seen: bool
) -> None:
    one = comment("a", status=status)
    verdicts = {("traps", "a"): verdict(outcome)} if outcome else {}

    assert (published([one], verdicts) == [one]) is seen


def drawn(*comments: Comment) -> list[str]:
    removed = [c for c in comments if c.status is Status.DELETED]
    shown = [c for c in comments if c.status is not Status.DELETED]
    views = draw(shown, removed, url="2026/03/x.html", zone=UTC, depth=2)
    return [view.removed or f"{view.name} {view.url}" for view in views]


def test_a_comment_without_a_name_is_anonymous_and_has_a_permalink() -> None:
    assert drawn(comment("a", author="")) == ["Anonymous 2026/03/x.html#ca"]


@pytest.mark.parametrize(
    ("remover", "words"),
    [
        (None, "This comment has been removed by the author."),
        (Remover.AUTHOR, "This comment has been removed by the author."),
        (Remover.ADMINISTRATOR, "This comment has been removed by a blog administrator."),
    ],
)
def test_a_removed_comment_shows_who_removed_it_and_nothing_else(
    remover: Remover | None, words: str
) -> None:
    gone = comment(
        "a",
        status=Status.DELETED,
        removed_by=remover,
        website="https://ok.example.org/",
        body="secret",
    )

    (view,) = draw([comment("b", 1, parent="a")], [gone], url="x.html", zone=UTC, depth=2)

    assert view.removed == words
    assert view.html == ""
    assert view.website == ""


def test_only_a_role_marks_the_author_never_a_name() -> None:
    views = draw(
        [comment("a", author="Mara"), comment("b", 1, author="Mara", role=Role.AUTHOR)],
        [],
        url="x.html",
        zone=UTC,
        depth=2,
    )

    assert [view.by_author for view in views] == [False, True]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("", ("my-slug", False)),
        ("closed", ("my-slug", True)),
        ("Closed", ("my-slug", True)),
        ("old-slug", ("old-slug", False)),
        ("old-slug, closed", ("old-slug", True)),
    ],
)
def test_the_comments_field_names_the_folder_and_closes_it(
    field: str, expected: tuple[str, bool]
) -> None:
    assert reference(field, "my-slug") == expected


@pytest.mark.parametrize("field", ["../x", "Two Words", "one, two"])
def test_a_comments_field_that_cannot_be_a_folder_is_refused(field: str) -> None:
    with pytest.raises(TipsblogError, match="Comments"):
        reference(field, "my-slug")


@given(st.text(min_size=1), st.text(min_size=1))
def test_every_slug_has_a_key_of_its_own(one: str, other: str) -> None:
    assert is_key(key_of(one))
    assert (key_of(one) == key_of(other)) == (one == other)


def test_an_article_closes_after_its_days_or_by_hand() -> None:
    def at(days: int, *, closed: bool = False, after: int = 14) -> bool:
        now = START + timedelta(days=days)
        return is_open(START, closed=closed, after_days=after, now=now)

    assert at(13)
    assert not at(14)
    assert at(10_000, after=0)
    assert not at(0, closed=True)


@pytest.mark.parametrize(
    ("hour", "words"), [(0, "12:07 AM"), (11, "11:07 AM"), (12, "12:07 PM"), (16, "4:07 PM")]
)
def test_the_time_reads_as_on_blogger(hour: int, words: str) -> None:
    moment = datetime(2007, 10, 23, hour, 7, tzinfo=UTC)

    assert time_words(moment) == f"October 23, 2007 at {words}"


def test_an_excerpt_ends_at_a_word() -> None:
    one = comment(body="A *fairly* long sentence, cut where a word ends.")

    assert excerpt(one, 30) == "A fairly long sentence, cut…"
    assert excerpt(one) == "A fairly long sentence, cut where a word ends."
