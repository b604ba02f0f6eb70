"""Shorter ways through Python-Markdown's preprocessors: what they look for is
searched for only in a text that has its signs. What comes out is the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from markdown.util import ETX, STX

#: Lines with nothing but spaces.
_BLANK = re.compile(r"\n +(?=\n)")
_Run = Callable[[list[str]], list[str]]


def white_space(processor: Any, _: _Run, lines: list[str]) -> list[str]:
    """`NormalizeWhitespace`: its own pattern looks behind itself at every letter."""
    text = "\n".join(lines).replace(STX, "").replace(ETX, "")
    text = text.replace("\r\n", "\n").replace("\r", "\n") + "\n\n"
    return _BLANK.sub("\n", text.expandtabs(processor.md.tab_length)).split("\n")


def fences(_: Any, plain: _Run, lines: list[str]) -> list[str]:
    """`FencedBlockPreprocessor`: only a text with a fence has fenced code."""
    text = "\n".join(lines)
    return plain(lines) if "```" in text or "~~~" in text else text.split("\n")


def raw_html(_: Any, plain: _Run, lines: list[str]) -> list[str]:
    """`HtmlBlockPreprocessor`: only a text with tags or entities has HTML."""
    text = "\n".join(lines)
    return plain(lines) if "<" in text or "&" in text else text.split("\n")


#: By the name of the class: extensions that nobody uses need not be loaded.
QUICK = {
    "markdown.preprocessors.NormalizeWhitespace": white_space,
    "markdown.preprocessors.HtmlBlockPreprocessor": raw_html,
    "markdown.extensions.md_in_html.HtmlBlockPreprocessor": raw_html,
    "markdown.extensions.fenced_code.FencedBlockPreprocessor": fences,
}
