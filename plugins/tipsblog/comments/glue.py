"""Pelican's side of the comments: reads them, hands them to the templates,
writes their feeds. What is decided, is decided elsewhere.
"""

from __future__ import annotations

import difflib
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from feedgenerator import Atom1Feed
from pelican.contents import Article
from pelican.generators import ArticlesGenerator
from pelican.utils import set_date_tzinfo

from .. import settings as plugin_settings
from ..build import kept
from ..build.parallel import workers
from ..build.record.watched import FOLDER
from ..errors import SettingError, TipsblogError
from ..spam import model
from ..spam.blog import judge_blog
from . import feeds
from .cards import (
    HEAD,
    KNOWN,
    SITE_FEED,
    SITE_JSON,
    Card,
    Place,
    Subject,
    brief,
    brief_name,
    card_name,
    make_head,
    subject_mark,
    subject_name,
    words_of,
)
from .discussion import Discussion, draw, is_open, reference
from .folder import Folder, Some, newest
from .markup import strip_tags, to_html
from .model import Comment
from .moderation import Verdicts
from .sitewide import (
    DISCUSSED,
    FEED_ENTRIES,
    LATEST,
    Latest,
    digests,
    identity,
    latest,
    most_first,
    source_of,
)
from .store import FileStore

#: To judge more comments than this takes more memory than the rest of a build.
_MANY = 2000

logger = logging.getLogger(__name__)


