"""A shorter way through Python-Markdown's block processors.

Markdown asks each of some twenty processors about each block of a text, and
most blocks are paragraphs. Here one is not asked about a block that lacks what
stands in all that it takes. What comes out is the same.
"""

from __future__ import annotations

from typing import Any

from markdown.blockparser import BlockParser
from markdown.util import STX

#: For each kind of processor, by its class, strings of which all that it takes
#: holds one. By name: extensions that nobody uses need not be loaded.
_SIGNS = {
    "markdown.blockprocessors.HashHeaderProcessor": ("#",),
    "markdown.blockprocessors.SetextHeaderProcessor": ("\n=", "\n-"),
    "markdown.blockprocessors.HRProcessor": ("-", "*", "_"),
    "markdown.blockprocessors.BlockQuoteProcessor": (">",),
    "markdown.blockprocessors.ReferenceProcessor": ("]:",),
    "markdown.extensions.abbr.AbbrBlockprocessor": ("*[",),
    "markdown.extensions.def_list.DefListProcessor": (": ",),
    "markdown.extensions.footnotes.FootnoteBlockProcessor": ("[^",),
    "markdown.extensions.md_in_html.MarkdownInHtmlProcessor": (STX,),
    "markdown.extensions.tables.TableProcessor": ("|",),
}
#: Stands in every text.
_UNKNOWN = ("",)


def quicken(md: Any) -> None:
    """Let the `markdown.Markdown` instance `md` go the shorter way."""
    if type(md.parser) is BlockParser:
        md.parser.__class__ = _Quick


class _Quick(BlockParser):
    _all: list[tuple[Any, tuple[str, ...]]]

    def parseDocument(self, lines: Any) -> Any:  # noqa: N802 (Markdown's name)
        processors: list[Any] = list(self.blockprocessors)
        self._all = [(one, _SIGNS.get(_name(type(one)), _UNKNOWN)) for one in processors]
        return super().parseDocument(lines)

    def parseBlocks(self, parent: Any, blocks: list[str]) -> None:  # noqa: N802
        while blocks:
            for processor, signs in self._all:
                block = blocks[0]
                for sign in signs:
                    if sign in block:
                        break
                else:
                    continue
                if processor.test(parent, block) and processor.run(parent, blocks) is not False:
                    break


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"
