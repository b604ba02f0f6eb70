"""A blog as a content folder: what each article's file says, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from ..articles import ArticleFile, read_files, slugify, unparse
from ..comments.model import Comment, Format, clean_line, clean_text, is_key
from ..comments.store import FileStore
from ..errors import DocumentError, TipsblogError
from .html import embed, extract
from .model import Article, Blog, Kind, State
from .reading import UNDATED

#: The folders a build reads; it complains where one is missing.
FOLDERS = ("articles", "pages", "comments", "images", "extra")

#: The header's fields that `Article` has a name for.
_NAMED = (
    *("title", "date", "modified", "author", "tags", "slug", "status", "url", "save_as"),
    *("comments", "format", "source", "summary"),
)

#: What means something in Markdown, at the start of a line or anywhere.
_MARKS = "\\`*_{}[]#|+-"
_ESCAPED = re.compile(rf"\\([{re.escape(_MARKS)}])")


@dataclass(frozen=True, slots=True)
class Folder:
    """A blog as it stands in a content folder. errors: what cannot be read.

    files: article's key -> its file, from the content folder.
    """

    blog: Blog
    files: Mapping[str, str]
    errors: tuple[TipsblogError, ...] = ()

    def places(self) -> list[tuple[Article, str]]:
        """Return each article with its file."""
        return [(article, self.files[article.key]) for article in self.blog.articles]


def place(article: Article) -> Path:
    """Return where an article's file stands below the content folder."""
    folder = "pages" if article.kind is Kind.PAGE else "articles"
    return Path(folder) / f"{article.key}.md"


def text(article: Article, body: str | None = None) -> str:
    """Return an article's file. body: its Markdown, where it was made from HTML."""
    draft = article.state is State.DRAFT
    url, save_as = address(article.path) if not draft else ("", "")
    html = article.format is Format.HTML and body is None
    if body is None:
        body = embed(article.body) if html else article.body
    comments = [article.discussion, "" if article.open else "closed"]
    named = [
        ("Title", article.title),
        ("Date", article.published.isoformat()),
        ("Modified", article.updated.isoformat() if article.updated else ""),
        ("Author", article.author if slugify(article.author) else ""),
        ("Tags", tags(article.labels)),
        ("Slug", article.key),
        ("Status", "draft" if draft else ""),
        ("Url", url),
        ("Save_as", save_as),
        ("Summary", _escaped(article.summary)),
        ("Comments", ", ".join(filter(None, comments))),
        ("Format", "html" if html else ""),
        ("Source", article.source),
    ]
    return unparse([*named, *((key.title(), value) for key, value in article.fields)], body)


def tags(labels: Iterable[str]) -> str:
    """Return labels as Pelican's `Tags:` takes them apart again.

    It parts them at semicolons where there is one, else at commas. One that
    has no letter or digit has no address, and Pelican refuses it.
    """
    kept = [label.replace(";", ",") for label in labels if slugify(label)]
    if any("," in label for label in kept):
        return "; ".join(kept) + (";" if len(kept) == 1 else "")
    return ", ".join(kept)


def nameless(article: Article) -> list[tuple[str, str]]:
    """Return what `text` leaves out because Pelican can make no address of it,
    each with what it is.
    """
    named = [("label", label) for label in article.labels] + [("author", article.author)]
    return [(what, name) for what, name in named if name and not slugify(name)]


def address(path: str) -> tuple[str, str]:
    """Return the `Url:` and `Save_as:` that keep an article at its old path."""
    if not path:
        return "", ""
    relative = path.removeprefix("/")
    save_as = f"{relative}index.html" if relative.endswith("/") else relative
    return quote(relative), save_as


def with_new_paths(blog: Blog) -> Blog:
    """Return `blog` with the old paths only remembered, for redirects."""
    return replace(
        blog,
        articles=tuple(
            replace(article, path="", fields=(*article.fields, ("moved-from", article.path)))
            if article.path
            else article
            for article in blog.articles
        ),
    )


