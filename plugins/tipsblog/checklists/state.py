"""What the passes of one conversion tell each other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from markdown.util import ETX, STX

from .model import Checklists, Problem

#: What every error about a block shows.
BLOCK_EXAMPLE = """write it as

//// checklist | Which of these mistakes are yours?
    tick: I make this

- [ ] I agree on no price {#price}

    /// why
    Whoever agrees later pays more.
    ///

/// result | 0
You make none of these {total} mistakes.
///
/// result | 1
You make {score} of these {total} mistakes.
///
////
"""

#: All words that are added to an article.
WORDS = (
    *("Why?", "Read why", "Read why: {item}", "optional", "required", "{low} to {high}"),
    *("Tick the mistakes you avoid.", "Tick the mistakes you make."),
)
#: A line on which an item begins, as far as one line can tell.
TASK_LINE = re.compile(r"(?P<indent>[ \t>]*)(?:[-*+]|\d+[.)])[ \t]+\[[ xX]\](?:[ \t]|$)")
_PIECE = re.compile(f"{STX}checklist:(\\d+){ETX}")
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")


@dataclass(slots=True)
class Entry:
    """An item between the passes; Markdown's own keep the element.

    number: the how many-th task it is in the article, from 0.
    stop: the heading whose item it is, or None. heading: its text as written.
    """

    number: int
    li: Element
    ticked: bool = False
    key: str = ""
    classes: tuple[str, ...] = ()
    stop: Element | None = None
    heading: str = ""


@dataclass(slots=True)
class Block:
    """A `checklist` block: its frame and its option as it was written."""

    frame: Element
    tick: str = ""


@dataclass(slots=True)
class State:
    """One conversion. `words` stand for the English ones that it adds. `source` is the
    text as it came, line by line; `indented` whether any of them begins with a space.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    source: list[str] = field(default_factory=list)
    indented: bool = False
    entries: list[Entry] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    found: Checklists = field(default_factory=Checklists)
    pieces: list[str] = field(default_factory=list)
    _lines: list[tuple[int, str]] | None = None
    _item_lines: list[int] | None = None

    def say(self, english: str) -> str:
        """Return the blog's words for one of `WORDS`."""
        return self.words.get(english, english)

    def problem(self, line: int | None, cause: str, way_out: str) -> None:
        """Note what an author got wrong, once."""
        problem = Problem(line, cause, way_out)
        if problem not in self.found.problems:
            self.found.problems.append(problem)

    def keep(self, html: str) -> str:
        """Return what stands for `html` in the text of an element; `put_back`
        replaces it.
        """
        self.pieces.append(html)
        return f"{STX}checklist:{len(self.pieces) - 1}{ETX}"

    def put_back(self, html: str) -> str:
        """Return the finished page with every piece in its place."""
        return _PIECE.sub(lambda match: self.pieces[int(match[1])], html) if self.pieces else html

    def lines(self) -> list[tuple[int, str]]:
        """The numbered lines of the source that are in no fenced code."""
        if self._lines is None:
            self._lines, fence = [], ""
            for number, line in enumerate(self.source, 1):
                match = _FENCE.match(line) if "```" in line or "~~~" in line else None
                if match and not fence:
                    fence = match[1]
                elif match and match[1].startswith(fence):
                    fence = ""
                elif not fence:
                    self._lines.append((number, line))
        return self._lines

    def line_of_item(self, number: int) -> int | None:
        """Where the item of that number, from 0, begins."""
        if self._item_lines is None:
            self._item_lines = [
                n for n, text in self.lines() if "[" in text and TASK_LINE.match(text)
            ]
        return self._item_lines[number] if number < len(self._item_lines) else None

    def line_of_entry(self, entry: Entry) -> int | None:
        """Where that item begins."""
        if entry.stop is None:
            return self.line_of_item(entry.number)
        return next((n for n, line in self.lines() if entry.heading[:60] in line), None)

    def line_of(self, pattern: str, number: int = 0) -> int | None:
        """The line of the match of that number, from 0, of `pattern`."""
        lines = [n for n, text in self.lines() if re.search(pattern, text)]
        return lines[number] if number < len(lines) else None
