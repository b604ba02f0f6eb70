"""One stylesheet out of many: `@import` lines replaced by what they name.

Browsers ask for imported styles one after the other. The theme is written in
layers, a file each, and works so; this makes one small request of them. Nothing
here opens a file.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

import rcssmin

from ..errors import TipsblogError

_IMPORT = re.compile(
    r"""^@import\s+(?:url\(\s*)?["']?(?P<path>[^"'()\s;]+)["']?\s*\)?"""
    r"""(?:\s+layer\((?P<layer>[\w.-]+)\))?\s*;[^\S\n]*\n?""",
    re.MULTILINE,
)
_STATEMENT = re.compile(r"^@import\b.*", re.MULTILINE)
_COMMENT = re.compile(r"/\*.*?\*/\n?", re.DOTALL)
_ELSEWHERE = re.compile(r"(?:[a-z][a-z0-9+.-]*:|/)", re.IGNORECASE)
_PRELUDE = re.compile(r"@[^{};]*\{|[^{};@]+\{")
_DESCENDANT = re.compile(r"(?<=[^\s>+~,(])\s+(?=:)")
_RELATIVE_URL = re.compile(r"""url\(\s*["']?(?!(?:data:|https?:|/|#))""")


def shrink(text: str) -> str:
    """Return `text` without comments and spare white space, meaning the same."""
    text = _COMMENT.sub("", text)
    # rcssmin takes "a :is(b)" for "a:is(b)"; "a *:is(b)" says it with the same weight.
    return str(rcssmin.cssmin(_PRELUDE.sub(_with_stars, text)))


def _with_stars(prelude: re.Match[str]) -> str:
    return prelude[0] if prelude[0].startswith("@") else _DESCENDANT.sub(" *", prelude[0])


def bundle(path: str, read: Callable[[str], str]) -> str:
    """Return the stylesheet at `path` with its relative imports put in place.

    `read` returns the text of a sheet by its path, relative to the root of all
    of them, and raises `FileNotFoundError`. An import from another host stays.
    Raises `TipsblogError` for an import that names nothing, goes round in a
    circle or has conditions other than a layer, and for a relative `url()` in
    an imported sheet, which would point elsewhere from here.
    """
    return _bundle(path, read, ())


def _bundle(path: str, read: Callable[[str], str], outer: tuple[str, ...]) -> str:
    if path in outer:
        raise TipsblogError(f'imports itself by way of "{path}"', path=outer[0])
    try:
        text = _COMMENT.sub("", read(path))
    except FileNotFoundError:
        raise TipsblogError(f'imports "{path}", which is not there', path=outer[-1]) from None
    if outer and _RELATIVE_URL.search(text):
        raise TipsblogError("has a relative url()", path=path, way_out="use a data: address")

    def put_in_place(found: re.Match[str]) -> str:
        if _ELSEWHERE.match(found["path"]):
            return found[0]
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), found["path"]))
        inner = _bundle(target, read, (*outer, path)).strip()
        return f"@layer {found['layer']} {{\n{inner}\n}}\n" if found["layer"] else f"{inner}\n"

    for statement in _STATEMENT.finditer(text):
        if not _IMPORT.match(text, statement.start()):
            raise TipsblogError(
                f"cannot put this in place: {statement[0]}",
                path=path,
                way_out='write @import "x.css" layer(name);',
            )
    return _IMPORT.sub(put_in_place, text)
