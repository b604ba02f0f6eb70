"""All comments that are judged, oldest first, and the articles that they stand under.

A large blog's are put down in a file before processes are forked to judge them:
each would make copies of what it looks at, and of what stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, SupportsBytes, overload

from ..comments.model import Comment
from ..shelf import Shelf
from .marks import moment, said_by
from .model import Article

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

#: So many are put down, and read, together.
_SOME = 100


class Pile(Sequence[Comment]):
    """Comments in the order in which they came.

    places: article and id of each. said: the digest of each.
    """

    def __init__(self, comments: Iterable[Comment]) -> None:
        #: all of them or, once some are put down, the `_SOME` from `_first` on
        self._read = sorted(comments, key=moment)
        self._first = 0
        self._kept: list[SupportsBytes] = []
        self._shelf = Shelf()
        self.places = [(comment.article, comment.id) for comment in self._read]
        self.said = [said_by(comment) for comment in self._read]

    @classmethod
    def apart(cls, comments: Iterable[Comment]) -> Pile:
        """Return the pile with all comments put down: a process of its own reads
        and sorts them, and the memory that this takes is gone with it.
        """
        import pickle

        from .crew import children, received  # nobody else waits for these
        from .survey import SharingError

        def work(_: int, pipe: Connection) -> None:
            pile = cls(comments)
            for at in range(0, len(pile), _SOME):
                some = slice(at, at + _SOME)
                data = pickle.dumps(pile._read[some], pickle.HIGHEST_PROTOCOL)
                pipe.send((data, pile.places[some], pile.said[some]))
            pipe.send(None)

        pile = cls(())
        try:
            with children(work, 1) as (pipe,):
                while part := received(pipe):
                    data, places, said = part
                    pile._kept.append(pile._shelf.put(data))
                    pile.places += places
                    pile.said += said
        except SharingError:
            return cls(comments)
        pile._first = -_SOME
        return pile

    def close(self) -> None:
        """Forget what was put down."""
        self._shelf.close()

    def __len__(self) -> int:
        return len(self.places)

    def __iter__(self) -> Iterator[Comment]:
        return (self[place] for place in range(len(self))) if self._kept else iter(self._read)

    @overload
    def __getitem__(self, place: int) -> Comment: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Comment]: ...

    def __getitem__(self, place: int | slice) -> Comment | Sequence[Comment]:
        if isinstance(place, slice):
            return [self[at] for at in range(len(self))[place]]
        place = range(len(self))[place]
        if self._kept and not self._first <= place < self._first + _SOME:
            import pickle

            part = place // _SOME
            self._read = pickle.loads(bytes(self._kept[part]))  # noqa: S301 - put down above
            self._first = part * _SOME
        return self._read[place - self._first]


class Articles(Mapping[str, Article]):
    """Articles by key, each made once and then read from a file. Processes that
    are forked ask for no others than were asked for before.
    """

    def __init__(self, articles: Mapping[str, Article]) -> None:
        self._articles = articles
        self._kept: dict[str, SupportsBytes] = {}
        self._shelf = Shelf()

    def close(self) -> None:
        """Forget what was put down."""
        self._shelf.close()

    def __getitem__(self, key: str) -> Article:
        import pickle

        if (kept := self._kept.get(key)) is not None:
            known: Article = pickle.loads(bytes(kept))  # noqa: S301 - put down below
            return known
        article = self._articles[key]
        self._kept[key] = self._shelf.put(pickle.dumps(article, pickle.HIGHEST_PROTOCOL))
        return article

    def __iter__(self) -> Iterator[str]:
        return iter(self._articles)

    def __len__(self) -> int:
        return len(self._articles)
