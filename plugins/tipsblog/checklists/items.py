"""First pass: which list items are to be ticked, and what their author says of them."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from markdown.extensions.attr_list import get_attrs_and_remainder

from . import keys
from .state import Entry, State

EXAMPLE = "write it as `- [ ] Agree on a price {#price}`"

BOX = re.compile(r"\[([ xX])\](?:[ \t\n]+|$)")
#: `{#key .optional}` at the end of an item, as attribute lists are written
#: behind a heading. Anything else in braces is text.
_BRACES = re.compile(r"[ \t\n]+\{:?[ ]*([#.][^}\n]*)\}[ \t]*$")


def find(state: State, root: Element) -> None:
    """Take `[ ]` and `{#key}` out of the items below `root` and remember them.

    Runs before inline mark-up is read, while both are still text.
    """
    number = 0
    for li in root.iter("li"):
        holder = li
        if len(li) and li[0].tag == "p" and not (li.text or "").strip():
            holder = li[0]  # a loose item keeps its words in a paragraph
        match = BOX.match(holder.text or "")
        if match is None:
            continue
        text = (holder.text or "")[match.end() :]
        if text.strip() or len(holder):
            entry = Entry(number, li, match[1] in "xX")
            holder.text = take_key(state, entry, text)
            state.entries.append(entry)
        else:
            state.problem(state.line_of_item(number), "an item of a checklist has no text", EXAMPLE)
        number += 1


def take_key(state: State, entry: Entry, text: str) -> str:
    """Move what stands in braces at the end of `text` into `entry`; return the rest."""
    match = _BRACES.search(text) if "}" in text else None
    if match is None:
        return text
    attributes, rest = get_attrs_and_remainder(match[1])
    names = {name: value or "" for name, value in attributes if name != "."}
    key = names.pop("id", "")
    if rest or names or (key and not keys.is_key(key)):
        state.problem(
            state.line_of_entry(entry),
            f'"{match[0].strip()}" is no key that an item can have',
            f"letters, digits, dots and dashes without a space: {EXAMPLE}",
        )
        return text
    entry.key = key
    entry.classes = tuple(value or "" for name, value in attributes if name == ".")
    return text[: match.start()]
