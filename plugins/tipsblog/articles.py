"""What the filter may know of each article, read from its file without Pelican.

Only what can be told from the file alone; an article that names itself in
another way (a reader plugin, `FILENAME_METADATA`) sets its `Slug:`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .spam.model import Article

_LINK = re.compile(r"\]\(<?(https?://[^\s)>]+)|<(https?://[^\s>]+)>|(?<![(<])\b(https?://[^\s)>]+)")
_MARKS = re.compile(r"!?\[([^\]]*)\](?:\([^)]*\))?|<[^>]+>|^[#>*+\- ]+|[*_`]+", re.MULTILINE)
_HEADER = re.compile(r"([A-Za-z][\w -]*):\s*(.*)")


def read_articles(content: Path, values: Mapping[str, Any]) -> dict[str, Article]:
    """Return the Markdown articles below `content` by the key of their comments.

    `values` are the blog's settings. A file that does not read is left out:
    the build is what reports it.
    """
    found: dict[str, Article] = {}
    for folder in values.get("ARTICLE_PATHS", [""]):
        for path in sorted((content / folder).rglob("*.md")):
            try:
                text = path.read_text("utf-8")
            except (OSError, UnicodeDecodeError):
                continue
            article = parse_article(text, path.stem, values.get("SLUGIFY_SOURCE", "title"))
            found.setdefault(article.key, article)
    return found


def parse_article(text: str, basename: str, slug_source: str = "title") -> Article:
    """Read one article's file. Its key is what `Comments:` names, else its slug."""
    header: dict[str, str] = {}
    lines = text.removeprefix("\ufeff").splitlines()
    start = len(lines)
    for number, line in enumerate(lines):
        match = _HEADER.fullmatch(line)
        if match is None:
            start = number
            break
        header[match[1].casefold()] = match[2].strip()
    title = header.get("title", "")
    slug = header.get("slug") or slugify(basename if slug_source == "basename" else title)
    named = [part.strip() for part in header.get("comments", "").split(",")]
    key = next((part for part in named if part and part != "closed"), slug)
    body = "\n".join(lines[start:])
    links = tuple(dict.fromkeys(next(filter(None, found)) for found in _LINK.findall(body)))
    return Article(
        key=key,
        title=title,
        text=_MARKS.sub(r"\1", body).strip(),
        links=links,
        published=_moment(header.get("date", "")),
    )


def slugify(text: str) -> str:
    """Return `text` as Pelican makes a slug of it with its own settings."""
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    text = re.sub(r"[^\w\s-]", "", text).strip().lower()
    return re.sub(r"[-\s]+", "-", text)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
