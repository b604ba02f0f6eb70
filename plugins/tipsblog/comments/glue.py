"""Pelican's side of the comments: reads them, hands them to the templates,
writes their feeds. What is decided, is decided elsewhere.
"""

from __future__ import annotations

import difflib
import logging
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from feedgenerator import Atom1Feed
from pelican.contents import Article
from pelican.generators import ArticlesGenerator
from pelican.utils import set_date_tzinfo

from .. import settings as plugin_settings
from ..build import kept, later
from ..errors import SettingError, TipsblogError
from . import feeding, feeds, leaving
from .discussion import Discussion, draw, is_open, reference
from .folder import Some
from .gathering import Gathered, Known, gather, judge
from .markup import strip_tags
from .moderation import Verdicts
from .site import Site
from .sitewide import identity
from .store import FileStore

logger = logging.getLogger(__name__)


def configure(pelican: Any) -> None:
    """Check the settings, and hand them to the templates with their defaults."""
    values = pelican.settings
    try:
        settings = plugin_settings.load(values)
    except SettingError as error:
        logger.error("%s", error)
        settings = plugin_settings.Settings()
    for name, value in vars(settings).items():
        values[plugin_settings.PREFIX + name.upper()] = value


def attach(generator: ArticlesGenerator) -> None:
    """See to it that every article gets its `discussion`."""
    values = generator.settings
    settings = plugin_settings.load(values)
    store = FileStore(Path(generator.path) / settings.comments_path)
    gathered = gather(store)
    for folder in gathered.folders.values():
        for error in folder.errors:
            logger.error("%s", error)

    live = [*generator.articles, *generator.translations]
    hidden = [
        *generator.hidden_articles,
        *generator.hidden_translations,
        *generator.drafts,
        *generator.drafts_translations,
    ]
    keys = _keys([*live, *hidden])
    _report_strays(gathered, keys.values(), store)
    for folder in gathered.folders.values():
        for problem in folder.problems:
            logger.info("%s", problem)

    known = Known(keys, _dated(values))
    site = generator.context["tipsblog"] = Site(generator.articles)
    judge(
        gathered,
        known,
        settings,
        partial(_show, generator, site, gathered, known, keys, live),
        root=Path(generator.path).parent,
        own=(values["SITEURL"],),
    )


def _show(
    generator: ArticlesGenerator,
    site: Site,
    gathered: Gathered,
    known: Known,
    keys: Mapping[Article, tuple[str, bool]],
    live: Sequence[Article],
    judged: Verdicts,
) -> None:
    """Give every article its `discussion`. live: those that readers find."""
    values = generator.settings
    settings = plugin_settings.load(values)
    dated = _dated(values)
    read = {key: cache(folder.comments) for key, folder in gathered.folders.items()}
    shown = {
        key: Some(folder.entries, folder.published(judged), read[key])
        for key, folder in gathered.folders.items()
    }
    zone = ZoneInfo(values["TIMEZONE"])
    now = _now()
    shown_at_all = {id(article) for article in live}
    for article, (key, closed) in keys.items():
        here, removed = shown.get(key) or Some(), Some()
        if key in gathered.folders:
            folder = gathered.folders[key]
            removed = Some(folder.entries, folder.removed(), read[key])
        accepts = is_open(
            dated(article), closed=closed, after_days=settings.close_after_days, now=now
        )
        fed = id(article) in shown_at_all and bool(here or accepts)
        url = article.url
        article.discussion = Discussion(
            key=key,
            comments=here,
            drawing=partial(draw, here, removed, url=url, zone=zone, depth=settings.thread_depth),
            identity=identity(
                gathered.sources.get(key, b""),
                key,
                url,
                accepts,
                fed,
                zone,
                settings.thread_depth,
                [entry.id for entry in here.entries],
            ),
            open=accepts,
            feed_url=f"feeds/comments/{key}.atom" if fed else "",
            json_url=f"feeds/comments/{key}.json" if fed else "",
        )
    site.show(shown, live)
    if kept.is_open():
        leaving.leave(
            leaving.Shown(
                gathered,
                known,
                keys,
                generator.articles,
                live,
                shown,
                dated,
                folder=str((Path(generator.path) / settings.comments_path).absolute()),
                mark=getattr(judged, "mark", ""),
                settings=settings,
                zone=zone,
                title=strip_tags(values["SITENAME"]),
                site=values["SITEURL"],
                language=values["DEFAULT_LANG"],
            )
        )


