"""What is kept of pages until a build has ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import jinja2
import pytest

from tipsblog.build.record.keeping import Keeper, Kept
from tipsblog.build.record.reads import Tracer
from tipsblog.build.record.recording import Recorder
from tipsblog.shelf import Shelf

PAGE = Kept(b"article", "article:a", b"title", {"a day": "Monday"})


def test_pages_come_back_as_they_were_taken_in() -> None:
    shelf = Shelf()
    recorder: Any = Recorder(None, shelf)  # type: ignore[arg-type]

    recorder.keep("a", PAGE.pack())
    recorder.keep("b", None)
    recorder.keep("c", PAGE._replace(owner="article:c").pack())

    assert recorder._kept("a") == PAGE
    assert recorder._kept("b") is None
    assert recorder._kept("c").owner == "article:c"
    shelf.close()


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