def read(
    content: Path, values: Mapping[str, Any], comments: Iterable[Comment] | None = None
) -> Folder:
    """Read the blog that stands in the folder `content`.

    comments: those to take, by the names of their folders; all that stand in
    files, if not given.

    `values` are the blog's settings. A page or article without a path of its
    own gets the one that the settings give it.
    """
    articles: list[Article] = []
    errors: list[TipsblogError] = []
    keys: dict[str, str] = {}
    files: dict[str, str] = {}
    comments_folder = content / values.get("TIPSBLOG_COMMENTS_PATH", "comments")
    for kind, name in ((Kind.ARTICLE, "ARTICLE"), (Kind.PAGE, "PAGE")):
        default = "" if kind is Kind.ARTICLE else "pages"
        for folder in values.get(f"{name}_PATHS", [default]):
            found = read_files(content / folder, values.get("SLUGIFY_SOURCE", "title"))
            errors.extend(found.errors)
            for file in found.files:
                if file.path.is_relative_to(comments_folder):
                    continue
                try:
                    article = _article(file, kind, values)
                except ValueError as error:
                    errors.append(DocumentError(str(error), path=file.path, line=1))
                    continue
                if article.key in files:
                    errors.append(
                        DocumentError(f'another has the slug "{article.key}"', path=file.path)
                    )
                    continue
                articles.append(article)
                keys[file.key] = article.key
                files[article.key] = file.path.relative_to(content).as_posix()
    if comments is None:
        loaded = FileStore(comments_folder).load()
        comments = loaded.comments
        errors.extend(loaded.errors)
    placed = (
        comment if key == comment.article else replace(comment, article=key)
        for comment in comments
        for key in (keys.get(comment.article, comment.article),)
    )
    blog = Blog(
        title=clean_line(str(values.get("SITENAME", ""))),
        url=f"{str(values.get('SITEURL', '')).rstrip('/')}/" if values.get("SITEURL") else "",
        articles=tuple(sorted(articles, key=lambda a: (a.published.timestamp(), a.key))),
        comments=tuple(sorted(placed, key=lambda c: (c.published.timestamp(), c.id))),
    )
    return Folder(blog, files, tuple(errors))


def _article(file: ArticleFile, kind: Kind, values: Mapping[str, Any]) -> Article:
    zone = ZoneInfo(values.get("TIMEZONE", "UTC"))
    published = _moment(file, "date", file.published, zone)
    if published is None and kind is Kind.ARTICLE:
        raise ValueError("the article has no date that can be read")
    published = published or UNDATED
    state = State.DRAFT if file.draft else State.PUBLISHED
    body = file.body
    html = file.field("format").lower() == "html"
    if not is_key(file.slug):
        raise ValueError(f'its slug "{file.slug}" cannot be the key of comments')
    path = _path(file, kind, published, values) if state is State.PUBLISHED else ""
    return Article(
        key=file.slug,
        title=clean_line(file.title),
        published=published,
        body=clean_text(extract(body) if html else body),
        format=Format.HTML if html else Format.MARKDOWN,
        kind=kind,
        state=state,
        updated=_moment(file, "modified", file.updated, zone),
        author=clean_line(file.field("author") or file.field("authors").split(",")[0])
        or clean_line(str(values.get("AUTHOR", ""))),
        labels=_labels(file.field("tags")),
        path=path,
        open=file.open,
        summary=_unescaped(" ".join(file.fields.get("summary", ()))),
        source=clean_line(file.field("source")),
        discussion=file.key if file.key != file.slug else "",
        fields=tuple(
            (name, clean_line(" ".join(values)))
            for name, values in file.fields.items()
            if name not in _NAMED
        ),
    )


def _moment(
    file: ArticleFile, field: str, moment: datetime | None, zone: ZoneInfo
) -> datetime | None:
    """A time without an offset is one of the blog's own zone."""
    if moment is None:
        return None
    written = file.field(field)
    aware = written.endswith("Z") or any(sign in written[10:] for sign in "+-")
    return moment if aware else moment.replace(tzinfo=zone)


def _path(file: ArticleFile, kind: Kind, published: datetime, values: Mapping[str, Any]) -> str:
    url = file.field("url")
    if not url:
        default = "{slug}.html" if kind is Kind.ARTICLE else "pages/{slug}.html"
        known = {"date": published, "slug": file.slug, "lang": file.field("lang") or "en"}
        for name in ("author", "category"):
            known[name] = slugify(file.field(name))
        try:
            url = str(values.get(f"{kind.upper()}_URL", default)).format(**known)
        except (KeyError, ValueError, IndexError):
            return ""
    return "/" + clean_line(unquote(url)).removeprefix("/")


def _labels(text: str) -> tuple[str, ...]:
    parts = text.split(";" if ";" in text else ",")
    return tuple(dict.fromkeys(clean_line(part) for part in parts if part.strip()))


def _escaped(text: str) -> str:
    """Plain text as Pelican's Markdown reads a summary."""
    for mark in _MARKS:
        text = text.replace(mark, f"\\{mark}")
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _unescaped(text: str) -> str:
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return clean_line(_ESCAPED.sub(r"\1", text))
