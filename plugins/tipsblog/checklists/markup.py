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

OPTIONAL = ' data-optional=""'
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


def take_words(md: Markdown, li: Element) -> int:
    """Bring the item's own words to the front of `li`, out of any paragraph.

    Returns how many of its children belong to them.
    """
    if not len(li):
        return 0
    first = li[0]
    if first.tag == "p" and not (li.text or "").strip():
        li.remove(first)
        li.text = first.text
        for position, child in enumerate(first):
            li.insert(position, child)
        return len(first)
    return next((n for n, child in enumerate(li) if md.is_block_level(child.tag)), len(li))


def wrap_words(li: Element, count: int, before: str, after: str) -> None:
    """Put `before` and `after` around the words that `take_words` counted."""
    text = (li.text or "").lstrip()
    if count:
        li.text = before + text
        last = li[count - 1]
        last.tail = (last.tail or "").rstrip() + after
    else:
        li.text = before + text.rstrip() + after


def box(id: str, key: str, *, ticked: bool, optional: bool, xhtml: bool) -> str:
    """A native check box and the beginning of its label. `key` is what the
    script knows the item by.

    As text: most of what a list adds to a page is its boxes, and to build and
    serialise elements for them would take twice as long.
    """
    checked = (' checked="checked"' if xhtml else " checked") if ticked else ""
    return (
        f'<input{checked} class="checklist-box"{OPTIONAL if optional else ""} id="{id}" '
        f'name="{key}" type="checkbox"{" /" if xhtml else ""}> <label for="{id}">'
    )


def box_of_heading(id: str, key: str) -> Element:
    """The box of an item beside the heading that gave it."""
    element = Element("input", {"type": "checkbox", "class": "checklist-box"})
    element.set("id", id)
    element.set("name", key)
    element.tail = " "
    return element


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


def text_of(md: Markdown, element: Element, count: int | None = None) -> str:
    """What a reader hears: no mark-up, entities as characters, images by their
    alt, no footnote numbers, white space as one space.

    count: how many children to read; None: all.
    """
    text = "".join(_texts(element, count)) if count != 0 else element.text or ""
    if STX in text:
        text = HTML_PLACEHOLDER_RE.sub(lambda match: _stashed(md, int(match[1])), text)
    return " ".join((html.unescape(text) if "&" in text else text).split())


def _texts(element: Element, count: int | None = None) -> Iterator[str]:
    if element.tag == "img":
        yield element.get("alt", "")
    yield element.text or ""
    for child in element if count is None else element[:count]:
        if child.get("class") != "footnote-ref":
            yield from _texts(child)
        yield child.tail or ""


def _stashed(md: Markdown, number: int) -> str:
    """Raw HTML that Markdown keeps aside, without its tags."""
    stash = md.htmlStash.rawHtmlBlocks
    raw = stash[number] if number < len(stash) else ""
    return "".join(raw.itertext()) if isinstance(raw, Element) else re.sub(r"<[^>]*>", "", raw)
