"""Pelican's side of the comments: reads them, hands them to the templates,
writes their feeds. What is decided, is decided elsewhere.
"""

from __future__ import annotations

import difflib
import hashlib
import logging
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from feedgenerator import Atom1Feed
from pelican.contents import Article
from pelican.generators import ArticlesGenerator
from pelican.utils import set_date_tzinfo

from .. import settings as plugin_settings
from ..build import kept
from ..errors import SettingError, TipsblogError
from ..spam import model
from ..spam.blog import judge_blog
from . import feeds, threads
from .discussion import Discussion, draw, excerpt, is_open, name_of, published, reference
from .discussion import permalink as permalink_of
from .markup import strip_tags, to_html
from .model import Comment, Status
from .moderation import Verdicts
from .store import FileStore, Loaded, merged

SITE_FEED = "feeds/comments.atom"
SITE_JSON = "feeds/comments.json"
FEED_ENTRIES = 50

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Latest:
    """A comment in the gadget of the latest ones. url: relative to the root."""

    article: Article
    author_name: str
    excerpt: str
    url: str
    published: datetime


class Site:
    """What templates see as `tipsblog`: lists over the whole blog, made only
    when a template asks for them.
    """

    def __init__(self, articles: list[Article], comments: list[Comment]) -> None:
        self._articles = articles
        self._comments = comments
        self.feed_url = SITE_FEED
        self.json_url = SITE_JSON

    @cached_property
    def latest_comments(self) -> list[Latest]:
        """The newest comments of the blog."""
        by_key = {article.discussion.key: article for article in reversed(self._articles)}
        newest = sorted(
            (comment for comment in self._comments if comment.article in by_key),
            key=lambda comment: (comment.published.timestamp(), comment.id),
            reverse=True,
        )
        return [
            Latest(
                by_key[comment.article],
                name_of(comment),
                excerpt(comment),
                permalink_of(by_key[comment.article].url, comment),
                comment.published,
            )
            for comment in newest[:5]
        ]

    @cached_property
    def most_discussed(self) -> list[Article]:
        """The articles with most comments, those with none left out."""
        discussed = [article for article in self._articles if article.discussion.count]
        return sorted(discussed, key=lambda article: (-article.discussion.count, article.url))[:5]

    @cached_property
    def featured(self) -> list[Article]:
        """The articles marked `Featured: yes`, newest first."""
        return [
            article
            for article in self._articles
            if str(article.metadata.get("featured", "")).lower() in ("yes", "true")
        ]


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
    """Give every article its `discussion`."""
    values = generator.settings
    settings = plugin_settings.load(values)
    store = FileStore(Path(generator.path) / settings.comments_path)
    loaded, sources, settled = _load(store)
    for error in loaded.errors:
        logger.error("%s", error)

    live = [*generator.articles, *generator.translations]
    hidden = [
        *generator.hidden_articles,
        *generator.hidden_translations,
        *generator.drafts,
        *generator.drafts_translations,
    ]
    keys = _keys([*live, *hidden])
    _report_strays(loaded.comments, keys.values(), store)

    by_key = _group(loaded.comments)
    for comments in by_key.values():
        for problem in threads.problems(comments):
            logger.info("%s", problem)
    verdicts = _verdicts(
        loaded.comments,
        _Known(keys),
        settings,
        sources=sources.values(),
        settled=settled,
        root=Path(generator.path).parent,
    )
    shown = published(loaded.comments, verdicts)
    shown_by_key = _group(shown)
    zone = ZoneInfo(values["TIMEZONE"])
    now = _now()
    shown_at_all = {id(article) for article in live}
    for article, (key, closed) in keys.items():
        here = shown_by_key.get(key, [])
        removed = [c for c in by_key.get(key, ()) if c.status is Status.DELETED]
        accepts = is_open(
            set_date_tzinfo(article.date, values["TIMEZONE"]),
            closed=closed,
            after_days=settings.close_after_days,
            now=now,
        )
        fed = id(article) in shown_at_all and bool(here or accepts)
        url = article.url
        article.discussion = Discussion(
            key=key,
            comments=tuple(here),
            drawing=partial(draw, here, removed, url=url, zone=zone, depth=settings.thread_depth),
            identity=_identity(
                sources.get(key, b""),
                key,
                url,
                accepts,
                fed,
                zone,
                settings.thread_depth,
                [comment.id for comment in here],
            ),
            open=accepts,
            feed_url=f"feeds/comments/{key}.atom" if fed else "",
            json_url=f"feeds/comments/{key}.json" if fed else "",
        )
    generator.context["tipsblog"] = Site(generator.articles, shown)


