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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .cards import (
    HEAD,
    KNOWN,
    SITE_FEED,
    SITE_JSON,
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
from .discussion import Discussion, Shown, draw, published
from .filtering import Filter
from .model import Comment, Status
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
from .store import SUFFIX, FileStore

if TYPE_CHECKING:
    from ..spam import model
    from . import feeds
    from .folder import Folder

#: From how many articles on it pays to ask for all at once.
_MANY = 100
#: What the filter says of comments that readers see: `spam.model.Outcome.HAM`.
_HAM = "ham"
#: The comments that readers see, by key.
_Shown = dict[str, list[Comment]]


class UnsureError(Exception):
    """Only a whole build can tell."""


class Comments(Sequence[Comment]):
    """The published comments of an article, read when they are asked for."""

    def __init__(self, count: int, load: Callable[[], Sequence[Comment]]) -> None:
        self._count, self._load = count, load
        self._loaded: Sequence[Comment] | None = None

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: Any) -> Any:
        if self._loaded is None:
            self._loaded = self._load()
        return self._loaded[index]


class Followed(NamedTuple):
    """What became of the changed folders.

    changed: whose readers are to be drawn again ("thing.attribute"). edited:
    files that are not as they were. feeds:
    what makes them, by path. replies: for Pelican's feeds, what stands in them
    for which thing, before and now. left: rows to leave instead; dropped: to
    leave no more. files: the digest of each file in a changed folder.
    """

    changed: set[str]
    edited: set[str]
    feeds: dict[str, Callable[[], str]]
    replies: list[tuple[str, str, str]]
    left: dict[str, bytes]
    files: dict[str, bytes]
    gone: list[str]
    dropped: list[str]


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
        self._left, self._left_like, self._thing, self._root = left, left_like, thing, root
        data = left(HEAD)
        if data is None:
            raise UnsureError("nothing was left")
        self.head: Head = pickle.loads(data)  # noqa: S301 - our own file
        self._store = FileStore(Path(self.head.folder))
        self._cards: dict[str, Card] = {}
        self._discussions: dict[str, Discussion] = {}
        self._briefs: dict[str, bytes] = {}
        self._all: Mapping[str, bytes] | None = None
        self._new: dict[str, tuple[list[Comment], list[Comment]]] = {}
        self._subjects: dict[str, bytes] = {}
        self._filter = Filter(self.head, root, self._subject, workers)
        self._recall = recall
        #: what stands now in the folders that changed
        self._found: dict[str, tuple[dict[str, bytes], Sequence[Comment]]] = {}
        #: folders that were read, with the digests of their files
        self.read: dict[str, dict[str, bytes]] = {}

    def expect_bodies(self) -> None:
        """Load what it takes to judge, if the filter may be asked."""
        if self.head.undecided:
            from ..spam import update  # noqa: F401

    def follow(
        self,
        keys: Iterable[str],
        digest_of: Callable[[str], bytes],
        bodies: Mapping[str, str] = {},
    ) -> Followed:
        """Take in what changed in the folders of `keys`, and other `bodies` of
        articles, by thing.
        """
        before = self.head
        latest_before, most_before = self.latest_comments(), self.most_discussed()
        done = Followed(set(), set(), {}, [], {}, {}, [], [])
        changed = [key for key in keys if self._take_in(key, digest_of, done)]
        for key, shown in self._sifted(changed).items():
            self._put(key, shown, done)
        for thing, html in sorted(bodies.items()):
            self._reword(thing, html, done)
        if not done.edited and self.head is before:
            return done
        if self.latest_comments() != latest_before:
            done.changed.add("tipsblog.latest_comments")
        if self.most_discussed() != most_before:
            done.changed.add("tipsblog.most_discussed")
        if self._entries(self.head) != self._entries(before):
            self._add_site_feed(done)
        done.left[HEAD] = pickle.dumps(self.head, pickle.HIGHEST_PROTOCOL)
        return done

    def answer(self, name: str, attribute: str) -> Any:
        """Answer for what comments change; see `replay.Things`."""
        if name == "tipsblog":
            if attribute == "latest_comments":
                return self.latest_comments()
            if attribute == "most_discussed":
                return self.most_discussed()
        elif attribute == "discussion":
            return self.discussion(name)
        return NotImplemented

    def discussion(self, thing: str) -> Any:
        """Return the discussion of an article."""
        if thing not in self._discussions:
            data = self._briefs.get(thing) or self._brief(thing)
            if data is None:
                return NotImplemented
            self._discussions[thing] = self._discussion(data)
        return self._discussions[thing]

    def _brief(self, thing: str) -> bytes | None:
        name = brief_name(thing)
        if len(self._discussions) < _MANY:
            return self._left(name)
        if self._all is None:  # a list of all articles asks for each
            self._all = self._left_like(brief_name(""))
        return self._all.get(name)

    def latest_comments(self) -> list[Latest]:
        """The newest comments of the blog, of articles in its lists."""
        head = self.head
        listed = [one for one in head.newest if self._listed(one.article) is not None]
        if len(listed) < DISCUSSED and head.floor is not None:
            raise UnsureError("the latest comments are not all known")

        def article_of(key: str) -> tuple[Any, str]:
            place = self._listed(key)
            assert place is not None  # noqa: S101 - filtered above
            return self._thing(place.thing), place.url

        return latest(listed, article_of)

    def most_discussed(self) -> list[Any]:
        """The articles with most comments."""
        head = self.head
        if len(head.discussed) < DISCUSSED and head.least is not None:
            raise UnsureError("the most discussed articles are not all known")
        return [self._thing(thing) for _, _, thing in head.discussed[:DISCUSSED]]

    def _card(self, key: str) -> Card:
        if key not in self._cards:
            data = self._left(card_name(key))
            if data is None:
                raise UnsureError(f"no article has the key {key}")
            self._cards[key] = Card.load(data)
        return self._cards[key]

    def _listed(self, key: str) -> Place | None:
        return next((place for place in self._card(key).places if place.listed), None)

    def _take_in(self, key: str, digest_of: Callable[[str], bytes], done: Followed) -> bool:
        """Read a folder; tell whether something is other there."""
        card = self._card(key)
        folder = str(self._store.root / key)
        files = _files(folder, digest_of)
        done.files.update({f"{folder}{os.sep}{name}": mark for name, mark in files.items()})
        done.gone.extend(f"{folder}{os.sep}{name}" for name in card.files.keys() - files.keys())
        self.read[folder] = files
        for name, _ in files.items() ^ card.files.items():
            done.edited.add(f"{folder}{os.sep}{name}")
        if files == card.files:
            return False
        loaded = self._store.load_folder(Path(folder))
        if loaded.errors:
            raise UnsureError(str(loaded.errors[0]))
        self._found[key] = files, loaded.comments
        return True

    def _put(self, key: str, shown: list[Comment], done: Followed) -> None:
        """Let `shown` be the comments of an article, if they are other ones."""
        card = self._card(key)
        files, comments = self._found[key]
        removed = [one for one in comments if one.status is Status.DELETED]
        if (
            files.items() >= card.files.items()
            and [one.id for one in shown] == card.shown
            and not any(f"{one.id}{SUFFIX}" not in card.files for one in removed)
        ):
            self._cards[key] = card._replace(files=files)
            done.left[card_name(key)] = self._cards[key].dump()
            return  # what is new waits, or is spam
        self._show(key, files, shown, removed, done)

    def _show(
        self,
        key: str,
        files: dict[str, bytes],
        shown: list[Comment],
        removed: list[Comment],
        done: Followed,
    ) -> None:
        """Let these be the comments of an article."""
        card = self._card(key)
        self._new[key] = shown, removed
        updated = shown[-1].published.isoformat() if shown else ""
        new = card._replace(files=files, shown=[one.id for one in shown], updated=updated)
        places = []
        for place in card.places:
            if bool(place.feed_url) != (place.live and bool(shown or place.open)):
                raise UnsureError(f"the comments of {key} get or lose a feed")
            done.changed.add(f"{place.thing}.discussion")
            places.append(place._replace(identity=self._identity(key, new, place)))
            short = brief(key, places[-1], len(shown))
            self._briefs[place.thing] = done.left[brief_name(place.thing)] = short
        self._cards[key] = new = new._replace(places=places)
        done.left[card_name(key)] = new.dump()
        self._update_head(key, new, shown)
        self._add_feeds(key, shown, done)
        self._add_replies(card, new, done)

    def _reword(self, thing: str, html: str, done: Followed) -> None:
        """Take in that an article says something else: the filter looks at it."""
        data = self._left(brief_name(thing))
        if data is None:
            return  # a page
        key: str = marshal.loads(data)[0]  # noqa: S302 - our own file
        card = self._card(key)
        if card.places[-1].thing != thing:
            return  # the filter is told of another language's
        data = self._left(card.subject)
        if data is None:
            raise UnsureError(f"the text of {key} was not left")
        before = Subject.load(data)
        text, links = words_of(html)
        now = before._replace(text=text, links=links)
        title, date = before.written
        name = subject_name(key, subject_mark(title, html, date))
        if name != card.subject:
            done.dropped.append(card.subject)
        done.left[name] = now.dump()
        self._cards[key] = card = card._replace(subject=name)
        done.left[card_name(key)] = card.dump()
        self._subjects[key] = done.left[name]
        if self.head.undecided and card.files and now != before:
            for one, shown in self._reworded(key, card, before, now).items():
                self._put(one, shown, done)

    def _reworded(self, key: str, card: Card, before: Subject, now: Subject) -> _Shown:
        """Return the comments that readers see where an article says something
        else, as far as these may be other ones.
        """
        if key in self._found:
            return self._asked_again()
        folder = self._store.root / key
        loaded = self._store.load_folder(folder)
        if loaded.errors:
            raise UnsureError(str(loaded.errors[0]))
        self.read[str(folder)] = card.files
        self._found[key] = card.files, loaded.comments
        verdicts = self._filter.again(
            loaded.comments, before.article(key), now.article(key), self.head.mark
        )
        if verdicts is None:
            return self._asked_again()
        self.head = self.head._replace(mark=verdicts.mark)
        ids = set(card.shown) - {id for _, id in verdicts} | set(_passed(verdicts))
        chosen = (
            one
            for one in loaded.comments
            if one.status is Status.PUBLISHED or (one.status is None and one.id in ids)
        )
        return {key: sorted(chosen, key=_moment)}

    def _sifted(self, keys: Sequence[str]) -> _Shown:
        """Return the comments that readers see, of `keys` and wherever else
        these may be other ones now.
        """
        found: _Shown = {}
        for key in keys:
            files, comments = self._found[key]
            card = self._card(key)
            undecided = any(comment.status is None for comment in comments)
            if not self.head.undecided and not undecided:
                chosen = [one for one in comments if one.status is Status.PUBLISHED]
            else:
                new = {Path(name).stem for name in files.keys() - card.files.keys()}
                fresh = [comment for comment in comments if comment.id in new]
                same = all(files.get(name) == mark for name, mark in card.files.items())
                if not same or any(comment.status is not None for comment in fresh):
                    return self._asked_again()  # a decision may change any verdict
                verdicts = self._filter.new(fresh, self.head.mark)
                if verdicts is None:
                    return self._asked_again()
                self.head = self.head._replace(mark=verdicts.mark)
                ids = {*card.shown, *_passed(verdicts)}
                chosen = [one for one in comments if one.id in ids]
            found[key] = sorted(chosen, key=_moment)
        return found

    def _asked_again(self) -> _Shown:
        """Ask the filter about all comments; return those that readers see,
        where these are other ones or a folder changed.
        """
        every = self._every_folder()
        comments = [one for _, here in every.values() for one in here]
        undecided = any(one.status is None for one in comments)
        verdicts = self._filter.all(comments) if undecided else None
        mark = verdicts.mark if verdicts is not None else ""
        self.head = self.head._replace(undecided=undecided, mark=mark)
        found: _Shown = {}
        for key, (files, here) in every.items():
            shown = published(here, verdicts or {})
            if self._left(card_name(key)) is None:
                continue  # of no article
            if key in self._found or [one.id for one in shown] != self._card(key).shown:
                self._found[key] = files, here
                found[key] = shown
        return found

    def _every_folder(self) -> dict[str, tuple[dict[str, bytes], Sequence[Comment]]]:
        """Return the digests of the files, and the comments, of each folder."""
        root = self._store.root
        cards = {
            name.removeprefix(card_name("")): Card.load(data)
            for name, data in self._left_like(card_name("")).items()
        }
        sources = {
            key: source_of(str(root / key), card.files)
            for key, card in cards.items()
            if card.files and key not in self._found
        }
        kept = self._recall(sources)
        every = dict(self._found)
        for folder in self._store.folders():
            key = folder.name
            if key in every:
                continue
            files = cards[key].files if key in cards else {}
            if key in kept:
                every[key] = files, kept[key].comments()
                continue
            loaded = self._store.load_folder(folder)
            if loaded.errors:
                raise UnsureError(str(loaded.errors[0]))
            self.read[str(folder)] = files
            every[key] = files, loaded.comments
        return every

    def _subject(self, key: str) -> Subject | None:
        """Return what the filter is told of an article."""
        data = self._subjects.get(key)
        if data is None:
            if self._left(card_name(key)) is None:
                return None
            data = self._left(self._card(key).subject)
            if data is None:
                raise UnsureError(f"the text of {key} was not left")
        return Subject.load(data)

    def _discussion(self, data: bytes) -> Discussion:
        key, url, count, accepts, feed_url, mark = marshal.loads(data)  # noqa: S302
        comments = Comments(count, partial(self._load, key))
        head = self.head

        def drawing() -> tuple[Shown, ...]:
            removed, depth = self._removed(key), head.settings.thread_depth
            return draw(list(comments), removed, url=url, zone=head.zone, depth=depth)

        return Discussion(
            key=key,
            comments=comments,
            drawing=drawing,
            identity=mark,
            open=accepts,
            feed_url=feed_url,
            json_url=f"feeds/comments/{key}.json" if feed_url else "",
        )

    def _identity(self, key: str, card: Card, place: Place) -> str:
        source = source_of(str(self._store.root / key), card.files) if card.files else b""
        zone, depth = self.head.zone, self.head.settings.thread_depth
        fed = bool(place.feed_url)
        return identity(source, key, place.url, place.open, fed, zone, depth, card.shown)

    def _load(self, key: str) -> list[Comment]:
        if key not in self._new:
            card = self._card(key)
            folder = self._store.root / key
            loaded = self._store.load_folder(folder)
            self.read[str(folder)] = card.files
            by_id = {comment.id: comment for comment in loaded.comments}
            if loaded.errors or not by_id.keys() >= set(card.shown):
                raise UnsureError(f"{folder} changed")
            removed = [one for one in loaded.comments if one.status is Status.DELETED]
            self._new[key] = [by_id[id] for id in card.shown], removed
        return self._new[key][0]

    def _removed(self, key: str) -> list[Comment]:
        self._load(key)
        return self._new[key][1]

    def _update_head(self, key: str, card: Card, shown: Sequence[Comment]) -> None:
        head = self.head
        if not any(place.live for place in card.places):
            return
        newest = [one for one in head.newest if one.article != key]
        newest += [one for one in shown if head.floor is None or newest_first(one) >= head.floor]
        newest.sort(key=newest_first, reverse=True)
        floor = head.floor
        if len(newest) > 2 * KNOWN:
            newest = newest[:KNOWN]
            floor = newest_first(newest[-1])
        things = {place.thing for place in card.places}
        discussed = [one for one in head.discussed if one[2] not in things]
        discussed += [
            (len(shown), place.url, place.thing) for place in card.places if place.listed and shown
        ]
        discussed.sort(key=most_first)
        if head.least is not None:
            discussed = [one for one in discussed if most_first(one) <= head.least]
        self.head = head._replace(newest=newest, floor=floor, discussed=discussed)

    def _entries(self, head: Head) -> list[Comment]:
        found = head.newest[:FEED_ENTRIES]
        if len(found) < FEED_ENTRIES and head.floor is not None:
            raise UnsureError("the comments of the feed are not all known")
        return found

    def _fed(self, key: str) -> Place | None:
        return next((place for place in self._card(key).places if place.feed_url), None)

    def _add_feeds(self, key: str, shown: Sequence[Comment], done: Followed) -> None:
        place = self._fed(key)
        if place is None:
            return
        from . import feeds

        feed = feeds.Feed(
            title=f"Comments on {self.head.title}: {place.title}",
            site=self.head.site,
            page=place.url,
            url=place.feed_url,
            json_url=f"feeds/comments/{key}.json",
            updated=place.date,
            language=place.language,
        )
        self._add_both(feed, [(one, place) for one in shown], done)

    def _add_site_feed(self, done: Followed) -> None:
        from . import feeds

        placed = []
        for comment in self._entries(self.head):
            place = self._fed(comment.article)
            if place is None:
                raise UnsureError("a comment without a feed")
            placed.append((comment, place))
        feed = feeds.Feed(
            title=f"Comments on {self.head.title}",
            site=self.head.site,
            page="",
            url=SITE_FEED,
            json_url=SITE_JSON,
            updated=self.head.updated,
            language=self.head.language,
        )
        self._add_both(feed, placed, done)

    def _add_both(
        self, feed: feeds.Feed, placed: Sequence[tuple[Comment, Place]], done: Followed
    ) -> None:
        from . import feeds
        from .markup import to_html

        def entries() -> list[feeds.Entry]:
            return [
                feeds.Entry(comment, to_html(comment), place.title, place.url, place.date)
                for comment, place in placed
            ]

        done.feeds[feed.url] = lambda: feeds.atom(feed, entries())
        done.feeds[feed.json_url] = lambda: feeds.json_feed(feed, entries())

    def _add_replies(self, old: Card, new: Card, done: Followed) -> None:
        from . import feeds

        for place in new.places:
            if place.feed_url:
                site = self.head.site
                before, now = (
                    feeds.replies_element(site, place.feed_url, len(card.shown), card.updated)
                    for card in (old, new)
                )
                done.replies.append((place.thing, before, now))


def _passed(verdicts: Mapping[tuple[str, str], model.Verdict]) -> Iterator[str]:
    return (id for (_, id), verdict in verdicts.items() if verdict.outcome == _HAM)


def _moment(comment: Comment) -> tuple[float, str]:
    return comment.published.timestamp(), comment.id


def _files(folder: str, digest_of: Callable[[str], bytes]) -> dict[str, bytes]:
    """Return the digest of every file in a folder, none if it is not there."""
    try:
        found = digests(folder, digest_of)
    except FileNotFoundError:
        return {}
    if not all(Path(folder, name).is_file() for name in found):
        raise UnsureError(f"{folder} holds more than files")
    return found
