"""What is wrong with the checklists, and which ticks a change would lose."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..checklists import lock, reading
from ..checklists.model import Item, article_key
from ..errors import DocumentError, TipsblogError
from .sources import Source

_BRACES = re.compile(r"\s*\{:?\s*#[^}]*\}\s*$")


@dataclass(frozen=True, slots=True)
class Outcome:
    """lists: how many there are. published: what the lock file is to hold."""

    errors: tuple[TipsblogError, ...]
    lists: int
    published: lock.Published


def check(
    sources: Iterable[Source],
    published: lock.Published,
    markdown: dict[str, Any] | None = None,
    *,
    accept: bool = False,
) -> Outcome:
    """Compare the lists of `sources` with what is `published`.

    `accept`: whether reworded items are meant to be new ones. A draft has no
    readers, and so nothing to keep.
    """
    errors: list[TipsblogError] = []
    items: dict[str, list[Item]] = {}
    where: dict[str, Source] = {}
    count = 0
    for source in sources:
        found = reading.read(source.text, markdown)
        count += len(found.lists)
        errors += [
            DocumentError(p.cause, path=source.path, line=p.line, way_out=p.way_out)
            for p in found.problems
        ]
        if found.lists and not source.file.draft:
            key = article_key(
                source.file.slug, named=source.file.field("checklist-key"), page=source.page
            )
            where.setdefault(key, source)
            # A translation shares its article's key: what both name, both keep.
            known = {item.key for item in items.get(key, ())}
            items.setdefault(key, []).extend(
                item for a in found.lists for item in a.items if item.key not in known
            )
    current = {key: {item.key: item.text for item in listed} for key, listed in items.items()}
    if not accept:
        moved = lock.renamed(published, current)
        errors += [_moved(where[new], new, old) for new, old in moved.items()]
        for key, listed in items.items():
            before = published.get(moved.get(key, key), {})
            errors += [_reworded(where[key], change) for change in lock.reworded(before, listed)]
    return Outcome(tuple(errors), count, current)


def _moved(source: Source, new: str, old: str) -> TipsblogError:
    return DocumentError(
        f'the ticks of its readers are kept under "{old}" and would be looked for under "{new}"',
        path=source.path,
        line=source.line_of("slug") or 1,
        way_out=f"add the line `Checklist-Key: {old.removeprefix('page/')}`",
    )


def _reworded(source: Source, change: lock.Reworded) -> TipsblogError:
    line = source.text.split("\n")[change.item.line - 1] if change.item.line else change.item.text
    return DocumentError(
        f'"{change.item.text}" was "{change.text}": its readers\' ticks would be lost',
        path=source.path,
        line=change.item.line,
        way_out=f"to keep them write `{_BRACES.sub('', line.strip())} {{#{change.key}}}`; "
        "if it is another item, run the check with --accept",
    )
