"""Makers of values: a test names only what matters to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tipsblog.comments.model import Comment

DAY = datetime(2026, 3, 5, tzinfo=UTC)


def comment(id: str = "a", minute: int = 0, **fields: Any) -> Comment:
    """A comment under "x", `minute` minutes after midnight of `DAY`."""
    values: dict[str, Any] = {
        "id": id,
        "article": "x",
        "published": DAY + timedelta(minutes=minute),
        "body": f"Text of {id}.",
        **fields,
    }
    return Comment(**values)
