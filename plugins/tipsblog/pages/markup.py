"""Small repairs to the HTML of an article, which Markdown does not make.

Images get their size, so that the text does not jump when they arrive, and
tables a box in which they scroll, so that the page does not. The HTML is the
author's own; nothing here makes foreign HTML safe.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

#: width and height, in CSS pixels
Size = tuple[int, int]

_IMAGE = re.compile(r"""<img\b(?:[^>"']|"[^"]*"|'[^']*')*>""", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""\s([a-z][\w:-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?""", re.IGNORECASE
)
_ALIGNMENT = re.compile(r' style="text-align: (left|right|center);"')
_TABLE = re.compile(r"<table\b[^>]*>.*?</table>", re.IGNORECASE | re.DOTALL)


def size_images(html: str, size_of: Callable[[str], Size | None]) -> str:
    """Give each `<img>` its width and height, and say when to load it.

    `size_of` gets the address as it stands in the source and returns None
    where it is not known. What the author wrote stays as it is. The first
    image is loaded at once, for it may stand in sight; later ones when they
    come near.
    """
    seen = 0

    def complete(found: re.Match[str]) -> str:
        nonlocal seen
        seen += 1
        tag = found[0]
        written = {
            name.lower(): double or single or bare
            for name, double, single, bare in _ATTRIBUTE.findall(tag)
        }
        wanted: dict[str, object] = {}
        if not written.keys() & {"width", "height"}:
            size = size_of(written.get("src", ""))
            if size is not None:
                wanted["width"], wanted["height"] = size
        wanted["decoding"] = "async"
        if seen > 1:
            wanted["loading"] = "lazy"
        added = "".join(
            f' {name}="{value}"' for name, value in wanted.items() if name not in written
        )
        end = -2 if tag.endswith("/>") else -1
        return f"{tag[:end].rstrip()}{added}>"

    return _IMAGE.sub(complete, html)


def box_tables(html: str) -> str:
    """Put each table into a box that scrolls sideways and takes the keyboard's
    focus (WCAG 2.2, 1.4.10 and 2.1.1).

    Markdown aligns a column by style attributes, which no strict content
    security policy lets through; they become the classes `align-right` and so on. An
    empty corner of the table's head is no header of anything.
    """
    count = 0

    def box(found: re.Match[str]) -> str:
        nonlocal count
        count += 1
        table = _ALIGNMENT.sub(r' class="align-\1"', found[0]).replace("<th></th>", "<td></td>")
        return (
            f'<div class="table-box" role="region" aria-label="Table {count}" tabindex="0">'
            f"{table}</div>"
        )

    return _TABLE.sub(box, html)


def shorten_slug(slug: str, longest: int) -> str:
    """Cut `slug` to `longest` bytes; its end tells it from others cut alike."""
    tail = f"-{hashlib.sha256(slug.encode()).hexdigest()[:8]}"
    start = slug.encode()[: longest - len(tail)].decode(errors="ignore")
    return f"{start.rstrip('-')}{tail}"
