"""The hand-written word lists, and the languages told by their small words.

The lists are `lexicon.txt`: general knowledge, not learned from anybody's
comments.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_SMALL_WORDS = {
    "en": "the and of to is that it for you this with have are not be was your my can"
    " i a in on an as at no so do if or me we but",
    "de": "der die das und ist nicht ich ein eine zu mit auf für von auch es wie sich den wir",
    "fr": "le la les et est pas je un une des que pour dans avec sur vous qui ce mais nous",
    "es": "el la los y es no que un una por para con del se muy como pero más este las",
    "pt": "o os e é não que um uma por para com do da se muito como mas mais isso você",
    "it": "il lo gli e è non che un una per con del della si molto come ma più questo sono",
    "nl": "de het en is niet ik een van te dat voor met op zijn je ook maar als wat er",
    "id": "yang dan di ini itu untuk dengan tidak dari saya ada bisa anda akan ke juga karena pada",
    "tl": "ang ng sa mga na ay ko mo po ako ka naman hindi lang kasi yung siya ito kung din",
    "tr": "ve bir bu için çok da de ile ne var ben ama gibi daha en sen kadar olan değil mi",
    "pl": "i w na nie się to jest że do z jak ale o co dla tak jestem bardzo po od",
    "sv": "och att det som en på är inte jag för med av till den har om ett så vi men",
    "vi": "và của là có không cho các được một với này những tôi bạn khi để trong rất đã người",
    "ro": "și în nu este că o cu pe la care mai un din pentru sunt foarte dar sau ce am",
    "ru": "и в не на что я с он это как но по из у за так же вы мы для очень",
}
#: The lists whose words and phrases are looked for in a comment's text.
_SAID = ("template", "trade", "pitch", "sell", "seam", "praise", "talk")


@cache
def lists() -> dict[str, frozenset[str]]:
    """Return each list's words and phrases by its name."""
    text = Path(__file__).with_name("lexicon.txt").read_text("utf-8")
    found: dict[str, frozenset[str]] = {}
    for paragraph in text.split("\n\n"):
        lines = [line for line in paragraph.splitlines() if line and line[0] != "#"]
        if lines:
            name, _, terms = " ".join(lines).partition(":")
            found[name] = frozenset(term.strip() for term in terms.split(",") if term.strip())
    return found


@cache
def said_in() -> dict[str, str]:
    """Map each word and phrase that can be said to its list."""
    return {term: name for name in reversed(_SAID) for term in lists()[name]}


@cache
def terms() -> frozenset[str]:
    """Return all words and phrases that can be said."""
    return frozenset(said_in())


@cache
def first_words() -> frozenset[str]:
    """Return the first words of the phrases that can be said."""
    return frozenset(term.partition(" ")[0] for term in said_in() if " " in term)


@cache
def phrases() -> dict[str, list[str]]:
    """Map the first two words of each longer phrase to the phrases."""
    found: dict[str, list[str]] = {}
    for term in said_in():
        if term.count(" ") >= 2:
            found.setdefault(" ".join(term.split(" ")[:2]), []).append(term)
    return found


@cache
def selling() -> frozenset[str]:
    """Return the words and phrases that sell, wherever they stand."""
    return lists()["trade"] | lists()["pitch"] | lists()["sell"]


@cache
def names() -> frozenset[str]:
    """Return the words that stand in no person's name."""
    return lists()["name"] | {term for term in lists()["trade"] if len(term) > 3}


@cache
def host_pieces() -> re.Pattern[str]:
    """Return what finds a selling piece in an address."""
    pieces = sorted(lists()["host"], key=lambda piece: (-len(piece), piece))
    return re.compile("|".join(map(re.escape, pieces)))


@cache
def no_topic() -> frozenset[str]:
    """Return the words that say nothing about a topic."""
    return lists()["common"] | every_small_word()


@cache
def small_words() -> dict[str, tuple[str, ...]]:
    """Map each small word to the languages it belongs to."""
    found: dict[str, list[str]] = {}
    for language, words in _SMALL_WORDS.items():
        for word in words.split():
            found.setdefault(word, []).append(language)
    return {word: tuple(languages) for word, languages in found.items()}


@cache
def words_of_language(language: str) -> frozenset[str]:
    """Return the small words of a language, none for an unknown one."""
    return frozenset(_SMALL_WORDS.get(language, "").split())


@cache
def every_small_word() -> frozenset[str]:
    """Return the small words of all languages."""
    return frozenset(small_words())


@cache
def phrase_starts() -> frozenset[str]:
    """Return the first two words of each longer phrase."""
    return frozenset(phrases())
