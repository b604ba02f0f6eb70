"""What templates get of comments where nothing is built: each discussion, and the
lists over the blog, from what was left and what has become of it since.

Comments are read only where one is asked for.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from .cards import brief_name
from .discussion import Discussion, Shown, draw
from .memory import Memory, UnsureError
from .model import Comment, Status
from .sitewide import DISCUSSED, Latest, latest

#: From how many articles on it pays to ask for all at once.
_MANY = 100


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


class Answers:
    """Answers for what comments change."""

    def __init__(self, memory: Memory, thing: Callable[[str], Any]) -> None:
        """`thing(name)`: what templates get for an article."""
        self._memory, self._thing = memory, thing
        self._discussions: dict[str, Discussion] = {}
        self._briefs: dict[str, bytes] = {}
        self._all: Mapping[str, bytes] | None = None
        self._new: dict[str, tuple[list[Comment], list[Comment]]] = {}

    def put(self, key: str, shown: list[Comment], removed: list[Comment]) -> None:
        """Let these be the comments of an article."""
        self._new[key] = shown, removed

    def put_brief(self, thing: str, data: bytes) -> None:
        """Let this be what `cards.brief` says of an article."""
        self._briefs[thing] = data

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
            return self._memory.left(name)
        if self._all is None:  # a list of all articles asks for each
            self._all = self._memory.left_like(brief_name(""))
        return self._all.get(name)

    def latest_comments(self) -> list[Latest]:
        """The newest comments of the blog, of articles in its lists."""
        head = self._memory.head
        listed = [one for one in head.newest if self._memory.listed(one.article) is not None]
        if len(listed) < DISCUSSED and head.floor is not None:
            raise UnsureError("the latest comments are not all known")

        def article_of(key: str) -> tuple[Any, str]:
            place = self._memory.listed(key)
            assert place is not None  # noqa: S101 - filtered above
            return self._thing(place.thing), place.url

        return latest(listed, article_of)

    def most_discussed(self) -> list[Any]:
        """The articles with most comments."""
        head = self._memory.head
        if len(head.discussed) < DISCUSSED and head.least is not None:
            raise UnsureError("the most discussed articles are not all known")
        return [self._thing(thing) for _, _, thing in head.discussed[:DISCUSSED]]

    def load(self, key: str) -> list[Comment]:
        """Return the published comments of an article."""
        if key not in self._new:
            shown, comments = self._memory.card(key).shown, self._memory.standing(key).comments
            by_id = {comment.id: comment for comment in comments}
            if not by_id.keys() >= set(shown):
                raise UnsureError(f"{self._memory.folder(key)} changed")
            removed = [one for one in comments if one.status is Status.DELETED]
            self._new[key] = [by_id[id] for id in shown], removed
        return self._new[key][0]

    def removed(self, key: str) -> list[Comment]:
        """Return those of which only the place is shown."""
        self.load(key)
        return self._new[key][1]

    def _discussion(self, data: bytes) -> Discussion:
        key, url, count, accepts, feed_url, mark = marshal.loads(data)  # noqa: S302
        comments = Comments(count, partial(self.load, key))
        head = self._memory.head

        def drawing() -> tuple[Shown, ...]:
            removed, depth = self.removed(key), head.settings.thread_depth
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
