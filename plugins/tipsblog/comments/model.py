"""What a comment is.

The rest of the package passes these values around. Nothing here knows about
files, templates or Pelican.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any

#: The longest comment that Blogger takes, in characters; the form holds to it.
#: Imported comments may be longer.
MAX_BODY = 4096

_KEY = re.compile(r"[a-z0-9][a-z0-9._-]{0,127}")
#: Names that Windows keeps for devices, whatever the ending.
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))]
)
#: Controls, NUL among them, but for white space; halves of surrogate pairs,
#: which no UTF-8 file can hold; and two that XML does not allow.
_CONTROLS = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_BLANK_LINES = re.compile(r"\A(?:[^\S\n]*\n)+")
#: Invisible characters that change how the text around them is drawn.
_BIDI = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


class Status(StrEnum):
    """What a person decided. A comment without a status is left to the filter."""

    PUBLISHED = "published"
    HELD = "held"
    SPAM = "spam"
    DELETED = "deleted"


class Role(StrEnum):
    """Who wrote it, as far as that changes how it is shown."""

    READER = "reader"
    AUTHOR = "author"


class Remover(StrEnum):
    """Who removed a deleted comment."""

    AUTHOR = "author"
    ADMINISTRATOR = "administrator"


class Format(StrEnum):
    """How a body is written."""

    MARKDOWN = "markdown"
    HTML = "html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One comment.

    Making one checks it: a bad value raises `ValueError`. Text from outside
    goes through `clean_line` and `clean_text` first.

    id: unique within its article; a valid `is_key`.
    article: the key of the article it stands under; a valid `is_key`.
    published: aware; any offset, shown in the blog's own time zone.
    author: as typed, one line; "" is Anonymous.
    website: as typed; only a safe one is ever linked (see `markup`).
    email: never shown. Only imports fill it: comment files may be public.
    parent: the id of the comment it answers, or "".
    body: as typed, in `format`.
    status: a person's decision, or None while nobody has decided.
    updated: when it was last changed, or None if it never was.
    evidence: what was noticed about the way it came in, one line for the
    moderator; never shown to readers.
    """

    id: str
    article: str
    published: datetime
    body: str
    author: str = ""
    website: str = ""
    email: str = ""
    parent: str = ""
    format: Format = Format.MARKDOWN
    role: Role = Role.READER
    status: Status | None = None
    removed_by: Remover | None = None
    updated: datetime | None = None
    evidence: str = ""

    def __post_init__(self) -> None:
        for name, key in (("id", self.id), ("article", self.article)):
            if not is_key(key):
                raise ValueError(f"{name} {key!r} cannot be a file name")
        if self.parent and not is_key(self.parent):
            raise ValueError(f"parent {self.parent!r} cannot be a file name")
        for moment in (self.published, self.updated):
            if moment is not None and moment.utcoffset() is None:
                raise ValueError(f"time {moment} has no time zone")
        for name in ("author", "website", "email", "evidence"):
            line = getattr(self, name)
            if line and clean_line(line) != line:
                raise ValueError(f"{name} {line!r} is not a clean line")
        if clean_text(self.body) != self.body:
            raise ValueError("body is not clean text")
        if self.removed_by is not None and self.status is not Status.DELETED:
            raise ValueError("only a deleted comment has somebody who removed it")

    def __reduce__(self) -> tuple[Any, ...]:
        # A build unpickles each comment several times, and checked ones need no check.
        return _again, (_values(self),)

    def erased(self) -> Comment:
        """Return the place that this comment leaves at its writer's wish: no
        name, no words.
        """
        return Comment(
            id=self.id,
            article=self.article,
            published=self.published,
            parent=self.parent,
            body="",
            status=Status.DELETED,
            removed_by=Remover.AUTHOR,
        )


_values = attrgetter(*Comment.__slots__)
_set = [getattr(Comment, name).__set__ for name in Comment.__slots__]


def _again(values: tuple[Any, ...]) -> Comment:
    """Return the comment that had these values."""
    comment = object.__new__(Comment)
    for put, value in zip(_set, values, strict=True):
        put(comment, value)
    return comment


def is_key(text: str) -> bool:
    """Tell whether `text` is safe as a file name everywhere: lower-case ASCII
    letters, digits, dot, dash and underscore, at most 128, no device name.
    """
    return (
        _KEY.fullmatch(text) is not None
        and not text.endswith(".")
        and text.split(".")[0] not in _DEVICES
    )


def without_controls(text: str) -> str:
    """Return `text` without the characters that no XML and no file may hold."""
    return _CONTROLS.sub("", text)


def clean_line(text: str) -> str:
    """Return `text` as one line: no control or text-direction characters, runs
    of white space as one space, none at the ends.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return " ".join(_CONTROLS.sub("", text.translate(_BIDI)).split())


def clean_text(text: str) -> str:
    """Return `text` with plain newlines, no control characters but tab and
    newline, and no blank lines at the ends.
    """
    text = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    # Indentation of the first line with words counts: it may be code.
    return _BLANK_LINES.sub("", text.rstrip())
