"""What each format carries there and back: the table in the README, checked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tipsblog.comments.markup import to_html
from tipsblog.comments.model import Comment, Format, Remover, Status
from tipsblog.formats.model import Article, Blog, Kind
from tipsblog.formats.render import renderer
from tipsblog.formats.tree import canonical

ARTICLE = {
    "json": "key title published body kind state updated author labels path open summary source "
    "discussion fields",
    "files": "key title published body kind state updated author labels path open summary source "
    "discussion fields",
    "blogger": "title published body kind state updated author labels path",
    "wordpress": "key title published body kind state updated author labels path open summary",
    "disqus": "key title published body path open",
}
COMMENT = {
    "json": "id article published body author website email parent role status removed_by updated "
    "format evidence",
    "files": "id article published body author website email parent role status removed_by updated "
    "format evidence",
    "blogger": "id published body author website parent role removed_by updated",
    "wordpress": "id article published body author website email parent role status",
    "disqus": "article published body author website email parent",
}
#: Formats whose times have no finer part than a second.
_WHOLE_SECONDS = ("wordpress", "disqus")
_render = renderer({}, checklists=False)


def articles(blog: Blog, format: str) -> list[dict[str, Any]]:
    """What of the articles `format` carries, comparable."""
    found = [
        {name: _value(article, name, format) for name in ARTICLE[format].split()}
        for article in blog.articles
        if article.kind is not Kind.THREAD
    ]
    return sorted(found, key=repr)


def comments(blog: Blog, format: str) -> list[dict[str, Any]]:
    """What of the comments `format` carries, comparable.

    Where ids are not carried, a parent is known by its time and author.
    """
    by_id = {(comment.article, comment.id): comment for comment in blog.comments}
    found = []
    for comment in blog.comments:
        values = {name: _value(comment, name, format) for name in COMMENT[format].split()}
        parent = by_id.get((comment.article, comment.parent))
        values["parent"] = (_value(parent, "published", format), parent.author) if parent else None
        found.append(values)
    return sorted(found, key=repr)


def _value(record: Article | Comment, name: str, format: str) -> Any:
    value = getattr(record, name)
    if isinstance(value, datetime):
        if format == "disqus":
            value = value.astimezone(UTC)
        value = _rounded(value, format)
        # What was changed when it was written was never changed.
        if name == "updated" and value == _rounded(record.published, format):
            return None
        return value.isoformat()
    if name == "removed_by" and format == "blogger" and record.status is Status.DELETED:
        return value or Remover.AUTHOR  # one of the two sentences must stand there
    if name == "status" and format == "wordpress" and value is Status.PUBLISHED:
        return None  # approved there is undecided here
    if name != "body" or format in ("json", "files"):
        return value
    if isinstance(record, Comment):
        # A removed one's text is kept only where the format has a place for it.
        gone = record.status is Status.DELETED and format == "blogger"
        return "" if gone else canonical(to_html(record))
    return canonical(_render(value) if record.format is Format.MARKDOWN else value)


def _rounded(moment: datetime, format: str) -> datetime:
    return moment.replace(microsecond=0) if format in _WHOLE_SECONDS else moment
