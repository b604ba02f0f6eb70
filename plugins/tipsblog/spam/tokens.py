"""What a comment is learned by: its words, their pieces, its addresses, its looks.

Tokens come in kinds, and each kind has a length of 1 at most, so that a long
comment says no more than a short one. What they are worth is not known here.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import chain, pairwise
from typing import NamedTuple

from .pattern import later
from .reading import host_of
from .survey import Surveyed

_PIECE = 4
#: Words of a long comment that are looked at, and characters of an address.
_WORDS, _ADDRESS = 200, 200
_SIGNS = later(r"[^\w\s]{1,3}")
_CAPITALS = later(r"\b[A-Z]{2,}\b")
_PART = later(r"[^\W_]+")


class Kind(NamedTuple):
    """Tokens that share a value. counted: whether how often they stand in spam
    and in ham is worth knowing; pieces of words only repeat what words say.
    """

    value: float
    tokens: list[str]
    counted: bool


def tokens_of(surveyed: Surveyed) -> list[Kind]:
    """Return the tokens of a comment, each once, in a fixed order."""
    reading, comment = surveyed.reading, surveyed.comment
    words = reading.words[:_WORDS]
    said = [f"w:{word}" for word in words]
    said += [f"b:{one} {two}" for one, two in pairwise(["^", *words, "$"])]
    addresses = [f"u:{part}" for link in reading.links for part in _parts(link.address)]
    addresses += [f"s:{part}" for part in _parts(comment.website)]
    hosts = [f"h:{link.host}" for link in reading.links]
    if host := host_of(comment.website):
        hosts.append(f"h:{host}")
    names = [f"n:{part}" for part in _parts(comment.author)]
    if names:
        names.append(f"a:{comment.author.casefold()}")
    looks = [f"x:{sign}" for sign in _SIGNS.findall(reading.text)]
    looks += [f"c:{word}" for word in _CAPITALS.findall(reading.text)]
    looks.append(f"x:{len(words).bit_length()}")
    kinds = [
        Kind(most / math.sqrt(len(unique)), unique, counted)
        for tokens, most, counted in (
            (said, 1.0, True),
            (list(chain.from_iterable(map(_pieces, words))), 1.0, False),
            (addresses, 1.0, True),
            (hosts, 0.5, True),
            (names, 0.5, False),
            (looks, 0.5, False),
        )
        if (unique := list(dict.fromkeys(tokens)))
    ]
    kinds += [Kind(0.5 * one.value, [f"f:{one.feature}"], False) for one in surveyed.evidence]
    return kinds


@lru_cache(maxsize=20_000)
def _pieces(word: str) -> tuple[str, ...]:
    padded = f" {word} "
    return tuple([padded[i : i + _PIECE] for i in range(max(1, len(padded) - _PIECE + 1))])


def _parts(text: str) -> list[str]:
    return _PART.findall(text[:_ADDRESS].lower())