class Site:
    """What templates see as `tipsblog`: lists over the whole blog.

    featured: the articles marked `Featured: yes`, newest first. The others are
    made only when a template asks for them.
    """

    def __init__(self, articles: list[Article], shown: Mapping[str, Some]) -> None:
        """shown: the published comments, by key."""
        self._articles = articles
        self._shown = shown
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
        known = {key: some for key, some in self._shown.items() if key in by_key}
        return latest(newest(known, LATEST), lambda key: (by_key[key], by_key[key].url))

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
    folders, files, settled = _load(store)
    sources = {key: source_of(str(store.root / key), found) for key, found in files.items()}
    for folder in folders.values():
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
    _report_strays(folders.values(), keys.values(), store)

    for folder in folders.values():
        for problem in folder.problems:
            logger.info("%s", problem)
    known = _Known(keys)
    verdicts = _verdicts(
        folders,
        known,
        settings,
        sources=sources.values(),
        settled=settled,
        root=Path(generator.path).parent,
        own=(values["SITEURL"],),
    )
    read = {key: cache(folder.comments) for key, folder in folders.items()}
    shown = {
        key: Some(folder.entries, folder.published(verdicts), read[key])
        for key, folder in folders.items()
    }
    zone = ZoneInfo(values["TIMEZONE"])
    now = _now()
    shown_at_all = {id(article) for article in live}
    for article, (key, closed) in keys.items():
        here = shown.get(key) or Some()
        removed = Some()
        if key in folders:
            removed = Some(folders[key].entries, folders[key].removed(), read[key])
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
            comments=here,
            drawing=partial(draw, here, removed, url=url, zone=zone, depth=settings.thread_depth),
            identity=identity(
                sources.get(key, b""),
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
    site = generator.context["tipsblog"] = Site(generator.articles, shown)
    if kept.is_open():
        _leave(
            generator,
            site,
            keys,
            known,
            shown,
            files,
            folder=str(store.root.absolute()),
            undecided=_undecided(folders.values()),
            mark=getattr(verdicts, "mark", ""),
        )


def _leave(
    generator: ArticlesGenerator,
    site: Site,
    keys: Mapping[Article, tuple[str, bool]],
    known: _Known,
    shown: Mapping[str, Some],
    files: Mapping[str, dict[str, bytes]],
    **facts: Any,
) -> None:
    """Leave what it takes to follow a few changed comments (see `cards`)."""
    values = generator.settings
    listed = {id(article) for article in generator.articles}
    live = {id(article) for article in generator.translations} | listed
    places: dict[str, list[Place]] = {}
    last = datetime(1970, 1, 1, tzinfo=UTC)
    for article, (key, _) in keys.items():
        discussion: Discussion = article.discussion
        date = set_date_tzinfo(article.date, values["TIMEZONE"])
        if id(article) in live:
            last = max(last, date)
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
        kept.leave(brief_name(thing), brief(key, place, discussion.count))
    for key, found in places.items():
        entries = shown[key].entries if key in shown else []
        subject = subject_name(key, known.mark(key))
        kept.leave(subject, partial(_subject, known, key))
        card = Card(
            files=files.get(key, {}),
            shown=[entry.id for entry in entries],
            updated=entries[-1].when if entries else "",
            places=found,
            subject=subject,
        )
        kept.leave(card_name(key), card.dump())
    kept.leave(FOLDER, os.fsencode(facts["folder"]))
    kept.leave(
        HEAD,
        make_head(
            newest=newest(
                {
                    key: shown[key]
                    for key, found in places.items()
                    if key in shown and any(place.live for place in found)
                },
                KNOWN + 1,
            ),
            discussed=[
                (count, url, kept.name_of(article)) for count, url, article in site.discussed()
            ],
            settings=plugin_settings.load(values),
            zone=ZoneInfo(values["TIMEZONE"]),
            title=strip_tags(values["SITENAME"]),
            site=values["SITEURL"],
            language=values["DEFAULT_LANG"],
            updated=datetime.fromisoformat(last.isoformat()),
            **facts,
        ),
    )


def _subject(known: _Known, key: str) -> bytes:
    article = known[key]
    published = article.published.isoformat() if article.published else ""
    said = article.title, article.text, article.links, published
    return Subject(*said, known.written(key)).dump()


def write_feeds(generator: ArticlesGenerator, writer: Any) -> None:
    """Write the comment feeds: one for the site, one for each article."""
    context = generator.context
    site, language = context["SITEURL"], generator.settings["DEFAULT_LANG"]
    zone = generator.settings["TIMEZONE"]
    every: dict[str, Some] = {}
    places: dict[str, _Place] = {}
    last = datetime(1970, 1, 1, tzinfo=UTC)
    written: set[str] = set()
    for article in [*generator.articles, *generator.translations]:
        discussion: Discussion = article.discussion
        date = set_date_tzinfo(article.date, zone)
        last = max(last, date)
        if not discussion.feed_url or discussion.feed_url in written:
            continue  # a translation shares its comments, and their feed
        written.add(discussion.feed_url)
        title = strip_tags(article.title)
        url = article.url
        place = (title, url, date)
        comments = every[discussion.key] = cast(Some, discussion.comments)
        places[discussion.key] = place
        feed = feeds.Feed(
            title=f"Comments on {strip_tags(context['SITENAME'])}: {title}",
            site=site,
            page=url,
            url=discussion.feed_url,
            json_url=discussion.json_url,
            updated=date,
            language=article.lang,
        )
        # The comments, by their files; all else that is in an entry is in the feed.
        told = repr((discussion.identity, feed)).encode("utf-8", "surrogatepass")
        _write(writer, feed.url, _atom_of, feed, comments, place, told=told)
        _write(writer, feed.json_url, _json_of, feed, comments, place, told=told)
    feed = feeds.Feed(
        title=f"Comments on {strip_tags(context['SITENAME'])}",
        site=site,
        page="",
        url=SITE_FEED,
        json_url=SITE_JSON,
        updated=last,
        language=language,
    )
    placed = [(one, *places[one.article]) for one in newest(every, FEED_ENTRIES)]
    _write(writer, feed.url, _atom, feed, placed)
    _write(writer, feed.json_url, _json, feed, placed)


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


#: An article's title, address and date.
_Place = tuple[str, str, datetime]
#: A comment, and where it stands.
_Placed = tuple[Comment, str, str, datetime]


def _atom_of(feed: feeds.Feed, comments: Some, place: _Place) -> str:
    return _atom(feed, [(comment, *place) for comment in comments])


def _json_of(feed: feeds.Feed, comments: Some, place: _Place) -> str:
    return _json(feed, [(comment, *place) for comment in comments])


def _atom(feed: feeds.Feed, placed: list[_Placed]) -> str:
    return feeds.atom(feed, _entries(placed))


def _json(feed: feeds.Feed, placed: list[_Placed]) -> str:
    return feeds.json_feed(feed, _entries(placed))


def _entries(placed: list[_Placed]) -> list[feeds.Entry]:
    return [
        feeds.Entry(comment, to_html(comment), title, url, date)
        for comment, title, url, date in placed
    ]


def _load(store: FileStore) -> tuple[dict[str, Folder], dict[str, dict[str, bytes]], bool]:
    """Load all comments by key; a folder that did not change is not read again.

    Returns also, for each key, the digests of the files, and whether
    no file changed while it was read.
    """
    files = {folder: digests(str(folder), kept.digest_of_file) for folder in store.folders()}

    def load(folder: Path) -> tuple[tuple[Folder, bool], bool]:
        loaded = store.load_folder(folder)
        settled = all(kept.is_still(str(path)) for path in folder.iterdir())
        packed = Folder.of(folder.name, loaded.comments, loaded.errors)
        return (packed, settled), settled and not loaded.errors

    wanted = {folder: [source_of(str(folder), found)] for folder, found in files.items()}
    results = kept.remembered("comments", wanted, load).values()
    return (
        {folder.key: folder for folder, _ in results},
        {folder.name: found for folder, found in files.items()},
        all(settled for _, settled in results),
    )


def _undecided(folders: Iterable[Folder]) -> bool:
    """Tell whether nobody has decided on some comment."""
    return any(entry.status is None for folder in folders for entry in folder.entries)


def _verdicts(
    folders: Mapping[str, Folder],
    articles: _Known,
    settings: plugin_settings.Settings,
    *,
    sources: Iterable[bytes],
    settled: bool,
    root: Path,
    own: tuple[str, ...],
) -> Verdicts:
    """Judge all comments, unless nothing that counts for it changed, or a person
    has decided on every one.
    """
    if not _undecided(folders.values()):
        return {}
    with_comments = {key for key, folder in folders.items() if folder.entries}
    lists = [name for name in (settings.spam_held_list, settings.spam_friends_list) if name]
    parts = [
        *sources,
        *(kept.digest_of_file(str(root / name)) for name in lists),
        *(articles.mark(key) for key in sorted(with_comments & set(articles))),
    ]

    def judged(_: str) -> tuple[Verdicts, bool]:
        verdicts = judge_blog(
            [comment for folder in folders.values() for comment in folder.comments()],
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

    apart = sum(len(folder.entries) for folder in folders.values()) > _MANY
    return kept.remembered("verdicts", {"all": parts}, judged, apart=apart)["all"]


class _Known(Mapping[str, model.Article]):
    """The articles as the filter sees them, made when it asks."""

    def __init__(self, keys: Mapping[Article, tuple[str, bool]]) -> None:
        self._by_key = {key: article for article, (key, _) in keys.items()}
        self._marks: dict[str, bytes] = {}

    def __getitem__(self, key: str) -> model.Article:
        article = self._by_key[key]
        # With `{filename}` links as they are: only words count.
        text, links = words_of(article._content)
        return model.Article(
            key=key,
            title=strip_tags(article.title),
            text=text,
            links=links,
            published=set_date_tzinfo(article.date, article.settings["TIMEZONE"]),
        )

    def mark(self, key: str) -> bytes:
        """Return what tells `self[key]` from any other: a digest of all that it
        is made from.
        """
        if key not in self._marks:
            title, date = self.written(key)
            self._marks[key] = subject_mark(title, self._by_key[key]._content, date)
        return self._marks[key]

    def written(self, key: str) -> tuple[str, str]:
        """Return title and date, as the article has them."""
        article = self._by_key[key]
        return article.title, str(article.date)

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
    folders: Iterable[Folder], keys: Iterable[tuple[str, bool]], store: FileStore
) -> None:
    known = {key for key, _ in keys}
    for key in sorted({folder.key for folder in folders if folder.entries} - known):
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
