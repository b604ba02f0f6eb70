"""How WordPress makes paragraphs of what its editors store.

A post is stored with newlines where its page has <p> and <br>; the block
editor stores HTML between comments of its own.
"""

from __future__ import annotations

import re

_BLOCKS = (
    "address|article|aside|blockquote|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|"
    "h[1-6]|header|hr|iframe|legend|li|main|nav|noscript|object|ol|p|pre|script|section|style|"
    "summary|table|tbody|td|tfoot|th|thead|tr|ul|video"
)
_EDITOR = re.compile(r"<!-- /?wp:.*?-->\n?", re.DOTALL)
_KEPT = re.compile(
    r"(<(pre|script|style|textarea)\b.*?</\2>|<!--.*?-->)", re.DOTALL | re.IGNORECASE
)
_TAG = re.compile(rf"<(?P<end>/?)(?P<name>{_BLOCKS})\b[^>]*>", re.IGNORECASE)
_STARTS = re.compile(rf"\s*</?(?:{_BLOCKS})\b", re.IGNORECASE)
_ENDS = re.compile(rf"(?:</?(?:{_BLOCKS})\b[^>]*>|<br\s*/?>)\s*$", re.IGNORECASE)
_CLOSING = re.compile(rf"(?:\s*</(?:{_BLOCKS})>)+\s*$", re.IGNORECASE)
#: Blocks in which loose text stands in paragraphs.
_HOLDERS = ("article", "blockquote", "div", "section")


def paragraphs(text: str) -> str:
    """Return the HTML that WordPress shows for a stored `text`."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        return ""
    if "<!-- wp:" in text:
        return _EDITOR.sub("", text).strip()
    out: list[str] = []
    parts = _KEPT.split(text)
    # split() gives text, what is kept, its name, text, what is kept ...
    for number in range(0, len(parts), 3):
        out.append(_loose(parts[number]))
        if number + 1 < len(parts):
            out.append(parts[number + 1])
    return "\n".join(part for part in out if part)


def _loose(text: str) -> str:
    parted = _TAG.sub(lambda tag: f"{tag[0]}\n\n" if tag["end"] else f"\n\n{tag[0]}", text)
    out = []
    inside: list[str] = []
    for block in filter(None, map(str.strip, re.split(r"\n\s*\n", parted))):
        lines = _with_breaks(block)
        if not _STARTS.match(lines) and (not inside or inside[-1] in _HOLDERS):
            end = _CLOSING.search(lines)
            cut = end.start() if end else len(lines)
            lines = f"<p>{lines[:cut]}</p>{lines[cut:]}"
        out.append(lines)
        for tag in _TAG.finditer(block):
            name = tag["name"].lower()
            if not tag["end"]:
                inside += [name] if name != "hr" else []
            elif name in inside:
                del inside[len(inside) - 1 - inside[::-1].index(name) :]
    return "\n".join(out)


def _with_breaks(block: str) -> str:
    first, *lines = block.split("\n")
    out = [first]
    for line in lines:
        if not _ENDS.search(out[-1]) and not _STARTS.match(line):
            out[-1] = f"{out[-1].rstrip()}<br />"
        out.append(line)
    return "\n".join(out)
