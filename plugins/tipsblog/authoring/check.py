"""Everything that can be told of a blog before it is built."""

from __future__ import annotations

from dataclasses import dataclass

from ..atomic import write_atomically
from ..checklists import lock
from ..errors import DocumentError, TipsblogError
from ..project import Project
from . import checklists, links, metadata
from .sources import read_sources


@dataclass(frozen=True, slots=True)
class Report:
    """errors: in the order of their places. files, lists: how many were read.
    locked: whether the lock file changed.
    """

    errors: tuple[TipsblogError, ...]
    files: int
    lists: int
    locked: bool


def run(project: Project, *, accept: bool = False) -> Report:
    """Check the articles and pages of `project`, and bring the lock file up to
    date unless something is wrong with a checklist.
    """
    read = read_sources(project)
    path = project.content / lock.FILE
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    try:
        published = lock.parse(before, path) if before else {}
    except DocumentError as error:
        return Report((error,), len(read.sources), 0, locked=False)
    markdown = project.values.get("MARKDOWN")
    outcome = checklists.check(read.sources, published, markdown, accept=accept)
    errors = [
        *read.errors,
        *metadata.check(read.sources, project.values),
        *links.check(read.sources, project.content),
        *outcome.errors,
    ]
    after = lock.unparse(outcome.published)
    # An unreadable article is not a removed one.
    changed = after != before and bool(before or outcome.published)
    locked = changed and not outcome.errors and not read.errors
    if locked:
        write_atomically(path, after.encode("utf-8"))
    errors.sort(key=lambda error: (str(error.path), error.line or 0))
    return Report(tuple(errors), len(read.sources), outcome.lists, locked)
