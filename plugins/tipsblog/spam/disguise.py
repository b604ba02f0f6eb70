"""What hides words from whoever looks for them: look-alike letters, zero-width
characters, entities, s p a c e d words. It is undone and told of.

Text in, text out. Every pattern here is linear in the text.
"""

from __future__ import annotations

import re
import unicodedata

from .pattern import later

_ODD_ENTITY = later(r"&#?[xX]([0-9a-fA-F]{2,5});?")
#: A plain letter or digit written as a code; editors write only others so.
_ENTITY = later(
    r"&(?:amp;)?#0*(?:4[89]|5[0-7]|6[5-9]|[78]\d|90|9[7-9]|1[01]\d|12[0-2]);"
    r"|&(?:amp;)?#?[xX]0*(?:3\d|[46][1-9a-fA-F]|[57][0-9aA]);"
)
_HIDDEN = later(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2060-\u2064\ufeff]"
)
_SPACED = later(r"(?<![\w'’])(?:[^\W\d_][ .\-_*]){3,40}[^\W\d_](?![\w'’])")
#: Stands in whatever `_SPACED` finds, and is found in half the time.
_SPACED_SIGN = later(r"[ .\-_*][^\W\d_][ .\-_*][^\W\d_][ .\-_*]")
_LETTERS = later(r"\w+")
#: Where two scripts meet inside a word.
_MIXED = later("[a-zA-Z][\u0370-\u03ff\u0400-\u052f]|[\u0370-\u03ff\u0400-\u052f][a-zA-Z]")

#: Letters drawn like Latin ones (Unicode's confusables, the common part).
_LOOK_ALIKE = str.maketrans(
    "аеорсухіјѕһԁԛԝցոսӏАВЕКМНОРСТУХЅІЈԌԚԜѴѵτοανικρυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧɑɡıℓ",
    "aeopcyxijshdqwgnulABEKMHOPCTYXSIJGQWVvtoavikpuxABEZHIKMNOPTYXagil",
)


def without_odd_entities(text: str) -> tuple[str, int]:
    """Return `text` with its hexadecimal entities as characters, and how many letters
    and digits in it were written as codes.
    """
    written = len(_ENTITY.findall(text))
    if _ODD_ENTITY.search(text):
        text = _ODD_ENTITY.sub(_character, text)
    return text, written


def undisguise(text: str, longest: int) -> tuple[str, tuple[str, ...], int]:
    """Return `text` in plain letters, the words that hid look-alikes, and how
    many invisible characters were in it. longest: what is read of it, in characters.

    A word wholly in Cyrillic or Greek is left alone: only a mixture is a disguise.
    """
    text, hidden = _HIDDEN.subn("", text)
    if not text.isascii():
        # One character can become eighteen.
        text = unicodedata.normalize("NFKC", text)[:longest]
    mixed: list[str] = []

    def plain(word: re.Match[str]) -> str:
        if not _MIXED.search(word[0]):
            return word[0]
        mixed.append(word[0])
        return word[0].translate(_LOOK_ALIKE)

    if _MIXED.search(text):
        text = _LETTERS.sub(plain, text)
    return text, tuple(mixed), hidden


def join_spaced(text: str) -> tuple[str, tuple[str, ...]]:
    """Return `text` with spaced words joined, and these words."""
    if text.count(" ") < 3 or not _SPACED_SIGN.search(text) or not _SPACED.search(text):
        return text, ()
    joined: list[str] = []

    def join(match: re.Match[str]) -> str:
        joined.append(re.sub(r"[ .\-_*]", "", match[0]))
        return joined[-1]

    return _SPACED.sub(join, text), tuple(joined)


def _character(entity: re.Match[str]) -> str:
    code = int(entity[1], 16)
    return chr(code) if 32 <= code < 0xD800 else " "
