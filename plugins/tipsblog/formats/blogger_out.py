"""Writing a classic Blogger backup, as Blogger's own import reads it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import IO
from urllib.parse import quote

from ..comments.model import Comment, Remover, Role, Status
from .leaving import in_breaks
from .model import Article, Blog, Kind, State
from .xmlout import Writer

_PREFIX = "tag:blogger.com,1999:"
_SCHEMA = "http://schemas.google.com/g/2005"
_TERM = "http://schemas.google.com/blogger/2008/kind#"
_REMOVED = {
    Remover.AUTHOR: "This comment has been removed by the author.",
    Remover.ADMINISTRATOR: "This comment has been removed by a blog administrator.",
}


def dump(blog: Blog, file: IO[str], render: Callable[[Article], str]) -> list[str]:
    """Write `blog`, whose comments have a status each; return what is left out.

    The format has no status for a held comment or for spam. render: an
    article's body as HTML.
    """
    left_out = []
    threads: dict[str, list[Comment]] = {}
    for comment in blog.comments:
        if comment.status in (Status.HELD, Status.SPAM):
            left_out.append(
                f"comment {comment.article}/{comment.id}: the format has no {comment.status}"
            )
        else:
            threads.setdefault(comment.article, []).append(comment)
    articles = [article for article in blog.articles if article.kind is not Kind.THREAD]
    times = [a.updated or a.published for a in articles] + [c.published for c in blog.comments]
    write = Writer(file)
    with write.inside(
        "feed",
        xmlns="http://www.w3.org/2005/Atom",
        xmlns__thr="http://purl.org/syndication/thread/1.0",
        xmlns__gd=_SCHEMA,
        xmlns__app="http://purl.org/atom/app#",
    ):
        write.element("id", f"{_PREFIX}blog-0.archive")
        write.element("updated", max(times, key=datetime.timestamp).isoformat() if times else "")
        write.element("title", blog.title, type="text")
        if blog.url:
            write.element("link", rel="alternate", type="text/html", href=blog.url)
        with write.inside("author"):
            write.element("name", next((a.author for a in articles if a.author), "Unknown"))
        write.element("generator", "Blogger", version="7.00", uri="https://www.blogger.com")
        for article in articles:
            _article(write, blog, article, render(article))
        for article in articles:
            _comments(write, blog, article, threads.pop(article.key, ()))
    for key, comments in threads.items():
        left_out.extend(
            f"comment {key}/{comment.id}: its article is not there" for comment in comments
        )
    return left_out


def _article(write: Writer, blog: Blog, article: Article, html: str) -> None:
    with write.inside("entry"):
        write.element("id", _id(article))
        write.element("published", article.published.isoformat())
        write.element("updated", (article.updated or article.published).isoformat())
        if article.state is State.DRAFT:
            with write.inside("app:control"):
                write.element("app:draft", "yes")
        kind = "page" if article.kind is Kind.PAGE else "post"
        write.element("category", scheme=f"{_SCHEMA}#kind", term=_TERM + kind)
        for label in article.labels:
            write.element("category", scheme="http://www.blogger.com/atom/ns#", term=label)
        write.element("title", article.title, type="text")
        write.element("content", html, type="html")
        if blog.url and article.path and article.state is State.PUBLISHED:
            address = blog.url.rstrip("/") + quote(article.path)
            write.element(
                "link", rel="alternate", type="text/html", href=address, title=article.title
            )
        with write.inside("author"):
            write.element("name", article.author or "Unknown")


def _comments(write: Writer, blog: Blog, article: Article, comments: Iterable[Comment]) -> None:
    post = _id(article)
    address = blog.url.rstrip("/") + quote(article.path) if blog.url and article.path else ""
    for comment in comments:
        removed = comment.status is Status.DELETED
        body = _REMOVED[comment.removed_by or Remover.AUTHOR] if removed else in_breaks(comment)
        with write.inside("entry"):
            write.element("id", f"{post}.comment-{comment.id}")
            write.element("published", comment.published.isoformat())
            write.element("updated", (comment.updated or comment.published).isoformat())
            write.element("category", scheme=f"{_SCHEMA}#kind", term=f"{_TERM}comment")
            write.element("title", type="text")
            write.element("content", body, type="html")
            if address and not removed:
                link = f"{address}#c{comment.id}"
                write.element("link", rel="alternate", type="text/html", href=link, title="")
            if comment.parent:
                number = post.rpartition("-")[2]
                link = f"https://www.blogger.com/feeds/0/{number}/comments/default/{comment.parent}"
                write.element("link", rel="related", type="application/atom+xml", href=link)
            with write.inside("author"):
                write.element("name", comment.author or "Anonymous")
                if comment.website:
                    write.element("uri", comment.website)
                write.element("email", "noreply@blogger.com")
            write.element("thr:in-reply-to", ref=post, type="text/html", href=address)
            if comment.role is Role.AUTHOR:
                write.element("gd:extendedProperty", name="tipsblog.role", value="author")
            if removed:
                write.element("gd:extendedProperty", name="blogger.contentRemoved", value="true")


def _id(article: Article) -> str:
    """The id that Blogger gave it, or one of the same shape."""
    if article.source.startswith(_PREFIX):
        return article.source
    number = int.from_bytes(hashlib.blake2b(article.key.encode(), digest_size=7).digest())
    return f"{_PREFIX}blog-0.{'page' if article.kind is Kind.PAGE else 'post'}-{number}"
