"""What a build leaves of all comments, so that a few changed ones are followed
without the others: see `cards` for what that is.

Articles are whatever the caller has for them, each with its `discussion`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from ..build import kept
from ..build.record.watched import FOLDER
from ..settings import Settings
from .cards import (
    HEAD,
    KNOWN,
    Card,
    Place,
    Subject,
    brief,
    brief_name,
    card_name,
    make_head,
    subject_name,
)
from .folder import Some, newest
from .gathering import Gathered, Known
from .markup import strip_tags
from .site import discussed


@dataclass(frozen=True, slots=True)
class Shown:
    """What a build shows of the comments, and where.

    keys: of all articles, and whether they are closed by hand. listed: the articles
    that lists show; live: these and their translations. shown: the published
    comments by key. mark: of the verdicts. title, site, language: of the blog.
    """

    gathered: Gathered
    known: Known
    keys: Mapping[Any, tuple[str, bool]]
    listed: Sequence[Any]
    live: Sequence[Any]
    shown: Mapping[str, Some]
    dated: Callable[[Any], datetime]
    folder: str
    mark: str
    settings: Settings
    zone: ZoneInfo
    title: str
    site: str
    language: str


def leave(built: Shown) -> None:
    """Leave it to whoever follows a change. Most of it is made by another process:
    nothing of this build hangs on it.
    """
    kept.leave(FOLDER, os.fsencode(built.folder))
    for key, _ in built.keys.values():
        name = subject_name(key, built.known.mark(key))
        kept.leave(name, partial(_subject, built.known, key))
    kept.leave_aside(partial(_remains, built))


def _subject(known: Known, key: str) -> bytes:
    article = known[key]
    published = article.published.isoformat() if article.published else ""
    said = article.title, article.text, article.links, published
    return Subject(*said, known.written(key)).dump()


def _remains(built: Shown) -> Iterator[tuple[str, bytes]]:
    """Yield the card of each key, what most pages ask of each article, the head."""
    listed, live = {id(one) for one in built.listed}, {id(one) for one in built.live}
    places: dict[str, list[Place]] = {}
    last = datetime(1970, 1, 1, tzinfo=UTC)
    for article, (key, _) in built.keys.items():
        discussion = article.discussion
        date = built.dated(article)
        if id(article) in live:
            last = max(last, date)
        place = Place(
            thing=kept.name_of(article),
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
        yield brief_name(place.thing), brief(key, place, discussion.count)
    for key, here in places.items():
        entries = built.shown[key].entries if key in built.shown else []
        card = Card(
            files=built.gathered.files.get(key, {}),
            shown=[entry.id for entry in entries],
            updated=entries[-1].when if entries else "",
            places=here,
            subject=subject_name(key, built.known.mark(key)),
        )
        yield card_name(key), card.dump()
    living = {
        key: built.shown[key]
        for key, here in places.items()
        if key in built.shown and any(place.live for place in here)
    }
    head = make_head(
        newest=newest(living, KNOWN + 1),
        discussed=[(count, url, kept.name_of(one)) for count, url, one in discussed(built.listed)],
        settings=built.settings,
        zone=built.zone,
        title=built.title,
        site=built.site,
        language=built.language,
        updated=datetime.fromisoformat(last.isoformat()),
        folder=built.folder,
        undecided=built.gathered.undecided,
        mark=built.mark,
    )
    yield HEAD, head
