"""Checklists for search engines: schema.org's ItemList as JSON-LD.

Google shows no HowTo any more since 2023; a list of items is what this is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from markupsafe import Markup

from .model import Checklist


def to_json_ld(checklists: Iterable[Checklist], *, name: str, url: str) -> Markup:
    """Return `checklists` as the text of a script element, safe inside HTML.

    name: what a list without a title is called. url: the page they stand on.
    """
    data = [
        {
            "@context": "https://schema.org",
            "@type": "ItemList",
            "name": checklist.title or name,
            "url": url,
            "numberOfItems": len(checklist.items),
            "itemListElement": [
                {"@type": "ListItem", "position": position, "name": item.text}
                for position, item in enumerate(checklist.items, 1)
            ],
        }
        for checklist in checklists
    ]
    text = json.dumps(data if len(data) != 1 else data[0], ensure_ascii=False)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 (nothing is left that HTML would read)


def json_ld(content: Any, siteurl: str) -> Markup:
    """The filter: the checklists of an article or a page as JSON-LD."""
    return to_json_ld(
        content.checklists,
        name=content.title,
        url=f"{siteurl}/{content.url}",
    )
