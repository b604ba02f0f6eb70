"""How a comment is written: disguises, and the looks of machine-made text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from ...comments.model import Comment
from ..pattern import later
from ..reading import Reading
from .base import Evidence, listed

_MARKUP = later(
    r"\[(?:url|link|img|b|i|color|size|quote)\b[^\]]{0,100}\]|\[/(?:url|link|b|i)\]|<!--|&lt;a\b",
    re.IGNORECASE,
)
_SCRIPT = later(
    r"<[a-z][^<>`]{0,300}[\s\"'/]on(?:mouse|click|load|error|focus|key)[a-z]{0,9}\s?="
    r"|<script|=\s?[\"']?javascript:"
)
#: One of these stands in whatever `_SCRIPT` finds.
_SCRIPT_SIGNS = ("script", "onmouse", "onclick", "onload", "onerror", "onfocus", "onkey")
_LONG_WORD = 24
#: A larger share of words that begin with a capital letter is no sentence.
_TITLED = 0.3
_CAPITAL = later("[A-Z]")
_NO_VOWELS = later(r"[bcdfghjklmnpqrstvwxz]{6,}")


def written(comment: Comment, reading: Reading) -> Iterator[Evidence]:
    """Find disguises, and the looks of machine-made text."""
    if reading.look_alikes:
        yield Evidence("look_alikes", 1.0, listed(reading.look_alikes))
    if reading.hidden:
        yield Evidence("hidden", 1.0)
    if reading.entities:
        yield Evidence("entities", 1.0)
    if reading.spaced:
        yield Evidence("spaced", 1.0, listed(reading.spaced))
    text, words = reading.text, reading.words
    if len(text) > 20 and text.isupper():
        yield Evidence("shouting", 1.0)
    if ("[" in comment.body or "<!--" in comment.body or "&lt;" in comment.body) and (
        markup := _MARKUP.search(comment.body)
    ):
        yield Evidence("markup", 1.0, markup[0][:40])
    if "<" in comment.body:
        body = comment.body.lower()
        if any(map(body.__contains__, _SCRIPT_SIGNS)) and (script := _SCRIPT.search(body)):
            yield Evidence("script", 1.0, script[0][-40:].strip())
    n = len(words)
    if n >= 12 and len(reading.vocabulary) < 0.85 * n:
        tally = Counter([word for word in words if len(word) > 3])
        most = max(tally.values(), default=0)
        if most >= 3:
            word = max(word for word, count in tally.items() if count == most)
            yield Evidence("repetition", min(1.0, max(0.0, most / n - 0.05) * 8), f'"{word}"')
    if n >= 6:
        tokens = text.split()
        titled = []
        if not text.isascii() or len(_CAPITAL.findall(text)) > _TITLED * len(tokens):
            titled = [token for token in tokens if len(token) > 3 and token.istitle()]
        share = len(titled) / len(tokens) if tokens else 0
        if share > _TITLED:
            yield Evidence("titled", min(1.0, (share - 0.2) * 2.5), listed(titled))
    if n and max(map(len, words)) >= _LONG_WORD:
        longest = max(words, key=len)
        yield Evidence("gibberish", 1.0 if longest.isascii() else 0.2, f'"{longest[:30]}"')
    elif n < 40 and (letters := _NO_VOWELS.search(reading.whole)):
        yield Evidence("gibberish", 0.5, f'"{letters[0]}"')
    if n >= 30 and text[:1].islower():
        yield Evidence("torn", 1.0)
