"""Reading foreign XML, well-formed or not, one element at a time.

`events` walks a file of any size in bounded memory. What stands between two
elements of a list (`<entry>`, `<item>` ...) is read on its own: where it is
broken, only that one is lost, and named. Prefixes need no declaration; real
exports forget them. Entities and anything outside the file are refused: they
are how XML is turned into a bomb.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import create_parser

from ..errors import TipsblogError
from .xmltext import legal, read, segments

#: Namespace -> the prefix by which this package calls it, whatever a file does.
#: Those without a prefix are the languages whose names stand alone.
_PREFIXES = {
    "http://www.w3.org/2005/Atom": "",
    "http://purl.org/atom/ns#": "",
    "http://disqus.com": "",
    "http://disqus.com/disqus-internals": "dsq",
    "http://www.disqus.com/": "dsq",
    "http://schemas.google.com/g/2005": "gd",
    "http://schemas.google.com/blogger/2018": "blogger",
    "http://purl.org/syndication/thread/1.0": "thr",
    "http://purl.org/atom/app#": "app",
    "http://www.w3.org/2007/app": "app",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
}
_WORDPRESS = re.compile(r"https?://wordpress\.org/export/1\.\d/(?P<excerpt>excerpt/)?")

#: No export nests deeper; what does is an attack on whoever walks the tree.
_MAX_DEPTH = 200


@dataclass(slots=True)
class Element:
    """An element with all that is in it. tag, attributes: `prefix:name`."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The element's own text."""
        return "".join(self.parts)

    def all(self, tag: str) -> Iterator[Element]:
        """Yield the children of that name."""
        return (child for child in self.children if child.tag == tag)

    def find(self, tag: str) -> Element | None:
        """Return the first child of that name."""
        return next(self.all(tag), None)

    def value(self, tag: str) -> str:
        """Return the text of the first child of that name, stripped, or ""."""
        child = self.find(tag)
        return child.text.strip() if child is not None else ""


@dataclass(frozen=True, slots=True)
class Grammar:
    """How a format's file is built.

    anchors: the elements that are too big to hold, outermost first. Each child
    of theirs comes as one event. starts: the start tags, as written, at which
    reading can go on after something broken, and how many anchors are open
    around each.
    """

    anchors: tuple[str, ...]
    starts: dict[str, int]


class Open(NamedTuple):
    """An anchor begins."""

    tag: str
    attributes: dict[str, str]


class Child(NamedTuple):
    """A child of the anchor `under` is complete."""

    under: str
    element: Element


class Close(NamedTuple):
    """An anchor ends."""

    tag: str


class Broken(NamedTuple):
    """Something could not be read. element: what of it had been read before."""

    under: str
    element: Element | None
    cause: str


class Mended(NamedTuple):
    """Something was not as XML wants it, and could be read all the same."""

    cause: str


Event = Open | Child | Close | Broken | Mended


def events(file: IO[bytes], grammar: Grammar, path: Path | str) -> Iterator[Event]:
    """Yield what `file` holds, in its order.

    `path` only serves the errors. Raises `TipsblogError` for a file that
    declares entities.
    """
    handler = _Handler(grammar)
    parser = _parser(handler, "")
    lines = base = 0
    skipping = False
    for tag, segment in segments(read(file), grammar.starts):
        text, mended = legal(segment)
        if mended:
            yield Mended(f"line {lines + 1}: {mended}")
        try:
            if skipping and tag:
                level = grammar.starts[tag]
                handler.cut(level)
                prologue = "".join(f"<{name}>" for name in grammar.anchors[:level])
                parser, base = _parser(handler, prologue), lines
                skipping = False
            if not skipping:
                parser.feed(text)
                getattr(parser, "flush", lambda: None)()
        except DefusedXmlException as error:
            raise TipsblogError(
                "declares XML entities, which no blog's export does",
                path=path,
                way_out="export it again; such files are made to exhaust a computer",
            ) from error
        except SAXParseException as error:
            yield from handler.take()
            yield handler.broken(f"line {base + (error.getLineNumber() or 1)}: {_cause(error)}")
            skipping = True
        yield from handler.take()
        lines += segment.count("\n")
    if not skipping:
        try:
            parser.close()
        except SAXParseException:
            if handler.reading or not handler.anchored:
                yield handler.broken(f"line {lines + 1}: the file ends in the middle")
            else:
                yield Mended(f"line {lines + 1}: the file ends early; there may have been more")
    handler.cut(0)
    yield from handler.take()


def _cause(error: SAXParseException) -> str:
    return f"no well-formed XML: {error.getMessage()}"


def _parser(handler: ContentHandler, prologue: str) -> Any:
    parser = create_parser(forbid_dtd=False, forbid_entities=True, forbid_external=True)
    parser.setContentHandler(handler)
    if prologue:
        parser.setContentHandler(ContentHandler())
        parser.feed(prologue)
        parser.setContentHandler(handler)
    return parser


class _Handler(ContentHandler):
    """Builds the children of anchors; expat calls it, `events` empties it."""

    def __init__(self, grammar: Grammar) -> None:
        super().__init__()
        self.anchors = grammar.anchors
        self.out: list[Event] = []
        self.level = 0
        self.stack: list[Element] = []
        self.skipped = 0
        self.known: dict[str, str] = {}

    @property
    def reading(self) -> bool:
        return bool(self.stack)

    @property
    def anchored(self) -> bool:
        return self.level > 0

    def take(self) -> list[Event]:
        taken, self.out = self.out, []
        return taken

    def cut(self, level: int) -> None:
        """Close what is open down to `level` anchors."""
        self.stack.clear()
        self.skipped = 0
        while self.level > level:
            self.level -= 1
            self.out.append(Close(self.anchors[self.level]))

    def broken(self, cause: str) -> Broken:
        element = self.stack[0] if self.stack else None
        self.stack.clear()
        self.skipped = 0
        return Broken(self.anchors[self.level - 1] if self.level else "", element, cause)

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - the SAX name
        given = dict(attrs.items())
        if any(key.startswith("xmlns") for key in given):
            for key in [key for key in given if key.startswith("xmlns")]:
                self.known[key[6:]] = _prefix(given.pop(key), key[6:])
        tag = self._name(name)
        if not self.stack and self.level < len(self.anchors) and tag == self.anchors[self.level]:
            self.level += 1
            self.out.append(Open(tag, given))
            return
        if len(self.stack) >= _MAX_DEPTH:
            self.skipped += 1
            return
        element = Element(
            tag, {self._name(key) if ":" in key else key: v for key, v in given.items()}
        )
        if self.stack:
            self.stack[-1].children.append(element)
        self.stack.append(element)

    def endElement(self, name: str) -> None:  # noqa: N802
        if self.skipped:
            self.skipped -= 1
        elif self.stack:
            element = self.stack.pop()
            if not self.stack and self.level:
                self.out.append(Child(self.anchors[self.level - 1], element))
        elif self.level:
            self.level -= 1
            self.out.append(Close(self.anchors[self.level]))

    def characters(self, content: str) -> None:
        if self.stack and not self.skipped:
            self.stack[-1].parts.append(content)

    def _name(self, name: str) -> str:
        prefix, colon, local = name.rpartition(":")
        known = self.known.get(prefix, prefix) if colon else self.known.get("", "")
        return f"{known}:{local}" if known else local


def _prefix(namespace: str, written: str) -> str:
    if match := _WORDPRESS.fullmatch(namespace):
        return "excerpt" if match["excerpt"] else "wp"
    return _PREFIXES.get(namespace, written)
