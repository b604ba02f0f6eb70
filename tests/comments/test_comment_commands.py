from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from makers import comment
from tipsblog.cli import cli
from tipsblog.comments import desk
from tipsblog.comments.model import Status
from tipsblog.comments.store import FileStore
from tipsblog.spam.model import Outcome, Reason, Verdict


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FileStore:
    """A blog's comments; the working directory is the blog's."""
    (tmp_path / "pelicanconf.py").write_text('PATH = "content"\nARTICLE_PATHS = ["articles"]\n')
    monkeypatch.chdir(tmp_path)
    return FileStore(tmp_path / "content" / "comments")


@pytest.fixture
def filter_says(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], Verdict]:
    verdicts: dict[tuple[str, str], Verdict] = {}
    monkeypatch.setattr(desk, "judge_blog", lambda *_, **__: verdicts)
    return verdicts


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["comments", *arguments])


def test_the_list_shows_each_comments_state_verdict_and_reasons(
    store: FileStore, filter_says: dict[tuple[str, str], Verdict]
) -> None:
    store.put_all([comment("a", author="Ann"), comment("b", author="", status=Status.PUBLISHED)])
    reason = Reason("copied", 3.2, 'copied from "a"')
    filter_says["traps", "b"] = Verdict(Outcome.SPAM, 0.97, (reason,))
    filter_says["traps", "a"] = Verdict(Outcome.HAM, 0.02)

    lines = [line.rstrip() for line in run("list").stdout.splitlines()]

    assert lines[1].split() == ["published", "traps/a", "Ann:", "Some", "words.", "ham", "2%"]
    assert lines[2].startswith("published, decided  traps/b")
    assert "Anonymous: Some words." in lines[2]
    assert lines[2].endswith("spam 97%")
    assert lines[3].strip() == 'copied from "a"'


def test_json_gives_the_same_with_every_reason(
    store: FileStore, filter_says: dict[tuple[str, str], Verdict]
) -> None:
    store.put(comment("a"))
    filter_says["traps", "a"] = Verdict(Outcome.UNSURE, 0.5, (Reason("links", 1.0, "2 links"),))

    (found,) = json.loads(run("list", "--json").stdout)

    assert (found["article"], found["id"], found["state"], found["status"]) == (
        "traps",
        "a",
        "held",
        None,
    )
    assert found["verdict"] == {
        "outcome": "unsure",
        "score": 0.5,
        "reasons": [{"feature": "links", "weight": 1.0, "sentence": "2 links"}],
    }


def test_one_comment_is_shown_with_its_reasons_and_their_weights(
    store: FileStore, filter_says: dict[tuple[str, str], Verdict]
) -> None:
    store.put(comment("a", body="Some *words*."))
    filter_says["traps", "a"] = Verdict(Outcome.HAM, 0.1, (Reason("known", -1.5, "known host"),))

    shown = run("show", "a").stdout

    assert "ham 10%" in shown
    assert "-1.5 known host" in shown
    assert "Some words." in shown


@pytest.mark.parametrize(
    ("verb", "status"),
    [
        ("approve", Status.PUBLISHED),
        ("hold", Status.HELD),
        ("spam", Status.SPAM),
        ("delete", Status.DELETED),
        ("restore", None),
    ],
)
def test_a_verb_decides_on_all_comments_named(
    store: FileStore, verb: str, status: Status | None
) -> None:
    store.put_all(comment(id, status=Status.SPAM) for id in ("a", "b", "c"))

    assert run(verb, "a", "traps/b").exit_code == 0

    assert [c.status for c in store.load().comments] == [status, status, Status.SPAM]


def test_many_are_decided_by_author_or_by_query(store: FileStore) -> None:
    store.put_all([comment("a", author="Bot"), comment("b"), comment("c", body="cheap pills")])

    run("spam", "--author", "bot")
    run("spam", "--query", "pills cheap")

    spam = [c.id for c in store.load().comments if c.status is Status.SPAM]
    assert spam == ["a", "c"]


def test_a_dry_run_changes_nothing(store: FileStore) -> None:
    store.put(comment("a"))

    result = run("spam", "a", "--dry-run")

    assert result.stdout == "traps/a: spam\n"
    assert store.get("traps", "a").status is None


def test_a_verb_without_any_selection_decides_nothing(store: FileStore) -> None:
    store.put(comment("a"))

    result = run("delete")

    assert result.exit_code == 2
    assert "say which comments" in result.stderr
    assert store.get("traps", "a").status is None


def test_a_broken_file_is_named_and_the_others_are_listed(store: FileStore) -> None:
    store.put(comment("a"))
    (store.root / "traps" / "b.md").write_text("Staus: held\n\nHello\n")

    result = run("list")

    assert "traps/a" in result.stdout
    assert 'b.md:1: unknown field "Staus"' in result.stderr


def test_a_comment_reaches_the_terminal_as_plain_text(store: FileStore) -> None:
    store.put(comment("a", author="[red]Ann[/red]", body="[link=https://example.org]x[/link]"))

    shown = run("list").stdout

    assert "[red]Ann[/red]: [link=https://example.org]x[/link]" in shown


def test_outside_a_blog_the_command_says_where_to_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    result = run("list")

    assert result.exit_code == 1
    assert "there is no settings file here (go to the blog's folder" in result.stderr
