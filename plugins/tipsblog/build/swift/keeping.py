"""What the next build starts from, but for files, brought up to date in the file of
`drawn`: from what pages were drawn, what they read, what is left of sources.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..changes import stamps
from ..record.watched import watched

if TYPE_CHECKING:
    from ..record.drawn import Drawn
    from ..record.reads import Record
    from .articles import Articles
    from .redraw import Redrawn


def keep(drawn: Drawn, pages: Mapping[str, Redrawn], build: str) -> None:
    """Keep what `pages` were drawn from, as of `build`."""
    held: dict[str, dict[str, Any]] = {}
    seen: set[tuple[str, str]] = set()
    # Who is about an article keeps its texts, and who kept something keeps it again.
    ordered = sorted(pages.items(), key=lambda item: not item[1].about)
    for first in (True, False):
        for path, page in ordered:
            for name, attribute, value, own in page.held:
                if own == first and (name, attribute) not in seen:
                    seen.add((name, attribute))
                    if name not in held:
                        held[name] = drawn.thing(name)
                    held[name][attribute] = (*value, path, build)
    for name, row in held.items():
        drawn.set_thing(name, row)
    for path, page in pages.items():
        drawn.set_packed(path, build, page.page)
        drawn.add_said(page.said)


def relist(drawn: Drawn, articles: Articles, paths: Iterable[str]) -> None:
    """Forget what is no more, and what the outputs at `paths` read before they were
    drawn again: lists shift, and by and by each page would hang on every article.
    """
    drawn.drop_reading([*paths, *articles.removed, *articles.feed_paths])
    drawn.set_readers(articles.reading_rows)
    drawn.drop_things(articles.gone)
    for path in articles.removed:
        drawn.drop_page(path)
    drawn.set_meta("sources", int(drawn.meta("sources") or 0) + articles.more)


def leave(drawn: Drawn, left: Mapping[str, bytes], dropped: Iterable[str]) -> None:
    """Leave these rows instead of those that were left, and no more those `dropped`."""
    drawn.drop_left(dropped)
    drawn.leave((name, stamps.digest(value), value) for name, value in left.items())


def note_readers(drawn: Drawn, reads: Mapping[str, Record]) -> None:
    """Note that outputs hang on what they read, too."""
    parts: dict[tuple[str, str], int] = {}
    for path, (found, _) in reads.items():
        for name, attribute in found:
            parts[name, path] = parts.get((name, path), 0) | watched(attribute)
    drawn.add_readers((*key, part) for key, part in parts.items())
