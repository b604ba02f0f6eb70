"""The articles and pages of a blog as the checks see them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..articles import ArticleFile, read_files
from ..errors import TipsblogError
from ..project import Project


@dataclass(frozen=True, slots=True)
class Source:
    """One file. text: all of it, header included. page: whether it is a page."""

    file: ArticleFile
    text: str
    page: bool = False

    @property
    def path(self) -> Path:
        return self.file.path

    def line_of(self, field: str) -> int | None:
        """Where a header's field stands."""
        for number, line in enumerate(self.text.split("\n"), 1):
            if line.partition(":")[0].strip().lower() == field:
                return number
            if number > 1 and not line.strip():
                break
        return None

    def lines(self) -> Iterator[tuple[int, str]]:
        """The numbered lines that are in no fenced code."""
        fence = ""
        for number, line in enumerate(self.text.split("\n"), 1):
            mark = line.lstrip(" >")[:3]
            if mark in ("```", "~~~"):
                fence = "" if fence == mark else fence or mark
            elif not fence:
                yield number, line


@dataclass(frozen=True, slots=True)
class Sources:
    """All files that could be read, and what is wrong with the others."""

    sources: tuple[Source, ...]
    errors: tuple[TipsblogError, ...] = ()


def read_sources(project: Project) -> Sources:
    """Read the articles and pages of `project`, each once, by path."""
    found: dict[Path, Source] = {}
    errors: list[TipsblogError] = []
    values = project.values
    for page, folders in (
        (True, values.get("PAGE_PATHS", ["pages"])),
        (False, values.get("ARTICLE_PATHS", [""])),
    ):
        for folder in folders:
            read = read_files(project.content / folder, values.get("SLUGIFY_SOURCE", "title"))
            errors += read.errors
            for file in read.files:
                if project.comments not in file.path.parents:
                    text = file.path.read_text(encoding="utf-8-sig")
                    found.setdefault(file.path, Source(file, text, page))
    return Sources(tuple(found[path] for path in sorted(found)), tuple(errors))
