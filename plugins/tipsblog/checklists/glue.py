"""Where checklists meet Pelican."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from inspect import getattr_static
from typing import Any

from pelican.contents import Content, Page
from pelican.generators import Generator

from .. import settings as plugin_settings
from . import keys
from .model import Checklists, article_key
from .plain import to_plain
from .structured import json_ld

logger = logging.getLogger(__name__)

EXTENSION = "tipsblog.checklists.extension"
#: Under which name templates find where the page of all checklists is.
PAGE = "checklists_page"


def configure(pelican: Any) -> None:
    """Turn the Markdown extension on, and let templates ask for structured data."""
    settings = pelican.settings
    markdown = settings["MARKDOWN"]
    given = markdown.get("extension_configs", {})
    configs = {**given, EXTENSION: {**given.get(EXTENSION, {}), "article": keys.PLACE}}
    # A new dict: the old one may be Pelican's own default, which outlives a build.
    settings["MARKDOWN"] = {**markdown, "extension_configs": configs}
    settings["JINJA_FILTERS"] = {**settings["JINJA_FILTERS"], "checklists_json_ld": json_ld}


def attach(content: Content) -> None:
    """Give `content` its `checklists`, a tuple of `Checklist`, and say what is
    wrong with them.
    """
    found = content.metadata.pop("checklists", None)
    content.checklists = ()
    if not isinstance(found, Checklists):
        return
    content.checklists = tuple(found.lists)
    if found.lists:
        content.checklists_key = _key_of(content)
        content._content = keys.put_in(content._content, content.checklists_key)
        content.get_summary = partial(_plain_summary, content)
    for problem in found.problems:
        place = content.source_path + (f":{problem.line}" if problem.line else "")
        logger.error("%s: %s (%s)", place, problem.cause, problem.way_out)


def plain_feed(context: Any, feed: Any) -> None:
    """Show boxes as signs in a feed: nobody can tick there."""
    for item in feed.items:
        for part in ("description", "content"):
            if item.get(part):
                item[part] = to_plain(item[part])


def page_generator(pelican: Any) -> type[Generator]:
    """What makes the page of all checklists."""
    return ChecklistsPage


class ChecklistsPage(Generator):  # type: ignore[misc]
    """Writes every list of the site on one page, with `checklists.html`, and tells all
    templates where: `checklists_page`.
    """

    def generate_context(self) -> None:
        self.context[PAGE] = page_of(self.context, self.settings)

    def generate_output(self, writer: Any) -> None:
        save_as = self.context[PAGE]
        if not save_as:
            return
        writer.write_file(
            save_as,
            self.get_template("checklists"),
            self.context,
            relative_urls=self.settings["RELATIVE_URLS"],
            url=save_as.removesuffix("index.html"),
            template_name="checklists",
            page_name="checklists",
            contents=_with_lists(self.context),
        )


def page_of(context: Mapping[str, Any], settings: Mapping[str, Any]) -> str:
    """Return the output that is the page of all checklists; "" if there is none."""
    save_as = plugin_settings.load(settings).checklists_page
    return save_as if save_as and _with_lists(context) else ""


def _with_lists(context: Mapping[str, Any]) -> list[Any]:
    return [
        content
        for listed in (*context.get("articles", []), *context.get("pages", []))
        for content in (listed, *listed.translations)
        if getattr(content, "checklists", ())
    ]


def _key_of(content: Content) -> str:
    return article_key(
        getattr(content, "slug", "") or "untitled",
        named=content.metadata.get("checklist-key", ""),
        page=isinstance(content, Page),
    )


def _plain_summary(content: Content, siteurl: str) -> str:
    # Lists of articles show summaries: a box cut off there would be dead, and
    # its id would stand on several pages at once.
    summary = getattr_static(Content, "get_summary")  # bound anew it would forget its cache
    return to_plain(summary(content, siteurl))
