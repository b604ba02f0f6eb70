"""Shorter ways through Python-Markdown: its inline patterns, its extensions.

Markdown tries each of some fifteen patterns on each piece of text, and most
text has none of them. Here a pattern is not tried on text that lacks what
stands in every match of it. What comes out is the same. `quicken` also takes
the other shorter ways of this folder. And where it is known
which extensions the installed packages have, no package is asked for its own.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any, NamedTuple

import markdown
from markdown import inlinepatterns, serializers, treeprocessors, util
from markdown.util import INLINE_PLACEHOLDER_PREFIX, AtomicString

from . import blocks, lines, trees

#: Versions whose code was compared with the modules of this folder: they replace
#: what is Markdown's own affair. With any other, Markdown goes its own way.
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
#: They change nothing where no address is given apart from its links.
_BY_REFERENCE = (
    inlinepatterns.ReferenceInlineProcessor,
    inlinepatterns.ShortReferenceInlineProcessor,
    inlinepatterns.ImageReferenceInlineProcessor,
    inlinepatterns.ShortImageReferenceInlineProcessor,
)


def quicken(md: Any) -> Any:
    """Let the `markdown.Markdown` instance `md` go the shorter way; return it."""
    if is_known():
        from . import written  # an older Markdown lacks what it imports

        quick: dict[str, Any] = {
            **lines.QUICK,
            **trees.QUICK,
            **(trees.QUICK_ALONE if _is_alone(md) else {}),
        }
        steps: tuple[Any, ...] = (*md.preprocessors, *md.treeprocessors)
        for found in steps:
            if type(found) is treeprocessors.InlineProcessor:
                found.__class__ = _Quick
            elif shorter := quick.get(blocks.name_of(type(found))):
                found.run = functools.partial(shorter, found, found.run)
        blocks.quicken(md)
        if md.serializer is serializers.to_html_string:
            md.serializer = written.to_html
    return md


def _is_alone(md: Any) -> bool:
    """Tell whether all that takes part is Markdown's own or ours."""
    steps = (md.preprocessors, md.parser.blockprocessors, md.treeprocessors)
    parts = itertools.chain(*steps, md.inlinePatterns, md.postprocessors)
    return all(type(part).__module__.startswith(("markdown.", "tipsblog.")) for part in parts)


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
    _known: tuple[Any, ...] = ()
    #: Number and pattern, its sign, and another one or "".
    _all: list[tuple[int, Any, str, str]]

    def run(self, tree: Any, ancestors: list[str] | None = None) -> Any:
        known = (*self.inlinePatterns, bool(self.md.references))
        if known != self._known:
            self._known = known
            self._all = list(self._signed(known[:-1]))
        return super().run(tree, ancestors)

    def _signed(self, patterns: Iterable[Any]) -> Iterator[tuple[int, Any, str, str]]:
        for index, pattern in enumerate(patterns):
            if self.md.references or type(pattern) not in _BY_REFERENCE:
                signs = _SIGNS.get(pattern.getCompiledRegExp().pattern, _UNKNOWN)
                yield index, pattern, signs[0], "".join(signs[1:])

    def _InlineProcessor__handleInline(self, data: str, patternIndex: int = 0) -> str:  # noqa: N802, N803
        if isinstance(data, AtomicString):
            return data
        apply = self._InlineProcessor__applyPattern  # type: ignore[attr-defined]
        for index, pattern, sign, other in self._all:
            start, matched = 0, index >= patternIndex
            while matched and (sign in data or (other and other in data)):
                data, matched, start = apply(pattern, data, index, start)
        return data

    def _InlineProcessor__processPlaceholders(  # noqa: N802
        self,
        data: str,
        parent: Any,
        isText: bool = True,  # noqa: N803
    ) -> list[Any]:
        if not data or INLINE_PLACEHOLDER_PREFIX in data:
            found: list[Any] = super()._InlineProcessor__processPlaceholders(  # type: ignore[misc]
                data, parent, isText
            )
            return found
        if isText:
            parent.text = parent.text + data if parent.text else data
        else:
            parent.tail = parent.tail + data if parent.tail else data
        return []
