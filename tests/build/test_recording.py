"""What is kept of pages until a build has ended."""

from __future__ import annotations

import errno
from typing import Any

from tipsblog.build.keeping import Kept
from tipsblog.build.recording import Recorder

PAGE = Kept(["article"], {"article:a": {"title": "A"}}, "article:a", {})


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

    recorder.keep("a", PAGE)
    recorder.keep("b", None)
    recorder.keep("c", PAGE._replace(owner="article:c"))

    assert recorder._kept("a") == PAGE
    assert recorder._kept("b") is None
    assert recorder._kept("c").owner == "article:c"
    recorder.close()


def test_a_page_for_which_there_is_no_room_cannot_be_drawn_again_and_others_can() -> None:
    recorder: Any = Recorder(None)  # type: ignore[arg-type]
    recorder.keep("a", PAGE)
    room, recorder._spill = recorder._spill, _Full(recorder._spill)

    recorder.keep("b", PAGE)
    recorder._spill = room
    recorder.keep("c", PAGE)

    assert recorder._kept("a") == recorder._kept("c") == PAGE
    assert recorder._kept("b") is None
    recorder.close()


def test_nothing_stays_open_behind_a_build() -> None:
    recorder = Recorder(None)  # type: ignore[arg-type]

    recorder.close()

    assert recorder._spill.closed
