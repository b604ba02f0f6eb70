"""What is kept of pages until a build has ended."""

from __future__ import annotations

import errno
from datetime import datetime
from typing import Any

import jinja2
import pytest

from tipsblog.build.record.keeping import Keeper, Kept
from tipsblog.build.record.reads import Tracer
from tipsblog.build.record.recording import Recorder

PAGE = Kept(b"article", "article:a", b"title", {"a day": "Monday"})


class _Full:
    """A file on a disk without room."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def write(self, data: bytes) -> int:
        self._file.write(data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def test_pages_come_back_as_they_were_taken_in() -> None:
    recorder: Any = Recorder(None)  # type: ignore[arg-type]

    recorder.keep("a", PAGE.pack())
    recorder.keep("b", None)
    recorder.keep("c", PAGE._replace(owner="article:c").pack())

    assert recorder._kept("a") == PAGE
    assert recorder._kept("b") is None
    assert recorder._kept("c").owner == "article:c"
    recorder.close()


def test_a_page_for_which_there_is_no_room_cannot_be_drawn_again_and_others_can() -> None:
    recorder: Any = Recorder(None)  # type: ignore[arg-type]
    recorder.keep("a", PAGE.pack())
    room, recorder._spill = recorder._spill, _Full(recorder._spill)

    recorder.keep("b", PAGE.pack())
    recorder._spill = room
    recorder.keep("c", PAGE.pack())

    assert recorder._kept("a") == recorder._kept("c") == PAGE
    assert recorder._kept("b") is None
    recorder.close()


def test_nothing_stays_open_behind_a_build() -> None:
    recorder = Recorder(None)  # type: ignore[arg-type]

    recorder.close()

    assert recorder._spill.closed


@pytest.mark.parametrize(("length", "is_kept"), [(1_000, False), (100_000, True)])
def test_a_long_list_is_kept_only_of_a_page_that_shows_it(length: int, is_kept: bool) -> None:
    template = jinja2.Environment(loader=jinja2.FileSystemLoader("theme")).from_string("")
    keeper = Keeper(
        Tracer({}, settings={}, wrappers=(), listings=()),
        {},
        {},
        settings={"JINJA_ENVIRONMENT": {}, "JINJA_FILTERS": {}},
        living=frozenset(),
        moment=datetime,
        wrappers=(),
        listings=(),
    )
    dates = [f"article number {number}" for number in range(4_000)]

    kept = keeper.keep("2024.html", template, ["dates"], {"dates": dates}, (), "x" * length)

    assert (kept.page is not None) == is_kept
