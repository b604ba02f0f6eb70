"""One Markdown for many articles.

Pelican makes a `markdown.Markdown` for each article, which takes longer than to
convert a short one. Here the last one is put back to how it was when it was new,
as far as its extensions are known to leave nothing else behind.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

#: Extensions that were read with this in mind; any other gets a Markdown anew.
#: "extra" is made of some of these.
_KNOWN = frozenset(
    f"{start}{name}"
    for start in ("markdown.extensions.", "")
    for name in (
        *("abbr", "admonition", "attr_list", "codehilite", "def_list", "extra", "fenced_code"),
        *("footnotes", "md_in_html", "meta", "nl2br", "sane_lists", "smarty", "tables", "toc"),
    )
) | {"tipsblog.checklists.extension"}
#: The start of a block of code, with its language.
_FENCE = re.compile(r"^(```|~~~)(.*\w.*)$", re.MULTILINE)


class Reused:
    """Called as `make` is, with the settings of a Markdown."""

    def __init__(self, make: Callable[..., Any]) -> None:
        self._make = make
        self._last: tuple[str, Any, list[tuple[Any, str, Any]]] | None = None

    def __call__(self, **settings: Any) -> Any:
        if not _is_known(settings):
            return self._make(**settings)
        told = repr(sorted(settings.items()))
        if self._last is not None and self._last[0] == told:
            _, md, before = self._last
            if not md.parser.state:  # else something was raised in the middle
                for holder, name, value in before:
                    setattr(holder, name, value.copy())
                md.reset()
                return md
        md = self._make(**settings)
        self._last = (told, md, _state(md)) if _forgets(md) else None
        return md

    def warm(self, settings: Mapping[str, Any], texts: Iterable[str]) -> None:
        """Load what articles like `texts` need: processes that are forked after
        this have it, and would each load it again.
        """
        fences = dict.fromkeys(found for text in texts for found in _FENCE.findall(text))
        code = "\n\n".join(f"{fence}{language}\n{fence}" for fence, language in fences)
        with contextlib.suppress(Exception):  # who parses an article hears of it
            self(**settings).convert(f"# a\n\n- *b*\n\n{code}")


def _is_known(settings: Mapping[str, Any]) -> bool:
    names = settings.get("extensions", ())
    return all(isinstance(name, str) and name in _KNOWN for name in names)


def _forgets(md: Any) -> bool:
    """Tell whether what comes out does not hang on how many went before."""
    return not any(
        "UNIQUE_IDS" in extension.config and extension.getConfig("UNIQUE_IDS")
        for extension in md.registeredExtensions
    )


def _state(md: Any) -> list[tuple[Any, str, Any]]:
    """Return what an article, or Pelican, may change for good: (whose, name, value)."""
    registries = [
        md.preprocessors,
        md.parser.blockprocessors,
        md.inlinePatterns,
        md.treeprocessors,
        md.postprocessors,
    ]
    for registry in registries:
        list(registry)  # puts it in order, which it does once
    places = [(one, name) for one in registries for name in ("_data", "_priority")]
    places += [(md, name) for name in ("registeredExtensions", "ESCAPED_CHARS")]
    places.append((md, "block_level_elements"))
    return [(holder, name, getattr(holder, name).copy()) for holder, name in places]
