"""HTML as a small tree in a normal form, for comparing and converting.

Two pieces of HTML with the same normal form look the same to a reader: <b> is
<strong> and <i> is <em>, white space is collapsed, two <br> part paragraphs as
in Blogger's editor, an element without attributes that changes nothing is
gone, and so are comments and empty paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape

from selectolax.lexbor import LexborHTMLParser, LexborNode

_BLOCKS = (
    "address article aside blockquote center dd details dialog div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hr iframe li main nav noscript object ol p "
    "pre script section style summary table tbody td tfoot th thead tr ul video"
)
_VOID = "area base br col embed hr img input link meta param source track wbr"
BLOCKS = frozenset(_BLOCKS.split())
VOID = frozenset(_VOID.split())
_VERBATIM = frozenset(["pre", "script", "style", "textarea"])
_SAME = {"b": "strong", "i": "em"}
_FLOW = frozenset(["", "blockquote"])
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
#: What holds text without a place of its own: white space at its edge is outside.
_INLINE = frozenset(["strong", "em", "a", "u", "s", "del", "ins", "small", "cite", "code"])
#: Blogger's editor says so of everything; it is so anyway.
_LEFT = re.compile(r"\s*text-align:\s*left;?\s*")
_SPACE = re.compile(r"[ \t\n\r\f]+")
_MAX_DEPTH = 100


class TooDeepError(ValueError):
    """HTML nested deeper than anybody writes."""


@dataclass(slots=True)
class Node:
    """An element, or text where `tag` is "#"."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    text: str = ""

    @property
    def is_block(self) -> bool:
        """Whether it is a block, or has one in it."""
        return self.tag in BLOCKS or any(child.is_block for child in self.children)

    @property
    def is_text(self) -> bool:
        return self.tag == "#"


def parse(html: str) -> list[Node]:
    """Return the normal form of `html`. Raises `TooDeepError`."""
    first = LexborHTMLParser(html, is_fragment=True).root
    nodes = []
    while first is not None:
        nodes.extend(_read(first, 0))
        first = first.next
    return _flow(nodes, "")


def serialise(nodes: Iterable[Node]) -> str:
    """Return HTML for `nodes`; attributes are sorted."""
    return "".join(map(_html, nodes))


def canonical(html: str) -> str:
    """Return the normal form of `html` as HTML."""
    return serialise(parse(html))


def words(nodes: Iterable[Node]) -> str:
    """Return the text in `nodes`."""
    return "".join(node.text if node.is_text else words(node.children) for node in nodes)


def _html(node: Node) -> str:
    if node.is_text:
        return escape(node.text, quote=False).replace("\xa0", "&nbsp;")
    given = "".join(
        f' {name}="{escape(value)}"'
        for name, value in sorted(node.attributes.items())
        # An id that the Markdown extension "toc" gives to every heading.
        if not (name == "id" and node.tag in _HEADINGS)
    )
    if node.tag in VOID:
        return f"<{node.tag}{given}>"
    inner = (
        "".join(child.text for child in node.children)
        if node.tag in ("script", "style")
        else serialise(node.children)
    )
    return f"<{node.tag}{given}>{inner}</{node.tag}>"


def _read(node: LexborNode, depth: int, *, verbatim: bool = False) -> list[Node]:
    if depth > _MAX_DEPTH:
        raise TooDeepError("nested too deep")
    tag = node.tag or ""
    if tag == "-text":
        text = node.text_content or ""
        return [Node("#", text=text if verbatim else _SPACE.sub(" ", text))] if text else []
    if not node.is_element_node:
        return []
    tag = _SAME.get(tag, tag)
    attributes = {name: value or "" for name, value in node.attributes.items()}
    for name in ("class", "style"):
        if name in attributes:
            attributes[name] = _SPACE.sub(" ", attributes[name]).strip()
    if _LEFT.fullmatch(attributes.get("style", "")) and tag in BLOCKS:
        del attributes["style"]
    verbatim = verbatim or tag in _VERBATIM
    children: list[Node] = []
    child = node.first_child
    while child is not None:
        children.extend(_read(child, depth + 1, verbatim=verbatim))
        child = child.next
    if verbatim:
        return [Node(tag, attributes, children)]
    if not attributes and tag == "span":
        return children
    inline = (tag in _INLINE and not attributes) or tag == "a"
    if inline and not any(child.is_block for child in children):
        return _hoisted(Node(tag, attributes, _joined(children)))
    if tag == "div" and not attributes:
        return [Node("div", {}, children)]
    if tag in _FLOW:
        children = _flow(children, tag)
    elif tag in BLOCKS or any(child.is_block for child in children):
        children = _item(children, tag)
    return [Node(tag, attributes, _joined(children))]


