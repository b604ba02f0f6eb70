"""What every kind of finding shares."""

from __future__ import annotations

from collections.abc import Iterable, Set
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from ..lexicon import host_pieces, lists, selling
from ..reading import words_of

#: So many dashes in a host make keywords of it.
DASHES = 2
#: Departments that have a host of their own.
_DESKS = frozenset({"support", "download", "downloads", "help", "docs"})


class Evidence(NamedTuple):
    """One finding. value: how strong, 0 to 1. what: the words it rests on."""

    feature: str
    value: float
    what: str = ""


def sells(words: list[str]) -> list[str]:
    """Return those of `words`, and pairs of them, that sell something."""
    terms = selling()
    return sorted(terms.intersection(words) | terms.intersection(map(" ".join, pairwise(words))))


@lru_cache(maxsize=4096)
def selling_pieces(address: str) -> tuple[str, ...]:
    """Return the pieces of an address that sell something."""
    host, path = host_and_path(address)
    # "support.example.com" is where anybody's product is explained.
    host = ".".join(label for label in host.split(".") if label not in _DESKS)
    pieces = lists()["host"].intersection(words_of(path))
    return tuple(dict.fromkeys([*host_pieces().findall(host), *sorted(pieces)]))


def host_and_path(address: str) -> tuple[str, str]:
    """Return host and path of an address in lower case, at most 200 characters of it."""
    address = address.lower()[:200]
    host, _, path = address.rpartition("://")[2].partition("/")
    return host, path


def listed(words: Iterable[str]) -> str:
    """Return a few of `words` for a sentence."""
    return _few(list(dict.fromkeys(words)))


def listed_in_order(words: Set[str]) -> str:
    """Return a few of `words` for a sentence, the first of the alphabet."""
    return _few(sorted(words))


def _few(words: list[str]) -> str:
    return ", ".join(words[:4]) + (" ..." if len(words) > 4 else "")


def parent_of(host: str) -> str:
    """Return the last two labels of a host."""
    return ".".join(host.split(".")[-2:])