def write_feeds(generator: ArticlesGenerator, writer: Any) -> None:
    """Write the comment feeds: one for the site, one for each article."""
    context = generator.context
    later.once_settled(
        lambda: feeding.write_all(
            [*generator.articles, *generator.translations],
            partial(_write, writer),
            dated=_dated(generator.settings),
            title=context["SITENAME"],
            site=context["SITEURL"],
            language=generator.settings["DEFAULT_LANG"],
        )
    )


def count_in_feed(context: Mapping[str, Any], feed: Any) -> None:
    """Tell in Pelican's own Atom feeds how many comments an article has, and
    where they are (`thr:count`, `thr:updated`; RFC 4685 section 4).
    """
    if not isinstance(feed, Atom1Feed):
        return
    site = context["SITEURL"]
    by_url = context["tipsblog"].by_url
    plain_attributes: Callable[[], dict[str, str]] = feed.root_attributes
    plain_elements: Callable[[Any, dict[str, Any]], None] = feed.add_item_elements

    def root_attributes() -> dict[str, str]:
        return {**plain_attributes(), "xmlns:thr": feeds.THREADING}

    def add_item_elements(handler: Any, item: dict[str, Any]) -> None:
        plain_elements(handler, item)
        discussion = by_url.get(item["link"].partition("?")[0].removeprefix(f"{site}/"))
        if discussion is None:
            return
        comments = discussion.comments
        updated = comments[-1].published.isoformat() if comments else ""
        replies = feeds.replies(site, discussion.feed_url, discussion.count, updated)
        handler.addQuickElement("link", "", replies)

    feed.root_attributes = root_attributes
    feed.add_item_elements = add_item_elements


def _dated(values: Mapping[str, Any]) -> Callable[[Any], datetime]:
    zone = values["TIMEZONE"]
    return lambda article: set_date_tzinfo(article.date, zone)


def _keys(articles: Iterable[Article]) -> dict[Article, tuple[str, bool]]:
    keys: dict[Article, tuple[str, bool]] = {}
    for article in articles:
        field = str(article.metadata.get("comments", ""))
        try:
            keys[article] = reference(field, article.slug)
        except TipsblogError as error:
            logger.error("%s: %s", article.source_path, error)
            keys[article] = reference("", article.slug)
    return keys


def _report_strays(gathered: Gathered, keys: Iterable[tuple[str, bool]], store: FileStore) -> None:
    known = {key for key, _ in keys}
    with_comments = {folder.key for folder in gathered.folders.values() if folder.entries}
    for key in sorted(with_comments - known):
        near = difflib.get_close_matches(key, sorted(known), n=1, cutoff=0.3)
        likely = f'; was it renamed to "{near[0]}"?' if near else ""
        logger.error(
            '%s/: no article has the key "%s"%s (write "Comments: %s" into the article, '
            "or rename the folder)",
            store.root / key,
            key,
            likely,
            key,
        )


def _now() -> datetime:
    """The build's moment; SOURCE_DATE_EPOCH pins it for reproducible builds."""
    if epoch := os.environ.get("SOURCE_DATE_EPOCH"):
        return datetime.fromtimestamp(int(epoch), UTC)
    return datetime.now(UTC)


def _write(
    writer: Any, path: str, make: Callable[..., str], *values: Any, told: bytes = b""
) -> None:
    """Write `make(*values)` to `path`; a writer that knows how to leaves alone
    what was made from equal values before. told: tells `values` from any others.
    """
    if hasattr(writer, "write_made"):
        writer.write_made(path, make, *values, told=told)
        return
    target = Path(writer.output_path) / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(make(*values), encoding="utf-8")
