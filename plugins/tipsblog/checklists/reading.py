"""The checklists of an article's file, without Pelican."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .model import Checklists

EXTENSION = "tipsblog.checklists.extension"
_DEFAULT: Mapping[str, Any] = {"extensions": ["markdown.extensions.extra"]}
#: No article without one of these has a checklist, or a mistake in one.
_SIGNS = re.compile(r"\[[ xX✓✔]{0,3}\]|^[ >]*/{3,}|^checklist\s*:", re.MULTILINE | re.IGNORECASE)


def read(text: str, settings: Mapping[str, Any] | None = None) -> Checklists:
    """Return what the extension finds in the `text` of a file, header included.

    `settings` are those that Pelican calls `MARKDOWN`.
    """
    if not _SIGNS.search(text):
        return Checklists()
    from markdown import Markdown

    given = dict(settings or _DEFAULT)
    configs = given.get("extension_configs", {})
    names = [*given.get("extensions", []), *configs, "markdown.extensions.meta", EXTENSION]
    given["extensions"] = list(dict.fromkeys(names))
    given["extension_configs"] = {**configs, EXTENSION: {"lines": True}}
    md = Markdown(**given)
    md.convert(text)
    found: Checklists = md.checklists  # type: ignore[attr-defined]
    return found
