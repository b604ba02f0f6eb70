"""The Markdown extension: task lists become lists that a reader can tick.

    markdown.markdown(text, extensions=["tipsblog.checklists.extension"])

It never raises and never loses text. What an author got wrong stands in
`md.checklists.problems`, what came out in `md.checklists.lists`. Where the
`meta` extension is in use, both also travel as `md.Meta["checklists"]`, which
is how Pelican hands them to the article.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.attr_list import get_attrs_and_remainder
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE

from . import keys
from .model import Checklist, Item, Problem

_BOX = re.compile(r"\[([ xX])\](?:[ \t\n]+|$)")
#: `{#key .optional}` at the end of an item, as attribute lists are written
#: behind a heading. Anything else in braces is text.
_ATTRS = re.compile(r"[ \t\n]+\{:?[ ]*([#.][^}\n]*)\}[ \t]*$")
_TASK_LINE = re.compile(r"[ \t>]*(?:[-*+]|\d+\.)[ \t]+\[[ xX]\]")
_EXAMPLE = "write it as `- [ ] Agree on a price {#price}`"


@dataclass(slots=True)
class Checklists:
    """What one conversion found."""

    lists: list[Checklist] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class _Entry:
    """An item between the two passes; the inline processor keeps the element."""

    number: int
    li: ElementTree.Element
    ticked: bool
    key: str


class ChecklistExtension(Extension):
    """`article` is the key of the article, put before the ids of its items so
    that several articles can stand on one page.
    """

    def __init__(self, **kwargs: Any) -> None:
        self.config = {"article": ["", "key of the article"]}
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (Markdown's name)
        self.md = md
        md.registerExtension(self)
        self.found = Checklists()
        self.entries: list[_Entry] = []
        self.source: list[str] = []
        self.reset()
        # Before `meta`, so that lines are counted as in the file.
        md.preprocessors.register(_KeepSource(self), "checklists-source", 100)
        # Before inline: what an author typed is still text.
        md.treeprocessors.register(_FindItems(self), "checklists-find", 25)
        # After the last of Markdown's own: nothing will touch the boxes again.
        md.treeprocessors.register(_BuildLists(self), "checklists-build", -1)

    def reset(self) -> None:
        self.found = Checklists()
        self.entries = []
        self.md.checklists = self.found  # type: ignore[attr-defined]

    def problem(self, number: int, cause: str, way_out: str = _EXAMPLE) -> None:
        """Note what is wrong with the item of that number, counted from 0."""
        lines = [n for n, text in enumerate(self.source, 1) if _TASK_LINE.match(text)]
        line = lines[number] if number < len(lines) else None
        self.found.problems.append(Problem(line, cause, way_out))


class _KeepSource(Preprocessor):
    def __init__(self, extension: ChecklistExtension) -> None:
        super().__init__(extension.md)
        self.extension = extension

    def run(self, lines: list[str]) -> list[str]:
        self.extension.source = lines
        return lines


class _FindItems(Treeprocessor):
    """Take `[ ]` and `{#key}` out of the items, and remember them."""

    def __init__(self, extension: ChecklistExtension) -> None:
        super().__init__(extension.md)
        self.extension = extension

    def run(self, root: ElementTree.Element) -> None:
        entries = self.extension.entries = []
        for li in root.iter("li"):
            holder = _holder(li)
            match = _BOX.match(holder.text or "")
            if match is None:
                continue
            text = (holder.text or "")[match.end() :]
            if not text.strip() and not len(holder):
                self.extension.problem(len(entries), "an item of a checklist has no text")
                continue
            key, text = self._attributes(len(entries), li, text)
            holder.text = text
            entries.append(_Entry(len(entries), li, match[1] in "xX", key))

    def _attributes(self, number: int, li: ElementTree.Element, text: str) -> tuple[str, str]:
        match = _ATTRS.search(text)
        if match is None:
            return "", text
        key = ""
        attributes, _ = get_attrs_and_remainder(match[1])
        for name, value in attributes:
            if name == "id":
                key = value or ""
            elif name == ".":
                li.set("class", f"{li.get('class', '')} {value}".strip())
        if key and not keys.is_key(key):
            self.extension.problem(number, f'"{key}" cannot be the key of an item')
            key = ""
        return key, text[: match.start()]


class _BuildLists(Treeprocessor):
    """Give each item its box and label, and each list its frame."""

    def __init__(self, extension: ChecklistExtension) -> None:
        super().__init__(extension.md)
        self.extension = extension

    def run(self, root: ElementTree.Element) -> None:
        if not self.extension.entries:
            return
        entries = {entry.li: entry for entry in self.extension.entries}
        self.extension.entries = []
        taken: set[str] = set()
        for parent, index, element in list(_outermost(root, entries)):
            items = tuple(
                self._build(entries[li], taken) for li in element.iter("li") if li in entries
            )
            self.extension.found.lists.append(Checklist(items))
            parent[index] = self._frame(element)
        meta = getattr(self.md, "Meta", None)
        # Pelican takes `meta` away to convert a summary, and walks over Meta then.
        if meta is not None and "meta" in self.md.preprocessors:
            meta["checklists"] = [self.extension.found]

    def _build(self, entry: _Entry, taken: set[str]) -> Item:
        li = entry.li
        named = entry.key or li.attrib.pop("id", "")
        label = self._label(li)
        text = " ".join(_text(self.md, label).split())
        key = named or keys.derive(text)
        if key in taken:
            self.extension.problem(
                entry.number,
                f'two items of this article have the key "{key}"',
                f"give one of them a key of its own: `- [ ] {text[:40]} {{#another-key}}`",
            )
            number = 2
            while f"{key}-{number}" in taken:
                number += 1
            key = f"{key}-{number}"
        taken.add(key)

        article = self.extension.getConfig("article")
        id = f"{article}.{key}" if article else f"tick-{key}"
        label.set("for", id)
        if not text:
            label.set("aria-label", key)
        box = ElementTree.Element("input", {"type": "checkbox", "id": id, "name": key})
        if entry.ticked:
            box.set("checked", "checked")
        box.tail = " "
        li.insert(0, box)
        li.text = ""
        li.set("class", f"checklist-item {li.get('class', '')}".strip())
        return Item(key, text, entry.ticked, bool(named))

    def _label(self, li: ElementTree.Element) -> ElementTree.Element:
        """Move the item's own words into a label, which comes first in `li`."""
        if len(li) and li[0].tag == "p" and not (li.text or "").strip():
            label = li[0]
            label.tag = "label"
        else:
            label = ElementTree.Element("label")
            label.text = li.text
            while len(li) and not self.md.is_block_level(li[0].tag):
                label.append(li[0])
                li.remove(li[0])
            li.insert(0, label)
            label.tail = "\n"
        label.text = (label.text or "").lstrip()
        if len(label):
            label[-1].tail = (label[-1].tail or "").rstrip()
        else:
            label.text = label.text.rstrip()
        return label

    def _frame(self, element: ElementTree.Element) -> ElementTree.Element:
        frame = ElementTree.Element("form", {"class": "checklist", "autocomplete": "off"})
        if article := self.extension.getConfig("article"):
            frame.set("data-article", article)
        frame.text = "\n"
        # A first button that is disabled keeps Enter on a box from sending the
        # form, which would load the page anew and lose the ticks.
        button = ElementTree.SubElement(
            frame, "button", {"type": "submit", "disabled": "disabled", "hidden": "hidden"}
        )
        button.tail = "\n"
        element.set("class", f"checklist-items {element.get('class', '')}".strip())
        frame.append(element)
        frame.tail, element.tail = element.tail, "\n"
        return frame


