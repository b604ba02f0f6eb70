"""Bringing a blog into a content folder, again and again.

What is to be written where; `memory` decides whether it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, unquote_plus, urlsplit

from ..articles import read_files
from ..comments.document import unparse
from ..comments.model import Comment, Format
from .archive import Images
from .directory import nameless, place, text
from .markdown import Render, as_body
from .memory import Memory, Outcome
from .model import Article, Blog, Kind

#: Where comments are kept that no article would show.
UNPLACED = "unplaced"

_ADDRESS = re.compile(r"""https?://[^\s"'<>()]+""")
_PICTURE = re.compile(r"""<img\b[^>]*?\bsrc\s*=\s*["']?(https?://[^\s"'>]+)""", re.IGNORECASE)
_ENDINGS = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif")


@dataclass(slots=True)
class Report:
    """What an import did to the files. Paths start at the content folder.

    kept: edited by a person, left alone. removed: taken away by a person, not
    brought back. moved: key in the export -> key here. html: what stays HTML.
    unplaced: comments that no article would show. pictures: article's file ->
    addresses on other hosts. nameless: what was left out of articles because
    Pelican can make no address of it -> of how many; see `directory.nameless`.
    """

    outcomes: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    kept: list[Path] = field(default_factory=list)
    removed: list[Path] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)
    html: list[Path] = field(default_factory=list)
    unplaced: int = 0
    pictures: dict[Path, list[str]] = field(default_factory=dict)
    nameless: Counter[tuple[str, str]] = field(default_factory=Counter)

    def count(self, path: Path, outcome: Outcome) -> None:
        self.outcomes[outcome] += 1
        if outcome is Outcome.KEPT:
            self.kept.append(path)
        elif outcome is Outcome.REMOVED:
            self.removed.append(path)


def bring_in(
    blog: Blog,
    memory: Memory,
    *,
    render: Render | None = None,
    images: Images | None = None,
    step: Callable[[], None] = lambda: None,
) -> Report:
    """Write `blog` into a content folder; call `step` after each article and comment.

    render: Markdown to HTML as the site does it, for making Markdown of HTML
    bodies; without, they stay HTML. images: what the export holds of pictures.
    """
    report = Report()
    here = [article for article in blog.articles if article.kind is not Kind.THREAD]
    renamed = _renamed(here, memory)
    report.moved.extend(sorted(renamed.items()))
    # A page shows no comments, and a build stops at those that no article shows.
    shown = {
        article.key: article.discussion or renamed.get(article.key, article.key)
        for article in here
        if article.kind is Kind.ARTICLE
    }
    shown |= dict(_found(blog, memory.folder))
    pictures = _Pictures(images or Images(), memory, report)
    with memory:
        for article in here:
            article = replace(article, key=renamed.get(article.key, article.key))
            path, body = place(article), None
            if article.format is Format.HTML and article.body and render is not None:
                body, is_markdown = as_body(article.body, render)
                if not is_markdown:
                    report.html.append(path)
                    body = None
            report.nameless.update(nameless(article))
            content = pictures.taken_in(text(article, body), path)
            report.count(path, memory.write(path, content.encode()))
            step()
        for comment in blog.comments:
            path, placed = _placed(comment, shown)
            report.unplaced += not placed
            # Its folder says under which article it stands, not its file.
            report.count(path, memory.write(path, unparse(comment).encode()))
            step()
    return report


def _placed(comment: Comment, shown: dict[str, str]) -> tuple[Path, bool]:
    key = shown.get(comment.article)
    home = Path("comments") / key if key else Path(UNPLACED) / comment.article
    return home / f"{comment.id}.md", key is not None


def _renamed(articles: list[Article], memory: Memory) -> dict[str, str]:
    """Find another key for each article whose file is somebody else's."""
    renamed: dict[str, str] = {}
    taken = {article.key for article in articles}
    for article in articles:
        key = article.key
        number = 1
        while memory.is_foreign(place(replace(article, key=key)), article):
            number += 1
            while f"{article.key}-{number}" in taken:
                number += 1
            key = f"{article.key}-{number}"
        if key != article.key:
            renamed[article.key] = key
            taken.add(key)
    return renamed


def _found(blog: Blog, folder: Path) -> Iterator[tuple[str, str]]:
    """Find among the articles in `folder` those that the export only names."""
    threads = [article for article in blog.articles if article.kind is Kind.THREAD]
    files = read_files(folder / "articles").files if threads else ()
    by_path = {}
    for file in files:
        for address in filter(None, (file.field("url"), file.field("moved-from"))):
            by_path[_bare(unquote(address))] = file.key
    keys = {name: file.key for file in files for name in (file.slug, file.key)}
    for thread in threads:
        key = by_path.get(_bare(thread.path)) if thread.path else None
        key = key or keys.get(thread.key)
        if key:
            yield thread.key, key


def _bare(path: str) -> str:
    return path.strip("/").removesuffix("index.html").strip("/").lower()


class _Pictures:
    """Takes pictures that the export holds into `images/`, and lists the others."""

    def __init__(self, images: Images, memory: Memory, report: Report) -> None:
        self.images = images
        self.memory = memory
        self.report = report
        self.done: set[str] = set()

    def taken_in(self, content: str, path: Path) -> str:
        if self.images:
            content = _ADDRESS.sub(self._place, content)
        if left := list(dict.fromkeys(_PICTURE.findall(content))):
            self.report.pictures[path] = left
        return content

    def _place(self, match: re.Match[str]) -> str:
        name = unquote_plus(PurePosixPath(urlsplit(match[0]).path).name)
        if name not in self.images or not name.lower().endswith(_ENDINGS):
            return match[0]
        safe = re.sub(r"[^\w.-]+", "-", name).lstrip(".-")
        if safe not in self.done:
            self.done.add(safe)
            path = Path("images") / safe
            self.report.count(path, self.memory.write(path, self.images.read(name)))
        return f"{{static}}/images/{safe}"
