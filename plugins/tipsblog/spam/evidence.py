"""What speaks for and against a comment: features with a value from 0 to 1.

Pure: a comment, how it reads and where it stands in, evidence out. How much
each piece counts is no business of this module.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..comments.model import Comment
from .finding.author import author
from .finding.base import Evidence
from .finding.links import links
from .finding.said import said
from .finding.standing import foreign, standing
from .finding.written import written
from .place import Place
from .reading import Reading

__all__ = [
    "Evidence",
    "gather",
    "is_suspicious",
    "looks_suspicious",
    "of_looks",
    "of_text",
    "telling",
]

#: What makes a quotation or praise a means of selling.
_SELLING = frozenset(
    [
        "link",
        "keyword_anchor",
        "signature",
        "author_trade",
        "author_phrase",
        "author_address",
        "website_trade",
        "website_deep",
        "website_profile",
        "website_again",
        "author_hosts",
        "tail",
        "phone",
        "pitch",
    ]
)
#: What selling leaves behind.
_TELLING = frozenset(
    [
        "many_links",
        "trade_anchor",
        "only_a_link",
        "trade_host",
        "host_again",
        "author_trade",
        "author_phrase",
        "author_address",
        "website_trade",
        "website_deep",
        "website_profile",
        "website_again",
        "author_hosts",
        "seam",
        "template",
        "signature",
        "tail",
        "trade",
        "pitch",
        "spinning",
        "script",
        "phone",
        "keyword_rows",
        "only_keywords",
        "look_alikes",
        "gibberish",
        "other_language_to_sell",
        "copied_to_sell",
        "praise_to_sell",
    ]
)
#: What becomes telling where something is sold.
_CHANGED = {
    "copied": "copied_to_sell",
    "praise": "praise_to_sell",
    "other_language": "other_language_to_sell",
}
_LOOKS = _SELLING | _TELLING | _CHANGED.keys()
#: What shows that a name is no person's.
_NO_PERSON = frozenset(["author_trade", "author_phrase", "author_address"])
#: What somebody does who did not come for the sake of an address.
_TAKING_PART = frozenset(["on_topic", "in_thread", "reply", "speaks_to", "own_site", "regular"])


def gather(
    comment: Comment, reading: Reading, place: Place, text: Iterable[Evidence] | None = None
) -> list[Evidence]:
    """Return all evidence on `comment`, in a fixed order.

    text: what `of_text` found, where that is known already.
    """
    found = [
        *links(reading, place),
        *author(comment, reading, place),
        *(of_text(comment, reading, place) if text is None else text),
        *standing(comment, reading, place),
    ]
    names = {one.feature for one in found}
    if "website" in names and names.isdisjoint(_TAKING_PART):
        found.append(Evidence("idle", min(1.0, len(reading.words) / 8)))
    if "regular" in names and not names.isdisjoint(_NO_PERSON):
        found = [one for one in found if one.feature != "regular"]
    return _combine(found, selling=not names.isdisjoint(_SELLING))


def of_text(comment: Comment, reading: Reading, place: Place) -> list[Evidence]:
    """Return the evidence that hangs on a comment and its article alone: most of
    the work.
    """
    return [*said(reading, place), *written(comment, reading)]


def of_looks(comment: Comment, reading: Reading, place: Place) -> list[Evidence]:
    """Return what else, beside `of_text`, `looks_suspicious` hangs on."""
    # Of all that `standing` finds where nothing stood before, only `foreign` tells.
    return [*links(reading, place), *author(comment, reading, place), *foreign(reading, place)]


def telling(found: Iterable[Evidence]) -> list[Evidence]:
    """Return what of `found` has a say in whether a comment looks like spam."""
    return [one for one in found if one.feature in _LOOKS]


def looks_suspicious(found: Iterable[Evidence]) -> bool:
    """Tell whether a comment looks like spam by itself where nothing of its text
    stood before it: `is_suspicious` of what `gather` returns, without gathering what
    is not asked. found: `of_text` and `of_looks`, or what is `telling` of them.
    """
    found = list(found)
    names = {one.feature for one in found}
    return is_suspicious(_combine(found, selling=not names.isdisjoint(_SELLING)))


def is_suspicious(found: Iterable[Evidence]) -> bool:
    """Tell whether a comment with this evidence looks like spam by itself.

    Two findings that selling leaves, without asking what weights say: so what
    later comments are compared with does not hang on how the filter is fitted.
    """
    return sum(one.value >= 0.5 for one in found if one.feature in _TELLING) >= 2


def _combine(found: list[Evidence], *, selling: bool) -> list[Evidence]:
    """Quoting, praising and other languages are innocent, until one sells with them."""
    if not selling:
        return [one for one in found if one.feature not in ("copied_article", "off_topic")]
    signed = next((one.what for one in found if one.feature == "signature"), None)
    if signed is not None:  # linked keywords at the end are one finding, not two
        found = [
            one
            for one in found
            if one.feature not in ("trade_anchor", "keyword_anchor") or one.what != signed
        ]
    return [
        Evidence(_CHANGED[one.feature], one.value, one.what) if one.feature in _CHANGED else one
        for one in found
    ]
