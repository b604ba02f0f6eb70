"""What can wait is done when pages are about to be drawn, else at once."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tipsblog.build import kept, later, parallel
from tipsblog.build.cache import Cache
from tipsblog.build.changes import stamps

Tell = Callable[[Any, bool], None]


class _Sources:
    def unknown(self, paths: set[str]) -> set[str]:
        return paths


class _Session:
    full = False
    settings = b"the same"
    sources = _Sources()


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamps, "processors", lambda: 2)
    monkeypatch.setattr(parallel, "workers", lambda: 2)


@contextmanager
def _build(folder: Path) -> Iterator[None]:
    with kept.keeping(_Session(), Cache(folder / "kept.sqlite")), later.patient():  # type: ignore[arg-type]
        yield


def _ask(work: Callable[[Tell], None], *, beside: bool = True) -> Any:
    found: list[Any] = []
    kept.begin("test", b"source", work, found.append, beside=beside, apart=False)
    later.settle()
    return found.pop()


def test_nothing_is_put_off_unless_a_build_is_patient() -> None:
    done: list[int] = []

    later.once_settled(lambda: done.append(1))

    assert done == [1]
    assert not later.is_patient()


def test_what_was_put_off_is_done_in_order_and_once() -> None:
    done: list[int] = []

    with later.patient():
        for number in range(3):
            later.once_settled(lambda number=number: done.append(number))  # type: ignore[misc]
        before = list(done)
        later.settle()
        later.once_settled(lambda: done.append(3))
        later.settle()

    assert before == []
    assert done == [0, 1, 2, 3]


def test_what_a_stopped_build_put_off_is_forgotten() -> None:
    done: list[int] = []

    with later.patient():
        later.once_settled(lambda: done.append(1))
    later.settle()

    assert done == []


@pytest.mark.parametrize("beside", [True, False])
def test_a_result_is_made_by_another_process_only_beside_the_build(
    beside: bool, tmp_path: Path
) -> None:
    with _build(tmp_path):
        made = _ask(lambda tell: tell(os.getpid(), True), beside=beside)

    assert (made != os.getpid()) == beside


def test_only_what_is_made_beside_the_build_is_waited_for_later(tmp_path: Path) -> None:
    found: list[str] = []

    with _build(tmp_path):
        for name, beside in (("now", False), ("later", True)):
            work = partial(_tell, name)
            kept.begin(name, b"source", work, found.append, beside=beside, apart=False)
        before = list(found)
        later.settle()

    assert before == ["now"]
    assert found == ["now", "later"]


def _tell(name: str, tell: Tell) -> None:
    tell(name, True)


def test_with_one_processor_it_is_made_here_and_everybody_is_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamps, "processors", lambda: 1)
    handlers = list(logging.getLogger().handlers)

    with _build(tmp_path):
        made = _ask(lambda tell: tell(os.getpid(), True))

    assert made == os.getpid()
    assert logging.getLogger().handlers == handlers


@pytest.mark.parametrize("may_keep", [True, False])
def test_it_is_kept_for_the_next_build_if_it_may_be(may_keep: bool, tmp_path: Path) -> None:
    with _build(tmp_path):
        _ask(lambda tell: tell("first", may_keep))
    with _build(tmp_path):
        again = _ask(lambda tell: tell("second", may_keep))

    assert again == ("first" if may_keep else "second")


def test_what_it_logs_is_heard_here(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def work(tell: Tell) -> None:
        logging.getLogger(__name__).warning("something is odd")
        tell(os.getpid(), True)

    with _build(tmp_path):
        made = _ask(work)

    assert made == os.getpid()
    assert "something is odd" in caplog.text


def test_what_goes_wrong_there_goes_wrong_here(tmp_path: Path) -> None:
    def work(tell: Tell) -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"), _build(tmp_path):
        _ask(work)


def test_a_build_does_not_end_before_what_it_began(tmp_path: Path) -> None:
    done = tmp_path / "done"

    def work(tell: Tell) -> None:
        tell("told", True)
        done.touch()

    with _build(tmp_path):
        _ask(work)

    assert done.exists()
