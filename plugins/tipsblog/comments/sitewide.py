"""The lists over a whole blog that change with its comments.

Values in, values out: articles are whatever the caller has for them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from .discussion import excerpt, name_of, permalink
from .model import Comment

#: How many comments and articles the lists show.
LATEST = 5
DISCUSSED = 5
#: How many entries the feed of all comments has.
FEED_ENTRIES = 50


class Latest(NamedTuple):
    """A comment in the gadget of the latest ones. url: relative to the root."""

    article: Any
    author_name: str
    excerpt: str
    url: str
    published: datetime


def newest_first(comment: Comment) -> tuple[float, str, str]:
    """The key by which comments of several articles are sorted, reversed."""
    return (comment.published.timestamp(), comment.id, comment.article)


def latest(
    comments: Iterable[Comment], article_of: Callable[[str], tuple[Any, str]]
) -> list[Latest]:
    """Return the newest of `comments`; `article_of(key)` is an article and its
    address.
    """
    newest = sorted(comments, key=newest_first, reverse=True)[:LATEST]
    found = []
    for comment in newest:
        article, url = article_of(comment.article)
        place = permalink(url, comment)
        found.append(Latest(article, name_of(comment), excerpt(comment), place, comment.published))
    return found


def most_first(discussed: tuple[int, str, Any]) -> tuple[int, str]:
    """The key by which (number of comments, address, article) are sorted."""
    return (-discussed[0], discussed[1])


def digests(folder: str, digest_of: Callable[[str], bytes]) -> dict[str, bytes]:
    """Return the digest of every entry in a folder, by name and in order."""
    names = sorted(os.listdir(folder))  # noqa: PTH208 - thousands of folders
    return {name: digest_of(f"{folder}{os.sep}{name}") for name in names}


def source_of(folder: str, files: Mapping[str, bytes]) -> bytes:
    """Return one digest of a folder of comments and all `files` in it."""
    parts = [part for name, mark in files.items() for part in (os.fsencode(name), mark)]
    return hashlib.sha256(b"\0".join([os.fsencode(folder), *parts])).digest()


def identity(source: bytes, *values: object) -> str:
    """Return what tells a discussion from any other; source: of its comments."""
    return hashlib.sha256(source + repr(values).encode("utf-8", "surrogatepass")).hexdigest()
