"""How a site follows a few changed comments, without looking at all the others.

A build leaves a card for each article's comments and one head for the whole
blog. From these, and the files of the folders that changed, everything is made
that shows comments. Wherever that cannot be done for certain the answer is
`UnsureError`, and all is left to a whole build.
"""

from __future__ import annotations

import marshal
import os
import pickle
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import TipsblogError
from . import heads, refeeding
from .answers import Answers
from .cards import (
    HEAD,
    Card,
    Head,
    Place,
    Subject,
    brief,
    brief_name,
    card_name,
    subject_mark,
    subject_name,
    words_of,
)
from .discussion import reference
from .filtering import Filter
from .markup import strip_tags
from .memory import Memory, UnsureError
from .model import Comment, Status
from .sifting import Sifter
from .sitewide import identity, source_of
from .store import SUFFIX

if TYPE_CHECKING:
    from .folder import Folder


class Told(NamedTuple):
    """What a new article, or one with another header, says. field: `Comments`.
    title: with tags. written: title and date, as the article has them.
    """

    thing: str
    field: str
    slug: str
    url: str
    title: str
    published: datetime
    language: str
    html: str
    written: tuple[str, str]


class Followed(NamedTuple):
    """What became of the changed folders.

    changed: whose readers are to be drawn again ("thing.attribute"). edited:
    files that are not as they were. feeds:
    what makes them, by path. replies: for Pelican's feeds, what stands in them
    for which thing, before and now. left: rows to leave instead; dropped: to
    leave no more. files: the digest of each file in a changed folder. lost: feeds
    that are no more.
    """

    changed: set[str]
    edited: set[str]
    feeds: dict[str, Callable[[], str]]
    replies: list[tuple[str, str, str]]
    left: dict[str, bytes]
    files: dict[str, bytes]
    gone: list[str]
    dropped: list[str]
    lost: set[str]


