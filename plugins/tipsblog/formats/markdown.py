"""HTML to clean Markdown, where a reader would see no difference.

Whatever this makes is rendered again and compared. A block that Markdown
cannot say stays HTML among the others; an article most of which would, stays
HTML altogether.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from .html import embed, guard
from .tree import BLOCKS, Node, TooDeepError, canonical, parse, serialise, words

Render = Callable[[str], str]

_PLAIN = "u s del ins sub sup small kbd cite q mark tt big strike var samp"
_PLAIN_TAGS = frozenset(_PLAIN.split())
_MARKDOWN_BLOCKS = BLOCKS - {"center", "dialog", "iframe", "object"}
_ENTITY = re.compile(r"&(?=#?\w+;)")
_MARKS = re.compile(r"[\\`*\[\]{}|]|(?<!\w)_|_(?!\w)")
#: What makes of a line's start a heading, a list, a quote, a rule ...
_START = re.compile(r"^(\s*)([#>+=:~-]|\d+(?=[.)]))", re.MULTILINE)


class _NoMarkdownError(ValueError):
    """Something for which Markdown has no words."""


def to_markdown(html: str, render: Render) -> str | None:
    """Return Markdown that `render` turns into what `html` shows, or None."""
    try:
        blocks = parse(html)
    except TooDeepError:
        return None
    if not blocks:
        return ""
    parts = [_block(block) for block in blocks]
    wanted = serialise(blocks)
    text = _joined(blocks, parts)
    if canonical(render(text)) != wanted:
        for number, block in enumerate(blocks):
            part = parts[number]
            if part is not None and canonical(render(part)) != serialise([block]):
                parts[number] = None
        text = _joined(blocks, parts)
        if canonical(render(text)) != wanted:
            return None
    raw = sum(
        1 + len(words([block])) for block, part in zip(blocks, parts, strict=True) if part is None
    )
    return text if 2 * raw <= len(blocks) + len(words(blocks)) else None


def as_body(html: str, render: Render) -> tuple[str, bool]:
    """Return a Markdown file's body for `html`, and whether it is Markdown."""
    text = to_markdown(html, render)
    return (text, True) if text is not None else (embed(html), False)


def _joined(blocks: list[Node], parts: list[str | None]) -> str:
    return "\n\n".join(
        part if part is not None else _raw(block) for block, part in zip(blocks, parts, strict=True)
    )


def _raw(block: Node) -> str:
    html = guard(serialise([block]))
    # Markdown takes no other element for a block; around those stands one that is.
    return html if block.tag in _MARKDOWN_BLOCKS else f"<div>{html}</div>"


def _block(node: Node) -> str | None:
    """Return Markdown for a block, or None where it must stay HTML."""
    try:
        return _lines(node)
    except _NoMarkdownError:
        return None


def _lines(node: Node) -> str:
    if node.attributes:
        raise _NoMarkdownError
    match node.tag:
        case "p":
            return _guarded(_inline(node.children))
        case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
            text = _inline(node.children)
            if not text or "\n" in text or text.endswith("#"):
                raise _NoMarkdownError
            return f"{'#' * int(node.tag[1])} {text}"
        case "hr":
            return "---"
        case "blockquote":
            text = "\n\n".join(map(_lines, node.children))
            return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
        case "ul" | "ol":
            return _list(node)
    raise _NoMarkdownError


def _list(node: Node) -> str:
    items = []
    loose = False
    for number, item in enumerate(_elements(node), start=1):
        if item.tag != "li" or item.attributes:
            raise _NoMarkdownError
        mark = "- " if node.tag == "ul" else f"{number}. "
        loose = loose or any(child.tag == "p" for child in item.children)
        parts: list[str] = []
        run: list[Node] = []
        for child in item.children:
            if child.is_block:
                if run:
                    parts.append(_guarded(_inline(run)))
                    run = []
                parts.append(_lines(child))
            else:
                run.append(child)
        if run:
            parts.append(_guarded(_inline(run)))
        text = ("\n\n" if loose else "\n").join(parts)
        items.append(mark + text.replace("\n", "\n    ").replace("\n    \n", "\n\n"))
    if not items:
        raise _NoMarkdownError
    return ("\n\n" if loose else "\n").join(items)


def _elements(node: Node) -> list[Node]:
    if any(child.is_text and child.text.strip() for child in node.children):
        raise _NoMarkdownError
    return [child for child in node.children if not child.is_text]


def _inline(nodes: list[Node]) -> str:
    return "".join(map(_span, nodes))


def _span(node: Node) -> str:
    if node.is_text:
        return _escaped(node.text)
    if node.is_block:
        raise _NoMarkdownError
    inner = _inline(node.children)
    if node.attributes:
        return _with_attributes(node, inner)
    match node.tag:
        case "br":
            return "  \n"
        case "strong":
            return f"**{inner}**"
        case "em":
            return f"*{inner}*"
        case "code":
            return _code(node)
        case tag if tag in _PLAIN_TAGS:
            return f"<{tag}>{inner}</{tag}>"
    raise _NoMarkdownError


def _with_attributes(node: Node, inner: str) -> str:
    given = node.attributes
    if any(value.startswith(("{", "|")) for value in given.values()):
        raise _NoMarkdownError  # Pelican would take it for a link of its own
    if node.tag == "a" and given.keys() <= {"href", "title"} and "href" in given and inner:
        return f"[{inner}]({_target(given['href'], given.get('title', ''))})"
    if (
        node.tag == "img"
        and {"src"} <= given.keys() <= {"src", "alt", "title"}
        and given.get("alt")
    ):
        return f"![{_escaped(given['alt'])}]({_target(given['src'], given.get('title', ''))})"
    if node.tag in ("img", "a"):
        html = guard(serialise([Node(node.tag, given)]))
        if "\n" in html:
            raise _NoMarkdownError
        return html if node.tag == "img" else html.removesuffix("</a>") + inner + "</a>"
    raise _NoMarkdownError


def _target(address: str, title: str) -> str:
    if re.search(r"[\s<>\\]", address) or '"' in title or "\n" in title:
        raise _NoMarkdownError
    place = f"<{address}>" if re.search(r"[()*_`]", address) or not address else address
    return f'{place} "{title}"' if title else place


def _code(node: Node) -> str:
    text = "".join(child.text if child.is_text else "\0" for child in node.children)
    if "\0" in text or not text.strip() or text != text.strip() or "`" in text:
        raise _NoMarkdownError
    return f"`{text}`"


def _escaped(text: str) -> str:
    text = _MARKS.sub(r"\\\g<0>", text)
    text = _ENTITY.sub("&amp;", text).replace("<", "&lt;")
    return text.replace("\xa0", "&nbsp;")


def _guarded(text: str) -> str:
    """Keep the start of a line from meaning something."""

    def guarded(match: re.Match[str]) -> str:
        mark = match[2]
        if mark[0].isdigit():
            return f"{match[1]}{mark}\\"
        return f"{match[1]}&#{ord(mark)};" if mark in "=:~" else f"{match[1]}\\{mark}"

    return _START.sub(guarded, text)
