"""What is to be drawn, and what came of it."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..changes import stamps
from ..record.reads import Record
from .deferred import Page

#: Entries on a page that is worth beginning with.
_HEAVY = 200


@dataclass(slots=True)
class Job:
    """Something to be drawn: `make()` returns its text.

    flag: what `localsiteurl` was at that moment; contents ask for it. values:
    for outputs made from plain values alone; else None. told: what tells these
    from any others; b"" for what they are pickled to. asked: whether it is found
    out elsewhere if it stands. loud: whether that opened files, or was complained
    about.
    """

    path: str
    make: Callable[[], str]
    flag: Any = None
    values: Any = None
    told: bytes = b""
    asked: bool = False
    loud: bool = False


@dataclass(slots=True)
class Drawn:
    """An output: what its content is told by, and that itself if it must be written.

    key: of the values that it was made from. reads: what it read; same: what it read
    the last time. kept: of what it was drawn from, packed.
    """

    digest: bytes
    data: bytes | None = None
    key: bytes = b""
    reads: Record | None = None
    same: bool = False
    kept: bytes | None = None


def key_of(job: Job) -> bytes:
    """Return what tells the values that an output is made from."""
    return stamps.digest(job.told or pickle.dumps(job.values))


def weight_of(job: Job) -> int:
    """Return about how much is on a page, 0 for what is usual."""
    if not isinstance(job.make, Page):
        return 0
    weight = job.make.stand_in.listed // job.make.stand_in.pages
    return weight if weight > _HEAVY else 0
