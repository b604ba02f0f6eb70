"""What is put down in a file comes back as it was."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipsblog import shelf as module
from tipsblog.shelf import Shelf


@given(st.lists(st.binary(max_size=200)))
def test_everything_comes_back_in_any_order(parts: list[bytes]) -> None:
    shelf = Shelf()

    kept = [shelf.put(part) for part in parts]

    assert [bytes(one) for one in reversed(kept)] == parts[::-1]
    shelf.close()


def test_a_forked_process_takes_up_what_its_parent_put_down() -> None:
    shelf = Shelf()
    first, second = shelf.put(b"first"), shelf.put(b"second")

    pid = os.fork()
    if pid == 0:
        os._exit(0 if bytes(second) + bytes(first) == b"secondfirst" else 1)
    _, status = os.waitpid(pid, 0)

    assert status == 0
    assert bytes(first) == b"first"
    shelf.close()


def test_what_a_forked_process_puts_down_is_not_in_the_way_of_its_parent() -> None:
    shelf = Shelf()
    first = shelf.put(b"first")

    pid = os.fork()
    if pid == 0:
        os._exit(0 if bytes(shelf.put(b"child's")) + bytes(first) == b"child'sfirst" else 1)
    _, status = os.waitpid(pid, 0)
    second = shelf.put(b"parent's")

    assert status == 0
    assert bytes(first) + bytes(second) == b"firstparent's"
    shelf.close()


def test_what_there_is_no_room_for_stays_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf()
    plain = os.pwrite

    def half(handle: int, data: memoryview, start: int) -> int:
        if len(data) < 4:
            raise OSError(28, "No space left on device")
        return plain(handle, data[: len(data) // 2], start)

    before = shelf.put(b"before")
    with monkeypatch.context() as patch:
        patch.setattr(module.os, "pwrite", half)
        lost = shelf.put(b"no room")
    after = shelf.put(b"after")

    assert [bytes(one) for one in (before, lost, after)] == [b"before", b"no room", b"after"]
    assert lost == b"no room"
    shelf.close()


def test_nothing_stays_open_when_it_is_closed() -> None:
    shelf = Shelf()
    kept = shelf.put(b"something")

    shelf.close()

    with pytest.raises((OSError, ValueError)):
        bytes(kept)
