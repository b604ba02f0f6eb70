"""The comments of an article, counted without reading them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from makers import comment
from tipsblog.comments import discussion
from tipsblog.comments.folder import Folder, Some, newest
from tipsblog.comments.model import Comment, Status
from tipsblog.comments.moderation import Verdicts
from tipsblog.comments.sitewide import newest_first
from tipsblog.spam.model import Outcome, Verdict


def _shown(key: str, comments: Sequence[Comment], verdicts: Verdicts) -> Some:
    folder = Folder.of(key, tuple(comments), ())
    return Some(folder.entries, folder.published(verdicts), folder.comments)


_verdicts = st.dictionaries(
    st.sampled_from("abcdef"), st.sampled_from(Outcome).map(lambda outcome: Verdict(outcome, 0.5))
)


@given(
    st.dictionaries(
        strategies.keys,
        st.lists(strategies.comments(), max_size=5).map(
            lambda found: [replace(one, id="abcdef"[at]) for at, one in enumerate(found)]
        ),
        max_size=4,
    ),
    _verdicts,
    st.integers(0, 6),
)
def test_those_are_shown_that_a_page_shows_and_the_newest_come_first(
    by_key: dict[str, list[Comment]], outcomes: dict[str, Verdict], count: int
) -> None:
    every = [replace(one, article=key) for key, found in by_key.items() for one in found]
    verdicts = {(one.article, one.id): outcomes[one.id] for one in every if one.id in outcomes}

    shown = {
        key: _shown(key, [one for one in every if one.article == key], verdicts) for key in by_key
    }

    expected = discussion.published(every, verdicts)
    for key, some in shown.items():
        here = [one for one in expected if one.article == key]
        assert list(some) == here
        assert [entry.id for entry in some.entries] == [one.id for one in here]
        assert [entry.when for entry in some.entries] == [o.published.isoformat() for o in here]
    assert newest(shown, count) == sorted(expected, key=newest_first, reverse=True)[:count]


def test_comments_are_read_once_and_only_when_somebody_asks() -> None:
    asked: list[int] = []
    folder = Folder.of("traps", (comment("a"), comment("b", 1)), ())

    def read() -> tuple[Comment, ...]:
        asked.append(1)
        return folder.comments()

    some = Some(folder.entries, [1, 0], read)
    assert (len(some), bool(some), [entry.id for entry in some.entries]) == (2, True, ["b", "a"])
    assert not asked

    assert [some[0].id, some[-1].id, *(one.id for one in some[:1])] == ["b", "a", "b"]
    assert len(asked) == 1


def test_no_comments_are_never_read() -> None:
    some = Some()

    assert (len(some), list(some), bool(some)) == (0, [], False)


@pytest.mark.parametrize("status", Status)
def test_what_was_removed_is_known(status: Status) -> None:
    folder = Folder.of("traps", (comment("a"), comment("b", status=status)), ())

    assert folder.removed() == ([1] if status is Status.DELETED else [])


def test_what_threads_have_to_mend_is_known() -> None:
    folder = Folder.of("traps", (comment("a", parent="gone"),), ())

    assert "gone" in "".join(folder.problems)