def _holder(li: ElementTree.Element) -> ElementTree.Element:
    """Where the item's first words are: a loose item keeps them in a paragraph."""
    if len(li) and li[0].tag == "p" and not (li.text or "").strip():
        return li[0]
    return li


def _outermost(
    root: ElementTree.Element, entries: dict[ElementTree.Element, _Entry]
) -> Iterator[tuple[ElementTree.Element, int, ElementTree.Element]]:
    """The lists that hold items of their own and stand in no other such list."""
    for index, child in enumerate(root):
        if child.tag in ("ul", "ol") and any(li in entries for li in child):
            yield root, index, child
        else:
            yield from _outermost(child, entries)


def _text(md: Markdown, element: ElementTree.Element) -> str:
    """What a reader hears: no mark-up, entities as characters, images by their alt."""
    parts = []
    for node in element.iter():
        if node.tag == "img":
            parts.append(node.get("alt", ""))
        parts.append(node.text or "")
        if node is not element:
            parts.append(node.tail or "")
    text = HTML_PLACEHOLDER_RE.sub(lambda match: _stashed(md, int(match[1])), "".join(parts))
    return html.unescape(text)


def _stashed(md: Markdown, number: int) -> str:
    """Raw HTML that Markdown keeps aside, without its tags."""
    stash = md.htmlStash.rawHtmlBlocks
    raw = stash[number] if number < len(stash) else ""
    if isinstance(raw, ElementTree.Element):
        return "".join(raw.itertext())
    return re.sub(r"<[^>]*>", "", raw)


def makeExtension(**kwargs: Any) -> ChecklistExtension:  # noqa: N802 (Markdown's name)
    """Called by Markdown."""
    return ChecklistExtension(**kwargs)
