"""A blog's verdicts are kept, and only what changed is judged again."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from makers import START, comment
from tipsblog.comments.model import Comment, Status
from tipsblog.errors import SettingError
from tipsblog.settings import Settings
from tipsblog.spam import Article, Outcome, blog, judge
from tipsblog.spam.blog import judge_blog
from tipsblog.spam.judge import judge_all

ARTICLES = {"traps": Article("traps", "Traps", "Write down what done looks like.", (), START)}
COMMENTS = [
    comment("a", 1, body="We never wrote down what done looks like, and paid for it twice."),
    comment("b", 2, body="Same here. How long is your trial week?", status=Status.PUBLISHED),
    comment("c", 3, author="", body="Cheap pills at https://p.example/", status=Status.SPAM),
    comment("d", 4, author="Best Loans", body="Great post! https://loans.example/buy.php"),
]


def _judge(comments: list[Comment], state: Path, **settings: object) -> dict[str, object]:
    verdicts = judge_blog(
        comments,
        ARTICLES,
        Settings(**settings),  # type: ignore[arg-type]
        root=state,
        state=state / ".tipsblog",
        name="test",
    )
    return {id: verdict for (_, id), verdict in verdicts.items()}


def _afresh(comments: list[Comment]) -> dict[str, object]:
    return {id: verdict for (_, id), verdict in judge_all(comments, ARTICLES).items()}


def test_a_blog_is_judged_as_its_comments_are(tmp_path: Path) -> None:
    assert _judge(COMMENTS, tmp_path) == _afresh(COMMENTS)


def test_nothing_is_judged_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = _judge(COMMENTS, tmp_path)
    monkeypatch.setattr(judge, "judge_remembering", None)
    monkeypatch.setattr(judge, "judge_more", None)

    assert _judge(COMMENTS, tmp_path) == first


def test_only_comments_that_came_after_all_others_are_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = comment("e", 5, body="We never wrote down what done looks like. https://loans.example/x")
    newer = comment("f", 6, body="Which password manager do you use?", article="other")
    afresh = _afresh([*COMMENTS, new]), _afresh([*COMMENTS, new, newer])
    _judge(COMMENTS, tmp_path)
    monkeypatch.setattr(judge, "judge_remembering", None)

    assert _judge([*COMMENTS, new], tmp_path) == afresh[0]
    assert _judge([*COMMENTS, new, newer], tmp_path) == afresh[1]


@pytest.mark.parametrize(
    "changed",
    [
        [*COMMENTS[:3], replace(COMMENTS[3], status=Status.SPAM)],
        [*COMMENTS[:1], replace(COMMENTS[1], status=None), *COMMENTS[2:]],
        [replace(COMMENTS[0], body="Something else was written here."), *COMMENTS[1:]],
        COMMENTS[1:],
        [comment("0", 0, body="We never wrote down what done looks like."), *COMMENTS],
    ],
    ids=["decided", "undecided", "edited", "removed", "an earlier one"],
)
def test_a_change_is_seen(changed: list[Comment], tmp_path: Path) -> None:
    _judge(COMMENTS, tmp_path)

    assert _judge(changed, tmp_path) == _afresh(changed)


def test_what_is_kept_may_be_damaged_or_gone(tmp_path: Path) -> None:
    _judge(COMMENTS, tmp_path)
    for file in (tmp_path / ".tipsblog").iterdir():
        file.write_text('{"run": ')

    assert _judge(COMMENTS, tmp_path) == _afresh(COMMENTS)


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / ".tipsblog").write_text("a file, not a folder")

    assert _judge(COMMENTS, tmp_path) == _afresh(COMMENTS)


def test_settings_say_how_careful_the_filter_is_and_whom_it_holds(tmp_path: Path) -> None:
    (tmp_path / "held.txt").write_text("trial week\n")

    held = {
        rate: sum(
            verdict.outcome is not Outcome.HAM  # type: ignore[attr-defined]
            for verdict in _judge(COMMENTS, tmp_path, spam_hold_genuine=rate).values()
        )
        for rate in (0.1, 20)
    }
    listed = _judge(COMMENTS, tmp_path, spam_held_list="held.txt")

    assert held[0.1] < held[20]
    assert listed["b"].outcome is Outcome.UNSURE  # type: ignore[attr-defined]


def test_a_list_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"TIPSBLOG_SPAM_HELD_LIST: the list 'no.txt'"):
        _judge(COMMENTS, tmp_path, spam_held_list="no.txt")


def test_the_edge_alone_does_not_import_the_filter() -> None:
    code = (
        "import sys\n"
        f"sys.path[:0] = {[str(Path(blog.__file__).parents[2])]!r}\n"
        "import tipsblog.spam.blog\n"
        "print(sorted(name for name in sys.modules if name.startswith('tipsblog.spam')))\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "['tipsblog.spam', 'tipsblog.spam.blog', 'tipsblog.spam.model']"


def test_one_damaged_letter_in_what_is_kept_is_seen(tmp_path: Path) -> None:
    _judge(COMMENTS, tmp_path)
    kept = tmp_path / ".tipsblog" / "spam-test.json"
    kept.write_text(kept.read_text().replace('"ham"', '"hum"', 1))

    assert _judge(COMMENTS, tmp_path) == _afresh(COMMENTS)
