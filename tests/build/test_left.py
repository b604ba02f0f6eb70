"""What a build leaves to whoever follows a change without it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from tipsblog.build.changes import stamps
from tipsblog.build.left import Left
from tipsblog.shelf import Shelf


@pytest.fixture(autouse=True, params=[1, 2])
def processors(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    count: int = request.param
    monkeypatch.setattr(stamps, "processors", lambda: count)
    return count


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    shelf = Shelf()
    yield shelf
    shelf.close()


def here() -> bytes:
    return str(os.getpid()).encode()


def some() -> Iterator[tuple[str, bytes]]:
    yield "long", b"x" * 200_000
    yield "where", here()


def test_values_are_made_by_another_process_where_there_is_one(
    processors: int, shelf: Shelf
) -> None:
    left = Left(shelf.put, anew=False)
    left.add("own", b"here")
    left.add_aside(some)

    left.wait()

    values = {name: bytes(value) for name, value in left.items() if not callable(value)}
    assert values.keys() == {"own", "long", "where"}
    assert values["long"] == b"x" * 200_000
    assert (values["where"] == here()) == (processors == 1)


@pytest.mark.parametrize("anew", [False, True])
def test_what_is_made_when_asked_for_is_made_beforehand_if_all_will_be(
    anew: bool, shelf: Shelf
) -> None:
    left = Left(shelf.put, anew=anew)
    left.add("made", here)
    left.add_aside(some)

    left.wait()

    assert callable(left["made"]) != anew


def test_what_a_stopped_process_did_not_tell_is_made_here(shelf: Shelf) -> None:
    parent = os.getpid()

    def make() -> Iterator[tuple[str, bytes]]:
        yield "first", b"1"
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        yield "second", b"2"

    left = Left(shelf.put, anew=False)
    left.add_aside(make)

    left.wait()

    assert {name: bytes(value) for name, value in left.items()} == {"first": b"1", "second": b"2"}  # type: ignore[arg-type]
