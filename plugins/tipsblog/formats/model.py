"""What a blog is while it travels from one format to another.

Values only: nothing here knows a format, a file or Pelican.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ..comments.model import Comment, Format, clean_line, clean_text, is_key


class Kind(StrEnum):
    """What readers take it for.

    article: belongs to a day. page: does not. thread: an article that is
    elsewhere; here are only its comments, and what they tell of it.
    """

    ARTICLE = "article"
    PAGE = "page"
    THREAD = "thread"


class State(StrEnum):
    """Whether readers see an article."""

    PUBLISHED = "published"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article or page.

    Making one checks it: a bad value raises `ValueError`.

    key: its slug, which its comments name; a valid `is_key`, unique in a blog.
    published: aware; the offset is that of the blog it comes from.
    body: in `format`.
    path: where readers found it on its old site, from the root and decoded
    (`/2010/05/x.html`), or "" if nowhere.
    open: whether it takes new comments.
    summary: plain text.
    source: what its old home called it; the same in every export.
    discussion: the key of its comments' folder, where that is not `key`.
    fields: whatever else its file's header says, by lower-case name.
    """

    key: str
    title: str
    published: datetime
    body: str
    format: Format = Format.HTML
    kind: Kind = Kind.ARTICLE
    state: State = State.PUBLISHED
    updated: datetime | None = None
    author: str = ""
    labels: tuple[str, ...] = ()
    path: str = ""
    open: bool = True
    summary: str = ""
    source: str = ""
    discussion: str = ""
    fields: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if not is_key(self.key):
            raise ValueError(f"key {self.key!r} cannot be a file name")
        for moment in (self.published, self.updated):
            if moment is not None and moment.utcoffset() is None:
                raise ValueError(f"time {moment} has no time zone")
        rest = (part for pair in self.fields for part in pair)
        for line in (
            *(self.title, self.author, self.path, self.summary, self.source),
            *(*self.labels, *rest),
        ):
            if clean_line(line) != line:
                raise ValueError(f"{line!r} is not a clean line")
        if clean_text(self.body) != self.body:
            raise ValueError("body is not clean text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Blog:
    """A whole blog.

    url: its address, `https://host/`, or "" where the export does not tell.
    settings: of its comments, as the old home names them.
    """

    title: str = ""
    url: str = ""
    articles: tuple[Article, ...] = ()
    comments: tuple[Comment, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)


class Grade(StrEnum):
    """What a note tells of.

    left_out: something did not come in. mended: it came in, but not as it was.
    info: worth knowing, nothing lost.
    """

    LEFT_OUT = "left out"
    MENDED = "mended"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Note:
    """One line of the report. entry: as its export names it, or ""."""

    grade: Grade
    entry: str
    text: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """What an export holds, and what is to be said about it."""

    blog: Blog
    notes: tuple[Note, ...] = ()
