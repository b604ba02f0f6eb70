"""The blocks around a list, as pymdown-extensions reads them.

//// checklist | Which of these mistakes are yours?
    tick: I make this

What to know before you start.

- [ ] Agree on a price {#price}

    /// why
    Whoever agrees later pays more.
    ///

/// result | 0 to 1
You make {score} of these {total} mistakes: sleep well.
///
////
"""

from __future__ import annotations

import re
from typing import ClassVar
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from pymdownx.blocks import BlocksExtension, BlocksProcessor
from pymdownx.blocks.block import Block as PymdownBlock

from .markup import frame
from .state import Block, State

RANGE = re.compile(r"(\d{1,4})(?:\s*(?:to|-|–)\s*(\d{1,4}))?")


class _Checklist(PymdownBlock):  # type: ignore[misc]
    NAME = "checklist"
    ARGUMENT = None
    OPTIONS: ClassVar = {"tick": ("", str)}

    def on_create(self, parent: Element) -> Element:
        state: State = self.config["state"]
        element = frame()
        parent.append(element)
        state.blocks.append(Block(element, self.options["tick"]))
        if self.argument:
            title = SubElement(element, "p", {"class": "checklist-title"})
            title.text = self.argument
        return element


class _Why(PymdownBlock):  # type: ignore[misc]
    NAME = "why"
    ARGUMENT = None

    def on_create(self, parent: Element) -> Element:
        element = SubElement(parent, "details", {"class": "checklist-why"})
        SubElement(element, "summary").text = self.argument or self.config["state"].say("Why?")
        return element


class _Result(PymdownBlock):  # type: ignore[misc]
    NAME = "result"
    ARGUMENT = True

    def on_validate(self, parent: Element) -> bool:
        return RANGE.fullmatch(self.argument) is not None

    def on_create(self, parent: Element) -> Element:
        match = RANGE.fullmatch(self.argument)
        low, high = (match[1], match[2] or match[1]) if match else ("0", "0")
        return SubElement(
            parent,
            "div",
            {"class": "checklist-result", "data-from": str(int(low)), "data-to": str(int(high))},
        )


class _Blocks(BlocksExtension):  # type: ignore[misc]
    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state

    def extendMarkdownBlocks(  # noqa: N802 (pymdown-extensions' name)
        self, md: Markdown, block_mgr: BlocksProcessor
    ) -> None:
        for block in (_Checklist, _Why, _Result):
            if block.NAME not in block_mgr.blocks:
                block_mgr.register(block, {})
            block_mgr.config[block.NAME] = {"state": self.state}


def switch_on(md: Markdown, state: State) -> None:
    """Let `md` read the blocks from now on; `state` learns of each."""
    _Blocks(state).extendMarkdown(md)


def unclosed(md: Markdown) -> list[str]:
    """The names of our blocks that the text opened and never closed."""
    ours = (_Checklist, _Why, _Result)
    stack = md.parser.blockprocessors["blocks"].stack  # type: ignore[attr-defined]
    return [entry.block.NAME for entry in stack if isinstance(entry.block, ours)]
