"""Shorter ways through Python-Markdown's treeprocessors: one is not run over a
tree that lacks what it looks for, and tags are looked up once. What comes out is
the same.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

from markdown.util import STX

_Run = Callable[[Element], Any]
_HEADINGS = frozenset(f"{letter}{level}" for letter in "hH" for level in range(1, 7))


def attributes(_: Any, plain: _Run, root: Element) -> None:
    """`AttrListTreeprocessor`: every list of attributes begins with a brace."""
    if any("{" in (one.text or "") or "{" in (one.tail or "") for one in root.iter()):
        plain(root)


def unescape(processor: Any, _: _Run, root: Element) -> None:
    """`UnescapeTreeprocessor`: only where something is escaped."""
    for element in root.iter():
        text, tail = element.text, element.tail
        if text and STX in text and element.tag != "code":
            element.text = processor.unescape(text)
        if tail and STX in tail:
            element.tail = processor.unescape(tail)
        for name, value in element.items():
            if value is not None and STX in value:
                element.set(name, processor.unescape(value))


def prettify(processor: Any, plain: _Run, root: Element) -> None:
    """`PrettifyTreeprocessor`: each tag is looked up once."""
    known = _BlockLevel(processor.md)

    def step(element: Element) -> None:
        if known[element.tag] and element.tag not in ("code", "pre"):
            text = element.text
            if len(element) and known[element[0].tag] and (not text or not text.strip()):
                element.text = "\n"
            for child in element:
                if known[child.tag]:
                    step(child)
        tail = element.tail
        if not tail or not tail.strip():
            element.tail = "\n"

    processor._prettifyETree = step
    plain(root)


class _BlockLevel(dict[Any, bool]):
    """Tells of each tag whether it is block-level."""

    def __init__(self, md: Any) -> None:
        self._md = md

    def __missing__(self, tag: Any) -> bool:
        found = self[tag] = self._md.is_block_level(tag)
        return bool(found)


def contents(processor: Any, plain: _Run, root: Element) -> None:
    """`TocTreeprocessor`: headings get their ids; there is a table of contents
    only in a text that asks for it, and `md.toc` is empty without.
    """
    headings: list[Element] = []
    used: set[str | None] = set()
    marker = processor.marker
    for element in root.iter():
        if marker and marker in (element.text or ""):
            plain(root)
            return
        if element.tag in _HEADINGS:
            headings.append(element)
        used.add(element.get("id"))
    if processor.use_anchors or processor.use_permalinks not in (False, None):
        plain(root)
        return
    used.discard(None)
    from markdown.extensions import toc as library

    toc: Any = library
    counters: dict[str, int] = {}
    for heading in headings:
        processor.set_level(heading)
        if "id" not in heading.attrib:
            name = _plain_name(heading)
            if name is None:
                inner = toc.render_inner_html(toc.remove_fnrefs(heading), processor.md)
                name = html.unescape(toc.strip_tags(inner))
            slug = processor.slugify(name, processor.sep)
            heading.set("id", toc.unique(slug, used, counters))
        heading.attrib.pop("data-toc-label", None)


def _plain_name(heading: Element) -> str | None:
    """Return what a heading says, None where it says more than letters."""
    text = heading.text or ""
    if len(heading) or not {STX, "&", "<", ">"}.isdisjoint(text):
        return None
    return " ".join(text.split())


#: By the name of the class: extensions that nobody uses need not be loaded.
QUICK = {
    "markdown.extensions.attr_list.AttrListTreeprocessor": attributes,
    "markdown.treeprocessors.PrettifyTreeprocessor": prettify,
    "markdown.treeprocessors.UnescapeTreeprocessor": unescape,
}
#: Where nothing but Markdown's own and ours may ask for what it leaves out.
QUICK_ALONE = {"markdown.extensions.toc.TocTreeprocessor": contents}
