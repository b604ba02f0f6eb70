"""A comment's file: `Key: value` lines, an empty line, the body.

Text in, values out, and back. Every value is text until this module says
otherwise; nothing here opens a file.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from ..errors import DocumentError, did_you_mean
from .model import Comment, Format, Remover, Role, Status, clean_line, clean_text

#: Every key a comment file may carry, in the order in which they are written.
KEYS = (
    "Author",
    "Website",
    "Email",
    "Date",
    "Updated",
    "Parent",
    "Role",
    "Format",
    "Status",
    "Removed-By",
    "Evidence",
)

_KNOWN = {key.casefold(): key for key in KEYS}
_Choice = TypeVar("_Choice", bound=StrEnum)


def parse(text: str, *, id: str, article: str, path: Path | str | None = None) -> Comment:
    """Read a comment file's `text`; its name gives `id`, its folder `article`.

    `path` only serves the error. Raises `DocumentError`, which names the line.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    header: dict[str, tuple[int, str]] = {}
    end = len(lines)
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            end = number
            break
        key, colon, value = line.partition(":")
        known = _KNOWN.get(key.strip().casefold())
        if not colon:
            raise DocumentError(
                f'"{line[:40]}" is no "Key: value" line',
                path=path,
                line=number,
                way_out="an empty line parts the header from the comment's text",
            )
        if known is None:
            raise DocumentError(
                f'unknown field "{key.strip()[:40]}"',
                path=path,
                line=number,
                way_out=did_you_mean(key.strip(), KEYS) or f"known are {', '.join(KEYS)}",
            )
        if known in header:
            raise DocumentError(
                f'field "{known}" stands here twice', path=path, line=number, way_out="remove one"
            )
        header[known] = (number, value.strip())

    def line_of(key: str) -> int:
        return header[key][0] if key in header else 1

    def value_of(key: str) -> str:
        return clean_line(header[key][1]) if key in header else ""

    def choice_of(key: str, choices: type[_Choice]) -> _Choice | None:
        value = value_of(key)
        if not value:
            return None
        try:
            return choices(value.lower())
        except ValueError:
            raise DocumentError(
                f'unknown {key.lower()} "{value[:40]}"',
                path=path,
                line=line_of(key),
                way_out=did_you_mean(value, choices) or f"known are {', '.join(choices)}",
            ) from None

    def time_of(key: str) -> datetime | None:
        value = value_of(key)
        if not value:
            return None
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
        if moment is None or moment.utcoffset() is None:
            raise DocumentError(
                f'"{value[:40]}" is no date with time and offset',
                path=path,
                line=line_of(key),
                way_out="write it as 2026-03-05T14:22:10+00:00",
            )
        return moment

    published = time_of("Date")
    if published is None:
        raise DocumentError(
            'the comment has no "Date"',
            path=path,
            line=line_of("Date"),
            way_out='add a line such as "Date: 2026-03-05T14:22:10+00:00"',
        )
    try:
        return Comment(
            id=id,
            article=article,
            published=published,
            body=clean_text("\n".join(lines[end:])),
            author=value_of("Author"),
            website=value_of("Website"),
            email=value_of("Email"),
            parent=value_of("Parent"),
            format=choice_of("Format", Format) or Format.MARKDOWN,
            role=choice_of("Role", Role) or Role.READER,
            status=choice_of("Status", Status),
            removed_by=choice_of("Removed-By", Remover),
            updated=time_of("Updated"),
            evidence=value_of("Evidence"),
        )
    except ValueError as error:
        raise DocumentError(str(error), path=path, line=1) from error


def unparse(comment: Comment) -> str:
    """Return the text of `comment`'s file; `parse` gives the same comment back."""
    values = (
        comment.author,
        comment.website,
        comment.email,
        comment.published.isoformat(),
        comment.updated.isoformat() if comment.updated else "",
        comment.parent,
        comment.role if comment.role is not Role.READER else "",
        comment.format if comment.format is not Format.MARKDOWN else "",
        comment.status or "",
        comment.removed_by or "",
        comment.evidence,
    )
    header = "".join(f"{key}: {value}\n" for key, value in zip(KEYS, values, strict=True) if value)
    return f"{header}\n{comment.body}\n" if comment.body else f"{header}\n"
