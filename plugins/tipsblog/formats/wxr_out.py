"""Writing WordPress's extended RSS, and the dialect of it that Disqus imports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from itertools import count
from typing import IO
from urllib.parse import quote

from ..articles import slugify
from ..comments.model import Comment, Role, Status
from .html import one_line
from .leaving import in_lines
from .model import Article, Blog, Kind, State
from .xmlout import Writer

_NAMESPACES = {
    "xmlns__excerpt": "http://wordpress.org/export/1.2/excerpt/",
    "xmlns__content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns__dc": "http://purl.org/dc/elements/1.1/",
}
_APPROVED = {
    Status.PUBLISHED: "1",
    Status.HELD: "0",
    Status.SPAM: "spam",
    Status.DELETED: "trash",
}

_Render = Callable[[Article], str]


def dump(blog: Blog, file: IO[str], render: _Render) -> list[str]:
    """Write WXR 1.2 of `blog`, whose comments have a status each.

    render: an article's body as HTML. Returns what is left out.
    """
    threads = _threads(blog.comments)
    articles = [article for article in blog.articles if article.kind is not Kind.THREAD]
    users = {name: number for number, name in enumerate(_authors(articles), start=1)}
    numbers = count(1)
    write = Writer(file)
    with (
        write.inside(
            "rss", version="2.0", **_NAMESPACES, xmlns__wp="http://wordpress.org/export/1.2/"
        ),
        write.inside("channel"),
    ):
        write.element("title", blog.title)
        write.element("link", blog.url)
        write.element("wp:wxr_version", "1.2")
        write.element("wp:base_site_url", blog.url)
        write.element("wp:base_blog_url", blog.url)
        for name, number in users.items():
            with write.inside("wp:author"):
                write.element("wp:author_id", str(number))
                write.cdata("wp:author_login", name)
                write.cdata("wp:author_display_name", name)
        for post, article in enumerate(articles, start=1):
            with write.inside("item"):
                _item(write, blog, article, str(post), render(article))
                thread = threads.pop(article.key, ())
                user = str(users.get(article.author, 0))
                for id, parent, comment in _numbered(thread, numbers):
                    _comment(write, id, parent, comment, user)
    return _homeless(threads)


def dump_for_disqus(blog: Blog, file: IO[str], render: _Render) -> list[str]:
    """Write the custom XML that Disqus imports. It knows published and held
    comments, on published articles with an absolute address; returns the rest.
    """
    left_out = []
    kept = []
    for comment in blog.comments:
        name = f"comment {comment.article}/{comment.id}"
        if comment.status in (Status.SPAM, Status.DELETED):
            left_out.append(f"{name}: the format has no {comment.status}")
        elif len(in_lines(comment)) < 3:
            left_out.append(f"{name}: Disqus takes none of less than three characters")
        else:
            kept.append(comment)
    threads = _threads(kept)
    numbers = count(1)
    write = Writer(file)
    with (
        write.inside(
            "rss",
            version="2.0",
            **_NAMESPACES,
            xmlns__dsq="http://www.disqus.com/",
            xmlns__wp="http://wordpress.org/export/1.0/",
        ),
        write.inside("channel"),
    ):
        for article in blog.articles:
            thread = threads.get(article.key, ())
            if not thread or article.state is State.DRAFT or not (blog.url and article.path):
                continue
            del threads[article.key]
            with write.inside("item"):
                write.element("title", escape(article.title, quote=False))
                write.element("link", _address(blog, article))
                write.cdata("content:encoded", one_line(render(article)))
                write.element("dsq:thread_identifier", article.key)
                write.element("wp:post_date_gmt", _gmt(article.published))
                write.element("wp:comment_status", "open" if article.open else "closed")
                for id, parent, comment in _numbered(thread, numbers):
                    _comment(write, id, parent, comment, "")
    return left_out + _homeless(threads)


def _item(write: Writer, blog: Blog, article: Article, number: str, html: str) -> None:
    draft = article.state is State.DRAFT
    write.element("title", escape(article.title, quote=False))
    write.element("link", "" if draft else _address(blog, article))
    write.element("pubDate", format_datetime(article.published))
    write.cdata("dc:creator", article.author)
    write.element("guid", f"{blog.url}?p={number}", isPermaLink="false")
    write.element("description")
    write.cdata("content:encoded", one_line(html))
    write.cdata("excerpt:encoded", escape(article.summary, quote=False))
    write.element("wp:post_id", number)
    _both(write, "wp:post_date", article.published)
    _both(write, "wp:post_modified", article.updated or article.published)
    write.element("wp:comment_status", "open" if article.open else "closed")
    write.element("wp:ping_status", "closed")
    write.element("wp:post_name", article.key)
    write.element("wp:status", "draft" if draft else "publish")
    write.element("wp:post_parent", "0")
    write.element("wp:menu_order", "0")
    write.element("wp:post_type", "page" if article.kind is Kind.PAGE else "post")
    write.element("wp:post_password")
    write.element("wp:is_sticky", "0")
    for label in article.labels:
        write.element("category", label, domain="post_tag", nicename=slugify(label))


def _comment(write: Writer, id: int, parent: int, comment: Comment, user: str) -> None:
    """Write one comment; `user` is its article's author's number, or "" for
    Disqus, which has no users and no meta.
    """
    with write.inside("wp:comment"):
        write.element("wp:comment_id", str(id))
        write.cdata("wp:comment_author", comment.author)
        write.element("wp:comment_author_email", comment.email)
        write.element("wp:comment_author_url", comment.website)
        write.element("wp:comment_author_IP")
        _both(write, "wp:comment_date", comment.published)
        write.cdata("wp:comment_content", in_lines(comment))
        write.element("wp:comment_approved", _APPROVED[comment.status or Status.HELD])
        write.element("wp:comment_type")
        write.element("wp:comment_parent", str(parent))
        if user:
            write.element("wp:comment_user_id", user if comment.role is Role.AUTHOR else "0")
            with write.inside("wp:commentmeta"):
                write.element("wp:meta_key", "tipsblog_id")
                write.element("wp:meta_value", comment.id)


def _numbered(thread: Sequence[Comment], numbers: count[int]) -> list[tuple[int, int, Comment]]:
    """Number comments so that a parent's is lower than its replies', which is
    what WordPress relies on; one whose parent does not leave stands on top.
    """
    waiting: dict[str, list[Comment]] = {}
    ids = {comment.id for comment in thread}
    for comment in thread:
        above = comment.parent if comment.parent in ids and comment.parent != comment.id else ""
        waiting.setdefault(above, []).append(comment)
    order = [(comment, 0) for comment in waiting.pop("", [])]
    result = []
    for comment, parent in order:
        number = next(numbers)
        result.append((number, parent, comment))
        order.extend((reply, number) for reply in waiting.pop(comment.id, []))
    # What is left answers itself in a loop.
    for comments in waiting.values():
        result.extend((next(numbers), 0, comment) for comment in comments)
    return result


def _threads(comments: Sequence[Comment]) -> dict[str, list[Comment]]:
    threads: dict[str, list[Comment]] = {}
    for comment in comments:
        threads.setdefault(comment.article, []).append(comment)
    return threads


def _homeless(threads: dict[str, list[Comment]]) -> list[str]:
    return [
        f"comment {key}/{comment.id}: its article does not leave"
        for key, comments in threads.items()
        for comment in comments
    ]


def _authors(articles: Sequence[Article]) -> list[str]:
    return list(dict.fromkeys(article.author for article in articles if article.author))


def _address(blog: Blog, article: Article) -> str:
    return blog.url.rstrip("/") + quote(article.path) if article.path else blog.url


def _both(write: Writer, tag: str, moment: datetime) -> None:
    write.element(tag, moment.strftime("%Y-%m-%d %H:%M:%S"))
    write.element(f"{tag}_gmt", _gmt(moment))


def _gmt(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
