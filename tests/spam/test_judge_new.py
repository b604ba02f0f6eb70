"""Comments that came last are judged without the others, and to the same verdicts."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from makers import START, comment
from tipsblog.comments.model import Comment, Role, Status
from tipsblog.settings import Settings
from tipsblog.spam import Article, update
from tipsblog.spam.asking import Asking, forget_kept
from tipsblog.spam.blog import Judged, judge_blog, judge_new
from tipsblog.spam.judge import judge_all

ARTICLES = {"traps": Article("traps", "Traps", "Write down what done looks like.", (), START)}
COMMENTS = [
    comment("a", 1, body="We never wrote down what done looks like, and paid for it twice."),
    comment("b", 2, body="Same here. How long is your trial week?", status=Status.PUBLISHED),
    comment("c", 3, author="", body="Cheap pills at https://p.example/", status=Status.SPAM),
    comment("d", 4, author="Best Loans", body="Great post! https://loans.example/buy.php"),
]
NEW = comment("e", 5, author="Bo", body="and paid for it twice. [Loans](https://loans.example/)")


def _all(
    comments: Sequence[Comment],
    root: Path,
    articles: Mapping[str, Article] = ARTICLES,
    *,
    reasons: bool = True,
    **more: Any,
) -> Judged:
    asking = Asking(Settings(), root, root / "kept", "test", reasons)
    return judge_blog(comments, articles, asking, **more)


def _new(
    new: Sequence[Comment],
    root: Path,
    mark: str,
    articles: Mapping[str, Article] = ARTICLES,
    asked: Settings | None = None,
    *,
    reasons: bool = True,
) -> Judged | None:
    return judge_new(
        new,
        articles,
        Asking(asked or Settings(), root, root / "kept", "test", reasons),
        mark,
    )


def test_a_comment_that_came_last_is_judged_as_among_all_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _all(COMMENTS, tmp_path)

    found = _new([NEW], tmp_path, before.mark)

    assert found == {("traps", "e"): judge_all([*COMMENTS, NEW], ARTICLES)["traps", "e"]}
    monkeypatch.setattr(update, "judge", None)
    again = _all([*COMMENTS, NEW], tmp_path)
    assert again == judge_all([*COMMENTS, NEW], ARTICLES)
    assert again.mark == found.mark


def test_without_reasons_only_these_are_left_out(tmp_path: Path) -> None:
    before = _all(COMMENTS, tmp_path, reasons=False)

    found = _new([NEW], tmp_path, before.mark, reasons=False)

    whole = judge_all([*COMMENTS, NEW], ARTICLES)["traps", "e"]
    assert found == {("traps", "e"): whole._replace(reasons=())}


def test_what_is_held_or_the_blog_authors_own_teaches_nothing_and_is_judged(
    tmp_path: Path,
) -> None:
    new = [
        replace(NEW, status=Status.HELD),
        comment("f", 6, role=Role.AUTHOR, status=Status.PUBLISHED),
    ]
    before = _all(COMMENTS, tmp_path)

    found = _new(new, tmp_path, before.mark)

    whole = judge_all([*COMMENTS, *new], ARTICLES)
    assert found == {("traps", id): whole["traps", id] for id in "ef"}


@pytest.mark.parametrize(
    "new",
    [
        [],
        [replace(NEW, status=Status.PUBLISHED)],
        [replace(NEW, published=COMMENTS[2].published)],
        [COMMENTS[3]],
    ],
    ids=["nothing", "decided", "back-dated", "known"],
)
def test_what_more_hangs_on_is_left_to_a_look_at_all(new: list[Comment], tmp_path: Path) -> None:
    before = _all(COMMENTS, tmp_path)

    assert _new(new, tmp_path, before.mark) is None
    assert _all(COMMENTS, tmp_path).mark == before.mark


def test_whoever_cannot_prove_that_all_else_is_as_it_was_gets_nothing(tmp_path: Path) -> None:
    nothing_kept = _new([NEW], tmp_path, "")
    before = _all(COMMENTS, tmp_path)
    edited = {"traps": ARTICLES["traps"]._replace(text="Something else.")}
    (tmp_path / "held.txt").write_text("loans\n")
    found = [
        nothing_kept,
        _new([NEW], tmp_path, ""),
        _new([NEW], tmp_path, "another mark"),
        _new([NEW], tmp_path, before.mark, edited),
        _new([NEW], tmp_path, before.mark, asked=Settings(spam_hold_genuine=20)),
        _new([NEW], tmp_path, before.mark, asked=Settings(spam_held_list="held.txt")),
        _new([NEW], tmp_path, before.mark, reasons=False),
    ]
    _all(COMMENTS[:3], tmp_path)  # somebody else, who saw another state

    assert [*found, _new([NEW], tmp_path, before.mark)] == [None] * 8


def test_a_mark_tells_of_comments_decisions_and_articles(tmp_path: Path) -> None:
    decided = [*COMMENTS[:3], replace(COMMENTS[3], status=Status.SPAM)]
    edited = {"traps": ARTICLES["traps"]._replace(title="Tips")}

    marks = [
        _all(COMMENTS, tmp_path).mark,
        _all(COMMENTS[:3], tmp_path).mark,
        _all(decided, tmp_path).mark,
        _all(COMMENTS, tmp_path, edited).mark,
        _all([], tmp_path).mark,
    ]

    assert len(set(marks)) == len(marks)
    assert _all(COMMENTS, tmp_path).mark == marks[0]


def test_a_blog_without_comments_has_a_mark_for_its_first(tmp_path: Path) -> None:
    before = _all([], tmp_path)

    assert _new([NEW], tmp_path, before.mark) == judge_all([NEW], ARTICLES)


def test_no_word_of_a_comment_is_left_when_what_is_kept_is_forgotten(tmp_path: Path) -> None:
    before = _all(COMMENTS, tmp_path)
    _new([NEW], tmp_path, before.mark)

    forget_kept(tmp_path / "kept")

    assert list((tmp_path / "kept").iterdir()) == []


_TEXTS = st.sampled_from(
    [
        "",
        "We never wrote down what done looks like, and paid for it twice.",
        "Best loans and cheap pills: https://loans.example/buy",
        "Wir haben nie aufgeschrieben, was fertig heißt, und zweimal dafür bezahlt.",
        "Great post! Visit https://pills.example/x and https://loans.example/y, call 555-0134.",
        "Which password manager do you use in the trial week, Mara?",
    ]
)


_LINKS = st.sampled_from([(), ("https://loans.example/",), ("https://m.example/x",)])


@st.composite
def _said(draw: st.DrawFn) -> list[Comment]:
    return [
        comment(
            f"c{number}",
            number // 2,
            author=draw(st.sampled_from(["Mara", "Best Loans", "", "Done"])),
            website=draw(st.sampled_from(["", "https://loans.example/", "https://m.example/"])),
            body=f"{draw(_TEXTS)} {draw(_TEXTS)}".strip() or "Hm.",
            article=draw(st.sampled_from(["traps", "y", "z"])),
            status=draw(st.sampled_from([None, None, Status.HELD, Status.SPAM, Status.PUBLISHED])),
        )
        for number in range(draw(st.integers(2, 12)))
    ]


@settings(max_examples=100, deadline=None)
@given(_said(), st.data())
def test_in_however_many_steps_comments_come_verdicts_are_those_of_all_at_once(
    comments: list[Comment], data: st.DataObject
) -> None:
    comments.sort(key=lambda c: (c.published, c.article, c.id))
    articles = {**ARTICLES, "y": Article("y", links=data.draw(_LINKS))}
    own = data.draw(_LINKS)
    whole = judge_all(comments, articles, own=own)
    with tempfile.TemporaryDirectory() as folder:
        at = data.draw(st.integers(0, len(comments)))
        found = _all(comments[:at], Path(folder), articles, own=own)
        while at < len(comments):
            step = data.draw(st.integers(at + 1, len(comments)))
            new = comments[at:step]
            some = _new(new, Path(folder), found.mark, articles)
            then = judge_all(comments[:step], articles, own=own)
            if any(c.status in (Status.SPAM, Status.PUBLISHED) for c in new):
                assert some is None
            if some is not None:
                assert some == {(c.article, c.id): then[c.article, c.id] for c in new}
            found = some or _all(comments[:step], Path(folder), articles, own=own)
            at = step

        last = _all(comments, Path(folder), articles, own=own)
        assert last == whole
        assert last.mark == found.mark


def test_what_an_article_links_to_counts_from_its_first_comment_on(tmp_path: Path) -> None:
    linking = {**ARTICLES, "y": Article("y", links=("https://loans.example/",))}
    comments = [
        *COMMENTS,
        comment("e", 5, body="See https://loans.example/", author="Bo"),
    ]
    before = _all(comments, tmp_path, linking)
    new = comment("f", 6, article="y", body="Does that hold?")

    assert _new([new], tmp_path, before.mark, linking) is None
    assert _all([*comments, new], tmp_path, linking) == judge_all([*comments, new], linking)
