"""Values for tests: a maker names only the fields that matter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tipsblog.comments.model import Comment
from tipsblog.formats.model import Article

START = datetime(2026, 3, 5, tzinfo=UTC)


def comment(id: str = "a", minute: int = 0, **fields: Any) -> Comment:
    """A comment, `minute` minutes after `START`."""
    given = {"article": "traps", "body": "Some words.", "author": "Ann"} | fields
    return Comment(id=id, published=START + timedelta(minutes=minute), **given)


def article(key: str = "traps", **fields: Any) -> Article:
    """An article as it travels between formats, published at `START`."""
    given = {"title": f"About {key}", "published": START, "body": "<p>Words.</p>"} | fields
    return Article(key=key, **given)
