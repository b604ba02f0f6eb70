"""Which comments readers see, where some of a blog's changed.

The filter is asked about as few as tell all: about those that came new, about
those of an article that says something else, or about every one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .cards import Subject
from .discussion import published
from .filtering import Filter
from .memory import Memory
from .model import Comment, Status

if TYPE_CHECKING:
    from ..spam import model

#: What the filter says of comments that readers see: `spam.model.Outcome.HAM`.
_HAM = "ham"
#: The comments that readers see, by key, oldest first.
Seen = dict[str, list[Comment]]


class Sifter:
    """Asks `judge` about the comments that `memory` knows; what is known of its
    verdicts in the head grows with the answers.
    """

    def __init__(self, memory: Memory, judge: Filter) -> None:
        self._memory, self._filter = memory, judge

    def changed(self, keys: Sequence[str]) -> Seen:
        """Return what readers see of `keys`, whose folders changed, and wherever
        else that may be something else now.
        """
        seen: Seen = {}
        for key in keys:
            files, comments = self._memory.found[key]
            before = self._memory.card(key)
            undecided = any(comment.status is None for comment in comments)
            if not self._memory.head.undecided and not undecided:
                chosen = [one for one in comments if one.status is Status.PUBLISHED]
            else:
                new = {Path(name).stem for name in files.keys() - before.files.keys()}
                fresh = [comment for comment in comments if comment.id in new]
                same = all(files.get(name) == mark for name, mark in before.files.items())
                if not same or any(comment.status is not None for comment in fresh):
                    return self.all()  # a decision may change any verdict
                verdicts = self._filter.new(fresh, self._memory.head.mark)
                if verdicts is None:
                    return self.all()
                self._remember(verdicts.mark)
                ids = {*before.shown, *_passed(verdicts)}
                chosen = [one for one in comments if one.id in ids]
            seen[key] = sorted(chosen, key=_moment)
        return seen

    def reworded(self, key: str, before: Subject, now: Subject) -> Seen:
        """Return what readers see under an article that says something else, and
        wherever that may be something else now.
        """
        if key in self._memory.found:
            return self.all()  # its comments changed, too
        comments = self._memory.standing(key).comments
        verdicts = self._filter.again(
            comments, before.article(key), now.article(key), self._memory.head.mark
        )
        if verdicts is None:
            return self.all()
        self._remember(verdicts.mark)
        shown = self._memory.card(key).shown
        ids = set(shown) - {id for _, id in verdicts} | set(_passed(verdicts))
        chosen = (
            one
            for one in comments
            if one.status is Status.PUBLISHED or (one.status is None and one.id in ids)
        )
        return {key: sorted(chosen, key=_moment)}

    def all(self) -> Seen:
        """Ask about every comment; return what readers see where that is not what
        they saw, and where a folder changed.
        """
        memory = self._memory
        every = memory.every()
        comments = [one for standing in every.values() for one in standing.comments]
        undecided = any(one.status is None for one in comments)
        verdicts = self._filter.all(comments) if undecided else None
        self._remember(verdicts.mark if verdicts is not None else "", undecided=undecided)
        seen: Seen = {}
        for key, standing in every.items():
            if not memory.knows(key):
                continue
            shown = published(standing.comments, verdicts or {})
            if key in memory.found or [one.id for one in shown] != memory.card(key).shown:
                memory.found[key] = standing
                seen[key] = shown
        return seen

    def _remember(self, mark: str, *, undecided: bool = True) -> None:
        memory = self._memory
        memory.head = memory.head._replace(mark=mark, undecided=undecided)


def _passed(verdicts: Mapping[tuple[str, str], model.Verdict]) -> Iterator[str]:
    return (id for (_, id), verdict in verdicts.items() if verdict.outcome == _HAM)


def _moment(comment: Comment) -> tuple[float, str]:
    return comment.published.timestamp(), comment.id
