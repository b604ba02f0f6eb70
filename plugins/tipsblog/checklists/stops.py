"""`Checklist: headings`: the numbered stops of an article as a checklist."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement

from .items import take_key
from .markup import frame
from .state import Block, Entry, State

_WORDS = (
    "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|"
    "thirteenth|fourteenth|fifteenth|last"
)
#: "1. ", "#1 ", "2) ", "Mistake 3: ", "First stop: ", "2nd tip - "
_NUMBER = re.compile(
    rf"""(?: \#?\d{{1,3}}\s*[.):–—]\s+ | \#\d{{1,3}}\s+
      | [^\W\d]+\s+\#?\d{{1,3}}\s*[.):–—-]\s+
      | (?:{_WORDS}|\d{{1,3}}(?:st|nd|rd|th))\s+[^\W\d]+\s*[.:–—-]\s+ )(?=\S)""",
    re.VERBOSE | re.IGNORECASE,
)
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
TITLE = "Checklist"


def add(state: State, root: Element) -> None:
    """Make an item of every numbered heading below `root`, in the first empty
    `checklist` block, or else in a checklist of its own at the end.

    Runs before inline mark-up is read, so that an item may carry the same.
    """
    stops = [
        (element, match)
        for element in root.iter()
        if element.tag in _HEADINGS and (match := _NUMBER.match((element.text or "").lstrip()))
    ]
    if not stops:
        state.problem(
            state.line_of(r"(?i)^checklist\s*:"),
            '"Checklist: headings" finds no numbered heading in this article',
            "write them as `## 1. No price agreed` or `## First stop: No price agreed`",
        )
        return
    level = min(heading.tag for heading, _ in stops)
    stops = [stop for stop in stops if stop[0].tag == level]
    block = next((block for block in state.blocks if not _holds_list(block.frame)), None)
    items = Element("ol")
    if block is None:
        block = Block(_at_the_end(root))
        state.blocks.append(block)
    _before_results(block.frame, items)
    for heading, match in stops:
        text = (heading.text or "").lstrip()
        li = SubElement(items, "li")
        entry = Entry(-1, li, stop=heading, heading=text)
        text = take_key(state, entry, text)
        heading.text = text
        li.text = text[match.end() :]
        state.entries.append(entry)


def _holds_list(element: Element) -> bool:
    return any(child.tag in ("ul", "ol") for child in element.iter())


def _at_the_end(root: Element) -> Element:
    form = frame()
    SubElement(form, "p", {"class": "checklist-title"}).text = TITLE
    last = len(root)
    while last and root[last - 1].get("class") == "footnote":
        last -= 1
    root.insert(last, form)
    return form


def _before_results(form: Element, items: Element) -> None:
    places = [n for n, child in enumerate(form) if child.get("class") == "checklist-result"]
    form.insert(places[0] if places else len(form), items)