def write_feeds(generator: ArticlesGenerator, writer: Any) -> None:
    """Write the comment feeds: one for the site, one for each article."""
    context = generator.context
    site, language = context["SITEURL"], generator.settings["DEFAULT_LANG"]
    zone = generator.settings["TIMEZONE"]
    every: list[_Placed] = []
    newest = datetime(1970, 1, 1, tzinfo=UTC)
    written: set[str] = set()
    for article in [*generator.articles, *generator.translations]:
        discussion: Discussion = article.discussion
        date = set_date_tzinfo(article.date, zone)
        newest = max(newest, date)
        if not discussion.feed_url or discussion.feed_url in written:
            continue  # a translation shares its comments, and their feed
        written.add(discussion.feed_url)
        title = strip_tags(article.title)
        url = article.url
        placed = [(comment, title, url, date) for comment in discussion.comments]
        every.extend(placed)
        feed = feeds.Feed(
            title=f"Comments on {strip_tags(context['SITENAME'])}: {title}",
            site=site,
            page=url,
            url=discussion.feed_url,
            json_url=discussion.json_url,
            updated=date,
            language=article.lang,
        )
        _write_both(writer, feed, placed)
    every.sort(key=lambda one: (one[0].published.timestamp(), one[0].id), reverse=True)
    feed = feeds.Feed(
        title=f"Comments on {strip_tags(context['SITENAME'])}",
        site=site,
        page="",
        url=SITE_FEED,
        json_url=SITE_JSON,
        updated=newest,
        language=language,
    )
    _write_both(writer, feed, every[:FEED_ENTRIES])


def count_in_feed(context: Mapping[str, Any], feed: Any) -> None:
    """Tell in Pelican's own Atom feeds how many comments an article has, and
    where they are (`thr:count`, `thr:updated`; RFC 4685 section 4).
    """
    if not isinstance(feed, Atom1Feed):
        return
    site = context["SITEURL"]
    by_link = {
        f"{site}/{article.url}": article.discussion
        for article in [*context["articles"], *context.get("translations", ())]
        if article.discussion.feed_url
    }
    plain_attributes: Callable[[], dict[str, str]] = feed.root_attributes
    plain_elements: Callable[[Any, dict[str, Any]], None] = feed.add_item_elements

    def root_attributes() -> dict[str, str]:
        return {**plain_attributes(), "xmlns:thr": feeds.THREADING}

    def add_item_elements(handler: Any, item: dict[str, Any]) -> None:
        plain_elements(handler, item)
        discussion = by_link.get(item["link"].partition("?")[0])
        if discussion is None:
            return
        replies = {
            "rel": "replies",
            "type": "application/atom+xml",
            "href": f"{site}/{discussion.feed_url}",
            "thr:count": str(discussion.count),
        }
        if discussion.comments:
            replies["thr:updated"] = discussion.comments[-1].published.isoformat()
        handler.addQuickElement("link", "", replies)

    feed.root_attributes = root_attributes
    feed.add_item_elements = add_item_elements


#: A comment, and its article's title, address and date.
_Placed = tuple[Comment, str, str, datetime]


def _write_both(writer: Any, feed: feeds.Feed, placed: list[_Placed]) -> None:
    _write(writer, feed.url, _atom, feed, placed)
    _write(writer, feed.json_url, _json, feed, placed)


def _atom(feed: feeds.Feed, placed: list[_Placed]) -> str:
    return feeds.atom(feed, _entries(placed))


def _json(feed: feeds.Feed, placed: list[_Placed]) -> str:
    return feeds.json_feed(feed, _entries(placed))


def _entries(placed: list[_Placed]) -> list[feeds.Entry]:
    return [
        feeds.Entry(comment, to_html(comment), title, url, date)
        for comment, title, url, date in placed
    ]


