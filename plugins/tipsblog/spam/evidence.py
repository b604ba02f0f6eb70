"""What speaks for and against a comment: features with a value from 0 to 1.

Pure: a comment, how it reads and where it stands in, evidence out. How much
each piece counts is no business of this module.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..comments.model import Comment, Role
from .lexicon import lists
from .place import Copy, Place, language_of, topic
from .reading import Reading, host_of, undisguise

#: Where programmers and writers link to when they help one another.
_CODE_HOSTS = frozenset(
    [
        "github.com",
        "gist.github.com",
        "gitlab.com",
        "bitbucket.org",
        "stackoverflow.com",
        "codepen.io",
        "jsfiddle.net",
        "pastebin.com",
        "pastie.org",
        "wikipedia.org",
        "en.wikipedia.org",
        "developer.mozilla.org",
        "docs.python.org",
        "pypi.org",
        "npmjs.com",
        "w3.org",
        "kernel.org",
        "debian.org",
        "apache.org",
        "python.org",
        "readthedocs.io",
        "raw.githubusercontent.com",
        "codeplex.com",
        "archive.org",
        "xkcd.com",
        "imgur.com",
        "i.imgur.com",
    ]
)
_MONEY = re.compile(
    r"[$€£¥₹]\s?\d[\d,.]*[km]?\b|\b\d[\d,.]*\s?(?:[$€£]|usd|dollars?|euros?|bucks|rupees|руб)",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?<![\w.])\+?\(?\d{1,4}\)?(?:[\s.\-()]{1,2}\d{2,5}){2,4}(?![\w.])|(?<![\w.])\d{10,13}(?!\w)"
)
_NAME_PARTS = re.compile(r"[^\W_]+")
#: Ends of a signature: a last line of few words without a verb's company.
_SIGNATURE_WORDS = 6


@dataclass(frozen=True, slots=True)
class Evidence:
    """One finding. value: how strong, 0 to 1. what: the words it rests on."""

    feature: str
    value: float
    what: str = ""


def gather(comment: Comment, reading: Reading, place: Place) -> list[Evidence]:
    """Return all evidence on `comment`, in a fixed order."""
    found = [
        *_links(comment, reading, place),
        *_author(comment, reading, place),
        *_words(comment, reading, place),
        *_writing(reading),
        *_standing(comment, reading, place),
    ]
    return _combine(found)


def _links(comment: Comment, reading: Reading, place: Place) -> Iterator[Evidence]:
    links = reading.links
    if not links:
        return
    known = place.subject.links
    strange = []
    for link in links:
        if link.host in known:
            yield Evidence("link_known", 1.0, link.host)
        elif link.host in _CODE_HOSTS:
            yield Evidence("link_code", 1.0, link.host)
        else:
            strange.append(link)
    if not strange:
        return
    yield Evidence("link", 1.0, _listed(link.host for link in strange))
    if len(strange) > 1:
        yield Evidence("many_links", min(len(strange) - 1, 4) / 4, str(len(strange)))
    last = strange[-1]
    if len(reading.text[last.end :].split()) <= 2 and len(reading.words) > 2:
        yield Evidence("link_at_end", 1.0, last.host)
    if len(reading.words) <= 4 * len(strange):
        yield Evidence("only_a_link", 1.0)
    anchors = [link.anchor for link in strange if link.anchor]
    if anchors:
        yield Evidence("keyword_anchor", 1.0, _listed(f'"{anchor[:60]}"' for anchor in anchors))


def _author(comment: Comment, reading: Reading, place: Place) -> Iterator[Evidence]:
    author, _, _ = undisguise(comment.author)
    lower = author.lower()
    parts = _NAME_PARTS.findall(lower)
    if not parts or lower in ("anonymous", "unknown"):
        yield Evidence("no_author", 1.0)
    website = host_of(comment.website)
    if host_of(author):
        yield Evidence("author_address", 1.0, author[:60])
    elif parts:
        sells = _found(parts, lists()["trade"] | lists()["pitch"], place.subject.words)
        if sells:
            yield Evidence("author_keyword", 1.0 if len(parts) > 1 else 0.5, _listed(sells))
        name = "".join(parts)
        hosts = {website, *(link.host for link in reading.links)} - {""}
        for host in sorted(hosts):
            if len(name) > 5 and name in host.replace("-", "").replace(".", ""):
                yield Evidence("author_in_host", 1.0, host)
                break
    if website and comment.website.rstrip("/").count("/") > 2 and website not in _CODE_HOSTS:
        yield Evidence("deep_website", 1.0, comment.website[:80])


def _words(comment: Comment, reading: Reading, place: Place) -> Iterator[Evidence]:
    words = reading.words
    about = place.subject.words
    for name in ("trade", "pitch", "praise", "talk"):
        found = _found(words, lists()[name], about if name == "trade" else frozenset())
        if found:
            yield Evidence(name, min(len(found), 4) / 4, _listed(found))
    if signed := signature(reading, place):
        yield Evidence("signature", 1.0, f'"{signed}"')
    if sums := _MONEY.findall(reading.text):
        yield Evidence("money", 1.0, _listed(sums))
    if (number := _PHONE.search(reading.text)) and sum(c.isdigit() for c in number[0]) >= 9:
        yield Evidence("phone", 1.0, number[0].strip())


def signature(reading: Reading, place: Place) -> str:
    """Return the keywords that `reading` is signed with, or "".

    A last line of a few words that is a link, or that sells something.
    """
    lines = [line.strip() for line in reading.text.split("\n") if line.strip()]
    if reading.links:
        last = reading.links[-1]
        if (
            last.anchor
            and not reading.text[last.end :].strip()
            and reading.text[: last.start].strip()
        ):
            return last.anchor[:60]
    if len(lines) < 2:
        return ""
    words = _NAME_PARTS.findall(lines[-1].lower())
    if 0 < len(words) <= _SIGNATURE_WORDS and lines[-1][-1] not in ".!?…:)":
        sells = _found(words, lists()["trade"] | lists()["pitch"], frozenset())
        if sells:
            return lines[-1][:60]
    return ""


def _writing(reading: Reading) -> Iterator[Evidence]:
    if reading.look_alikes:
        yield Evidence("look_alikes", 1.0, _listed(reading.look_alikes))
    if reading.hidden:
        yield Evidence("hidden", 1.0)
    if reading.entities:
        yield Evidence("entities", 1.0)
    if reading.spaced:
        yield Evidence("spaced", 1.0, _listed(reading.spaced))
    letters = reading.text
    if len(letters) > 20 and letters.upper() == letters and letters.lower() != letters:
        yield Evidence("shouting", 1.0)


def _standing(comment: Comment, reading: Reading, place: Place) -> Iterator[Evidence]:
    words = reading.words
    about, thread = place.subject.words, place.thread
    own = topic(words)
    if own:
        shared = own & about
        if shared:
            yield Evidence("on_topic", min(1.0, len(shared) / 6), _listed(sorted(shared)))
        taken = (own & thread) - about
        if taken:
            yield Evidence("in_thread", min(1.0, len(taken) / 6), _listed(sorted(taken)))
    if comment.parent:
        yield Evidence("reply", 1.0)
    language = place.subject.language
    if language and words:
        spoken = language_of(words)
        if spoken and spoken != language:
            yield Evidence("other_language", 1.0, spoken)
    if place.same:
        yield Evidence("same_text", 1.0, _whose(place.same))
    if place.copied:
        yield Evidence("copied", 1.0, f'{_whose(place.copied[0])}: "{place.copied[0].words}"')
    published = place.subject.article.published
    if published is not None:
        days = (comment.published - published).days
        if days > 14:
            yield Evidence("old_article", min(1.0, days / 365), str(days))
    if comment.role is Role.AUTHOR:
        yield Evidence("by_author", 1.0)


#: What makes a copied sentence a means of selling.
_SELLING = frozenset(
    [
        "link",
        "keyword_anchor",
        "signature",
        "author_keyword",
        "author_address",
        "author_in_host",
        "trade",
    ]
)


def _combine(found: list[Evidence]) -> list[Evidence]:
    """A sentence copied is a quotation, until something is sold with it."""
    names = {evidence.feature for evidence in found}
    if "copied" in names and names & _SELLING:
        return [
            Evidence("copied_to_sell", one.value, one.what) if one.feature == "copied" else one
            for one in found
        ]
    return found


def _found(words: list[str], terms: frozenset[str], except_for: frozenset[str]) -> list[str]:
    one = terms.intersection(words)
    two = terms.intersection(map(" ".join, itertools.pairwise(words)))
    return sorted((one | two) - except_for)


def _listed(words: object) -> str:
    unique = list(dict.fromkeys(words))  # type: ignore[call-overload]
    return ", ".join(unique[:4]) + (" ..." if len(unique) > 4 else "")


def _whose(copy: Copy) -> str:
    return f'the comment of "{copy.author or "Anonymous"}" ({copy.id})'
