"""What stands in a text: its words, clauses and links, seen through disguises.

Text in, values out. Every pattern here is linear in the text, and only the head and
the tail of a long one are read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from typing import NamedTuple

from . import disguise
from .lexicon import no_topic
from .pattern import later

#: Fewer words in a row are no copy.
COPIED_WORDS = 5
#: Shorter words say nothing about a topic.
TOPIC_LENGTH = 4
#: What is read of a long text, in characters.
HEAD, TAIL = 3000, 1000
LONGEST = HEAD + TAIL

_TAG = later(r"<(/?)([a-zA-Z]+)([^<>]*)>")
_HREF = later(r"""href\s*=\s*["'“”]?\s*([^"'“”\s>]+)""", re.IGNORECASE)
_BBCODE = later(r"\[url(?:=([^\]\[\s]{1,300}))?\]([^\[\]]{0,300})\[/url\]", re.IGNORECASE)
_MARKDOWN = later(r"\[([^\[\]\n]{0,200})\]\(\s*(https?://[^\s()<>]{1,500})[^()\n]{0,100}\)")
_AUTOLINK = later(r"<((?:https?://|www\.)[^<>\s]{1,500})>")
_TOP = (
    "com|net|org|info|biz|ru|cn|co|io|xyz|top|site|online|shop|store|club|blog|website|space|tk|ml"
)
_TOP_WITH_PATH = (
    "in|us|uk|de|fr|es|it|nl|pl|tr|br|eu|me|tv|cc|ws|ly|gl|to|ua|id|vn|jp|ca|au|be|pro|live"
)
#: An address with or without a scheme; a bare one in lower case, as ASP.NET and
#: a sentence without a space after its stop.Are none.
_BARE = later(
    r"(?i:https?\s?:\s?//\s?|\bwww\.)[^\s<>\"'\])},]+"
    rf"|(?<![\w@.-])[A-Za-z0-9][A-Za-z0-9-]{{1,62}}(?:\.[a-z0-9-]{{1,62}}){{0,3}}\.(?:(?:{_TOP})"
    rf"(?![\w.@-])(?:/[^\s<>\"']*)?|(?:{_TOP_WITH_PATH})/[^\s<>\"']*)"
)
_INNER_DOT = later(r"\.[a-z]")
_SPELT_DOT = later(
    r"\b([a-z0-9-]{2,63})\s?[\[(]?\s?(?:dot|\(\.\)|\[\.\]| \. )\s?[\])]?\s?(com|net|org|info)\b",
    re.IGNORECASE,
)
_WORD = later(r"[^\W_]+(?:['’][^\W_]+)?")
#: Of ASCII, what parts words.
_BETWEEN = {code: " " for code in range(128) if not (chr(code).isalnum() or chr(code) == "'")}
_CLAUSE = later(r"[.!?…;:,\n()\"“”]+")


class Link(NamedTuple):
    """A link as it stands: host without "www.", address, words shown, where it starts.

    anchor: the words that are linked, or "" where the address itself is shown.
    start, end: its place in `Reading.text`.
    """

    host: str
    address: str
    anchor: str
    start: int
    end: int


class Clause(NamedTuple):
    """A part of a sentence: all its words, its first and its last ones."""

    words: str
    head: str
    tail: str


@dataclass(slots=True)
class Reading:
    """A text, read.

    text: as a reader sees it, disguises undone, addresses left out.
    words: lower case, in order; whole: joined by one space; vocabulary: each
        once; topic: those that can say what a text is about.
    clauses: parts of sentences of five words and more.
    """

    text: str
    words: list[str]
    links: list[Link] = field(default_factory=list)
    whole: str = ""
    vocabulary: set[str] = field(default_factory=set)
    topic: frozenset[str] = frozenset()
    clauses: list[Clause] = field(default_factory=list)
    look_alikes: tuple[str, ...] = ()
    hidden: int = 0
    entities: int = 0
    spaced: tuple[str, ...] = ()


def read(body: str) -> Reading:
    """Read a comment's body: plain text, Markdown, HTML or BBCode."""
    if len(body) > LONGEST:
        body = f"{body[:HEAD]}\n{body[-TAIL:]}"
    body = body.replace("\xa0", " ")
    found: list[tuple[str, str]] = []

    def note(address: str, anchor: str) -> str:
        found.append((address, "" if _shows_address(anchor) else anchor))
        return (
            f"\x02{len(found) - 1}\x03"
            if not found[-1][1]
            else f"\x02{len(found) - 1}\x03{anchor}\x04"
        )

    entities = hidden = 0
    if "&" in body:
        body, entities = disguise.without_odd_entities(body)
    if "<" in body:
        if "http" in body or "www." in body:
            body = _AUTOLINK.sub(r" \1 ", body)
        body = _without_tags(body, note)
    if "&" in body:
        body = unescape(body)
        if "&#" in body or "&amp;" in body:
            body = unescape(body)
    if "[" in body:
        if "](" in body:
            body = _MARKDOWN.sub(lambda m: note(m[2], m[1]), body)
        if "[/url]" in body.lower():
            body = _BBCODE.sub(lambda m: note(m[1] or m[2], m[2]), body)
    look_alikes: tuple[str, ...] = ()
    if not body.isascii():
        body, look_alikes, hidden = disguise.undisguise(body, LONGEST)
    if "//" in body or "www." in body or _INNER_DOT.search(body):
        body = _BARE.sub(lambda m: note(m[0], ""), body)
    if " dot " in body or "[.]" in body or "(.)" in body or "dot)" in body:
        body = _SPELT_DOT.sub(lambda m: note(f"{m[1]}.{m[2]}", ""), body)
    text, links = _place_links(body, found) if found else (body, [])
    text, spaced = disguise.join_spaced(text)
    lower = text.lower()
    words = words_of(lower)
    vocabulary = set(words)
    return Reading(
        text,
        words,
        links,
        " ".join(words),
        vocabulary,
        topic(vocabulary),
        _clauses(lower),
        look_alikes,
        hidden,
        entities,
        spaced,
    )


def words_of(lower: str) -> list[str]:
    """Return the words of a lower-case text, in order."""
    if not lower.isascii():
        return _WORD.findall(lower)
    # Three times as fast as the pattern, and the same.
    words = lower.translate(_BETWEEN).split()
    if "'" not in lower:
        return words
    return [
        word for part in words for word in ((part,) if "'" not in part else _WORD.findall(part))
    ]


def topic(vocabulary: set[str]) -> frozenset[str]:
    """Return those of some words that can say what a text is about."""
    return frozenset([w for w in vocabulary - no_topic() if len(w) >= TOPIC_LENGTH])


@lru_cache(maxsize=4096)
def host_of(address: str) -> str:
    """Return the lower-case host of `address` without "www.", or ""."""
    address = re.sub(r"^\s*https?\s?:\s?/*\s?|^//", "", address.strip().lower())
    host = re.split(r"[/?#:\s]", address, maxsplit=1)[0].rpartition("@")[2]
    host = host.removeprefix("www.").strip(".")
    return host if "." in host else ""


def _without_tags(body: str, note: object) -> str:
    parts: list[str] = []
    at = 0
    href: str | None = None
    opened = 0
    for tag in _TAG.finditer(body):
        closing, name, rest = tag[1], tag[2].lower(), tag[3]
        parts.append(body[at : tag.start()])
        at = tag.end()
        if name == "a":
            if href is not None:
                shown = unescape("".join(parts[opened:])).strip()
                del parts[opened:]
                parts.append(f" {note(href, shown)} ")  # type: ignore[operator]
                href = None
            if not closing and (match := _HREF.search(rest)):
                href, opened = unescape(match[1]), len(parts)
        elif name in ("p", "br", "li", "div", "blockquote", "pre"):
            parts.append("\n")
    parts.append(body[at:])
    if href is not None:
        shown = unescape("".join(parts[opened:])).strip()
        del parts[opened:]
        parts.append(f" {note(href, shown)} ")  # type: ignore[operator]
    return "".join(parts)


_MARK = later("\x02(\\d+)\x03(?:([^\x02\x04]*)\x04)?")


def _place_links(body: str, found: list[tuple[str, str]]) -> tuple[str, list[Link]]:
    links: list[Link] = []
    parts: list[str] = []
    at = size = 0
    for mark in _MARK.finditer(body):
        parts.append(body[at : mark.start()])
        size += mark.start() - at
        at = mark.end()
        address, anchor = found[int(mark[1])] if int(mark[1]) < len(found) else ("", "")
        shown = mark[2] or ""
        parts.append(shown)
        if host := host_of(address):
            links.append(Link(host, address, anchor, size, size + len(shown)))
        size += len(shown)
    parts.append(body[at:])
    return "".join(parts), links


def _shows_address(anchor: str) -> bool:
    anchor = anchor.strip()
    return not anchor or (" " not in anchor and ("." in anchor[:-1] or "://" in anchor))


def _clauses(lower: str) -> list[Clause]:
    """Return the longer parts of sentences, each with its ends: who copies half
    a sentence keeps one of them; who copies "Well, it works" leaves out "Well".
    """
    found = []
    for part in _CLAUSE.split(lower):
        if len(part) > 15:
            words = part.split()
            if len(words) >= COPIED_WORDS:
                head, tail = words[:COPIED_WORDS], words[-COPIED_WORDS:]
                found.append(Clause(" ".join(words), " ".join(head), " ".join(tail)))
    return found
