"""The key of an item: under which name a reader's tick is kept.

A key depends on the item's own text and on nothing else, so order, nesting
and the other items never change it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

MAX_LENGTH = 64
#: How much of a long text stays readable in its key.
_READABLE = 40

#: Punctuation that an author changes without meaning another item.
_LIGHT = re.compile(r"""[\s.,;:!?'"`´‘’‚“”„«»‹›()…‐‑–—_\u200c\u200d-]+""")


def is_key(text: str) -> bool:
    """Tell whether an author may write `text` as a key: letters and digits of
    any script, dot, dash and underscore, not first but for letters and digits.
    """
    return (
        0 < len(text) <= MAX_LENGTH
        and text[0].isalnum()
        and all(_is_letter(c) or c in ".-_" for c in text)
    )


def derive(text: str) -> str:
    """Return the key of an item that reads `text`.

    Case, white space and light punctuation do not count. Anything else that a
    key cannot hold ("C++", "C#") stays told apart by a short digest, as does
    what a long text loses.
    """
    words = _LIGHT.sub("-", unicodedata.normalize("NFKC", text).casefold()).strip("-")
    words = unicodedata.normalize("NFKC", words)
    slug = re.sub("-{2,}", "-", "".join(c if _is_letter(c) else "-" for c in words)).strip("-")
    if slug == words and is_key(slug):
        return slug
    digest = hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    if len(slug) > _READABLE:
        slug = slug[:_READABLE].rpartition("-")[0] or slug[:_READABLE]
    slug = slug.strip("-")
    return f"{slug}-{digest}" if slug and is_key(slug) else f"item-{digest}"


def _is_letter(c: str) -> bool:
    # Vowel signs and accents (M...) are part of a word in many scripts.
    return c.isalnum() or unicodedata.category(c)[0] == "M"
