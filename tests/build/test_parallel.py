"""Work shared out to processes comes back whole, whoever did it."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tipsblog.build import kept, parallel
from tipsblog.build.cache import Cache


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 5000])
def test_every_item_is_worked_on_once(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "_LIFE", 3)  # many children, one after the other

    done = list(parallel.each(lambda item: item * item, range(count), processes=3))

    assert sorted(one.index for one in done) == list(range(count))
    assert all(one.result == one.index**2 for one in done)


@pytest.mark.parametrize("room", [3, 8000])
def test_items_are_worked_on_while_others_are_still_looked_for(
    room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "_SHARES", room)  # no more fit into the pipe
    started, writing = os.pipe()

    def work(item: int) -> int:
        os.write(writing, b".")
        return item * item

    def chosen() -> Iterator[int]:
        yield 1
        os.read(started, 1)  # waits for ever if nobody begins
        yield from (4, 6, 7, 9)

    done = list(parallel.each(work, range(10), processes=2, chosen=chosen()))

    assert {one.index: one.result for one in done} == {1: 1, 4: 16, 6: 36, 7: 49, 9: 81}


def test_whoever_looks_for_items_and_fails_leaves_no_child_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started: list[int] = []
    fork = os.fork
    monkeypatch.setattr(os, "fork", lambda: started.append(pid := fork()) or pid)

    def chosen() -> Iterator[int]:
        yield 0
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        list(parallel.each(str, range(3), processes=2, chosen=chosen()))

    assert len(started) == 2
    for pid in started:
        with pytest.raises(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


def test_what_fails_and_what_is_said_comes_back_with_its_item() -> None:
    def work(item: int) -> int:
        logging.getLogger("work").warning("at %d", item)
        return 1 // item

    done = {one.index: one for one in parallel.each(work, [1, 0], processes=2)}

    assert done[0].result == 1
    assert done[0].logged == [("work", logging.WARNING, "at 1")]
    assert "division" in done[1].error


def test_a_child_that_is_stopped_is_an_error_and_leaves_no_other_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started: list[int] = []
    fork = os.fork
    monkeypatch.setattr(os, "fork", lambda: started.append(pid := fork()) or pid)

    with pytest.raises(parallel.WorkerError):
        list(parallel.each(lambda item: os._exit(9), range(4), processes=2))

    assert len(started) == 2
    for pid in started:
        with pytest.raises(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


class _Session:
    full = False
    settings = b"the same"


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("count", [1, 100])
def test_what_was_made_elsewhere_is_kept_and_not_made_again(
    count: int, apart: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "workers", lambda: 3)
    cache = Cache(tmp_path / "results.sqlite")
    wanted = {number: [str(number).encode()] for number in range(count)}

    with kept.keeping(_Session(), cache):  # type: ignore[arg-type]
        first = kept.remembered(
            "test", wanted, lambda key: ([key, os.getpid()], key != 5), apart=apart
        )
        again = kept.remembered(
            "test", wanted, lambda key: ([key, "made again"], False), apart=apart
        )

    assert [key for key, _ in first.values()] == list(wanted)
    assert (os.getpid() in {pid for _, pid in first.values()}) == (count == 1 and not apart)
    assert [key for key in wanted if again[key] != first[key]] == [5][: count - 5 > 0]


def test_who_shares_work_out_has_time_for_something_else(tmp_path: Path) -> None:
    note = tmp_path / "note"

    def work(item: int) -> bytes:
        while not note.exists():  # nobody would ever write it, if that came first
            pass
        return bytes(100_000)

    done = parallel.each(work, range(4), processes=2, meanwhile=note.touch)

    assert [len(one.result or b"") for one in done] == [100_000] * 4


@pytest.mark.parametrize("processors", [1, 2])
def test_work_is_done_beside_other_work(
    processors: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "workers", lambda: processors)

    with parallel.beside((tmp_path / "one").touch):
        (tmp_path / "other").touch()

    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "other"]


def test_work_beside_that_was_stopped_is_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "workers", lambda: 2)
    here = os.getpid()

    def work() -> None:
        if os.getpid() != here:
            os._exit(9)
        (tmp_path / "done").touch()

    with parallel.beside(work):
        assert not (tmp_path / "done").exists()

    assert (tmp_path / "done").exists()


def test_what_is_heard_alone_reaches_nobody_else(caplog: pytest.LogCaptureFixture) -> None:
    heard = parallel.Heard()

    with heard.alone():
        logging.getLogger("work").warning("well")
    logging.getLogger("work").warning("loud")

    assert heard.take() == [("work", logging.WARNING, "well")]
    assert heard.take() == []
    assert caplog.messages == ["loud"]
