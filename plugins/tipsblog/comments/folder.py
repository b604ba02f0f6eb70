"""The comments of one article as a build keeps them: which there are, and all
that they say, still packed.

Most builds only ask how many are shown, and when the last one came.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from heapq import nlargest
from typing import NamedTuple, SupportsBytes, overload

from ..errors import TipsblogError
from . import threads
from .model import Comment, Status
from .moderation import Verdicts, state_of


class Entry(NamedTuple):
    """What is known of a comment without reading it. moment, when: when it was
    published, in seconds since 1970 and as ISO text.
    """

    id: str
    status: Status | None
    moment: float
    when: str


class Folder(NamedTuple):
    """The comments under one key, in the order in which they were loaded.

    problems: what their threads have to mend. packed: for `comments`; what is kept
    in a file may stand there, too.
    """

    key: str
    entries: tuple[Entry, ...]
    errors: tuple[TipsblogError, ...]
    problems: tuple[str, ...]
    packed: SupportsBytes

    @classmethod
    def of(
        cls, key: str, comments: tuple[Comment, ...], errors: tuple[TipsblogError, ...]
    ) -> Folder:
        """Pack what was loaded."""
        return cls(
            key,
            tuple(
                Entry(
                    comment.id,
                    comment.status,
                    comment.published.timestamp(),
                    comment.published.isoformat(),
                )
                for comment in comments
            ),
            errors,
            tuple(threads.problems(comments)),
            pickle.dumps(comments, pickle.HIGHEST_PROTOCOL),
        )

    def apart(self, put_down: Callable[[bytes], SupportsBytes]) -> Folder:
        """Return this with the comments put down elsewhere."""
        return self._replace(packed=put_down(bytes(self.packed)))

    def comments(self) -> tuple[Comment, ...]:
        """Unpack the comments."""
        found: tuple[Comment, ...] = pickle.loads(bytes(self.packed))  # noqa: S301 - packed above
        return found

    def published(self, verdicts: Verdicts) -> list[int]:
        """Return the places of the comments that readers see, oldest first, each
        id once; see `discussion.published`.
        """
        seen: dict[str, int] = {}
        for place, entry in enumerate(self.entries):
            status = entry.status
            if status is None:
                status = state_of(None, verdicts.get((self.key, entry.id)))
            if status is Status.PUBLISHED:
                seen.setdefault(entry.id, place)
        return sorted(seen.values(), key=lambda at: (self.entries[at].moment, self.entries[at].id))

    def removed(self) -> list[int]:
        """Return the places of the comments that were removed."""
        return [at for at, entry in enumerate(self.entries) if entry.status is Status.DELETED]


class Some(Sequence[Comment]):
    """Some comments of a folder, in an order, read when one is asked for.

    read: returns all comments of the folder.
    """

    def __init__(
        self,
        entries: Sequence[Entry] = (),
        places: Sequence[int] = (),
        read: Callable[[], Sequence[Comment]] = tuple,
    ) -> None:
        self.entries = [entries[place] for place in places]
        self._places, self._read = places, read

    @cached_property
    def _comments(self) -> tuple[Comment, ...]:
        every = self._read() if self._places else ()
        return tuple(every[place] for place in self._places)

    def __len__(self) -> int:
        return len(self.entries)

    @overload
    def __getitem__(self, place: int) -> Comment: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Comment]: ...

    def __getitem__(self, place: int | slice) -> Comment | Sequence[Comment]:
        return self._comments[place]

    def __iter__(self) -> Iterator[Comment]:
        return iter(self._comments)


def newest(shown: Mapping[str, Some], count: int) -> list[Comment]:
    """Return the `count` newest comments, newest first, as `sitewide.newest_first`
    sorts them; shown: by key.
    """
    found: Iterable[tuple[float, str, str, int]] = (
        (entry.moment, entry.id, key, at)
        for key, some in shown.items()
        for at, entry in enumerate(some.entries)
    )
    return [shown[key][at] for _, _, key, at in nlargest(count, found)]