class Follower:
    """The comments of a site as they were left, and as they become."""

    def __init__(
        self,
        left: Callable[[str], bytes | None],
        left_like: Callable[[str], Mapping[str, bytes]],
        thing: Callable[[str], Any],
        root: Path,
        recall: Callable[[Mapping[str, bytes]], Mapping[str, Folder]],
        workers: Callable[[], int],
    ) -> None:
        """`left(name)`: what was left; `left_like(start)`: all whose names begin
        so. `thing(name)`: what templates get for an article. root: of the project.
        `recall(sources)`: folders that a build kept, by what tells their contents
        (`sitewide.source_of`). `workers()`: how many processes may work on many
        comments.
        """
        self._memory = memory = Memory(left, left_like, recall)
        self._sifter = Sifter(memory, Filter(memory.head, root, memory.subject, workers))
        self._answers = Answers(memory, thing)
        self._told: set[str] = set()

    @property
    def head(self) -> Head:
        """What is known of all comments together."""
        return self._memory.head

    @property
    def read(self) -> dict[str, dict[str, bytes]]:
        """The folders that were read, with the digests of their files."""
        return self._memory.read

    def answer(self, name: str, attribute: str) -> Any:
        """Answer for what comments change; see `replay.Things`."""
        return self._answers.answer(name, attribute)

    def discussion(self, thing: str) -> Any:
        """Return the discussion of an article."""
        return self._answers.discussion(thing)

    def expect_bodies(self) -> None:
        """Load what it takes to judge, if the filter may be asked."""
        if self.head.undecided:
            from ..spam import update  # noqa: F401

    def follow(
        self,
        keys: Iterable[str],
        digest_of: Callable[[str], bytes],
        bodies: Mapping[str, str] = {},
        told: Iterable[Told] = (),
        gone: Iterable[str] = (),
        updated: datetime | None = None,
    ) -> Followed:
        """Take in what changed in the folders of `keys`, other `bodies` of
        articles, by thing; articles that are `told` anew, or are `gone`. updated:
        when the newest one was published, if that may be another one.
        """
        before = self.head
        answers = self._answers
        latest_before, most_before = answers.latest_comments(), answers.most_discussed()
        done = Followed(set(), set(), {}, [], {}, {}, [], [], set())
        keys = list(keys)
        known = [key for key in keys if self._memory.knows(key)]
        changed = [key for key in known if self._take_in(key, digest_of, done)]
        for thing in gone:
            self._forget(thing, done)
        for one in told:
            self._tell(one, changed, done)
        new = [key for key in keys if key not in known]
        changed += [key for key in new if self._take_in(key, digest_of, done)]
        if updated is not None and updated != self.head.updated:
            # Not as a class of Pelican's, which who reads it would have to load.
            plain = datetime.fromisoformat(updated.isoformat())
            self._memory.head = self.head._replace(updated=plain)
        for key, shown in self._sifter.changed(changed).items():
            self._put(key, shown, done)
        for thing, html in sorted(bodies.items()):
            self._reword(thing, html, done)
        if not done.edited and not self._told and self.head is before:
            return done
        if answers.latest_comments() != latest_before:
            done.changed.add("tipsblog.latest_comments")
        if answers.most_discussed() != most_before:
            done.changed.add("tipsblog.most_discussed")
        now = heads.entries(self.head)
        said_anew = any(one.article in self._told for one in now)
        if said_anew or self.head.updated != before.updated or now != heads.entries(before):
            done.feeds.update(refeeding.of_site(self.head, self._placed()))
        done.left[HEAD] = pickle.dumps(self.head, pickle.HIGHEST_PROTOCOL)
        return done

    def _take_in(self, key: str, digest_of: Callable[[str], bytes], done: Followed) -> bool:
        """Look at a folder; tell whether something is other there."""
        card = self._memory.card(key)
        folder = self._memory.folder(key)
        files = self._memory.look(key, digest_of)
        done.files.update({f"{folder}{os.sep}{name}": mark for name, mark in files.items()})
        done.gone.extend(f"{folder}{os.sep}{name}" for name in card.files.keys() - files.keys())
        for name, _ in files.items() ^ card.files.items():
            done.edited.add(f"{folder}{os.sep}{name}")
        return files != card.files

    def _put(self, key: str, shown: list[Comment], done: Followed) -> None:
        """Let `shown` be the comments of an article, if they are other ones."""
        card = self._memory.card(key)
        files, comments = self._memory.standing(key)
        removed = [one for one in comments if one.status is Status.DELETED]
        if (
            files.items() >= card.files.items()
            and [one.id for one in shown] == card.shown
            and not any(f"{one.id}{SUFFIX}" not in card.files for one in removed)
        ):
            self._renew(key, card._replace(files=files), done)
            return  # what is new waits, or is spam
        self._show(key, files, shown, removed, done)

    def _renew(self, key: str, card: Card, done: Followed) -> None:
        self._memory.renew(key, card)
        done.left[card_name(key)] = card.dump()

    def _show(
        self,
        key: str,
        files: dict[str, bytes],
        shown: list[Comment],
        removed: list[Comment],
        done: Followed,
    ) -> None:
        """Let these be the comments of an article."""
        card = self._memory.card(key)
        self._answers.put(key, shown, removed)
        updated = shown[-1].published.isoformat() if shown else ""
        new = card._replace(files=files, shown=[one.id for one in shown], updated=updated)
        places = []
        for place in card.places:
            if bool(place.feed_url) != (place.live and bool(shown or place.open)):
                raise UnsureError(f"the comments of {key} get or lose a feed")
            done.changed.add(f"{place.thing}.discussion")
            places.append(place._replace(identity=self._identity(key, new, place)))
            short = brief(key, places[-1], len(shown))
            self._answers.put_brief(place.thing, short)
            done.left[brief_name(place.thing)] = short
        new = new._replace(places=places)
        self._renew(key, new, done)
        self._memory.head = heads.grown(self.head, key, new, shown)
        if fed := self._memory.fed(key):
            done.feeds.update(refeeding.of_article(self.head, key, fed, shown))
        done.replies.extend(refeeding.replies(self.head, card, new))

    def _key_of(self, thing: str) -> str | None:
        """Return the key under which an article's comments were left."""
        data = self._memory.left(brief_name(thing))
        return str(marshal.loads(data)[0]) if data is not None else None  # noqa: S302

    def _forget(self, thing: str, done: Followed) -> None:
        """Take in that an article is no more."""
        key = self._key_of(thing)
        if key is None:
            raise UnsureError(f"the comments on {thing} were not left")
        card = self._memory.card(key)
        if card.files or len(card.places) > 1:
            raise UnsureError(f"there are comments, or translations, of {key}")
        done.lost.update(_feeds_of(key, card.places[0]))
        done.dropped.extend([brief_name(thing), card_name(key), card.subject])
        self._memory.renew(key, None)

    def _tell(self, new: Told, changed: Collection[str], done: Followed) -> None:
        """Take in an article that is new, or has another header."""
        try:
            key, closed = reference(new.field, new.slug)
        except TipsblogError as error:
            raise UnsureError(str(error)) from error
        if self.head.settings.close_after_days:
            raise UnsureError("comments close by the clock")
        before = self._key_of(new.thing)
        if before is not None and before != key:
            self._forget(new.thing, done)
        elif before is None and self._memory.knows(key):
            raise UnsureError(f"another article has the key {key}")
        card = self._memory.card(key) if before == key else Card({}, [], "", [], "")
        if card.files and key in changed:
            raise UnsureError(f"comments changed, too, where {key} has another header")
        others = [place for place in card.places if place.thing != new.thing]
        if others or any(not place.live or not place.listed for place in card.places):
            raise UnsureError(f"there are translations of {key}")
        accepts = not closed
        fed = bool(card.shown) or accepts
        if card.places and bool(card.places[0].feed_url) != fed:
            raise UnsureError(f"the comments of {key} get or lose a feed")
        place = Place(
            thing=new.thing,
            url=new.url,
            title=strip_tags(new.title),
            published=new.published.isoformat(),
            language=new.language,
            open=accepts,
            live=True,
            listed=True,
            feed_url=f"feeds/comments/{key}.atom" if fed else "",
            identity="",
        )
        place = place._replace(identity=self._identity(key, card, place))
        self._told.add(key)
        self._renew(key, card._replace(places=[place]), done)
        short = brief(key, place, len(card.shown))
        self._answers.put_brief(new.thing, short)
        done.left[brief_name(new.thing)] = short
        done.changed.add(f"{new.thing}.discussion")
        if not card.files:
            self._answers.put(key, [], [])
        shown = self._answers.load(key) if card.shown else []
        self._memory.head = heads.grown(self.head, key, self._memory.card(key), shown)
        if fed:
            done.feeds.update(refeeding.of_article(self.head, key, place, shown))
            done.lost.difference_update(_feeds_of(key, place))
        text, links = words_of(new.html)
        subject = Subject(place.title, text, links, place.published, new.written)
        self._resubject(key, subject, new.html, done)

    def _reword(self, thing: str, html: str, done: Followed) -> None:
        """Take in that an article says something else: the filter looks at it."""
        key = self._key_of(thing)
        if key is None:
            return  # a page
        card = self._memory.card(key)
        if card.places[-1].thing != thing:
            return  # the filter is told of another language's
        text, links = words_of(html)
        now = self._subject(key, card)._replace(text=text, links=links)
        self._resubject(key, now, html, done)

    def _subject(self, key: str, card: Card) -> Subject:
        data = self._memory.left(card.subject)
        if data is None:
            raise UnsureError(f"the text of {key} was not left")
        return Subject.load(data)

    def _resubject(self, key: str, now: Subject, html: str, done: Followed) -> None:
        """Tell the filter what an article says now."""
        card = self._memory.card(key)
        before = self._subject(key, card) if card.subject else now
        title, date = now.written
        name = subject_name(key, subject_mark(title, html, date))
        if card.subject and name != card.subject:
            done.dropped.append(card.subject)
        done.left[name] = now.dump()
        self._renew(key, card._replace(subject=name), done)
        self._memory.reword(key, done.left[name])
        if self.head.undecided and card.files and now != before:
            for one, shown in self._sifter.reworded(key, before, now).items():
                self._put(one, shown, done)

    def _identity(self, key: str, card: Card, place: Place) -> str:
        source = source_of(self._memory.folder(key), card.files) if card.files else b""
        zone, depth = self.head.zone, self.head.settings.thread_depth
        fed = bool(place.feed_url)
        return identity(source, key, place.url, place.open, fed, zone, depth, card.shown)

    def _placed(self) -> list[tuple[Comment, Place]]:
        """Return the comments of the blog's feed, each with its article."""
        placed = []
        for comment in heads.entries(self.head):
            place = self._memory.fed(comment.article)
            if place is None:
                raise UnsureError("a comment without a feed")
            placed.append((comment, place))
        return placed


def _feeds_of(key: str, place: Place) -> list[str]:
    return [place.feed_url, f"feeds/comments/{key}.json"] if place.feed_url else []
