"""From the evidence that is kept to verdicts as they are kept.

Which comments are to be weighed is decided elsewhere (`update`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

from ..comments.model import Comment
from .evidence import Evidence
from .judge import Identity, judgements, learn, verdicts
from .keep import Keep, Said
from .learn import Learned
from .place import Around
from .policy import Policy
from .survey import SharingError, Surveyed
from .tokens import tokens_of
from .weights import shipped

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
#: A comment by its number, as it was surveyed.
Numbered = tuple[int, Surveyed]
Friends = Mapping[Identity, int]
#: Comments that are weighed at once.
SOME = 500
#: So many are in memory.
_AT_ONCE = 20_000
#: Fewer are judged sooner by one process.
MANY = 1500


class How(NamedTuple):
    """How is judged. reasons: whether the verdicts say why. processes: that may
    work on many comments.
    """

    policy: Policy
    reasons: bool
    processes: int = 1


def judged(
    numbered: Sequence[Numbered], how: How, learned: Learned | None, friends: Friends
) -> list[Said]:
    """Return the verdicts on comments as they were surveyed. learned: from decisions,
    or as much of it as they ask for; friends: how often these names were published.
    """
    weights = shipped()
    counted = judgements([one for _, one in numbered], weights, learned, friends)
    found = verdicts(counted, how.policy, weights, reasons=how.reasons)
    return [
        Said(
            number,
            verdict.outcome.value,
            verdict.score,
            to_json([(one.feature, one.weight, one.sentence) for one in verdict.reasons])
            if how.reasons
            else "",
        )
        for (number, _), (_, verdict) in zip(numbered, found, strict=True)
    ]


def weighed(
    comments: Sequence[Comment], keep: Keep, lessons: Set[int], how: How, friends: Friends
) -> tuple[Learned | None, Iterator[Said]]:
    """Learn from those comments that somebody decided on, and judge all, by the
    evidence that is kept.
    """

    def numbered(rows: Iterable[tuple[int, str, str]]) -> list[Numbered]:
        return [(number, restored(comments[number], evidence)) for number, evidence, _ in rows]

    decided = numbered(keep.states(lessons))
    learned = learn([one for _, one in decided], shipped())
    # Without what stood before each decision it judges any part of the others.
    alone = Learned.restored(learned.state()) if learned is not None else None

    def some(rows: Sequence[tuple[int, str, str]]) -> list[Said]:
        return judged(numbered(rows), how, alone, friends)

    def found() -> Iterator[Said]:
        yield from judged(decided, how, learned, friends)
        for start in range(0, len(comments), _AT_ONCE):
            rows = [row for row in keep.between(start, start + _AT_ONCE) if row[0] not in lessons]
            parts = [rows[at : at + SOME] for at in range(0, len(rows), SOME)]
            for part in _each(some, parts, how.processes if len(rows) >= MANY else 1):
                yield from part

    return learned, found()


def known(keep: Keep, surveyed: Sequence[Numbered]) -> tuple[Learned | None, Friends]:
    """Return what was learned, as far as these comments ask for it."""
    state = keep.head["learned"]
    if state is None or not surveyed:
        return None, {}
    tokens = {token for _, one in surveyed for kind in tokens_of(one) for token in kind.tokens}
    learned = Learned.restored({**state, "weights": keep.weights(tokens)})
    return learned, keep.friends({one.comment.author.casefold() for _, one in surveyed})


def restored(comment: Comment, evidence: str, around: str = "") -> Surveyed:
    """Return a comment as it was surveyed, from what is kept."""
    return Surveyed(
        comment,
        [Evidence(*one) for one in json.loads(evidence)],
        Around.restored(json.loads(around)) if around else Around(),
    )


def state_of(learned: Learned | None) -> dict[str, Any] | None:
    """Return what is kept of all that was learned, but for its weights."""
    if learned is None:
        return None
    return {name: value for name, value in learned.state().items() if name != "weights"}


def _each(
    function: Callable[[_Item], _Result], items: Sequence[_Item], processes: int
) -> Iterable[_Result]:
    if processes > 1:
        from . import crew

        with suppress(SharingError):
            return crew.each(function, items, processes)
    return map(function, items)


to_json = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