def _hoisted(node: Node) -> list[Node]:
    """Move white space and breaks at an inline element's edges out of it."""
    before: list[Node] = []
    after: list[Node] = []
    inner = node.children
    while inner and _is_edge(inner[0], first=True):
        if inner[0].tag == "br":
            before.append(inner.pop(0))
            continue
        before.append(Node("#", text=" "))
        inner[0] = Node("#", text=inner[0].text[1:])
        if not inner[0].text:
            inner.pop(0)
    while inner and _is_edge(inner[-1], first=False):
        if inner[-1].tag == "br":
            after.insert(0, inner.pop())
            continue
        after.insert(0, Node("#", text=" "))
        inner[-1] = Node("#", text=inner[-1].text[:-1])
        if not inner[-1].text:
            inner.pop()
    return [*before, *([node] if inner or node.attributes else []), *after]


def _is_edge(node: Node, *, first: bool) -> bool:
    if node.tag == "br":
        return not node.attributes
    space = node.text.startswith(" ") if first else node.text.endswith(" ")
    return node.is_text and space


def _flow(nodes: list[Node], where: str) -> list[Node]:
    """Make paragraphs of what stands loose among blocks."""
    out: list[Node] = []
    run: list[Node] = []
    for node in nodes:
        if not node.is_block:
            run.append(node)
            continue
        out.extend(_paragraphs(run))
        run = []
        if node.tag == "div" and not node.attributes:
            out.extend(_flow(node.children, where))
        elif node.tag == "p" and not node.attributes:
            out.extend(_paragraphs(node.children))
        else:
            out.append(node)
    out.extend(_paragraphs(run))
    return out


def _item(nodes: list[Node], tag: str) -> list[Node]:
    """What stands in another block: paragraphs only where there are blocks."""
    blocks = any(node.is_block for node in nodes)
    if tag in ("li", "dd") and not any(node.tag in ("p", "div") for node in nodes):
        # Text and then a list below it is one item, not a paragraph and a list.
        out: list[Node] = []
        run: list[Node] = []
        for node in nodes:
            if node.is_block:
                out.extend([*_trimmed(run), node])
                run = []
            else:
                run.append(node)
        return [*out, *_trimmed(run)]
    if blocks and tag in ("li", "dd", "td", "th"):
        return _flow(nodes, tag)
    if blocks:
        return [node for node in nodes if not _is_nothing(node)]
    return _trimmed(nodes)


def _is_nothing(node: Node) -> bool:
    if node.is_text:
        return not node.text.strip(" ")
    return node.tag == "p" and not node.attributes and _blank(node.children)


def _paragraphs(run: list[Node]) -> list[Node]:
    """Part a run of text at every two <br>."""
    parts: list[list[Node]] = [[]]
    breaks = 0
    for node in run:
        if node.tag == "br" and not node.attributes:
            breaks += 1
            if breaks == 2:
                parts.append([])
            elif breaks == 1:
                parts[-1].append(node)
        elif node.is_text and not node.text.strip(" ") and breaks:
            continue
        else:
            breaks = 0
            parts[-1].append(node)
    kept = (_trimmed(part) for part in parts)
    return [Node("p", {}, part) for part in kept if part and not _blank(part)]


def _blank(nodes: list[Node]) -> bool:
    return all(
        (node.is_text and not node.text.strip(" \xa0")) or (node.tag == "br") for node in nodes
    )


def _trimmed(nodes: list[Node]) -> list[Node]:
    """Take white space and breaks from both ends."""
    nodes = _joined(nodes)
    while nodes and (edge := _trimmed_breaks(_stripped(nodes))) != nodes:
        nodes = edge
    return nodes


def _joined(nodes: list[Node]) -> list[Node]:
    """Make one text of neighbours, without white space around breaks."""
    merged: list[Node] = []
    for node in nodes:
        if node.is_text and merged and merged[-1].is_text:
            merged[-1] = Node("#", text=_SPACE.sub(" ", merged[-1].text + node.text))
        else:
            merged.append(node)
    for number, node in enumerate(merged):
        if not node.is_text:
            continue
        text = node.text
        if number and merged[number - 1].tag == "br":
            text = text.lstrip(" ")
        if number + 1 < len(merged) and merged[number + 1].tag == "br":
            text = text.rstrip(" ")
        merged[number] = Node("#", text=text)
    return [node for node in merged if node.text or not node.is_text]


def _stripped(nodes: list[Node]) -> list[Node]:
    out = list(nodes)
    if out[0].is_text:
        out[0] = Node("#", text=out[0].text.lstrip(" "))
    if out[-1].is_text:
        out[-1] = Node("#", text=out[-1].text.rstrip(" "))
    return [node for node in out if node.text or not node.is_text]


def _trimmed_breaks(nodes: list[Node]) -> list[Node]:
    start, end = 0, len(nodes)
    while start < end and nodes[start].tag == "br" and not nodes[start].attributes:
        start += 1
    while end > start and nodes[end - 1].tag == "br" and not nodes[end - 1].attributes:
        end -= 1
    return nodes[start:end]
