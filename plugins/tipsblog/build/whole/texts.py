"""Texts of articles and pages kept out of memory while Pelican works.

They are most of what it holds, and each is asked for by few pages. As with
`shortcuts`: only with versions of Pelican that this was compared with.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, NamedTuple, SupportsBytes

from pelican import contents

from ...shelf import Shelf
from .shortcuts import fit

#: Shorter ones, in characters, take no more room than a note of where they are.
_LONG = 256
_CODE = "utf-8", "surrogatepass"


class _Long(NamedTuple):
    """Where a text is kept."""

    kept: SupportsBytes

    @property
    def text(self) -> str:
        return bytes(self.kept).decode(*_CODE)

    def __reduce__(self) -> tuple[type, tuple[str]]:
        return str, (self.text,)  # whoever reads it again has another shelf


@contextlib.contextmanager
def shelved(shelf: Shelf) -> Iterator[None]:
    """Keep on `shelf` what contents have as their `_content`; whoever asks for it
    gets text, as ever. Only where nobody asks for a content's `__dict__`.
    """
    if not fit():
        yield
        return

    def put(self: Any, text: Any) -> None:
        if type(text) is str and len(text) > _LONG:
            text = _Long(shelf.put(text.encode(*_CODE)))
        self.__dict__["_content"] = text

    def get(self: Any) -> Any:
        try:
            text = self.__dict__["_content"]
        except KeyError:
            raise AttributeError("_content") from None
        return text.text if type(text) is _Long else text

    contents.Content._content = property(get, put)
    try:
        yield
    finally:
        del contents.Content._content
