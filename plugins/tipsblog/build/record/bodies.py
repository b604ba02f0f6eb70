"""What is known of the files that have a body: articles and pages.

Values and the names under which a build leaves them. `leaving` leaves them,
`edit` and `reading` take them.
"""

from __future__ import annotations

import marshal
import re
from typing import Any, NamedTuple

from ..changes.stamps import digest

_EMPTY = re.compile(rb"\n\s*\n")
#: Under which name it is left how files are read.
HOW = "reading"
#: Settings that `borrowed` asks for.
SETTINGS = (
    *("PATH", "RELATIVE_URLS", "INTRASITE_LINK_REGEX"),
    *("SUMMARY_MAX_LENGTH", "SUMMARY_MAX_PARAGRAPHS", "SUMMARY_END_SUFFIX"),
)


class Kept(NamedTuple):
    """What a build leaves of one file.

    digest: of its content. head: see `head_of`. mark: see `source.mark_of`.
    key: of its checklists, "" where it has none. summed: whether its header has a
    summary. static: the static files that it links to.
    """

    digest: bytes
    head: bytes
    mark: bytes
    key: str
    summed: bool
    static: list[str]

    @classmethod
    def load(cls, data: bytes) -> Kept:
        return cls(*marshal.loads(data))  # noqa: S302 - our own file

    def dump(self) -> bytes:
        return marshal.dumps(tuple(self))


class File(NamedTuple):
    """A file that was edited. name: its path, relative to Pelican's `PATH`.
    data: its content now.
    """

    path: str
    name: str
    kept: Kept
    data: bytes


class Body(NamedTuple):
    """What is made of a body: values of `Content`'s attributes. html:
    `_content`; summary: None where the header has it.
    """

    html: str
    content: str
    summary: str | None
    checklists: tuple[Any, ...]


def head_of(data: bytes) -> bytes:
    """Return a digest of what stands before the first empty line of a file. Where
    it is another one, so mostly is the header; whether that is the same, only its
    mark tells.
    """
    return digest(_EMPTY.split(data, maxsplit=1)[0])


def thing_of(name: str) -> str:
    """Return by which name an article or a page is known, see `kept.name_of`."""
    return f"generated_content:{name}"


def kept_name(name: str) -> str:
    """Return under which name `Kept` is left of the file `name`."""
    return f"source {name}"
