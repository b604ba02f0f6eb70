"""Labelled comments as JSON lines, for fitting and measuring.

One comment a line: `site`, `post`, `id`, `parent`, `author`, `author_url`,
`date`, `body`, `label` (spam, ham) and, if known, `group` (near-duplicates on
one site share it). Articles: `site`, `post`, `title`, `text`. Plain or gzipped.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ..comments.model import Comment, Format, Status, clean_line, clean_text
from ..errors import DocumentError
from .model import Article

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A comment, undecided, and what it is known to be."""

    comment: Comment
    spam: bool
    group: str

    @property
    def status(self) -> Status:
        """What a person who knows would have decided."""
        return Status.SPAM if self.spam else Status.PUBLISHED


@dataclass(frozen=True, slots=True)
class LabelledSite:
    """A site's labelled comments, in order of date, and its articles."""

    name: str
    comments: tuple[Labelled, ...]
    articles: dict[str, Article]


def load(path: Path, posts: Path | None = None) -> tuple[LabelledSite, ...]:
    """Read labelled comments and, if given, the articles they stand under.

    A comment without a date keeps its place in the file. Raises
    `DocumentError`, which names the line.
    """
    sites: dict[str, list[Labelled]] = {}
    for number, row in _rows(path):
        try:
            sites.setdefault(str(row["site"]), []).append(_labelled(row, number))
        except (KeyError, TypeError, ValueError) as error:
            raise DocumentError(
                f"not a labelled comment: {error!r}",
                path=path,
                line=number,
                way_out="each line is an object with site, post, id, body and label",
            ) from error
    articles: dict[str, dict[str, Article]] = {}
    if posts is not None:
        for number, row in _rows(posts):
            try:
                key = _key(row["post"])
                articles.setdefault(str(row["site"]), {})[key] = Article(
                    key, row.get("title") or "", row.get("text") or ""
                )
            except (KeyError, TypeError) as error:
                raise DocumentError(
                    f"not an article: {error!r}", path=posts, line=number
                ) from error
    return tuple(
        LabelledSite(
            name,
            tuple(sorted(rows, key=lambda one: one.comment.published)),
            articles.get(name, {}),
        )
        for name, rows in sorted(sites.items())
    )


def _labelled(row: dict[str, Any], number: int) -> Labelled:
    if row["label"] not in ("spam", "ham"):
        raise ValueError(f"label {row['label']!r}")
    comment = Comment(
        id=_key(row["id"]),
        article=_key(row["post"]),
        published=_moment(row.get("date"), number),
        body=clean_text(row["body"]),
        author=clean_line(row.get("author") or ""),
        website=clean_line(row.get("author_url") or ""),
        parent=_key(row["parent"]) if row.get("parent") and row["parent"] != "0" else "",
        format=Format.HTML,
    )
    return Labelled(comment, row["label"] == "spam", str(row.get("group") or row["id"]))


def _moment(text: str | None, number: int) -> datetime:
    if not text:
        return _EPOCH + timedelta(seconds=number)
    # More than six digits of a second, as .NET writes them, are no ISO date to Python.
    moment = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
    return moment if moment.utcoffset() is not None else moment.replace(tzinfo=UTC)


def _key(text: object) -> str:
    return "k" + hashlib.blake2b(str(text).encode(), digest_size=8).hexdigest()


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    for number, line in enumerate(data.decode("utf-8").split("\n"), start=1):
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError as error:
                raise DocumentError(f"not JSON: {error}", path=path, line=number) from error
            if not isinstance(row, dict):
                raise DocumentError("not a JSON object", path=path, line=number)
            yield number, row
