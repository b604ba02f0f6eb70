"""Work done aside comes back, or says what became of it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tipsblog.build.aside import Aside, LostError
from tipsblog.build.changes import stamps


def fail() -> int:
    raise ValueError("no such luck")


def end() -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamps, "processors", lambda: 2)


def test_a_result_comes_back_from_another_process() -> None:
    here = os.getpid()

    found = Aside(lambda: (os.getpid(), "x" * 200_000)).result()

    assert found[0] != here
    assert len(found[1]) == 200_000


@pytest.mark.parametrize("many", [False, True])
def test_it_is_made_here_where_that_is_as_well(many: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamps, "processors", lambda: 1 + many)

    assert Aside(os.getpid, apart=not many).result() == os.getpid()
    with pytest.raises(ValueError, match="no such luck"):
        Aside(fail, apart=not many).result()


def test_what_went_wrong_is_told() -> None:
    with pytest.raises(LostError, match="no such luck"):
        Aside(fail).result()


def test_a_process_that_was_stopped_is_told() -> None:
    with pytest.raises(LostError, match="stopped from outside"):
        Aside(end).result()


def test_whoever_does_not_ask_leaves_nothing_behind() -> None:
    work = Aside(lambda: ("x" * 200_000, os.getpid()))
    child = work._child

    work.close()

    with pytest.raises(ChildProcessError):
        os.waitpid(child, os.WNOHANG)


def test_what_is_told_can_be_used_while_the_process_goes_on(tmp_path: Path) -> None:
    went_on, waited_for = tmp_path / "went on", tmp_path / "waited for"

    def work(tell: Callable[[int], None]) -> None:
        tell(os.getpid())
        while not waited_for.exists():
            pass
        tell(0)  # who waited has gone
        went_on.touch()

    aside = Aside.telling(work)
    child = aside.result()
    before = went_on.exists()
    waited_for.touch()
    aside.close()

    assert child != os.getpid()
    assert not before
    assert went_on.exists()
    with pytest.raises(ChildProcessError):
        os.waitpid(child, os.WNOHANG)


def test_what_goes_wrong_before_anything_is_told_is_the_answer() -> None:
    aside = Aside.telling(lambda tell: tell(fail()))

    with pytest.raises(LostError, match="no such luck"):
        aside.result()
    aside.close()


def test_telling_is_done_here_where_there_is_one_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamps, "processors", lambda: 1)

    assert Aside.telling(lambda tell: tell(os.getpid())).result() == os.getpid()
