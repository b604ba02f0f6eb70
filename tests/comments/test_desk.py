"""A moderator's changes, each of which can be undone; and the queue in a terminal."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from makers import comment
from tipsblog.cli import cli
from tipsblog.comments.desk import Desk
from tipsblog.comments.journal import FILE, Journal
from tipsblog.comments.model import Remover, Role, Status
from tipsblog.comments.moderation import Decision
from tipsblog.comments.store import FileStore
from tipsblog.errors import TipsblogError

NOW = datetime(2026, 3, 6, 9, 0, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A blog's desk; the working directory is the blog's."""
    (tmp_path / "pelicanconf.py").write_text('PATH = "content"\nAUTHOR = "Mara"\n')
    monkeypatch.chdir(tmp_path)
    store = FileStore(tmp_path / "content" / "comments")
    return Desk(store, Journal(tmp_path / ".tipsblog"), lambda comments: {}, lambda: NOW)


def run(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["comments", *arguments], input=typed)


@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30
)
@given(decisions=st.lists(st.sampled_from(Decision), min_size=1, max_size=6))
def test_undoing_every_change_ends_where_it_began(desk: Desk, decisions: list[Decision]) -> None:
    start = (comment("a"), comment("b", status=Status.SPAM))
    desk.store.put_all(start)
    made = sum(bool(desk.decide(desk.read().comments, decision)) for decision in decisions)

    for _ in range(made):
        desk.undo()

    assert desk.read().comments == start


def test_undo_leaves_alone_what_has_changed_since(desk: Desk) -> None:
    desk.store.put_all([comment("a"), comment("b")])
    desk.decide(desk.read().comments, Decision.SPAM)
    desk.store.put(comment("a", body="Edited by hand."))

    assert desk.undo() == ("spam", 1, 1)

    assert [c.body for c in desk.read().comments] == ["Edited by hand.", "Some words."]
    with pytest.raises(TipsblogError, match="nothing to undo"):
        desk.undo()


def test_a_reply_is_by_the_author_under_its_comment_and_approves_it(desk: Desk) -> None:
    desk.store.put(comment("a"))

    answer = desk.reply(desk.store.get("traps", "a"), "\r\nThank you. \r\n", "Mara")

    assert desk.store.get("traps", answer.id) == answer
    assert (answer.parent, answer.role, answer.status) == ("a", Role.AUTHOR, Status.PUBLISHED)
    assert answer.body == "Thank you."
    assert desk.store.get("traps", "a").status is Status.PUBLISHED
    desk.undo()
    assert [c.status for c in desk.read().comments] == [None]


def test_forgetting_leaves_no_word_behind_not_even_to_undo(desk: Desk, tmp_path: Path) -> None:
    desk.store.put_all(
        [
            comment("a", author="Zoe", body="My secret."),
            comment("b", author="Ann", parent="a"),
            comment("c", author="zoe", body="My secret too."),
        ]
    )
    desk.decide(desk.read().comments, Decision.HOLD)
    builds = tmp_path / ".tipsblog" / "build"
    builds.mkdir(parents=True, exist_ok=True)
    (builds / "parsed.sqlite").write_bytes(b"My secret, as a build keeps it.")

    result = run("forget", "--author", "Zoe", "--export", "zoe.json", "--yes")

    assert result.output == "2 erased\n"
    left = {c.id: c for c in desk.read().comments}
    assert set(left) == {"a", "b"}  # somebody answered a: its place stays
    assert (left["a"].author, left["a"].body) == ("", "")
    assert left["a"].removed_by is Remover.AUTHOR
    exported = json.loads((tmp_path / "zoe.json").read_text())
    assert [one["body"] for one in exported] == ["My secret.", "My secret too."]
    (tmp_path / "zoe.json").unlink()
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert b"secret" not in path.read_bytes(), path


def test_the_journal_keeps_the_latest_two_hundred(desk: Desk) -> None:
    desk.store.put(comment("a"))
    for n in range(205):
        desk.decide(desk.read().comments, Decision.SPAM if n % 2 else Decision.HOLD)

    kept = (desk.journal._path.parent / FILE).read_text().splitlines()

    assert len(kept) == 200


def test_the_commands_reply_edit_and_undo(desk: Desk) -> None:
    desk.store.put(comment("a"))

    assert run("reply", "a", "Thank you.").output.endswith(": published\n")
    assert run("edit", "a", "--body", "Corrected.").output == "traps/a: changed\n"
    assert run("undo").output == "edit: 1 taken back\n"
    assert run("undo").output == "reply: 2 taken back\n"

    assert desk.read().comments == (comment("a"),)
    assert run("undo").exit_code == 1


def test_an_edit_that_does_not_read_is_named_and_nothing_is_lost(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.store.put(comment("a"))
    texts = iter(["Staus: held\n\nNew words.\n", "Date: 2026-03-05T14:00:00+00:00\n\nBetter.\n"])
    seen: list[str] = []
    monkeypatch.setattr("click.edit", lambda text, extension: seen.append(text) or next(texts))

    result = run("edit", "a", typed="y\n")

    assert 'unknown field "Staus"' in result.output
    assert seen[1] == "Staus: held\n\nNew words.\n"
    assert desk.store.get("traps", "a").body == "Better."


def test_the_queue_takes_one_key_a_decision_and_can_undo(desk: Desk) -> None:
    desk.store.put_all(comment(f"c{n}", n, status=Status.HELD) for n in range(5))
    desk.store.put(comment("shown", status=Status.PUBLISHED))

    result = run("review", typed="asunxdq")

    assert [c.status for c in desk.read().comments] == [
        Status.PUBLISHED,
        Status.HELD,
        Status.DELETED,
        Status.HELD,
        Status.HELD,
        Status.PUBLISHED,
    ]
    assert "1 of 5" in result.output
    assert result.output.rstrip().endswith("2 decided, 2 left")


def test_the_queue_shows_what_is_answered_the_reasons_and_how_it_came_in(desk: Desk) -> None:
    desk.store.put_all(
        [
            comment("a", author="Ann", body="Is it so?", status=Status.PUBLISHED),
            comment("b", 1, parent="a", status=Status.HELD, evidence="sent without script"),
        ]
    )

    shown = run("review", typed="q").output

    assert "Ann: Is it so?" in shown
    assert "sent without script" in shown


def test_comments_are_copied_between_files_and_a_database(desk: Desk, database: str) -> None:
    desk.store.put_all([comment("a"), comment("b")])

    assert run("copy", "files", database).output == "2 written, 0 taken away\n"
    desk.store.remove("traps", "a")
    assert run("copy", database, "files").output == "1 written, 0 taken away\n"

    assert len(desk.read().comments) == 2
