"""Markdown to HTML with the site's own settings, without Pelican."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from typing import Any

from markdown import Markdown

from ..comments.model import Format
from .directory import Folder
from .model import Article

#: As Pelican sets it where the site does not.
_DEFAULT = {
    "extension_configs": {
        "markdown.extensions.codehilite": {"css_class": "highlight"},
        "markdown.extensions.extra": {},
    },
    "output_format": "html5",
}
_CHECKLISTS = "tipsblog.checklists.extension"
_INTERNAL = re.compile(r'((?:href|src)=")[{|](filename|static|attach)[|}]([^"#?]*)')


def renderer(values: Mapping[str, Any], *, checklists: bool) -> Callable[[str], str]:
    """Return what makes HTML of a body. `values` are the site's settings.

    checklists: as they are on the page; without, they are plain lists.
    """
    settings = dict(values.get("MARKDOWN") or _DEFAULT)
    configs = dict(settings.get("extension_configs", {}))
    # A body has no header of its own, whatever its first line looks like.
    configs.pop("markdown.extensions.meta", None)
    extensions = [e for e in settings.get("extensions", []) if e != "markdown.extensions.meta"]
    if checklists:
        configs[_CHECKLISTS] = {"article": "article"}
    settings["extension_configs"] = configs
    settings["extensions"] = list(dict.fromkeys([*extensions, *configs]))
    markdown = Markdown(**settings)

    def render(text: str) -> str:
        markdown.reset()
        return markdown.convert(text)

    return render


def article_renderer(folder: Folder, values: Mapping[str, Any]) -> Callable[[Article], str]:
    """Return what makes an article's HTML, with links that work elsewhere."""
    render = renderer(values, checklists=False)
    root = folder.blog.url.rstrip("/")
    paths = {file: article.path for article, file in folder.places()}

    def html(article: Article) -> str:
        text = render(article.body) if article.format is Format.MARKDOWN else article.body
        here = posixpath.dirname(folder.files.get(article.key, ""))

        def link(match: re.Match[str]) -> str:
            target = match[3].lstrip("/")
            if not match[3].startswith("/"):
                target = posixpath.normpath(posixpath.join(here, match[3]))
            return f"{match[1]}{root}{paths.get(target) or '/' + target}"

        return _INTERNAL.sub(link, text)

    return html
