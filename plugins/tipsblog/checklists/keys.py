"""The key of an item: under which name a reader's tick is kept.

A key depends on the item's own text and on nothing else, so order, nesting
and the other items never change it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from html import escape

MAX_LENGTH = 64
#: Stands for the article's key until the article knows it.
PLACE = "tipsblog-article-key"
#: How much of a long text stays readable in its key.
_READABLE = 40

#: Punctuation that an author changes without meaning another item.
_LIGHT = re.compile(r"""[\s.,;:!?'"`´‘’‚“”„«»‹›()…‐‑–—_\u200c\u200d-]+""")
_ASCII_WORDS = re.compile("[a-z0-9]+")
_HEAVY_ASCII = re.compile(r"""[^\sA-Za-z0-9.,;:!?'"`()_-]""")
#: What is neither letter nor digit.
_FOREIGN = re.compile(r"[^\w.-]+")


def is_key(text: str) -> bool:
    """Tell whether an author may write `text` as a key: letters and digits of
    any script, dot, dash and underscore, not first but for letters and digits.
    """
    return (
        0 < len(text) <= MAX_LENGTH
        and text[0].isalnum()
        and all(_is_mark(c) for run in _FOREIGN.findall(text) for c in run)
    )


def put_in(html: str, key: str) -> str:
    """Return an article's `html` with its `key` wherever that belongs."""
    return html.replace(PLACE, escape(key))


def derive(text: str) -> str:
    """Return the key of an item that reads `text`.

    Case, white space and light punctuation do not count. Anything else that a
    key cannot hold ("C++", "C#") stays told apart by a short digest, as does
    what a long text loses.
    """
    if text.isascii() and not _HEAVY_ASCII.search(text):
        # Most texts, and then the same as below, at a third of the cost.
        words = slug = "-".join(_ASCII_WORDS.findall(text.lower()))
    else:
        words = _LIGHT.sub("-", unicodedata.normalize("NFKC", text).casefold()).strip("-")
        words = unicodedata.normalize("NFKC", words)
        slug = _FOREIGN.sub(_marks_or_dash, words)
        slug = "-".join(filter(None, slug.split("-")))
    if slug == words and len(slug) <= MAX_LENGTH and slug[:1].isalnum():
        return slug
    digest = hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    if len(slug) > _READABLE:
        slug = (slug[:_READABLE].rpartition("-")[0] or slug[:_READABLE]).strip("-")
    return f"{slug}-{digest}" if slug[:1].isalnum() else f"item-{digest}"


def _marks_or_dash(run: re.Match[str]) -> str:
    return "".join(c if _is_mark(c) else "-" for c in run[0])


def _is_mark(c: str) -> bool:
    # Vowel signs and accents are part of a word in many scripts.
    return unicodedata.category(c)[0] == "M"
