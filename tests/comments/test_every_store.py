"""One conduct for every store: files and PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from databases import Server
from makers import comment
from strategies import comments
from tipsblog.comments.model import Comment, Status
from tipsblog.comments.postgres import PostgresStore
from tipsblog.comments.store import FileStore, Store, copy
from tipsblog.errors import DocumentError, TipsblogError


@pytest.fixture(params=["files", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "files":
        yield FileStore(tmp_path / "comments")
    else:
        with closing(PostgresStore(request.getfixturevalue("database"))) as kept:
            yield kept


@pytest.fixture
def in_database(database: str) -> Iterator[PostgresStore]:
    with closing(PostgresStore(database)) as kept:
        yield kept


def test_what_is_put_is_loaded_in_order_of_article_and_id(store: Store) -> None:
    wanted = [comment("a", article="a-b"), comment("b", article="a-b"), comment("a", article="a.b")]

    assert store.put_all(reversed(wanted)) == 3

    assert list(store.load().comments) == wanted
    assert list(store.load("a-b").comments) == wanted[:2]
    assert store.load("none").comments == ()
    assert store.get("a.b", "a") == wanted[2]


def test_putting_the_same_again_changes_nothing(store: Store) -> None:
    store.put(comment("a"))

    assert not store.put(comment("a"))
    assert store.put(comment("a", status=Status.SPAM))
    assert store.get("traps", "a").status is Status.SPAM


def test_a_seal_counts_and_changes_with_every_change_and_only_then(store: Store) -> None:
    store.put_all([comment("a"), comment("b", article="other")])
    seals = [store.seals(), store.seals()]

    store.put(comment("a", body="Others."))
    seals.append(store.seals())
    store.put(comment("c"))
    seals.append(store.seals())
    store.remove("other", "b")

    assert seals[0] == seals[1]
    assert {article: seal.split()[0] for article, seal in seals[3].items()} == {
        "traps": "2",
        "other": "1",
    }
    assert len({seal["traps"] for seal in seals}) == 3
    assert len({seal["other"] for seal in seals}) == 1
    assert set(store.seals()) == {"traps"}


def test_what_arrived_since_a_day_is_told_by_its_id(store: Store) -> None:
    store.put_all(comment(id) for id in ("2026-03-04-x", "2026-03-05-y", "old-7", "1"))
    store.put(comment("2026-03-06-z", article="other"))

    found = store.arrived("2026-03-05")
    store.remove("other", "2026-03-06-z")

    assert found == {("traps", "2026-03-05-y"), ("other", "2026-03-06-z")}
    assert store.arrived("2026-03-05") == {("traps", "2026-03-05-y")}


def test_adding_never_replaces(store: Store) -> None:
    assert store.add(comment("a", body="First."))
    assert not store.add(comment("a", body="Second."))

    assert store.get("traps", "a").body == "First."


def test_of_many_who_add_the_same_exactly_one_succeeds(store: Store) -> None:
    answers: list[bool] = []
    start = threading.Barrier(8)

    def add(n: int) -> None:
        start.wait()
        answers.append(store.add(comment("a", body=f"By {n}.")))

    threads = [threading.Thread(target=add, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [False] * 7 + [True]
    assert len(store.load().comments) == 1


def test_a_removed_comment_is_gone_and_removing_it_again_does_nothing(store: Store) -> None:
    store.put_all([comment("a"), comment("b")])

    store.remove("traps", "a")
    store.remove("traps", "a")

    assert [c.id for c in store.load().comments] == ["b"]
    with pytest.raises(TipsblogError, match='no comment "a" under "traps"'):
        store.get("traps", "a")


@pytest.mark.parametrize("key", ["..", "../x", "a/b", "a\0b", "con", "X", "x" * 300, ""])
def test_no_name_but_a_key_is_taken(store: Store, key: str) -> None:
    with pytest.raises(TipsblogError):
        store.get(key, "a")
    with pytest.raises(TipsblogError):
        store.get("a", key)
    with pytest.raises(TipsblogError):
        store.remove(key, "a")


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(given_comments=st.lists(comments(), max_size=5, unique_by=lambda c: (c.article, c.id)))
def test_every_comment_comes_back_as_it_was(store: Store, given_comments: list[Comment]) -> None:
    for old in store.load().comments:
        store.remove(old.article, old.id)

    store.put_all(given_comments)

    loaded = store.load()
    assert loaded.errors == ()
    assert list(loaded.comments) == sorted(given_comments, key=lambda c: (c.article, c.id))
    for kept in loaded.comments:
        assert kept.published.utcoffset() == next(
            c.published.utcoffset()
            for c in given_comments
            if (c.article, c.id) == (kept.article, kept.id)
        )


def test_moving_to_a_database_and_back_leaves_the_same_bytes(
    tmp_path: Path, in_database: PostgresStore
) -> None:
    files, back = FileStore(tmp_path / "one"), FileStore(tmp_path / "two")
    kept = in_database
    files.put_all([comment("a"), comment("b", parent="a", author=""), comment("a", article="b")])
    kept.put(comment("stale"))

    assert copy(files, kept) == (3, 1)
    assert copy(kept, back) == (3, 0)
    assert copy(kept, back) == (0, 0)

    def content(root: Path) -> dict[str, bytes]:
        return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*.md")}

    assert content(files.root) == content(back.root)


def test_nothing_is_copied_while_something_cannot_be_read(tmp_path: Path) -> None:
    source, target = FileStore(tmp_path / "one"), FileStore(tmp_path / "two")
    source.put(comment("a"))
    (tmp_path / "one" / "traps" / "b.md").write_text("Staus: held\n\nx\n")
    target.put(comment("b"))

    with pytest.raises(DocumentError):
        copy(source, target)

    assert [c.id for c in target.load().comments] == ["b"]


def test_a_database_that_comes_back_is_used_again(
    in_database: PostgresStore, database_server: Server
) -> None:
    store = in_database
    store.put(comment("a"))

    database_server.stop()
    with pytest.raises(ConnectionError):
        store.add(comment("b"))
    database_server.start()

    assert store.add(comment("b"))
    assert [c.id for c in store.load().comments] == ["a", "b"]
