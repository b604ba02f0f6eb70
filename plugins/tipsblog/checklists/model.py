"""What a checklist is.

The extension makes these values while it converts an article; the glue, the
page of all checklists and `tipsblog check` read them. Nothing here knows about
Markdown, HTML or Pelican.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to tick.

    key: under which a reader's tick is kept; unique within its article.
    text: as a reader hears it, without mark-up.
    ticked: whether it is ticked before the reader has touched it.
    named: whether the author wrote the key; else it comes from the text.
    """

    key: str
    text: str
    ticked: bool = False
    named: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Something an author wrote that cannot be meant: where, what, the way out.

    line: counted from 1, or None where it is not known.
    """

    line: int | None
    cause: str
    way_out: str


@dataclass(frozen=True, slots=True)
class Checklist:
    """The items of one list, in reading order, nested ones after their parent."""

    items: tuple[Item, ...]
