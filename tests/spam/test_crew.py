"""Several processes find what one would have found, to the bit."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from makers import START, comment
from tipsblog.comments.model import Comment, Status
from tipsblog.settings import Settings
from tipsblog.spam import Article, crew, survey, update, weighing
from tipsblog.spam.asking import Asking
from tipsblog.spam.blog import Judged, judge_blog
from tipsblog.spam.judge import judge_all
from tipsblog.spam.keep import Changes
from tipsblog.spam.site import Site
from tipsblog.spam.survey import SharingError, Surveyed

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no processes can be forked here")

ARTICLES = {
    "a": Article("a", "Loans", "Best loans are paid back twice.", ("https://m.example/",), START),
    "b": Article("b", "Fertig", "Wir haben nie aufgeschrieben, was fertig heißt und was nicht."),
}
_TEXTS = st.sampled_from(
    [
        "We never wrote down what done looks like, and paid for it twice.",
        "Best loans and cheap pills: https://loans.example/buy",
        "Wir haben nie aufgeschrieben, was fertig heißt, und zweimal dafür bezahlt.",
        "Great post! Visit https://pills.example/x and https://loans.example/y, call 555-0134.",
        "Which password manager do you use in the trial week, Mara? https://m.example/z",
        "very informative.\n[Cheap Services](https://services.example/)",
    ]
)


@st.composite
def _said(draw: st.DrawFn) -> list[Comment]:
    return [
        comment(
            f"c{number}",
            number,
            author=draw(st.sampled_from(["Mara", "Best Loans", "", "Done", "Ida"])),
            website=draw(st.sampled_from(["", "https://loans.example/", "https://m.example/"])),
            body=f"{draw(_TEXTS)} {draw(_TEXTS)}",
            article=draw(st.sampled_from("abcdefghi")),
            status=draw(st.sampled_from([None, None, Status.HELD, Status.SPAM, Status.PUBLISHED])),
        )
        for number in range(draw(st.integers(1, 30)))
    ]


def _as_it_is(numbered: Sequence[tuple[int, Surveyed]]) -> list[tuple[int, Surveyed]]:
    return list(numbered)


@settings(max_examples=30, deadline=None)
@given(_said(), st.integers(2, 3))
def test_whoever_surveys_finds_the_same(comments: list[Comment], processes: int) -> None:
    alone, shared = Site(ARTICLES), Site(ARTICLES)
    surveyed = list(survey.survey(comments, ARTICLES, alone))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crew, "_SOME", 7)
        patch.setattr(crew, "_SUBJECTS", 2)

        found = list(crew.survey(comments, shared, _as_it_is, processes))

    assert found == list(enumerate(surveyed))
    assert _plain(shared) == _plain(alone)


def _plain(site: Site) -> dict[str, object]:
    state = site.state()
    threads = {
        key: (began, heat, sorted(words.split()), sorted(names.split()))
        for key, (began, heat, words, names) in state["threads"].items()
    }
    return {**state, "threads": threads}


def _judge(comments: Sequence[Comment], state: Path, processes: int) -> Judged:
    asking = Asking(Settings(), state, state, "test")
    return judge_blog(comments, ARTICLES, asking, processes=processes)


def _kept(state: Path) -> list[object]:
    with closing(sqlite3.connect(state / "spam-test.sqlite")) as kept:
        return [
            kept.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()
            for table in ("comment", "verdict", "ends", "texts", "named", "friend", "token")
        ]


_MANY = [
    comment(
        f"c{number}",
        number,
        author=["Mara", "Best Loans", ""][number % 3],
        body=f"We wrote down what {number % 17} looks like." + " Buy loans." * (number % 3),
        article="abcdefghi"[number % 9],
        status=[None, None, Status.SPAM, Status.PUBLISHED][number % 4],
    )
    for number in range(40)
]


def test_several_processes_keep_what_one_keeps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (update, weighing):
        monkeypatch.setattr(module, "MANY", 5)
        monkeypatch.setattr(module, "SOME", 3)

    alone, shared = _judge(_MANY, tmp_path / "one", 1), _judge(_MANY, tmp_path / "three", 3)

    assert shared == alone
    assert _kept(tmp_path / "three") == _kept(tmp_path / "one")


@pytest.mark.parametrize("sparing", [False, True])
def test_verdicts_are_told_before_they_are_kept(
    sparing: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[bool, Judged]] = []
    head = Changes.head
    kept: list[bool] = []

    def keep(self: Changes, state: Mapping[str, Any]) -> None:
        kept.append(True)
        head(self, state)

    monkeypatch.setattr(Changes, "head", keep)

    found = judge_blog(
        _MANY,
        ARTICLES,
        Asking(Settings(), tmp_path, tmp_path, "test"),
        sparing=sparing,
        tell=lambda judged: told.append((bool(kept), judged)),
    )

    assert told == [(False, found)]
    assert kept
    assert dict(found) == dict(judge_all(_MANY, ARTICLES))


def test_where_children_are_stopped_one_process_does_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = _judge(_MANY, tmp_path / "one", 1)
    for module in (update, weighing):
        monkeypatch.setattr(module, "MANY", 5)
    monkeypatch.setattr(crew._Child, "work", lambda *_: os._exit(3))

    assert _judge(_MANY, tmp_path / "three", 3) == alone


def test_a_child_that_was_told_wrongly_stops_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "_looks", lambda *_: True)
    said = "We never wrote down what done looks like."
    comments = [comment("a", 1, body=said), comment("b", 2, body=said, author="Ida")]

    with pytest.raises(SharingError):
        list(crew.survey(comments, Site({}), _as_it_is, 2))
