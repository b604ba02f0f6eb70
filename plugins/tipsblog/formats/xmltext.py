"""A foreign XML file as text: its encoding, its pieces, what XML forbids in it.

Nothing here parses; `xml` does.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import IO

_CHUNK = 1 << 16
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:x0*(?P<hex>[0-9a-fA-F]{1,6})|0*(?P<dec>[0-9]{1,7}));")
_DECLARATION = re.compile(r"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


def read(file: IO[bytes]) -> Iterator[str]:
    """Yield the file's text from its first tag on, whatever its encoding."""
    head = file.read(_CHUNK)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        found = _DECLARATION.search(head[:300].decode("latin-1"))
        encoding = found[1] if found else "utf-8"
    try:
        decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    except LookupError:
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    text = decoder.decode(head)
    yield text[max(text.find("<"), 0) :]
    while head := file.read(_CHUNK):
        yield decoder.decode(head)
    yield decoder.decode(b"", True)


def segments(chunks: Iterator[str], starts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Part the text before each start tag at which reading can go on.

    Yields the tag, as written without its prefix ("" before the first), and
    the text; a long one comes in pieces, of which only the first has the tag.
    """
    names = "|".join(re.escape(name) for name in starts)
    start = re.compile(rf"<(?:[A-Za-z_][\w.-]*:)?(?P<name>{names})(?=[\s>/])")
    longest = 80  # no start tag's name is longer; a tag cut by a chunk's end waits
    rest = tag = ""
    for chunk in chunks:
        rest += chunk
        position = 0
        for match in start.finditer(rest):
            if match.start() > position:
                yield tag, rest[position : match.start()]
            tag, position = match["name"], match.start()
        hold = max(position, len(rest) - longest)
        cut = max(rest.rfind("<", hold), rest.rfind("&", hold))
        hold = cut if cut > position else (len(rest) if cut == -1 else position)
        if hold - position > _CHUNK:
            yield tag, rest[position:hold]
            tag, position = "", hold
        rest = rest[position:]
    if rest:
        yield tag, rest


def legal(text: str) -> tuple[str, str]:
    """Return `text` without what XML forbids, and what was wrong with it."""
    wrong = []
    if _ILLEGAL.search(text):
        text = _ILLEGAL.sub("", text)
        wrong.append("control characters taken out")
    if "&#" in text:
        cleaned = _REFERENCE.sub(_reference, text)
        if cleaned != text:
            text = cleaned
            wrong.append("references to control characters taken out")
    if "\ufffd" in text:
        wrong.append("some bytes are not in the file's encoding")
    return text, ", ".join(wrong)


def _reference(match: re.Match[str]) -> str:
    number = int(match["hex"], 16) if match["hex"] else int(match["dec"])
    legal = number in (9, 10, 13) or (
        (32 <= number < 0xFFFE and not 0xD800 <= number <= 0xDFFF) or 0x10000 <= number <= 0x10FFFF
    )
    return match[0] if legal else ""
