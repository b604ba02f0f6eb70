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
#: They take no block that begins with a letter.
_NOT_LETTERS = frozenset(
    [
        *(f"markdown.blockprocessors.{kind}BlockProcessor" for kind in ("Empty", "Code")),
        *(f"markdown.blockprocessors.{kind}Processor" for kind in ("ListIndent", "OList", "UList")),
        "markdown.extensions.def_list.DefListIndentProcessor",
    ]
)


def quicken(md: Any) -> None:
    """Let the `markdown.Markdown` instance `md` go the shorter way."""
    if type(md.parser) is BlockParser:
        md.parser.__class__ = _Quick


class _Quick(BlockParser):
    _known: list[Any] | None = None
    #: Each processor with its signs; and those that take blocks that begin with a letter.
    _all: list[tuple[Any, tuple[str, ...]]]
    _of_letters: list[tuple[Any, tuple[str, ...]]]

    def parseDocument(self, lines: Any) -> Any:  # noqa: N802 (Markdown's name)
        processors: list[Any] = list(self.blockprocessors)
        if processors != self._known:
            self._known = processors
            names = [name_of(type(one)) for one in processors]
            self._all = [
                (one, _SIGNS.get(name, _UNKNOWN))
                for one, name in zip(processors, names, strict=True)
            ]
            self._of_letters = self._all
            # Another's may put another block in place of one that it does not take.
            if all(name.startswith("markdown.") for name in names):
                self._of_letters = [
                    one
                    for one, name in zip(self._all, names, strict=True)
                    if name not in _NOT_LETTERS
                ]
        return super().parseDocument(lines)

    def parseBlocks(self, parent: Any, blocks: list[str]) -> None:  # noqa: N802
        while blocks:
            processors = self._of_letters if blocks[0][:1].isalpha() else self._all
            for processor, signs in processors:
                block = blocks[0]
                for sign in signs:
                    if sign in block:
                        break
                else:
                    continue
                if processor.test(parent, block) and processor.run(parent, blocks) is not False:
                    break


def name_of(kind: type) -> str:
    """Return the full name of a class."""
    return f"{kind.__module__}.{kind.__qualname__}"
