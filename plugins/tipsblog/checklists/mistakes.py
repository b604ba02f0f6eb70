"""What looks like a checklist to its author and not to Markdown.

Every rule here names a slip that would otherwise come out as literal text, or
as a list that is not the one meant.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from xml.etree.ElementTree import Element

from markdown import Markdown

from .items import BOX, EXAMPLE
from .state import BLOCK_EXAMPLE, TASK_LINE, State

NAMES = ("checklist", "why", "result")
_ARGUMENTS = {"why": "Why?", "result": "0 to 2"}

_NEARLY_A_BOX = re.compile(r"\[(?: {0,2}[xX✓✔]? {0,2})\](?![(\[:])")
_LITTLE = re.compile(r"\[[ xX]{0,2}\]")
_IN_A_PARAGRAPH = re.compile(r"(?:^|\n)[ ]*(?:[-*+]|\d+[.)])[ ]*\[ ?[xX]? ?\][ ]*\S.{0,40}")
_BLOCK_LINE = re.compile(r"(?m)^[ ]{0,3}/{3,}[ ]*([\w-]*)")


def report(md: Markdown, state: State, root: Element) -> None:
    """Note the slips below `root`, before inline mark-up is read."""
    for tag in ("li", "p"):
        for element in root.iter(tag):
            if element.text and "[" in element.text:
                _boxes(md, state, element, element.text)
    if state.entries and state.indented:
        _nesting(state)


def report_blocks(state: State, root: Element, unclosed: list[str]) -> None:
    """Note blocks of ours that were not read, stand in a wrong place or stay open."""
    for name in unclosed:
        state.problem(
            state.line_of(rf"^[ >]*/{{3,}}\s*{name}\b"),
            f'the block "{name}" is never closed',
            f"end it with as many slashes as it begins with; {BLOCK_EXAMPLE}",
        )
    for element in root.iter():
        for text in (element.text or "", element.tail or ""):
            for match in _BLOCK_LINE.finditer(text) if "///" in text else ():
                _unread(state, match[1])
    _misplaced(state, root)


def _boxes(md: Markdown, state: State, element: Element, text: str) -> None:
    if element.tag == "p" and _LITTLE.search(text) and (match := _IN_A_PARAGRAPH.search(text)):
        line = next((n for n, s in state.lines() if match[0].strip() in s), None)
        state.problem(
            line,
            f'"{match[0].strip()}" is not read as an item of a list',
            f"leave an empty line before the list and a space on both sides of the box: {EXAMPLE}",
        )
    match = None if BOX.match(text) else _NEARLY_A_BOX.match(text)
    if match and element.tag == "li" and match[0][1:-1].strip().lower() not in md.references:
        state.problem(
            state.line_of(re.escape(text.split("\n")[0][:60])),
            f'"{match[0]}" is no box',
            f"a box is `[ ]` or `[x]` with a space behind it: {EXAMPLE}",
        )


def _nesting(state: State) -> None:
    """Markdown here nests by four spaces; with two or three, as on GitHub, an
    item would quietly move up a level.
    """
    above: int | None = None
    for number, line in state.lines():
        if "[" in line and (match := TASK_LINE.match(line)):
            indent = len(match["indent"].replace("\t", "    "))
            if above is not None and above < indent < above + 4 and ">" not in match["indent"]:
                state.problem(
                    number,
                    f"an item is indented by {indent - above} and not by 4 spaces",
                    "indent what stands under an item by four spaces for each level",
                )
            else:
                above = indent
        elif line and not line.startswith(" "):
            above = None


def _unread(state: State, name: str) -> None:
    meant = get_close_matches(name.lower(), NAMES, n=1, cutoff=0.7)
    if not name:
        if state.blocks and not state.found.problems:
            line = state.line_of(r"^[ >]*/{3,}\s*$")
            state.problem(line, "a block ends that never began", BLOCK_EXAMPLE)
        return
    if not meant:
        return  # another extension's, or no block at all
    line = state.line_of(rf"^[ >]*/{{3,}}\s*{name}\s*(?:\||$)")
    if meant[0] != name.lower():
        cause = f'unknown block "{name}", did you mean "{meant[0]}"?'
    elif meant[0] == "checklist":
        cause = 'a block "checklist" takes a title and the option "tick" and nothing else'
    else:
        cause = f'a block "{name}" begins like `/// {name} | {_ARGUMENTS[meant[0]]}`'
    state.problem(line, cause, BLOCK_EXAMPLE)


def _misplaced(state: State, root: Element) -> None:
    items = {entry.li for entry in state.entries}
    frames = {block.frame for block in state.blocks}
    inside = {child for frame in frames for child in frame.iter()}
    under = {child for li in items for child in li}
    for element in root.iter():
        name = element.get("class")
        if name == "checklist-why" and element not in under:
            state.problem(
                state.line_of(r"^[ >]*/{3,}\s*why\b"),
                "a why-text stands under no item of a checklist",
                f"indent it by four spaces under its item: {BLOCK_EXAMPLE}",
            )
        if name == "checklist-result" and element not in inside:
            state.problem(
                state.line_of(r"^[ >]*/{3,}\s*result\b"),
                "a result stands in no checklist block",
                f"put it before the end of its checklist: {BLOCK_EXAMPLE}",
            )
