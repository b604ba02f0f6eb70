"""What a build leaves so that edited bodies, and articles, can be followed without a
build, and whether they can be at all.

Takes Pelican's settings, context and signals as they are handed in.
"""

from __future__ import annotations

import marshal
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from blinker import ANY, Signal

from ..markdown import inline
from .bodies import SETTINGS, Kept, kept_name

#: By what articles and pages may be ordered, so that their bodies do not matter.
_ORDERS = frozenset(["date", "modified", "title", "slug", "basename", "filename", "source_path"])
#: By what articles may be ordered, so that all of it is in a `listed.Row`.
_LISTED_ORDERS = frozenset(["date", "title", "slug", "basename"])
#: What changes a content once it is read; `source` does what they do to a body.
_MENDERS = frozenset(
    f"tipsblog.{name}"
    for name in ("pages.glue.mend_names", "pages.glue.repair", "checklists.glue.attach")
)


def how(
    values: Mapping[str, Any], context: Mapping[str, Any], *, signals: Mapping[str, Any] | None
) -> bytes:
    """Return how articles and pages are read, or why that cannot be told.

    values: all settings. signals: Pelican's; None: it is not one of those that
    were looked into.
    """
    path = os.path.abspath(values["PATH"])
    linked = context["static_links"]
    try:
        return marshal.dumps(
            {
                "reason": _why_not(values, signals),
                "unlisted": _why_not(values, signals) or _why_unlisted(values),
                "path": path,
                "articles": list(values["ARTICLE_PATHS"]),
                "markdown": dict(values["MARKDOWN"]),
                "extensions": inline.installed(),
                "formatted": list(values["FORMATTED_FIELDS"]),
                "site_url": str(values["SITEURL"]),
                "settings": {name: values[name] for name in SETTINGS if name in values},
                "rss_summary": bool(values["RSS_FEED_SUMMARY_ONLY"]),
                "static": {
                    name: content.url
                    for name, content in context["static_content"].items()
                    if name in linked and content is not None
                },
            }
        )
    except ValueError:  # of no kind that can be kept
        reason = "the settings give Markdown more than plain values"
        return marshal.dumps({"reason": reason, "unlisted": reason, "path": path})


def files(
    context: Mapping[str, Any], marks: Mapping[str, Any], digest_of: Callable[[str], bytes]
) -> dict[str, bytes]:
    """Return what is to be left of each article and page that has a mark."""
    linked = bool(context["static_links"])
    found = {}
    for name, content in context["generated_content"].items():
        mark = marks.get(content.source_path) if content is not None else None
        if not mark or name in context["static_content"]:
            continue
        text = content._content
        may_link = linked and ("static" in text or "attach" in text)
        found[kept_name(name)] = Kept(
            digest=digest_of(content.source_path),
            head=mark[0],
            mark=mark[1],
            key=getattr(content, "checklists_key", ""),
            summed="summary" in content.metadata,
            static=sorted(content.get_static_links()) if may_link else [],
        ).dump()
    return found


def knows_all(signals: Mapping[str, Any]) -> bool:
    """Tell whether nobody but Pelican and this plugin takes part at `signals`."""
    return not any(_strangers(signals))


def _why_not(values: Mapping[str, Any], signals: Mapping[str, Any] | None) -> str:
    """Return why no edit can be followed without Pelican; "" for no reason."""
    if signals is None:
        return "this Pelican was not looked into"
    if values["OUTPUT_SOURCES"]:
        return "the sources are published, too"
    if values["TYPOGRIFY"]:
        return "TYPOGRIFY is set"
    orders = [values["ARTICLE_ORDER_BY"], values["PAGE_ORDER_BY"]]
    if not {str(order).removeprefix("reversed-") for order in orders} <= _ORDERS:
        return "ARTICLE_ORDER_BY or PAGE_ORDER_BY may look at bodies"
    return next(_strangers(signals), "")


def _why_unlisted(values: Mapping[str, Any]) -> str:
    """Return why no new, removed or re-headed article can be followed; "" for no reason."""
    if str(values["ARTICLE_ORDER_BY"]).removeprefix("reversed-") not in _LISTED_ORDERS:
        return "ARTICLE_ORDER_BY"
    if values["ARTICLE_TRANSLATION_ID"] not in ("slug", ["slug"], {"slug"}):
        return "ARTICLE_TRANSLATION_ID"
    if values["CACHE_CONTENT"]:
        return "CACHE_CONTENT"
    if not values["STATIC_EXCLUDE_SOURCES"]:
        return "sources may be static files"
    forms = [values["DEFAULT_DATE_FORMAT"], *values["DATE_FORMATS"].values()]
    if not all(isinstance(form, str) for form in forms):
        return "dates in several languages"
    return ""


def _strangers(signals: Mapping[str, Any]) -> Iterator[str]:
    """Yield who takes part in reading and is not known to leave bodies alone."""
    for name, signal in signals.items():
        if not isinstance(signal, Signal):
            continue
        for receiver in signal.receivers_for(ANY):
            module = str(getattr(receiver, "__module__", ""))
            place = f"{module}.{getattr(receiver, '__qualname__', '')}"
            known = place in _MENDERS if name == "content_object_init" else True
            if not (known and module.startswith(("tipsblog.", "pelican."))):
                yield f"{place} takes part in {name}"
