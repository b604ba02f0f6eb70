"""After an edit of one article only its comments are judged, to the same verdicts."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from makers import START, comment
from tipsblog.comments.model import Status
from tipsblog.settings import Settings
from tipsblog.spam import Article, update
from tipsblog.spam.asking import Asking
from tipsblog.spam.blog import Judged, judge_again, judge_blog
from tipsblog.spam.judge import judge_all

TRAPS = Article("traps", "Traps", "Write down what done looks like.", (), START)
OTHER = Article("other", "Other", "Loans are dear.", ("https://bank.example/",), START)
THREAD = [
    comment("a", 1, body="We never wrote down what done looks like, and paid for it twice."),
    comment("b", 2, body="Same here. How long is your trial week?", status=Status.PUBLISHED),
    comment("d", 4, author="Best Loans", body="Great post! https://loans.example/buy.php"),
    comment("e", 5, author="Ann", body="Write down what done looks like. [x](https://a.example)"),
]
ELSEWHERE = [
    replace(comment("x", 3, body="Dear loans, all of them."), article="other"),
    replace(comment("y", 6, body="See https://a.example/ and weep."), article="other"),
]
COMMENTS = [*THREAD, *ELSEWHERE]
_FAST = "/dev/shm" if Path("/dev/shm").is_dir() else None
BOTH = {"traps": TRAPS, "other": OTHER}


def _all(root: Path, articles: Mapping[str, Article]) -> Judged:
    return judge_blog(COMMENTS, articles, Asking(Settings(), root, root / "kept", "test"))


def _again(root: Path, before: Article, now: Article, mark: str) -> Judged | None:
    return judge_again(
        THREAD,
        before,
        now,
        Asking(Settings(), root, root / "kept", "test"),
        mark,
    )


def test_only_verdicts_that_hang_on_the_text_are_told_and_all_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _all(tmp_path, BOTH)
    now = TRAPS._replace(text="Write down what done looks like. See example.")

    found = _again(tmp_path, TRAPS, now, before.mark)

    whole = judge_all(COMMENTS, {**BOTH, "traps": now})
    assert found is not None
    assert found.keys() == {("traps", "d"), ("traps", "e")}
    assert {**before, **found} == whole
    monkeypatch.setattr(update, "judge", None)
    again = _all(tmp_path, {**BOTH, "traps": now})
    assert again == whole
    assert again.mark == found.mark


@pytest.mark.parametrize(
    ("before", "now", "mark"),
    [
        (TRAPS, TRAPS, "another"),
        (TRAPS._replace(text="Not what was kept."), TRAPS, ""),
        (OTHER, OTHER._replace(links=()), ""),
        (TRAPS, TRAPS._replace(links=("https://loans.example/",)), ""),
    ],
    ids=["another mark", "another article", "a link less", "a link to spam"],
)
def test_what_more_hangs_on_is_left_to_a_look_at_all(
    tmp_path: Path, before: Article, now: Article, mark: str
) -> None:
    known = _all(tmp_path, BOTH)

    assert _again(tmp_path, before, now, mark or known.mark) is None
    assert _all(tmp_path, BOTH).mark == known.mark


_words = st.lists(
    st.sampled_from(["done", "looks", "like", "week", "trial", "loans", "post", "pills", "we"]),
    max_size=12,
).map(" ".join)
_links = st.lists(st.sampled_from(["https://a.example/x", "https://new.example/"]), max_size=2)


@given(st.lists(st.tuples(_words, _links), min_size=1, max_size=4))
@settings(max_examples=15)
def test_one_edit_after_the_other_gives_what_a_look_at_all_gives(
    edits: list[tuple[str, list[str]]],
) -> None:
    with tempfile.TemporaryDirectory(dir=_FAST) as folder:
        root = Path(folder)
        known, before = _all(root, BOTH), TRAPS
        verdicts = dict(known)

        for text, links in edits:
            now = TRAPS._replace(text=text, links=tuple(links))
            whole = judge_all(COMMENTS, {**BOTH, "traps": now})
            found = _again(root, before, now, known.mark)
            if found is None:
                known = _all(root, {**BOTH, "traps": now})
                verdicts = dict(known)
            else:
                known = found
                verdicts |= found
            before = now

            assert verdicts == whole
            assert _all(root, {**BOTH, "traps": now}).mark == known.mark
