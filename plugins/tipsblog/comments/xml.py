"""A few elements of XML as text.

Byte for byte what `feedgenerator` writes, whose modules take longer to load
than a comment takes to be published.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

_SAFE = "/#%[]=:;$&()+,!?*@'~"


def element(name: str, text: str = "", attributes: Mapping[str, str] | None = None) -> str:
    """Return an element with `text` in it, and its attributes in order of name."""
    head = opening(name, attributes)[1:-1] if attributes else name
    return f"<{head}>{_escaped(text)}</{name}>" if text else f"<{head}/>"


def opening(name: str, attributes: Mapping[str, str]) -> str:
    """Return the start of an element."""
    return f"<{name}{''.join(map(_attribute, sorted(attributes.items())))}>"


def to_uri(address: str) -> str:
    """Return an address with what is no ASCII encoded (RFC 3987 section 3.1)."""
    return quote(address, safe=_SAFE)


def _attribute(item: tuple[str, str]) -> str:
    name, value = item
    text = _escaped(value).replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")
    if '"' not in text:
        return f' {name}="{text}"'
    if "'" in text:
        return f''' {name}="{text.replace('"', "&quot;")}"'''
    return f" {name}='{text}'"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")
