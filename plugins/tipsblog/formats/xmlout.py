"""Writing XML, piece by piece, so that no text can break out of its element."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO
from xml.sax.saxutils import escape, quoteattr

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Writer:
    """Writes elements to a text file."""

    def __init__(self, file: IO[str]) -> None:
        self.file = file
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n')

    @contextmanager
    def inside(self, tag: str, **attributes: str) -> Iterator[None]:
        """Open an element; close it in the end. See `element` for attributes."""
        self.file.write(f"<{tag}{_attributes(attributes)}>\n")
        yield
        self.file.write(f"</{tag}>\n")

    def element(self, tag: str, text: str = "", **attributes: str) -> None:
        """Write an element with text. In attributes, `__` stands for a colon."""
        self._whole(tag, attributes, escape(_ILLEGAL.sub("", text)))

    def cdata(self, tag: str, text: str) -> None:
        """Write an element whose text stays as it is, for readers that want it so."""
        text = _ILLEGAL.sub("", text).replace("]]>", "]]]]><![CDATA[>")
        self._whole(tag, {}, f"<![CDATA[{text}]]>")

    def _whole(self, tag: str, attributes: dict[str, str], content: str) -> None:
        given = _attributes(attributes)
        end = f">{content}</{tag}>" if content else "/>"
        self.file.write(f"<{tag}{given}{end}\n")


def _attributes(attributes: dict[str, str]) -> str:
    return "".join(
        f" {name.replace('__', ':')}={quoteattr(_ILLEGAL.sub('', value))}"
        for name, value in attributes.items()
    )
