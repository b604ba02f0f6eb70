"""A blog's verdicts are kept, and only what changed is judged again."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from makers import START, comment
from tipsblog.comments.model import Comment, Status
from tipsblog.errors import SettingError
from tipsblog.settings import Settings
from tipsblog.spam import Article, Outcome, blog, update
from tipsblog.spam.asking import Asking
from tipsblog.spam.blog import judge_blog
from tipsblog.spam.judge import judge_all

ARTICLES = {"traps": Article("traps", "Traps", "Write down what done looks like.", (), START)}
COMMENTS = [
    comment("a", 1, body="We never wrote down what done looks like, and paid for it twice."),
    comment("b", 2, body="Same here. How long is your trial week?", status=Status.PUBLISHED),
    comment("c", 3, author="", body="Cheap pills at https://p.example/", status=Status.SPAM),
    comment("d", 4, author="Best Loans", body="Great post! https://loans.example/buy.php"),
]


def _judge(
    comments: list[Comment],
    state: Path,
    articles: Mapping[str, Article] = ARTICLES,
    **settings: object,
) -> dict[str, object]:
    asked = Settings(**settings)  # type: ignore[arg-type]
    verdicts = judge_blog(comments, articles, Asking(asked, state, state / ".tipsblog", "test"))
    return {id: verdict for (_, id), verdict in verdicts.items()}


def _afresh(
    comments: list[Comment], articles: Mapping[str, Article] = ARTICLES
) -> dict[str, object]:
    return {id: verdict for (_, id), verdict in judge_all(comments, articles).items()}


def test_a_blog_is_judged_as_its_comments_are(tmp_path: Path) -> None:
    assert _judge(COMMENTS, tmp_path) == _afresh(COMMENTS)


def test_verdicts_are_the_same_without_their_reasons(tmp_path: Path) -> None:
    asking = Asking(Settings(), tmp_path, tmp_path / "state", "test", reasons=False)
    brief = [judge_blog(COMMENTS, ARTICLES, asking) for _ in range(2)]

    afresh = judge_all(COMMENTS, ARTICLES)
    assert brief == [{key: one._replace(reasons=()) for key, one in afresh.items()}] * 2


def test_nothing_is_judged_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = _judge(COMMENTS, tmp_path)
    monkeypatch.setattr(update, "judge", None)

    assert _judge(COMMENTS, tmp_path) == first


def test_only_comments_that_came_after_all_others_are_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = comment("e", 5, body="We never wrote down what done looks like. https://loans.example/x")
    newer = comment("f", 6, body="Which password manager do you use?", article="other")
    afresh = _afresh([*COMMENTS, new]), _afresh([*COMMENTS, new, newer])
    _judge(COMMENTS, tmp_path)
    monkeypatch.setattr(update, "_afresh", None)

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

    assert ran.stdout.strip() == str(
        [
            "tipsblog.spam",
            "tipsblog.spam.asking",
            "tipsblog.spam.blog",
            "tipsblog.spam.keep",
            "tipsblog.spam.marks",
            "tipsblog.spam.model",
            "tipsblog.spam.pile",
        ]
    )


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE verdict SET outcome = 'hum' WHERE number = 1",
        "UPDATE comment SET evidence = '[[' WHERE number = 0",
        "DROP TABLE verdict",
        "DELETE FROM head",
    ],
)
def test_what_does_not_read_is_as_good_as_gone(damage: str, tmp_path: Path) -> None:
    _judge(COMMENTS, tmp_path)
    with closing(sqlite3.connect(tmp_path / ".tipsblog" / "spam-test.sqlite")) as kept:
        kept.execute(damage)
        kept.commit()
    more = [*COMMENTS, comment("e", 5, status=Status.SPAM)]

    assert _judge(COMMENTS, tmp_path) == _afresh(COMMENTS)
    assert _judge(more, tmp_path) == _afresh(more)


def test_no_word_of_a_removed_comment_lingers(tmp_path: Path) -> None:
    secret = comment("s", 5, author="Zebedee", body="My sesquipedalian secret, word by word.")
    _judge([*COMMENTS, secret], tmp_path)
    kept = tmp_path / ".tipsblog" / "spam-test.sqlite"
    assert b"sesquipedalian" in kept.read_bytes()

    _judge(COMMENTS, tmp_path)

    assert b"sesquipedalian" not in kept.read_bytes()
    assert b"zebedee" not in kept.read_bytes().lower()


def test_an_edited_article_has_only_its_own_comments_judged_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = comment("e", 5, body="Which trial week do you mean?", article="other")
    comments = [COMMENTS[0], *COMMENTS[2:], other]
    edited = {"traps": ARTICLES["traps"]._replace(text="A trial week for loans, paid twice.")}
    more = [*comments, comment("f", 6)]
    afresh, afresh_more = _afresh(comments, edited), _afresh(more, edited)
    before = _judge(comments, tmp_path)
    monkeypatch.setattr(update, "_afresh", None)

    again = _judge(comments, tmp_path, edited)

    assert again == afresh
    assert again != before
    assert _judge(more, tmp_path, edited) == afresh_more


_TEXTS = st.sampled_from(
    [
        "",
        "We never wrote down what done looks like, and paid for it twice.",
        "Best loans and cheap pills: https://loans.example/buy",
        "Wir haben nie aufgeschrieben, was fertig heißt, und zweimal dafür bezahlt.",
        "Great post! Visit https://pills.example/x and https://loans.example/y, call 555-0134.",
        "Which password manager do you use in the trial week?",
    ]
)
_ABOUT = st.builds(
    lambda title, text, days, links: Article(
        "", title, text, links, START - timedelta(days=days) if days else None
    ),
    _TEXTS,
    _TEXTS,
    st.sampled_from([0, 1, 400]),
    st.sampled_from([(), ("https://loans.example/",)]),
)


@st.composite
def _said(draw: st.DrawFn) -> list[Comment]:
    return [
        comment(
            f"c{number}",
            number,
            author=draw(st.sampled_from(["Mara", "Best Loans", "", "Done"])),
            website=draw(st.sampled_from(["", "https://loans.example/", "https://m.example/"])),
            body=f"{draw(_TEXTS)} {draw(_TEXTS)}".strip() or "Hm.",
            article=draw(st.sampled_from("xyz")),
            status=draw(st.sampled_from([None, None, None, Status.SPAM, Status.PUBLISHED])),
        )
        for number in range(draw(st.integers(2, 12)))
    ]


@settings(max_examples=60, deadline=None)
@given(_said(), st.lists(st.dictionaries(st.sampled_from("xyz"), _ABOUT), max_size=4), st.data())
def test_whatever_is_kept_verdicts_are_those_made_afresh(
    comments: list[Comment], edits: list[dict[str, Article]], data: st.DataObject
) -> None:
    articles: dict[str, Article] = {}
    shown = 1
    with tempfile.TemporaryDirectory() as folder:
        for edit in [{}, *edits]:
            articles |= edit
            shown = data.draw(st.integers(shown, len(comments)))
            found = _judge(comments[:shown], Path(folder), articles)

            assert found == _afresh(comments[:shown], articles)