def _load(store: FileStore) -> tuple[Loaded, dict[str, bytes], bool]:
    """Load all comments; a folder that did not change is not read again.

    Returns also, for each article's key, what tells its comments from any
    other, and whether no file changed while it was read.
    """
    unsettled: list[Path] = []
    folders = {folder: _source(folder) for folder in store.folders()}

    def load(folder: Path) -> tuple[Loaded, bool]:
        loaded = store.load_folder(folder)
        if not all(kept.is_still(str(path)) for path in folder.iterdir()):
            unsettled.append(folder)
            return loaded, False
        return loaded, not loaded.errors

    wanted = {folder: [source] for folder, source in folders.items()}
    loaded = merged(kept.remembered("comments", wanted, load).values())
    return loaded, {folder.name: source for folder, source in folders.items()}, not unsettled


def _source(folder: Path) -> bytes:
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries)
    parts = [
        part
        for name in names
        for part in (os.fsencode(name), kept.digest_of_file(f"{folder}{os.sep}{name}"))
    ]
    return hashlib.sha256(b"\0".join([os.fsencode(folder), *parts])).digest()


def _identity(source: bytes, *values: object) -> str:
    return hashlib.sha256(source + repr(values).encode("utf-8", "surrogatepass")).hexdigest()


def _verdicts(
    comments: tuple[Comment, ...],
    articles: _Known,
    settings: plugin_settings.Settings,
    *,
    sources: Iterable[bytes],
    settled: bool,
    root: Path,
) -> Verdicts:
    """Judge `comments`, unless nothing that counts for it changed, or a person
    has decided on every one.
    """
    if all(comment.status is not None for comment in comments):
        return {}
    with_comments = {comment.article for comment in comments}
    lists = [name for name in (settings.spam_held_list, settings.spam_friends_list) if name]
    parts = [
        *sources,
        *(kept.digest_of_file(str(root / name)) for name in lists),
        *(
            repr(articles.source(key)).encode("utf-8", "surrogatepass")
            for key in sorted(with_comments & set(articles))
        ),
    ]

    def judged(_: str) -> tuple[Verdicts, bool]:
        verdicts = judge_blog(
            comments,
            articles,
            settings,
            root=root,
            state=root / ".tipsblog",
            name="build",
            reasons=False,  # asked for elsewhere, and would be most of what is kept
        )
        return verdicts, settled

    return kept.remembered("verdicts", {"all": parts}, judged)["all"]


class _Known(Mapping[str, model.Article]):
    """The articles as the filter sees them, made when it asks."""

    def __init__(self, keys: Mapping[Article, tuple[str, bool]]) -> None:
        self._by_key = {key: article for article, (key, _) in keys.items()}

    def __getitem__(self, key: str) -> model.Article:
        article = self._by_key[key]
        html = article._content  # with `{filename}` links as they are: only words count
        return model.Article(
            key=key,
            title=strip_tags(article.title),
            text=strip_tags(html),
            links=tuple(re.findall(r'href="(https?://[^"]+)"', html)),
            published=set_date_tzinfo(article.date, article.settings["TIMEZONE"]),
        )

    def source(self, key: str) -> tuple[str, str, str]:
        """Everything that `self[key]` is made from."""
        article = self._by_key[key]
        return (article.title, article._content, str(article.date))

    def __iter__(self) -> Any:
        return iter(self._by_key)

    def __len__(self) -> int:
        return len(self._by_key)


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


def _report_strays(
    comments: Iterable[Comment], keys: Iterable[tuple[str, bool]], store: FileStore
) -> None:
    known = {key for key, _ in keys}
    for key in sorted({comment.article for comment in comments} - known):
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


def _group(comments: Iterable[Comment]) -> dict[str, list[Comment]]:
    grouped: dict[str, list[Comment]] = {}
    for comment in comments:
        grouped.setdefault(comment.article, []).append(comment)
    return grouped


def _now() -> datetime:
    """The build's moment; SOURCE_DATE_EPOCH pins it for reproducible builds."""
    if epoch := os.environ.get("SOURCE_DATE_EPOCH"):
        return datetime.fromtimestamp(int(epoch), UTC)
    return datetime.now(UTC)


def _write(writer: Any, path: str, make: Callable[..., str], *values: Any) -> None:
    """Write `make(*values)` to `path`; a writer that knows how to leaves alone
    what was made from equal values before.
    """
    if hasattr(writer, "write_made"):
        writer.write_made(path, make, *values)
        return
    target = Path(writer.output_path) / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(make(*values), encoding="utf-8")
