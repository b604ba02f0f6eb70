"""What a checklist is.

The extension makes these values while it converts an article; the glue, the
page of all checklists and `tipsblog check` read them. Nothing here knows about
Markdown, HTML or Pelican.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class Tick(StrEnum):
    """What a tick says, in the words an author writes.

    An item is open while it is not avoided: unticked under AVOID, ticked under MAKE.
    """

    AVOID = "I avoid this"
    MAKE = "I make this"


class Item(NamedTuple):
    """One thing to tick.

    key: under which a reader's tick is kept; unique within its article.
    text: as a reader hears it, without mark-up.
    ticked: whether it is ticked before the reader has touched it.
    optional: whether it is left out of the score.
    named: whether the author wrote the key; else it comes from the text.
    line: where it stands, counted from 1, if that is known.
    nested: whether it belongs to another item.
    """

    key: str
    text: str
    ticked: bool = False
    optional: bool = False
    named: bool = False
    line: int | None = None
    nested: bool = False


class Checklist(NamedTuple):
    """The items of one list, in reading order, nested ones after their parent."""

    items: tuple[Item, ...]
    title: str = ""
    tick: Tick = Tick.AVOID


class Problem(NamedTuple):
    """Something an author wrote that cannot be meant: where, what, the way out.

    line: counted from 1, or None where it is not known.
    """

    line: int | None
    cause: str
    way_out: str


@dataclass(slots=True)
class Checklists:
    """What was found in one article."""

    lists: list[Checklist] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def article_key(slug: str, *, named: str = "", page: bool = False) -> str:
    """Return under which name the ticks of an article (or page) are kept.

    Its slug, or what its `Checklist-Key:` names: a new slug keeps the old ticks.
    Without white space, so that it can be part of an id.
    """
    key = "-".join((named or slug).split())
    return f"page/{key}" if page else key
