"""Which language a text is in, by its script and its small words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from .lexicon import every_small_word, small_words, words_of_language

_SCRIPTS = (
    (0x0370, 0x03FF, "el"),
    (0x0400, 0x052F, "ru"),
    (0x0590, 0x05FF, "he"),
    (0x0600, 0x06FF, "ar"),
    (0x0900, 0x097F, "hi"),
    (0x0E00, 0x0E7F, "th"),
    (0x3040, 0x30FF, "ja"),
    (0x4E00, 0x9FFF, "zh"),
    (0xAC00, 0xD7AF, "ko"),
)
#: Small words that must agree before a language is believed.
_ENOUGH = 3


def language_of(words: Iterable[str], likely: str = "") -> str:
    """Return the language of `words` as a two-letter code, "" if unsure.

    likely: what it is taken for where enough speaks for it.
    """
    vocabulary = words if isinstance(words, set) else set(words)
    if likely and len(words_of_language(likely) & vocabulary) > _ENOUGH:
        return likely
    small = small_words()
    tally: dict[str, int] = {}
    for word in every_small_word() & vocabulary:
        for language in small[word]:
            tally[language] = tally.get(language, 0) + 1
    if tally:
        best = sorted(tally, key=lambda language: (-tally[language], language))
        first = tally[best[0]]
        second = tally[best[1]] if len(best) > 1 else 0
        if first >= _ENOUGH and first > 1.3 * second:
            return best[0]
    if "".join(vocabulary).isascii():
        return ""
    return _script("".join(sorted(vocabulary)[-100:]))


def _script(text: str) -> str:
    tally: Counter[str] = Counter()
    for letter in text[:200]:
        code = ord(letter)
        for first, last, language in _SCRIPTS:
            if first <= code <= last:
                tally[language] += 1
    if "ja" in tally:
        return "ja"
    best = max(sorted(tally), key=lambda language: tally[language], default="")
    return best if best and tally[best] > len(text[:200]) / 2 else ""
