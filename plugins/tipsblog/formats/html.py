"""Foreign HTML, put so that nothing on its way to the page changes it.

A browser reads broken HTML by fixed rules; `tidy` applies them, so that every
element is closed. `embed` makes of that a body for a Markdown file.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from ..comments.model import clean_text

_OPEN, _CLOSE = "<div>\n", "\n</div>"
#: In tidied HTML no tag holds a ">", so this finds every one whole.
_MARKUP = re.compile(
    r"(?P<comment><!--.*?-->)|(?P<script><(?P<name>script|style)\b.*?</(?P=name)>)|<[a-z][^>]*>",
    re.DOTALL,
)
#: Pelican takes a quoted value that begins so for a link into the content.
_INTERNAL = re.compile(r"""(?<==)(["'])([{|])""")
#: Pelican stops at an image with an empty text; without a value, it is the same.
_NO_TEXT = re.compile(r"""\balt=(?:""|'')""")
_KEPT = re.compile(r"(<(pre|script|style|textarea)\b.*?</\2>)", re.DOTALL)
_PRE = re.compile(r"(<(?:pre|textarea|listing)\b[^>]*>)\n")


def tidy(html: str) -> str:
    """Return `html` as a browser understands it, well-formed."""
    if not html.strip():
        return ""
    parsed = LexborHTMLParser(html, is_fragment=True).html or ""
    # A newline right after <pre> is not part of it; a second one is.
    return clean_text(_PRE.sub(r"\1\n\n", parsed))


def embed(html: str) -> str:
    """Return `html` as the body of a Markdown file that renders to just that."""
    tidied = tidy(html)
    return f"{_OPEN}{guard(tidied)}{_CLOSE}" if tidied else ""


def extract(body: str) -> str:
    """Return the HTML that `embed` put into a body."""
    if body.startswith(_OPEN) and body.endswith(_CLOSE):
        body = body[len(_OPEN) : -len(_CLOSE)]
    return body


def guard(html: str) -> str:
    """Keep Pelican from finding fault with tidied mark-up, or its own in it."""

    def inert(match: re.Match[str]) -> str:
        if match["script"]:
            text = _INTERNAL.sub(lambda m: f"{m[1]}\\x{ord(m[2]):x}", match[0])
            return _NO_TEXT.sub(r"alt=\\x22\\x22", text)
        text = _INTERNAL.sub(lambda m: f"{m[1]}&#{ord(m[2])};", match[0])
        return _NO_TEXT.sub("alt", text)

    return _MARKUP.sub(inert, html)


def one_line(html: str) -> str:
    """Return `html` without newlines that are only white space; WordPress would
    show them.
    """
    parts = _KEPT.split(html)
    # split() gives text, what is kept, its name, text, what is kept ...
    kept = [
        part if number % 3 else re.sub(r"\s*\n\s*", " ", part)
        for number, part in enumerate(parts)
        if number % 3 != 2
    ]
    return "".join(kept)
