"""What a comment says: selling, praising, taking part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from ..lexicon import first_words, lists, phrase_starts, phrases, said_in, terms
from ..pattern import later
from ..place import Place
from ..reading import Reading, words_of
from .base import Evidence, listed, sells

_MONEY = later(
    r"[$€£¥₹]\s?\d[\d,.]{0,12}[km]?\b"
    r"|\b\d[\d,.]{0,12}\s?(?:[$€£]|usd\b|dollars?\b|euros?\b|bucks\b|rupees\b|руб)",
    re.IGNORECASE,
)
_PHONE = later(
    r"(?<![\w.])\+?\(?\d{1,4}\)?(?:[ .\-–()]{1,3}\d{2,5}){2,4}(?![\w.])"
    r"|(?<![\w.])\+?\d{10,13}(?!\w)"
)
_SMILE = later(r"(?<!\w)[:;=]['’]?-?[)DPp(/|](?![\w/])|\^_?\^|<3|[\U0001f600-\U0001f64f]")
_SNAKE = later(r"[a-z]_[a-z]|[;{}]\s*\n|\$\w+[\[ =]|\b0x[0-9a-f]+")
#: One of these stands in whatever `_SNAKE` finds.
_SNAKE_SIGNS = ("_", ";", "{", "}", "$", "0x")
_CODE = ("`", "()", "::", "->", "=>", "==", "!=", "</", "--")
#: One of these stands in each of them.
_CODE_SIGNS = "`(:>=<-"
#: What a tool for posting the same text everywhere leaves when it is misused.
_SPINNING = later(
    r"(?<!\{)\{[^{}|%\n]{1,80}\|[^{}\n]{1,200}\}(?!\})"
    r"|%(?:anchor|keyword|url|name|link)\w{0,12}%|\[(?:keyword|spin|anchor)[^\]]{0,20}\]"
    r"|#(?:file_links|random|keyword)\w{0,12}\b",
    re.IGNORECASE,
)
_SPINNING_SIGNS = "{%[#"
#: Lists whose words are innocent where the article itself has them.
_OF_THE_ARTICLE = frozenset({"template", "trade", "pitch", "sell", "seam"})
_DIGITS = "0123456789"
_QUOTED = later(r'["“][^"“”\n]{1,80}["”]')
#: So many lines of keywords are no accident.
_ROWS = 3
#: What stands in sentences, lists and code, and not in rows of keywords.
_PROSE = later(r"""[.!?:;,=(){}<>"*`#]|^[-\d]""")
#: Words in a signature at most.
_SIGNATURE_WORDS = 8


def said(reading: Reading, place: Place) -> Iterator[Evidence]:
    """Find what is said, by word lists and patterns."""
    for name, these in _by_list(reading, place):
        room = 2 if name == "template" else 1.5 + len(reading.words) / 30
        yield Evidence(name, min(1.0, len(these) / room), listed(sorted(these)))
    signed, tail = signature(reading)
    if signed:
        yield Evidence("signature", 1.0, f'"{signed}"')
    elif tail:
        yield Evidence("tail", 1.0, f'"{tail}"')
    text = reading.text
    if rows := keyword_rows(reading):
        yield Evidence("keyword_rows", min(1.0, len(rows) / 4), listed(f'"{row}"' for row in rows))
    if "?" in text:
        yield Evidence("question", 1.0)
    if (not text.isascii() or _any_in(":;<", text)) and (smile := _SMILE.search(text)):
        yield Evidence("smile", 1.0, smile[0])
    if _any_in(_SPINNING_SIGNS, text) and (spun := _SPINNING.search(text)):
        yield Evidence("spinning", 1.0, f'"{spun[0][:40]}"')
    signs = sum(map(text.count, _CODE)) if _any_in(_CODE_SIGNS, text) else 0
    if _any_in(_SNAKE_SIGNS, text):
        signs += len(_SNAKE.findall(text))
    if signs:
        yield Evidence("code", min(signs, 3) / 3)
    if _any_in(_DIGITS, text):
        if sums := _MONEY.findall(text):
            yield Evidence("money", min(len(sums), 2) / 2, listed(one.strip() for one in sums))
        for number in _PHONE.finditer(text) if signs < 2 else ():
            if 9 <= sum(map(str.isdigit, number[0])) <= 14:
                yield Evidence("phone", 1.0, number[0].strip())
                break


def _any_in(signs: Iterable[str], text: str) -> bool:
    return any(map(text.__contains__, signs))


def _by_list(reading: Reading, place: Place) -> Iterator[tuple[str, list[str]]]:
    words, known = reading.words, said_in()
    every = terms()
    starts = first_words()
    pairs = {f"{word} {following}" for word, following in pairwise(words) if word in starts}
    found = (every & reading.vocabulary) | (every & pairs)
    if longer := phrase_starts() & pairs:
        whole = f" {reading.whole} "
        for pair in longer:
            found |= {term for term in phrases()[pair] if f" {term} " in whole}
    hits: dict[str, list[str]] = {}
    for term in found:
        hits.setdefault(known[term], []).append(term)
    if innocent := _OF_THE_ARTICLE & hits.keys():
        # A shop's own blog speaks of its trade; and who quotes words does not say them.
        known_here = place.subject.sentences
        if '"' in reading.text or "“" in reading.text:
            quoted = " ".join(_QUOTED.findall(reading.text))
            known_here += f" {' '.join(words_of(quoted.lower()))} "
        for name in innocent:
            hits[name] = [term for term in hits[name] if f" {term} " not in known_here]
    for name in ("template", "trade", "pitch", "sell", "praise", "seam", "talk"):
        if hits.get(name):
            yield name, hits[name]


def keyword_rows(reading: Reading) -> list[str]:
    """Return what stands in rows of keywords, where there are three or more: lines,
    or parts between bars, of a few words without any that makes a sentence.
    """
    text = reading.text
    if text.count("\n") + text.count("|") < _ROWS - 1:
        return []
    rows = [row for row in map(str.strip, text.replace("|", "\n").split("\n")) if 4 < len(row) < 80]
    if len(rows) < _ROWS:
        return []
    found = []
    for row in rows:
        words = () if _PROSE.search(row) else words_of(row.lower())
        if 2 <= len(words) <= _SIGNATURE_WORDS and lists()["sentence"].isdisjoint(words):
            found.append(row[:60])
    return found if len(found) >= _ROWS else []


def signature(reading: Reading) -> tuple[str, str]:
    """Return what `reading` is signed with: (selling keywords, other keywords).

    A signature is what stands after the last full sentence: linked words, or a
    few words without any of the small ones that make a sentence.
    """
    text = reading.text.rstrip()
    if reading.links:
        last = reading.links[-1]
        before = text[: last.start].rstrip(" ")
        # After a colon stands what was announced.
        if last.anchor and len(text) - last.end <= 2 and before.endswith((*".!?;)-|…", "\n")):
            said = lists()["sentence"].intersection(words_of(last.anchor.lower()))
            return ("" if said else last.anchor[:60]), ""
    cut = max(
        text.rfind("\n"), text.rfind(". "), text.rfind("! "), text.rfind("? "), text.rfind("..")
    )
    if not text[: cut + 1].strip():
        return "", ""
    end = text[cut + 1 :].strip(" .:-\t")
    if not end or text[-1] in ".!?…)," or len(end) > 120:
        return "", ""
    words = words_of(end.lower())
    if not 2 <= len(words) <= _SIGNATURE_WORDS:
        return "", ""
    if lists()["sentence"].intersection(words):
        return "", ""
    return (end[:60], "") if sells(words) else ("", end[:60])
