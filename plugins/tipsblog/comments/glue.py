"""Pelican's side of the comments: reads them, hands them to the templates,
writes their feeds. What is decided, is decided elsewhere.
"""

from __future__ import annotations

import difflib
import hashlib
import logging
import marshal
import os
import re
from collections.abc import Callable, Iterable, Mapping
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
from ..build.parallel import workers
from ..errors import SettingError, TipsblogError
from ..spam import model
from ..spam.blog import judge_blog
from . import feeds, threads
from .cards import HEAD, SITE_FEED, SITE_JSON, Card, Place, brief, brief_name, card_name, make_head
from .discussion import Discussion, draw, is_open, published, reference
from .markup import strip_tags, to_html
from .model import Comment, Status
from .moderation import Verdicts
from .sitewide import (
    DISCUSSED,
    FEED_ENTRIES,
    Latest,
    digests,
    identity,
    latest,
    most_first,
    newest_first,
    source_of,
)
from .store import FileStore, Loaded, merged

#: To judge more comments than this takes more memory than the rest of a build.
_MANY = 2000

logger = logging.getLogger(__name__)


class Site:
    """What templates see as `tipsblog`: lists over the whole blog.

    featured: the articles marked `Featured: yes`, newest first. The others are
    made only when a template asks for them.
    """

    def __init__(self, articles: list[Article], comments: list[Comment]) -> None:
        self._articles = articles
        self._comments = comments
        self.feed_url = SITE_FEED
        self.json_url = SITE_JSON
        # At once: a page asks for them, and pages are drawn by many processes.
        self.featured = [
            article
            for article in articles
            if str(article.metadata.get("featured", "")).lower() in ("yes", "true")
        ]

    @cached_property
    def latest_comments(self) -> list[Latest]:
        """The newest comments of the blog."""
        by_key = {article.discussion.key: article for article in reversed(self._articles)}
        known = [comment for comment in self._comments if comment.article in by_key]
        return latest(known, lambda key: (by_key[key], by_key[key].url))

    @cached_property
    def most_discussed(self) -> list[Article]:
        """The articles with most comments, those with none left out."""
        return [article for _, _, article in self.discussed()[:DISCUSSED]]

    def discussed(self) -> list[tuple[int, str, Article]]:
        """Number of comments, address, article; most first."""
        counted = [
            (article.discussion.count, article.url, article)
            for article in self._articles
            if article.discussion.count
        ]
        return sorted(counted, key=most_first)


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
    loaded, files, settled = _load(store)
    sources = {key: source_of(str(store.root / key), found) for key, found in files.items()}
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
        own=(values["SITEURL"],),
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
            identity=identity(
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
    site = generator.context["tipsblog"] = Site(generator.articles, shown)
    if kept.is_open():
        undecided = any(comment.status is None for comment in loaded.comments)
        mark = getattr(verdicts, "mark", "")
        folder = str(store.root.absolute())
        _leave(generator, site, keys, files, folder=folder, undecided=undecided, mark=mark)


def _leave(
    generator: ArticlesGenerator,
    site: Site,
    keys: Mapping[Article, tuple[str, bool]],
    files: Mapping[str, dict[str, bytes]],
    **facts: Any,
) -> None:
    """Leave what it takes to follow a few changed comments (see `cards`)."""
    values = generator.settings
    known = _Known(keys)
    listed = {id(article) for article in generator.articles}
    live = {id(article) for article in generator.translations} | listed
    places: dict[str, list[Place]] = {}
    shown: dict[str, tuple[Comment, ...]] = {}
    newest = datetime(1970, 1, 1, tzinfo=UTC)
    for article, (key, _) in keys.items():
        discussion: Discussion = article.discussion
        date = set_date_tzinfo(article.date, values["TIMEZONE"])
        if id(article) in live:
            newest = max(newest, date)
        thing = kept.name_of(article)
        place = Place(
            thing=thing,
            url=article.url,
            title=strip_tags(article.title),
            published=date.isoformat(),
            language=article.lang,
            open=discussion.open,
            live=id(article) in live,
            listed=id(article) in listed,
            feed_url=discussion.feed_url,
            identity=discussion.identity,
        )
        places.setdefault(key, []).append(place)
        shown[key] = discussion.comments
        kept.leave(brief_name(thing), brief(key, place, discussion.count))
    for key, found in places.items():
        comments = shown[key]
        source = repr(known.source(key)).encode("utf-8", "surrogatepass")
        subject = f"subject {key} {hashlib.blake2b(source, digest_size=12).hexdigest()}"
        kept.leave(subject, partial(_subject, known, key))
        card = Card(
            files=files.get(key, {}),
            shown=[comment.id for comment in comments],
            updated=comments[-1].published.isoformat() if comments else "",
            places=found,
            subject=subject,
        )
        kept.leave(card_name(key), card.dump())
    kept.leave(
        HEAD,
        make_head(
            newest=[
                comment
                for key, comments in shown.items()
                if any(place.live for place in places[key])
                for comment in comments
            ],
            discussed=[
                (count, url, kept.name_of(article)) for count, url, article in site.discussed()
            ],
            settings=plugin_settings.load(values),
            zone=ZoneInfo(values["TIMEZONE"]),
            title=strip_tags(values["SITENAME"]),
            site=values["SITEURL"],
            language=values["DEFAULT_LANG"],
            updated=datetime.fromisoformat(newest.isoformat()),
            **facts,
        ),
    )


def _subject(known: _Known, key: str) -> bytes:
    article = known[key]
    published = article.published.isoformat() if article.published else ""
    return marshal.dumps((str(article.title), str(article.text), article.links, published))


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
    every.sort(key=lambda one: newest_first(one[0]), reverse=True)
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
        comments = discussion.comments
        updated = comments[-1].published.isoformat() if comments else ""
        replies = feeds.replies(site, discussion.feed_url, discussion.count, updated)
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


def _load(store: FileStore) -> tuple[Loaded, dict[str, dict[str, bytes]], bool]:
    """Load all comments; a folder that did not change is not read again.

    Returns also, for each article's key, the digests of the files, and whether
    no file changed while it was read.
    """
    files = {folder: digests(str(folder), kept.digest_of_file) for folder in store.folders()}

    def load(folder: Path) -> tuple[tuple[Loaded, bool], bool]:
        loaded = store.load_folder(folder)
        settled = all(kept.is_still(str(path)) for path in folder.iterdir())
        return (loaded, settled), settled and not loaded.errors

    wanted = {folder: [source_of(str(folder), found)] for folder, found in files.items()}
    results = kept.remembered("comments", wanted, load).values()
    return (
        merged(loaded for loaded, _ in results),
        {folder.name: found for folder, found in files.items()},
        all(settled for _, settled in results),
    )


def _verdicts(
    comments: tuple[Comment, ...],
    articles: _Known,
    settings: plugin_settings.Settings,
    *,
    sources: Iterable[bytes],
    settled: bool,
    root: Path,
    own: tuple[str, ...],
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
            own=own,
            reasons=False,  # asked for elsewhere, and would be most of what is kept
            processes=workers(),
        )
        return verdicts, settled

    apart = len(comments) > _MANY
    return kept.remembered("verdicts", {"all": parts}, judged, apart=apart)["all"]


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
