"""Pages looked through for those that may be drawn from other lists now.

Most pages are given nothing but what is theirs. Those that are given lists which
all pages share, or what cannot be looked into, are found here, while others load
what it takes to make the lists again.
"""

from __future__ import annotations

from typing import NamedTuple

from ..record.drawn import opened
from ..record.listed import LISTS

#: What a page may be given that hangs on all contents, and is not looked into.
_ALL = frozenset(["generated_content", "static_content", "static_links", "all_articles"])
_LISTS = frozenset(LISTS)


class Survey(NamedTuple):
    """unknown: pages of which was not kept what they are drawn from. every: those
    that are given what hangs on all contents. sharing: those that are given lists
    that others are given, too; shared: these, with what was told of each.
    """

    unknown: list[str]
    every: list[str]
    sharing: dict[str, str]
    shared: dict[str, str]


def survey(path: str) -> Survey:
    """Look through all pages in the file of `Drawn` at `path`."""
    found = Survey([], [], {}, {})
    with opened(path) as drawn:
        if drawn is None:
            raise ValueError("what was kept cannot be read")
        for page, kept in drawn.pages():
            if kept is None:
                found.unknown.append(page)
                continue
            for name, kind, told in kept[2]:
                if kind == "shared" and name in _LISTS:
                    found.sharing[page] = kept[0]
                    if found.shared.setdefault(name, told) != told:
                        raise ValueError(f"{name} was not the same for all pages")
                elif kind != "absent" and name in _ALL:
                    found.every.append(page)
    return found
