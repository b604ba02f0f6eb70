"""Which keys readers may have ticked: the lock file, and what a change does to them.

The lock file stands beside the articles and is kept with them. Nothing here
opens it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from ..errors import DocumentError
from .model import Item

FILE = "checklists.lock.json"
#: From this likeness on, 0 to 1, a new text is an old one reworded.
_LIKE = 0.5

#: An article's key -> an item's key -> its text when it was published.
Published = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Reworded:
    """An item whose text changed and its key with it: `key` would keep the ticks."""

    item: Item
    key: str
    text: str


def reworded(published: Mapping[str, str], items: Iterable[Item]) -> list[Reworded]:
    """Pair the keys that are gone with the items that are new, likest first.

    `published` and `items` are of one article. A removed item that is like no
    new one was meant to go.
    """
    items = list(items)
    now = {item.key for item in items}
    pairs = [
        (-_likeness(text, item.text), position, key)
        for position, item in enumerate(items)
        if item.key not in published
        for key, text in published.items()
        if key not in now
    ]
    found: dict[int, Reworded] = {}
    taken: set[str] = set()
    for likeness, position, key in sorted(pairs):
        if -likeness >= _LIKE and position not in found and key not in taken:
            found[position] = Reworded(items[position], key, published[key])
            taken.add(key)
    return [found[position] for position in sorted(found)]


def renamed(published: Published, current: Published) -> dict[str, str]:
    """Return the articles whose own key changed, as new key -> old key: at least
    half of the old items stand under the new one.
    """
    found: dict[str, str] = {}
    for old in sorted(set(published) - set(current)):
        shared = {
            new: len(published[old].keys() & current[new].keys())
            for new in sorted(set(current) - set(published) - set(found))
        }
        best = max(shared, key=lambda new: shared[new], default=None)
        if best is not None and shared[best] * 2 >= max(len(published[old]), 1):
            found[best] = old
    return found


def parse(text: str, path: Path | str) -> Published:
    """Read a lock file's `text`; `path` only serves the error.

    Raises `DocumentError` where it is none.
    """
    try:
        data = json.loads(text)
        return {
            str(article): {str(key): str(words) for key, words in items.items()}
            for article, items in data.items()
        }
    except (ValueError, AttributeError) as error:
        raise DocumentError(
            "no lock file of checklists",
            path=path,
            way_out="take it back from the last commit, or remove it to begin a new one",
        ) from error


def unparse(published: Published) -> str:
    """Return the lock file's text, in an order that makes small diffs."""
    kept = {article: dict(items) for article, items in published.items() if items}
    return json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False).ratio()
