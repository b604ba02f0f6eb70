"""A blog as a content folder: what each article's file says, and back."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from ..articles import slugify, unparse
from ..comments.model import Format
from .html import embed
from .model import Article, Kind, State

#: The folders a build reads; it complains where one is missing.
FOLDERS = ("articles", "pages", "comments", "images", "extra")


def place(article: Article) -> Path:
    """Return where an article's file stands below the content folder."""
    folder = "pages" if article.kind is Kind.PAGE else "articles"
    return Path(folder) / f"{article.key}.md"


def text(article: Article) -> str:
    """Return an article's file."""
    draft = article.state is State.DRAFT
    url, save_as = address(article.path) if not draft else ("", "")
    fields = [
        ("Title", article.title),
        ("Date", article.published.isoformat()),
        ("Modified", article.updated.isoformat() if article.updated else ""),
        ("Author", article.author if slugify(article.author) else ""),
        ("Tags", tags(article.labels)),
        ("Slug", article.key),
        ("Status", "draft" if draft else ""),
        ("Url", url),
        ("Save_as", save_as),
        ("Comments", "" if article.open else "closed"),
        ("Format", article.format if article.format is Format.HTML else ""),
        ("Source", article.source),
    ]
    body = embed(article.body) if article.format is Format.HTML else article.body
    return unparse(fields, body)


def tags(labels: Iterable[str]) -> str:
    """Return labels as Pelican's `Tags:` takes them apart again.

    It parts them at semicolons where there is one, else at commas. One that
    has no letter or digit has no address, and Pelican refuses it.
    """
    kept = [label.replace(";", ",") for label in labels if slugify(label)]
    if any("," in label for label in kept):
        return "; ".join(kept) + (";" if len(kept) == 1 else "")
    return ", ".join(kept)


def address(path: str) -> tuple[str, str]:
    """Return the `Url:` and `Save_as:` that keep an article at its old path."""
    if not path:
        return "", ""
    relative = path.removeprefix("/")
    save_as = f"{relative}index.html" if relative.endswith("/") else relative
    return quote(relative), save_as
