"""What the way a comment came in says about it.

None of these signs publishes a comment, and none bins one: enough of them
together keep it back until a person has looked. What the comment says is the
filter's to judge, not this module's.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

#: A person needs longer to write a comment, seconds.
QUICK = 3
#: From this sum on a comment is held.
ENOUGH = 1.0


class TokenState(StrEnum):
    """What is known of the form's token."""

    FRESH = "fresh"
    #: A browser without script has none.
    MISSING = "missing"
    FORGED = "forged"
    EXPIRED = "expired"
    #: Another comment came with it already.
    USED = "used"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """How a comment came in.

    age: seconds since the form was first touched; None without a fresh token.
    origin: whether the browser said that the form stands on this blog.
    busy: whether its network has sent more than the usual.
    taken_name: whether the name is one of the blog's own.
    work: whether the work asked for was done; None where none was asked for.
    """

    trap: bool = False
    token: TokenState = TokenState.FRESH
    age: float | None = None
    origin: bool = True
    busy: bool = False
    taken_name: bool = False
    work: bool | None = None


@dataclass(frozen=True, slots=True)
class Sign:
    """weight: its part of `ENOUGH`. sentence: for the moderator."""

    weight: float
    sentence: str


_TOKENS = {
    TokenState.MISSING: Sign(0.5, "sent without script"),
    TokenState.FORGED: Sign(0.7, "the form's token is forged"),
    TokenState.EXPIRED: Sign(0.3, "the form was opened long ago"),
    TokenState.USED: Sign(0.7, "the form's token came with another comment"),
}


def signs(arrival: Arrival) -> tuple[Sign, ...]:
    """Return what speaks against `arrival`, the strongest first."""
    found: list[Sign] = []
    if arrival.trap:
        found.append(Sign(1.0, "the hidden field was filled in"))
    if arrival.taken_name:
        found.append(Sign(1.0, "the name is the blog's own"))
    if arrival.token in _TOKENS:
        found.append(_TOKENS[arrival.token])
    if arrival.age is not None and arrival.age < QUICK:
        found.append(Sign(0.7, f"sent {arrival.age:.0f} s after the form was touched"))
    if arrival.busy:
        found.append(Sign(0.7, "many comments from one network"))
    if not arrival.origin:
        found.append(Sign(0.5, "the browser did not say from which page"))
    if arrival.work is False:
        found.append(Sign(0.5, "the work asked for was not done"))
    return tuple(sorted(found, key=lambda sign: -sign.weight))


def holds(found: Iterable[Sign]) -> bool:
    """Tell whether a person should look before the comment is shown."""
    return sum(sign.weight for sign in found) >= ENOUGH


def words(found: Iterable[Sign]) -> str:
    """Return the signs as the line kept with the comment."""
    return "; ".join(sign.sentence for sign in found)


def same_name(one: str, other: str) -> bool:
    """Tell whether a reader would take one name for the other: case, spacing,
    invisible characters and compatibility forms aside.
    """
    return bool(_folded(one)) and _folded(one) == _folded(other)


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).translate(_LOOK_ALIKE).casefold()
    return "".join(c for c in plain.translate(_LOOK_ALIKE) if c.isalnum())


#: Cyrillic and Greek letters that are drawn as Latin ones.
_LOOK_ALIKE = str.maketrans(
    "аеорсухіјѕԁԛԝһӏАВЕКМНОРСТХУІЈЅαοενρτικυΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijsdqwhlabekmhopctxyijsaoevptikuabezhikmnoptyx",
)
