"""An article's file: `Key: value` lines, an empty line, the body.

Read as Pelican's Markdown reader reads it, but without Pelican and without
rendering, so that every command may look at articles. Only what can be told
from the file alone: an article that names itself in another way (a reader
plugin, `FILENAME_METADATA`) sets its `Slug:`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import nh3
from dateutil.parser import parse as read_date
from unidecode import unidecode

from .errors import DocumentError, TipsblogError
from .spam.model import Article

_FIELD = re.compile(r" {0,3}(?P<key>[A-Za-z0-9_-]+):[ \t]*(?P<value>.*)")
_MORE = re.compile(r" {4,}(?P<value>.*)")
_BEGIN = re.compile(r"-{3}(\s.*)?")
_END = re.compile(r"(-{3}|\.{3})(\s.*)?")
_LINK = re.compile(r"\]\(<?(https?://[^\s)>]+)|<(https?://[^\s>]+)>|(?<![(<])\b(https?://[^\s)>]+)")
_MARKS = re.compile(r"!?\[([^\]]*)\](?:\([^)]*\))?|<[^>]+>|^[#>*+\- ]+|[*_`]+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ArticleFile:
    """One article or page as it stands on the disk.

    fields: lower-case key -> its values, as text.
    body: everything below the header, in Markdown.
    slug: what Pelican takes: the `Slug:` field, else made of title or file name.
    """

    path: Path
    fields: Mapping[str, tuple[str, ...]]
    body: str
    slug: str

    def field(self, key: str) -> str:
        """Return a field's first value, or ""."""
        return self.fields.get(key, ("",))[0]

    @property
    def title(self) -> str:
        return self.field("title")

    @property
    def key(self) -> str:
        """Under which the article's comments are kept: what `Comments:` names,
        else the slug.
        """
        words = (word.strip() for word in self.field("comments").split(","))
        return next((word for word in words if word and word != "closed"), self.slug)

    @property
    def open(self) -> bool:
        """Whether its author still takes comments."""
        return "closed" not in (word.strip() for word in self.field("comments").split(","))

    @property
    def draft(self) -> bool:
        return self.field("status").lower() == "draft"

    @property
    def published(self) -> datetime | None:
        """The `Date:`, in UTC where it names no offset; None if it has none."""
        return _moment(self.field("date"))

    @property
    def updated(self) -> datetime | None:
        return _moment(self.field("modified"))


@dataclass(frozen=True, slots=True)
class Read:
    """All files that could be read, and what is wrong with the others."""

    files: tuple[ArticleFile, ...]
    errors: tuple[TipsblogError, ...] = field(default=())


def read_articles(content: Path, values: Mapping[str, Any]) -> dict[str, Article]:
    """Return what the filter may know of the articles below `content`, by the
    key of their comments.

    `values` are the blog's settings. A file that does not read is left out:
    the build is what reports it.
    """
    found: dict[str, Article] = {}
    for folder in values.get("ARTICLE_PATHS", [""]):
        for file in read_files(content / folder, values.get("SLUGIFY_SOURCE", "title")).files:
            found.setdefault(file.key, for_filter(file))
    return found


def read_files(folder: Path, slug_source: str = "title") -> Read:
    """Read every Markdown file below `folder`, which need not exist, by path."""
    files: list[ArticleFile] = []
    errors: list[TipsblogError] = []
    for path in sorted(folder.rglob("*.md")):
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            cause = f"not UTF-8 at byte {error.start}"
            errors.append(DocumentError(cause, path=path, way_out="save it as UTF-8"))
        except OSError as error:
            errors.append(DocumentError(f"cannot be read: {error.strerror}", path=path))
        else:
            files.append(parse(text, path, slug_source))
    return Read(tuple(files), tuple(errors))


def parse(text: str, path: Path, slug_source: str = "title") -> ArticleFile:
    """Part an article's `text` into its header's fields and its body.

    `slug_source` is Pelican's `SLUGIFY_SOURCE`.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    start = 1 if _BEGIN.match(lines[0]) else 0
    fields: dict[str, list[str]] = {}
    key = ""
    end = len(lines)
    for number, line in enumerate(lines[start:], start=start):
        if not line.strip() or _END.match(line):
            end = number + 1
            break
        if match := _FIELD.match(line):
            key = match["key"].lower()
            fields.setdefault(key, []).append(match["value"].strip())
        elif key and (match := _MORE.match(line)):
            fields[key].append(match["value"].strip())
        else:
            end = number
            break
    body = "\n".join(lines[end:]).strip("\n")
    given = {name: tuple(values) for name, values in fields.items()}
    named = path.stem if slug_source == "basename" else given.get("title", ("",))[0]
    slug = given.get("slug", ("",))[0] or slugify(named)
    return ArticleFile(path, given, body, slug)


def unparse(fields: Iterable[tuple[str, str]], body: str) -> str:
    """Return the text of a file; fields without a value are left out.

    Every value must be one line. `parse` gives the same back.
    """
    header = "".join(f"{key}: {value}\n" for key, value in fields if value)
    return f"{header}\n{body}\n" if body else f"{header}\n"


def for_filter(file: ArticleFile) -> Article:
    """Return what the spam filter may know of an article."""
    links = dict.fromkeys(next(filter(None, found)) for found in _LINK.findall(file.body))
    return Article(
        key=file.key,
        title=file.title,
        text=_MARKS.sub(r"\1", file.body).strip(),
        links=tuple(links),
        published=file.published,
    )


def slugify(text: str) -> str:
    """Return `text` as Pelican makes a slug of it with its own settings."""
    text = unescape(nh3.clean(text, tags=set())) if "<" in text or "&" in text else text
    text = unidecode(unicodedata.normalize("NFKC", text))
    text = re.sub(r"[^\w\s-]", "", text).strip()
    return re.sub(r"[-\s]+", "-", text).lower().strip()


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            moment = read_date(text)  # what else Pelican takes
        except (ValueError, OverflowError):
            return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
