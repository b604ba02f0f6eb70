"""Comments as files."""

from __future__ import annotations

from pathlib import Path

import pytest

from makers import comment
from tipsblog.comments.store import FileStore
from tipsblog.errors import TipsblogError


def test_what_is_put_is_loaded_and_got(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "comments")
    second, first = comment("a"), comment("b", article="b")

    assert store.put_all([second, first]) == 2

    assert store.load().comments == (first, second)
    assert store.get("b", "b") == first
    assert not store.put(first)  # nothing to change


def test_a_missing_folder_holds_no_comments(tmp_path: Path) -> None:
    assert FileStore(tmp_path / "none").load().comments == ()


def test_bad_files_are_named_and_cost_only_themselves(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    store.put(comment("good"))
    (tmp_path / "traps" / "latin.md").write_bytes(b"Author: Ren\xe9\n\n")
    (tmp_path / "traps" / "empty.md").write_bytes(b"")
    (tmp_path / "traps" / "UPPER.md").write_text("Date: 2026-03-05T14:22:10+00:00\n\nHi.")
    (tmp_path / "Not A Key").mkdir()

    loaded = store.load()

    assert [c.id for c in loaded.comments] == ["good"]
    assert sorted(Path(str(error.path)).name for error in loaded.errors) == [
        "Not A Key",
        "UPPER.md",
        "empty.md",
        "latin.md",
    ]


@pytest.mark.parametrize(
    "key", ["..", "../x", "/etc/passwd", "a/b", "a\\b", "a\0b", "con", "CON", "x" * 300, "", ".x"]
)
def test_no_key_leads_out_of_the_folder(tmp_path: Path, key: str) -> None:
    store = FileStore(tmp_path)

    with pytest.raises(TipsblogError):
        store.get(key, "a")
    with pytest.raises(TipsblogError):
        store.remove("x", key)


def test_the_last_comment_removed_takes_the_folder_along(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    store.put(comment("a"))

    store.remove("traps", "a")

    assert list(tmp_path.iterdir()) == []


def test_a_write_that_fails_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FileStore(tmp_path)
    store.put(comment("a", body="old"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.put(comment("a", body="new"))

    assert store.get("traps", "a").body == "old"
    assert [path.name for path in (tmp_path / "traps").iterdir()] == ["a.md"]
