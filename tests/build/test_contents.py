"""Contents are told from one another whoever reads them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tipsblog.build.changes import contents, stamps


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    for number in range(7):
        (tmp_path / f"{number}").write_text("same" if number < 2 else str(number))
    return [str(tmp_path / name) for name in [*map(str, range(7)), "gone"]]


@pytest.mark.parametrize("share", [1, 3, 100])
def test_several_processes_find_what_one_finds(
    share: int, files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "_SHARE", share)
    monkeypatch.setattr(contents, "processors", lambda: 3)

    found = dict(contents.digests(files))

    assert found == {path: stamps.read_digest(path) for path in files}
    assert found[files[0]] == found[files[1]] != found[files[2]]
    assert found[files[-1]] == b""


def test_what_a_stopped_process_left_is_read_here(
    files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, plain = os.getpid(), stamps.read_digest
    monkeypatch.setattr(contents, "_SHARE", 1)
    monkeypatch.setattr(contents, "processors", lambda: 3)
    monkeypatch.setattr(
        contents, "read_digest", lambda path: plain(path) if os.getpid() == here else os._exit(9)
    )

    assert dict(contents.digests(files)) == {path: plain(path) for path in files}


def test_no_files_have_no_contents() -> None:
    assert list(contents.digests([])) == []
