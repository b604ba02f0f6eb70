"""The elements that a checklist is made of.

Boxes are native, each with a label of its own: they tick, print and are read
aloud without style or script.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.util import HTML_PLACEHOLDER_RE, STX

_PLACE = re.compile(r"\{(score|total)\}")


def frame() -> Element:
    """An empty checklist."""
    form = Element("form")
    _begin_frame(form)
    return form


def put_in_frame(items: Element) -> None:
    """Make a checklist of the list `items`: the element becomes the frame."""
    inner = Element(items.tag, items.attrib)
    inner.text, inner.tail = items.text, "\n"
    inner.extend(items)
    tail = items.tail
    items.clear()
    items.tag, items.tail = "form", tail
    _begin_frame(items)
    items.append(inner)


def _begin_frame(form: Element) -> None:
    form.set("class", "checklist")
    form.set("autocomplete", "off")
    form.text = "\n"
    # A first button that is disabled keeps Enter on a box from sending the form
    # (Firefox does), which would load the page anew and lose the ticks.
    attributes = {"type": "submit", "disabled": "disabled", "hidden": "hidden"}
    SubElement(form, "button", attributes).tail = "\n"


def box(id: str, key: str, *, ticked: bool, optional: bool = False) -> Element:
    """A native check box. `key` is what the script knows the item by."""
    attributes = {"type": "checkbox", "class": "checklist-box", "id": id, "name": key}
    if ticked:
        attributes["checked"] = "checked"
    if optional:
        attributes["data-optional"] = ""
    element = Element("input", attributes)
    element.tail = " "
    return element


def take_label(md: Markdown, li: Element) -> Element:
    """Move the item's own words into a label, which then comes first in `li`."""
    if len(li) and li[0].tag == "p" and not (li.text or "").strip():
        label = li[0]
        label.tag = "label"
    else:
        label = Element("label")
        label.text = li.text
        while len(li) and not md.is_block_level(li[0].tag):
            label.append(li[0])
            li.remove(li[0])
        li.insert(0, label)
        label.tail = "\n"
    li.text = ""
    label.text = (label.text or "").lstrip()
    if len(label):
        label[-1].tail = (label[-1].tail or "").rstrip()
    else:
        label.text = label.text.rstrip()
    return label


def add_remark(label: Element, words: str) -> None:
    """Put `words` behind what `label` says."""
    if len(label):
        label[-1].tail = f"{label[-1].tail or ''} "
    else:
        label.text = f"{label.text or ''} "
    SubElement(label, "span", {"class": "checklist-remark"}).text = words


def add_box_to_heading(parent: Element, heading: Element, box: Element) -> Element:
    """Put `box` before `heading`, beside it and not in it: a heading is for reading."""
    stop = Element("div", {"class": "checklist-stop"})
    stop.text = "\n"
    box.set("aria-labelledby", heading.get("id", ""))
    parent[list(parent).index(heading)] = stop
    stop.tail, heading.tail = heading.tail, "\n"
    stop.extend((box, heading))
    return stop


def fill_places(element: Element, **words: str) -> None:
    """Put `words` where the text below `element` says {score} or {total}."""
    for node in list(element.iter()):
        node.text, added = _filled(node.text or "", words)
        for offset, child in enumerate(added):
            node.insert(offset, child)
        for child in list(node):
            if child not in added:
                child.tail, more = _filled(child.tail or "", words)
                at = list(node).index(child) + 1
                for offset, span in enumerate(more):
                    node.insert(at + offset, span)


def _filled(text: str, words: dict[str, str]) -> tuple[str, list[Element]]:
    before, *rest = _PLACE.split(text)
    added = []
    for name, tail in zip(rest[::2], rest[1::2], strict=True):
        span = Element("span", {"class": f"checklist-{name}"})
        span.text, span.tail = words[name], tail
        added.append(span)
    return before, added


def text_of(md: Markdown, element: Element) -> str:
    """What a reader hears: no mark-up, entities as characters, images by their
    alt, no footnote numbers, white space as one space.
    """
    text = "".join(_texts(element)) if len(element) else element.text or ""
    if STX in text:
        text = HTML_PLACEHOLDER_RE.sub(lambda match: _stashed(md, int(match[1])), text)
    return " ".join(html.unescape(text).split())


def _texts(element: Element) -> Iterator[str]:
    if element.tag == "img":
        yield element.get("alt", "")
    yield element.text or ""
    for child in element:
        if child.get("class") != "footnote-ref":
            yield from _texts(child)
        yield child.tail or ""


def _stashed(md: Markdown, number: int) -> str:
    """Raw HTML that Markdown keeps aside, without its tags."""
    stash = md.htmlStash.rawHtmlBlocks
    raw = stash[number] if number < len(stash) else ""
    return "".join(raw.itertext()) if isinstance(raw, Element) else re.sub(r"<[^>]*>", "", raw)
