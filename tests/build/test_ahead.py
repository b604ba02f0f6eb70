"""What other processes tell ahead is what would have been told here."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tipsblog.build import observer
from tipsblog.build.record.reads import Tracer
from tipsblog.build.whole import ahead
from tipsblog.build.whole.ahead import Ahead


class _Thing:
    """Says its number, what stands in a file, and something worth a warning."""

    def __init__(self, number: int, file: Path) -> None:
        self.number, self._file = number, file

    @property
    def read(self) -> str:
        return self._file.read_text()

    @property
    def loud(self) -> str:
        logging.getLogger("thing").warning("heed %s", self.number)
        return "x"


@pytest.fixture
def tracer(tmp_path: Path) -> Tracer:
    (tmp_path / "words").write_text("words")
    things = {str(number): _Thing(number, tmp_path / "words") for number in range(9)}
    return Tracer(things, settings={}, wrappers=(), listings=())


@pytest.fixture(autouse=True)
def _any_number_is_enough(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(ahead, "_FEW", 1)
    with observer.observing(observer.Observer("/nowhere")):
        yield


def _reads(*attributes: str) -> list[tuple[tuple[str, str], ...]]:
    return [tuple((str(number), name) for name in attributes) for number in range(9)]


def _told_here(tracer: Tracer, reads: Any) -> bytes:
    return tracer.digest([], {}, tuple(pair for page in reads for pair in page))


def test_what_was_told_ahead_is_not_asked_again(tracer: Tracer, monkeypatch: Any) -> None:
    reads = _reads("number")
    expected = _told_here(tracer, reads)
    tracer.forget()

    Ahead(tracer, reads, "here").tell("here")

    monkeypatch.setattr(tracer, "tell_pair", None)
    assert _told_here(tracer, reads) == expected


def test_what_opens_a_file_or_is_complained_about_is_told_where_it_is_heard(
    tracer: Tracer, caplog: pytest.LogCaptureFixture
) -> None:
    reads = _reads("read", "loud", "missing")
    Ahead(tracer, reads, "here").tell("here")
    watch = observer.active()
    assert watch

    assert not caplog.records
    assert _told_here(tracer, reads)
    assert len(caplog.records) == 9
    assert any(path.endswith("words") for path in watch.reads)


def test_nothing_counts_that_was_told_for_other_addresses(tracer: Tracer) -> None:
    reads = _reads("number")

    Ahead(tracer, reads, "here").tell("there")

    assert not tracer._values


def test_a_build_that_ends_early_waits_for_nobody(tracer: Tracer) -> None:
    Ahead(tracer, _reads("number"), "here").close()


def test_nothing_to_tell_takes_no_process(tracer: Tracer) -> None:
    assert not Ahead(tracer, [], "here")._parts
