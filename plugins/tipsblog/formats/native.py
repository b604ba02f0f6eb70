"""Our own JSON: everything a blog holds, nothing lost.

One JSON document in UTF-8, one record a line:

    {"format": "tipsblog", "version": 1, "title": ..., "url": ..., "settings": {...},
    "articles": [
    {"key": ..., "title": ..., ...}
    ],
    "comments": [
    {"article": ..., "id": ..., ...}
    ]}

The names are those of `model.Article` and `comments.model.Comment`; what has
its default is left out. Times are ISO 8601 with offset.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from datetime import datetime
from enum import StrEnum
from typing import IO, Any, TypeVar

from ..comments.model import Comment, Format, Remover, Role, Status
from ..errors import DocumentError
from .model import Article, Blog, Grade, Kind, Loaded, Note, State

VERSION = 1
_KINDS: dict[str, type[StrEnum]] = {
    "kind": Kind,
    "state": State,
    "format": Format,
    "role": Role,
    "status": Status,
    "removed_by": Remover,
}
_MOMENTS = frozenset({"published", "updated"})
_ARTICLE = {field.name for field in fields(Article)}
_COMMENT = {field.name for field in fields(Comment)}

_Record = TypeVar("_Record", Article, Comment)


def dump(blog: Blog, file: IO[str]) -> None:
    """Write `blog`."""
    head = {
        "format": "tipsblog",
        "version": VERSION,
        "title": blog.title,
        "url": blog.url,
        "settings": dict(blog.settings),
    }
    file.write(json.dumps(head, ensure_ascii=False)[:-1])
    for name, records in (("articles", blog.articles), ("comments", blog.comments)):
        file.write(f',\n"{name}": [')
        between = "\n"
        for record in records:
            file.write(between + json.dumps(_values(record), ensure_ascii=False))
            between = ",\n"
        file.write("\n]")
    file.write("}\n")


def load(file: IO[bytes], path: str) -> Loaded:
    """Read what `dump` wrote. Raises `DocumentError`; a record that cannot be
    is left out and named.
    """
    notes: list[Note] = []

    def record(found: dict[str, Any]) -> Any:
        # Called from the innermost out: a record becomes a value at once, so
        # that the whole file never stands in memory as dicts.
        if "key" in found and found.keys() <= _ARTICLE:
            return _made(Article, found, f"article {found['key']}", notes)
        if {"article", "id"} <= found.keys() <= _COMMENT:
            return _made(Comment, found, f"comment {found['article']}/{found['id']}", notes)
        return found

    try:
        data = json.load(file, object_hook=record)
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"is no JSON: {error}", path=path) from error
    if not isinstance(data, dict) or data.get("format") != "tipsblog":
        raise DocumentError("is not an export of this program", path=path)
    if data.get("version") != VERSION:
        raise DocumentError(
            f"is of version {data.get('version')!r}; this program reads {VERSION}", path=path
        )
    settings = data.get("settings", {})
    for name, kind in (("articles", Article), ("comments", Comment)):
        for value in data.get(name, []):
            if not isinstance(value, kind | None):
                notes.append(Note(Grade.LEFT_OUT, name, f"no record: {str(value)[:60]}"))
    blog = Blog(
        title=str(data.get("title", "")),
        url=str(data.get("url", "")),
        settings={str(k): str(v) for k, v in settings.items()},
        articles=tuple(v for v in data.get("articles", []) if isinstance(v, Article)),
        comments=tuple(v for v in data.get("comments", []) if isinstance(v, Comment)),
    )
    return Loaded(blog, tuple(notes))


def _values(record: Article | Comment) -> dict[str, Any]:
    values = {}
    for field in fields(record):
        value = getattr(record, field.name)
        if field.default is not MISSING and value == field.default:
            continue
        values[field.name] = value.isoformat() if isinstance(value, datetime) else value
    return values


def _made(
    kind: type[_Record], values: dict[str, Any], name: str, notes: list[Note]
) -> _Record | None:
    try:
        for key, value in values.items():
            if key in _KINDS and value is not None:
                values[key] = _KINDS[key](value)
            elif key in _MOMENTS and value is not None:
                values[key] = datetime.fromisoformat(value)
            elif key == "labels":
                values[key] = tuple(value)
            elif key == "fields":
                values[key] = tuple((key, value) for key, value in value)
        return kind(**values)
    except (TypeError, ValueError, AttributeError) as error:
        notes.append(Note(Grade.LEFT_OUT, name, f"cannot be: {error}"))
        return None
