"""What the last build left of a blog's comments, and what stands there now.

Read when it is asked for, and remembered. See `cards` for what is left.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .cards import HEAD, Card, Head, Place, Subject, card_name
from .model import Comment
from .sitewide import digests, source_of
from .store import FileStore

if TYPE_CHECKING:
    from .folder import Folder


class UnsureError(Exception):
    """Only a whole build can tell."""


class Standing(NamedTuple):
    """What stands in a folder. files: their digests, by name."""

    files: dict[str, bytes]
    comments: Sequence[Comment]


class Memory:
    """The comments of a site as they were left."""

    def __init__(
        self,
        left: Callable[[str], bytes | None],
        left_like: Callable[[str], Mapping[str, bytes]],
        recall: Callable[[Mapping[str, bytes]], Mapping[str, Folder]],
    ) -> None:
        """`left(name)`: what was left; `left_like(start)`: all whose names begin
        so. `recall(sources)`: folders that a build kept, by what tells their
        contents (`sitewide.source_of`).
        """
        self.left, self.left_like, self._recall = left, left_like, recall
        data = left(HEAD)
        if data is None:
            raise UnsureError("nothing was left")
        #: as it was left, and as it becomes
        self.head: Head = pickle.loads(data)  # noqa: S301 - our own file
        self._store = FileStore(Path(self.head.folder))
        self._cards: dict[str, Card | None] = {}
        self._subjects: dict[str, bytes] = {}
        #: what stands now, by key, where that may be told otherwise than before
        self.found: dict[str, Standing] = {}
        #: folders that were read, with the digests of their files
        self.read: dict[str, dict[str, bytes]] = {}

    def folder(self, key: str) -> str:
        """Return where the comments of `key` stand."""
        return str(self._store.root / key)

    def card(self, key: str) -> Card:
        """Return the card of a key; raises `UnsureError` if no article has it."""
        card = self._find(key)
        if card is None:
            raise UnsureError(f"no article has the key {key}")
        return card

    def knows(self, key: str) -> bool:
        """Tell whether an article has this key."""
        return self._find(key) is not None

    def renew(self, key: str, card: Card | None) -> None:
        """Let `card` be the card of a key from now on; None: no article has it."""
        self._cards[key] = card

    def listed(self, key: str) -> Place | None:
        """Return the article of the blog's lists that shows these comments."""
        return next((place for place in self.card(key).places if place.listed), None)

    def fed(self, key: str) -> Place | None:
        """Return the article that has the feed of these comments."""
        return next((place for place in self.card(key).places if place.feed_url), None)

    def subject(self, key: str) -> Subject | None:
        """Return what the filter is told of an article, None if there is none."""
        data = self._subjects.get(key)
        if data is None:
            if not self.knows(key):
                return None
            data = self.left(self.card(key).subject)
            if data is None:
                raise UnsureError(f"the text of {key} was not left")
        return Subject.load(data)

    def reword(self, key: str, data: bytes) -> None:
        """Let `data` be what the filter is told of an article from now on."""
        self._subjects[key] = data

    def look(self, key: str, digest_of: Callable[[str], bytes]) -> dict[str, bytes]:
        """Return the digests of the files in a folder; if they are not as they
        were, what stands there is read.
        """
        folder = self.folder(key)
        files = self.read[folder] = _files(folder, digest_of)
        if files != self.card(key).files:
            self.found[key] = Standing(files, self._load(folder))
        return files

    def standing(self, key: str) -> Standing:
        """Return what stands in a folder."""
        if key not in self.found:
            files = self.card(key).files
            self.found[key] = Standing(files, self._load(self.folder(key)))
            self.read[self.folder(key)] = files
        return self.found[key]

    def every(self) -> dict[str, Standing]:
        """Return what stands in each folder, also of no article."""
        start = card_name("")
        for name, data in self.left_like(start).items():
            self._cards.setdefault(name.removeprefix(start), Card.load(data))
        sources = {
            key: source_of(self.folder(key), card.files)
            for key, card in self._cards.items()
            if card and card.files and key not in self.found
        }
        kept = self._recall(sources)
        every = dict(self.found)
        for key in (folder.name for folder in self._store.folders()):
            if key in every:
                continue
            card = self._find(key)
            files = card.files if card else {}
            if key in kept:
                every[key] = Standing(files, kept[key].comments())
            else:
                every[key] = Standing(files, self._load(self.folder(key)))
                self.read[self.folder(key)] = files
        return every

    def _find(self, key: str) -> Card | None:
        if key not in self._cards:
            data = self.left(card_name(key))
            self._cards[key] = Card.load(data) if data is not None else None
        return self._cards[key]

    def _load(self, folder: str) -> Sequence[Comment]:
        loaded = self._store.load_folder(Path(folder))
        if loaded.errors:
            raise UnsureError(str(loaded.errors[0]))
        return loaded.comments


def _files(folder: str, digest_of: Callable[[str], bytes]) -> dict[str, bytes]:
    """Return the digest of every file in a folder, none if it is not there."""
    try:
        found = digests(folder, digest_of)
    except FileNotFoundError:
        return {}
    if not all(Path(folder, name).is_file() for name in found):
        raise UnsureError(f"{folder} holds more than files")
    return found
