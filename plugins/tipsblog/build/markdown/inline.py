"""Shorter ways through Python-Markdown: its inline patterns, its extensions.

Markdown tries each of some fifteen patterns on each piece of text, and most
text has none of them. Here a pattern is not tried on text that lacks what
stands in every match of it. What comes out is the same. And where it is known
which extensions the installed packages have, no package is asked for its own.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any, NamedTuple

import markdown
from markdown import inlinepatterns, treeprocessors, util
from markdown.util import AtomicString

from . import blocks

#: Versions whose code was compared with this module, `blocks` and `reused`: they
#: replace what is Markdown's own affair. With any other, Markdown goes its own way.
COMPARED = ("3.11.",)

#: For each regular expression, strings of which every match holds one.
_SIGNS = {
    inlinepatterns.BACKTICK_RE: ("`",),
    inlinepatterns.ESCAPE_RE: ("\\",),
    inlinepatterns.LINK_RE: ("[",),
    inlinepatterns.IMAGE_LINK_RE: ("![",),
    inlinepatterns.AUTOLINK_RE: ("<",),
    inlinepatterns.AUTOMAIL_RE: ("<",),
    inlinepatterns.HTML_RE: ("<",),
    inlinepatterns.ENTITY_RE: ("&",),
    inlinepatterns.LINE_BREAK_RE: ("  \n",),
    r"\[\^([^\]]*)\]": ("[^",),  # a footnote
    r"\*|_": ("*", "_"),  # emphasis
}
#: Stands in every text.
_UNKNOWN = ("",)


def quicken(md: Any) -> Any:
    """Let the `markdown.Markdown` instance `md` go the shorter way; return it."""
    if is_known():
        for found in md.treeprocessors:
            if type(found) is treeprocessors.InlineProcessor:
                found.__class__ = _Quick
        blocks.quicken(md)
    return md


def is_known() -> bool:
    """Tell whether this Markdown is one of those compared."""
    return markdown.__version__.startswith(COMPARED)


class _Extension(NamedTuple):
    """Stands in for an entry point of a package."""

    name: str
    value: str

    def load(self) -> Any:
        module, _, name = self.value.partition(":")
        return functools.reduce(getattr, filter(None, name.split(".")), import_module(module))


def installed() -> list[tuple[str, str]]:
    """Return name and place of every Markdown extension that packages offer."""
    return [(one.name, one.value) for one in util.get_installed_extensions()]


@contextlib.contextmanager
def offered(extensions: Iterable[tuple[str, str]]) -> Iterator[None]:
    """Let Markdown find what `installed` returned, and not look for it."""
    if not is_known():
        yield
        return
    plain = util.get_installed_extensions
    found = [_Extension(*one) for one in extensions]
    util.get_installed_extensions = lambda: found  # type: ignore[assignment,return-value]
    try:
        yield
    finally:
        util.get_installed_extensions = plain


class _Quick(treeprocessors.InlineProcessor):
    _all: list[tuple[Any, tuple[str, ...]]]

    def run(self, tree: Any, ancestors: list[str] | None = None) -> Any:
        patterns: list[Any] = list(self.inlinePatterns)
        self._all = [
            (pattern, _SIGNS.get(pattern.getCompiledRegExp().pattern, _UNKNOWN))
            for pattern in patterns
        ]
        return super().run(tree, ancestors)

    def _InlineProcessor__handleInline(self, data: str, patternIndex: int = 0) -> str:  # noqa: N802, N803
        if isinstance(data, AtomicString):
            return data
        index, start, patterns = patternIndex, 0, self._all
        while index < len(patterns):
            pattern, signs = patterns[index]
            for sign in signs:
                if sign in data:
                    data, matched, start = self._InlineProcessor__applyPattern(  # type: ignore[attr-defined]
                        pattern, data, index, start
                    )
                    break
            else:
                matched, start = False, 0
            if not matched:
                index += 1
        return data
