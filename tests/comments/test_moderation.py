from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makers import comment
from tipsblog.comments.model import Comment, Remover, Status
from tipsblog.comments.moderation import Decision, Selection, decide, select, state
from tipsblog.errors import TipsblogError
from tipsblog.spam.model import Outcome, Verdict

HAM = Verdict(Outcome.HAM, 0.01)
UNSURE = Verdict(Outcome.UNSURE, 0.5)
SPAM = Verdict(Outcome.SPAM, 0.99)


def names(comments: tuple[Comment, ...]) -> str:
    return " ".join(f"{c.article}/{c.id}" for c in comments)


@pytest.mark.parametrize(
    ("status", "verdict", "expected"),
    [
        (None, HAM, Status.PUBLISHED),
        (None, UNSURE, Status.HELD),
        (None, SPAM, Status.SPAM),
        (None, None, Status.HELD),
        (Status.PUBLISHED, SPAM, Status.PUBLISHED),
        (Status.SPAM, HAM, Status.SPAM),
        (Status.HELD, HAM, Status.HELD),
        (Status.DELETED, HAM, Status.DELETED),
    ],
)
def test_a_persons_decision_beats_the_verdict_and_no_word_at_all_means_held(
    status: Status | None, verdict: Verdict | None, expected: Status
) -> None:
    assert state(comment(status=status), verdict) is expected


@pytest.mark.parametrize(
    ("decision", "status"),
    [
        (Decision.APPROVE, Status.PUBLISHED),
        (Decision.HOLD, Status.HELD),
        (Decision.SPAM, Status.SPAM),
        (Decision.DELETE, Status.DELETED),
        (Decision.RESTORE, None),
    ],
)
def test_each_decision_sets_its_status(decision: Decision, status: Status | None) -> None:
    assert decide(comment(), decision).status is status


def test_a_deletion_says_who_and_approving_afterwards_forgets_it() -> None:
    deleted = decide(comment(), Decision.DELETE)

    assert deleted.removed_by is Remover.ADMINISTRATOR
    assert decide(deleted, Decision.APPROVE).removed_by is None


@given(st.lists(st.sampled_from(Decision), max_size=6))
def test_no_run_of_decisions_loses_a_word_and_restoring_ends_where_it_began(
    decisions: list[Decision],
) -> None:
    start = comment(website="https://example.org", parent="b", body="Long *story*")

    decided = start
    for decision in decisions:
        decided = decide(decided, decision)

    assert dataclasses.replace(decided, status=None, removed_by=None) == start
    assert decide(decided, Decision.RESTORE) == start


def test_comments_are_found_by_id_or_by_article_and_id() -> None:
    all_comments = (comment("a"), comment("b"), comment("c", article="other"))

    assert names(select(all_comments, Selection(names=("b",)), {})) == "traps/b"
    assert names(select(all_comments, Selection(names=("other/c", "a")), {})) == "traps/a other/c"


def test_an_id_under_two_articles_is_refused_naming_both() -> None:
    all_comments = (comment("a"), comment("a", article="other"))

    with pytest.raises(TipsblogError, match="say which: traps/a, other/a"):
        select(all_comments, Selection(names=("a",)), {})


def test_an_unknown_id_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(TipsblogError, match='no comment "jayso" \\(did you mean "jayson"'):
        select((comment("jayson"),), Selection(names=("jayso",)), {})


def test_each_part_of_a_selection_narrows_it() -> None:
    all_comments = (
        comment("a", author="Ann", body="Rain again"),
        comment("b", author="ANN", body="Sun"),
        comment("c", author="", body="rain"),
        comment("d", article="other", author="Ann", body="Rain"),
    )
    verdicts = {("traps", "a"): SPAM, ("traps", "b"): HAM, ("traps", "c"): UNSURE}

    def found(**parts: object) -> str:
        return names(select(all_comments, Selection(**parts), verdicts))  # type: ignore[arg-type]

    assert found() == "traps/a traps/b traps/c other/d"
    assert found(author="ann") == "traps/a traps/b other/d"
    assert found(author="Anonymous") == "traps/c"
    assert found(article="other") == "other/d"
    assert found(state=Status.SPAM) == "traps/a"
    assert found(query="again RAIN") == "traps/a"
    assert found(query="rain", article="traps") == "traps/a traps/c"


def test_only_a_selection_that_says_something_is_true() -> None:
    assert not Selection()
    assert Selection(names=("a",))
    assert Selection(author="")
    assert Selection(state=Status.HELD)
