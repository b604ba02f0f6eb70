"""What is wrong with the headers: fields that nothing reads, slugs that collide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..errors import DocumentError, TipsblogError, did_you_mean
from .sources import Source

#: What Pelican, our theme and this plugin read.
FIELDS = (
    *("Title", "Date", "Modified", "Category", "Tags", "Keywords", "Slug", "Author", "Authors"),
    *("Summary", "Description", "Status", "Lang", "Translation", "Template", "Save_as", "Url"),
    *("Comments", "Featured", "Checklist", "Checklist-Key", "Format", "Source", "Moved-From"),
)
STATES = ("published", "draft", "hidden", "skip")
#: Pages that every theme writes at the root.
_TAKEN = ("index", "archives", "authors", "categories", "tags")


def check(sources: Iterable[Source], values: Mapping[str, Any]) -> Iterator[TipsblogError]:
    """Say what is wrong with the headers; `values` are the blog's settings."""
    sources = list(sources)
    for source in sources:
        yield from _fields(source)
        yield from _required(source, values)
    yield from _slugs(sources, values)


def _fields(source: Source) -> Iterator[TipsblogError]:
    known = {name.lower() for name in FIELDS}
    for name in source.file.fields:
        # Other plugins read fields of their own: only what looks like a slip.
        if name not in known and (meant := did_you_mean(name, FIELDS)):
            yield _error(source, name, f'unknown field "{name.capitalize()}"', meant)
    status = source.file.field("status")
    if status and status.lower() not in STATES:
        way_out = did_you_mean(status, STATES) or f"known are {', '.join(STATES)}"
        yield _error(source, "status", f'unknown status "{status}"', way_out)


def _required(source: Source, values: Mapping[str, Any]) -> Iterator[TipsblogError]:
    if not source.file.title and "title" not in values.get("FILENAME_METADATA", ""):
        yield _error(source, "title", "has no title", "begin the file with `Title: ...`")
    named = values.get("FILENAME_METADATA", r"(?P<date>\d{4}-\d{2}-\d{2}).*")
    dated = "?P<date>" in named and re.match(named, source.path.stem)
    if source.page or dated or values.get("DEFAULT_DATE"):
        return
    if not source.file.field("date"):
        yield _error(source, "date", "has no date", "add a line such as `Date: 2026-03-05 09:00`")


def _slugs(sources: list[Source], values: Mapping[str, Any]) -> Iterator[TipsblogError]:
    first: dict[tuple[bool, str, str], Source] = {}
    language = values.get("DEFAULT_LANG", "en")
    at_root = values.get("ARTICLE_SAVE_AS", "{slug}.html") == "{slug}.html"
    for source in sources:
        if source.file.field("status").lower() == "skip":
            continue
        slug = source.file.slug
        other = first.setdefault(
            (source.page, slug, source.file.field("lang").lower() or language), source
        )
        if other is not source:
            yield _error(
                source,
                "slug",
                f'the slug "{slug}" is taken by {other.path.name}',
                "give one of them a `Slug:` of its own, or a `Lang:` if it is a translation",
            )
        elif at_root and not source.page and slug in _TAKEN:
            yield _error(
                source,
                "slug",
                f'the slug "{slug}" is that of a page which the theme writes',
                f"give it another one: `Slug: about-{slug}`",
            )


def _error(source: Source, field: str, cause: str, way_out: str) -> TipsblogError:
    return DocumentError(cause, path=source.path, line=source.line_of(field), way_out=way_out)
