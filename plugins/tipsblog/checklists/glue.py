"""Where checklists meet Pelican."""

from __future__ import annotations

import logging
from typing import Any

from pelican.contents import Content

from .extension import Checklists

logger = logging.getLogger(__name__)

EXTENSION = "tipsblog.checklists.extension"
#: Stands for the article's key until the article knows it.
_KEY = "tipsblog-article-key"


def configure(pelican: Any) -> None:
    """Turn the Markdown extension on."""
    settings = pelican.settings
    markdown = settings["MARKDOWN"]
    configs = {**markdown.get("extension_configs", {}), EXTENSION: {"article": _KEY}}
    # A new dict: the old one may be Pelican's own default, which outlives a build.
    settings["MARKDOWN"] = {**markdown, "extension_configs": configs}


def attach(content: Content) -> None:
    """Put the article's key where the extension could not know it, and say
    what is wrong with the lists.

    `content.checklists` becomes a tuple of `Checklist`, empty where there is none.
    """
    found = content.metadata.pop("checklists", None)
    content.checklists = ()
    if not isinstance(found, Checklists):
        return
    content.checklists = tuple(found.lists)
    if found.lists:
        content._content = content._content.replace(_KEY, _article_key(content))
    for problem in found.problems:
        line = "" if problem.line is None else f"{problem.line}:"
        logger.error("%s:%s %s (%s)", content.source_path, line, problem.cause, problem.way_out)


def _article_key(content: Content) -> str:
    return str(getattr(content, "slug", "") or "article")
