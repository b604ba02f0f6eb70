"""Bringing a blog into a content folder, again and again.

What was written is remembered by a hash in `.tipsblog-import.json`. A file
that is no longer what was written has been edited, and stays as it is; so does
the absence of one that was taken away. While an import runs, a journal beside
it is written ahead of each file: killed at any point, the next one goes on.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from ..comments.document import unparse
from ..errors import TipsblogError
from .directory import FOLDERS, place, text
from .model import Article, Blog, Kind

MANIFEST = ".tipsblog-import.json"
JOURNAL = ".tipsblog-import.journal"
#: Where comments are kept whose article is not there.
UNPLACED = "unplaced"


@dataclass(slots=True)
class Report:
    """What an import did to the files. kept: edited by a person, left alone."""

    new: int = 0
    changed: int = 0
    same: int = 0
    kept: list[Path] = field(default_factory=list)
    removed: list[Path] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)


def bring_in(
    blog: Blog,
    folder: Path,
    *,
    dry_run: bool = False,
    step: Callable[[], None] = lambda: None,
) -> Report:
    """Write `blog` into `folder`; call `step` after each article and comment.

    With `dry_run`, nothing is written and the report tells what would be.
    """
    report = Report()
    memory = _Memory(folder, dry_run=dry_run)
    # A page shows no comments, and a build stops at those that no article shows.
    keys = {article.key for article in blog.articles if article.kind is Kind.ARTICLE}
    renamed = _renamed(blog, folder, memory)
    report.moved.extend(sorted(renamed.items()))
    if not dry_run:
        _make(folder / name for name in FOLDERS)
    with memory:
        for article in blog.articles:
            article = replace(article, key=renamed.get(article.key, article.key))
            memory.write(place(article), text(article).encode(), report)
            step()
        for comment in blog.comments:
            home = "comments" if comment.article in keys else UNPLACED
            if comment.article in renamed:
                comment = replace(comment, article=renamed[comment.article])
            relative = Path(home) / comment.article / f"{comment.id}.md"
            memory.write(relative, unparse(comment).encode(), report)
            step()
    return report


def _renamed(blog: Blog, folder: Path, memory: _Memory) -> dict[str, str]:
    """Find another key for each article whose file is somebody else's."""
    renamed: dict[str, str] = {}
    taken = {article.key for article in blog.articles}
    for article in blog.articles:
        key = article.key
        number = 1
        while memory.foreign(place(replace(article, key=key)), article):
            number += 1
            key = f"{article.key}-{number}"
            while key in taken:
                number += 1
                key = f"{article.key}-{number}"
        if key != article.key:
            renamed[article.key] = key
            taken.add(key)
    return renamed


def _make(folders: Iterator[Path]) -> None:
    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise TipsblogError(f"cannot be made: {error.strerror}", path=folder) from error


class _Memory:
    """What earlier imports wrote: path -> hash, on the disk and in memory."""

    def __init__(self, folder: Path, *, dry_run: bool) -> None:
        self.folder = folder
        self.dry_run = dry_run
        self.known: dict[str, str] = {}
        self.pending: set[str] = set()
        self.journal: IO[str] | None = None
        self._read()

    def __enter__(self) -> None:
        if not self.dry_run:
            self.journal = (self.folder / JOURNAL).open("a", encoding="utf-8")

    def __exit__(self, kind: object, *_: object) -> None:
        if self.journal is None:
            return
        self.journal.close()
        if kind is None:
            data = json.dumps(self.known, indent=0, sort_keys=True, ensure_ascii=False) + "\n"
            _replace(self.folder / MANIFEST, data.encode())
            (self.folder / JOURNAL).unlink()

    def foreign(self, relative: Path, article: Article) -> bool:
        """Whether a file stands there that no import wrote."""
        if relative.as_posix() in self.known:
            return False
        try:
            there = (self.folder / relative).read_bytes()
        except FileNotFoundError:
            return False
        return there != text(article).encode()

    def write(self, relative: Path, data: bytes, report: Report) -> None:
        name, path, digest = relative.as_posix(), self.folder / relative, _digest(data)
        known = self.known.get(name)
        there: str | None = None
        with suppress(FileNotFoundError):
            there = _digest(path.read_bytes())
        if there is None and known is not None and name not in self.pending:
            report.removed.append(relative)
            return
        if there is not None and there not in (known, digest):
            report.kept.append(relative)
            return
        if known != digest and self.journal is not None:
            self.journal.write(json.dumps([name, digest], ensure_ascii=False) + "\n")
            self.journal.flush()
        self.known[name] = digest
        if there == digest:
            report.same += 1
            return
        if not self.dry_run:
            path.parent.mkdir(parents=True, exist_ok=True)
            _replace(path, data)
        report.new += there is None
        report.changed += there is not None

    def _read(self) -> None:
        path = self.folder / MANIFEST
        try:
            self.known = json.loads(path.read_bytes())
        except FileNotFoundError:
            pass
        except ValueError as error:
            raise TipsblogError(
                "cannot be read", path=path, way_out="restore it, or remove it to start afresh"
            ) from error
        with suppress(FileNotFoundError):
            for line in (self.folder / JOURNAL).read_text(encoding="utf-8").splitlines():
                with suppress(ValueError):  # the last line may be half written
                    name, digest = json.loads(line)
                    self.known[name] = digest
                    self.pending.add(name)


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _replace(path: Path, data: bytes) -> None:
    """Put a file in place whole. An import can be run again, so it need not
    wait for the disk as a comment does that a reader just sent.
    """
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(data)
    os.replace(new, path)  # noqa: PTH105
