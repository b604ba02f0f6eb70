"""From the verdicts of the last time to those of now.

What is kept is taken as far as it holds: of comments that came later only these
are surveyed, of an edited article only its own, and after a decision none: what
it teaches only counts their evidence anew. Otherwise all are judged afresh.
Which way it was cannot be told from the verdicts.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ..comments.model import Comment
from .evidence import Evidence
from .judge import (
    Identity,
    friends_among,
    is_lesson,
    judgements,
    learn,
    teaches,
    verdicts,
)
from .keep import Changes, Keep, Row, Said
from .learn import Learned
from .marks import Marks, status_of
from .model import Article, Outcome
from .place import Around, Site, asked
from .policy import Policy
from .reading import read
from .survey import Surveyed, survey, survey_again
from .tokens import tokens_of
from .weights import shipped

#: A comment by its number, as it was surveyed.
_Numbered = tuple[int, Surveyed]
_Friends = Mapping[Identity, int]
#: Comments that are weighed at once.
_SOME = 500


@dataclass(frozen=True, slots=True)
class Blog:
    """comments: oldest first, the first of them being number `first` of the
    blog's; said: the digest of each. about: the digest of each article that
    they stand under. marks: of all comments, those before the first, too.
    """

    comments: Sequence[Comment]
    said: Sequence[bytes]
    about: Mapping[str, bytes]
    marks: Marks
    articles: Mapping[str, Article]
    first: int = 0


@dataclass(frozen=True, slots=True)
class How:
    """How is judged. reasons: whether the verdicts say why."""

    policy: Policy
    reasons: bool


def judge(keep: Keep, blog: Blog, how: How) -> list[Said]:
    """Return the verdicts on all comments, in order, and keep them."""
    try:
        found = _again(keep, blog, how)
    except (sqlite3.Error, ValueError):  # what is kept is damaged
        keep.forget()
        found = None
    return _afresh(keep, blog, how) if found is None else found


def add(keep: Keep, new: Blog, how: How) -> list[Said] | None:
    """Return the verdicts on undecided comments that came after all that are
    kept, and keep them; None if some teach something, or another process came first.
    """
    if any(is_lesson(comment) for comment in new.comments):
        return None
    added, site = _added(keep, new)
    found = _judged(added, how, *_known(keep, added))

    def write(changes: Changes) -> None:
        _write_added(changes, new, added, site)
        changes.verdicts(found)
        changes.head(_head(new, site, keep.head["learned"]))

    return found if keep.change(write) else None


def _again(keep: Keep, blog: Blog, how: How) -> list[Said] | None:
    """Judge what is not as it was; None where all must be."""
    if keep.head.get("context") != blog.marks.context:
        return None
    kept = keep.comments()
    old = blog.comments[: len(kept)]
    if [(c.article, c.id, said) for c, said in zip(old, blog.said, strict=False)] != [
        row[:3] for row in kept
    ]:
        return None
    decided = {
        number: comment
        for number, (comment, row) in enumerate(zip(old, kept, strict=True))
        if status_of(comment) != row[3]
    }
    edited = {key for key, known in keep.about().items() if blog.about[key] != known}
    revised = _revised(keep, old, edited, blog.articles)
    if revised is None:
        return None
    new = Blog(
        blog.comments[len(kept) :],
        blog.said[len(kept) :],
        blog.about,
        blog.marks,
        blog.articles,
        len(kept),
    )
    added, site = _added(keep, new)
    changed = [*revised, *added]
    before = [Said(*row) for row in keep.verdicts()]
    for outcome in {one.outcome for one in before}:
        Outcome(outcome)  # raises on what was never written
    if len(before) != len(kept):
        return None
    learned: Learned | None = None
    taught = any(is_lesson(one.comment) for _, one in changed) or any(
        is_lesson(comment) or teaches(kept[number][3], comment.role)
        for number, comment in decided.items()
    )
    friends: _Friends = {}
    if taught:
        friends = friends_among(blog.comments)
        learned, found = _weighed(_surveyed(keep, blog.comments, changed), how, friends)
    else:
        found = _judged(changed, how, *_known(keep, changed))

    def write(changes: Changes) -> None:
        changes.statuses((status_of(comment), number) for number, comment in decided.items())
        changes.evidence((_json(one.evidence), number) for number, one in revised)
        _write_added(changes, new, added, site)
        changes.about({key: blog.about[key] for key in edited})
        changes.verdicts(sorted(set(found).difference(before)))
        if taught:
            changes.learned(learned.state()["weights"] if learned else {}, friends)
        changes.head(_head(new, site, _learned_state(learned) if taught else keep.head["learned"]))

    keep.change(write)
    after = {one.number: one for one in (*before, *found)}
    return [after[number] for number in range(len(blog.comments))]


def _afresh(keep: Keep, blog: Blog, how: How) -> list[Said]:
    site = Site(blog.articles)
    surveyed = list(enumerate(survey(blog.comments, blog.articles, site)))
    friends = friends_among(blog.comments)
    learned, found = _weighed(surveyed, how, friends)
    found.sort()

    def write(changes: Changes) -> None:
        _write_added(changes, blog, surveyed, site)
        changes.verdicts(found)
        changes.learned(learned.state()["weights"] if learned else {}, friends)
        changes.head(_head(blog, site, _learned_state(learned)))

    keep.change(write, anew=True)
    return found


def _weighed(
    surveyed: Iterable[_Numbered], how: How, friends: _Friends
) -> tuple[Learned | None, list[Said]]:
    """Learn from those that somebody decided on, and judge all."""
    lessons: list[_Numbered] = []
    others: list[_Numbered] = []
    for one in surveyed:
        (lessons if is_lesson(one[1].comment) else others).append(one)
    learned = learn([one for _, one in lessons], shipped())
    found = _judged(lessons, how, learned, friends)
    # Without what stood before each decision it judges any part of the others.
    alone = Learned.restored(learned.state()) if learned is not None else None
    rest = iter(others)
    while some := list(islice(rest, _SOME)):
        found += _judged(some, how, alone, friends)
    return learned, found


def _judged(
    numbered: Sequence[_Numbered], how: How, learned: Learned | None, friends: _Friends
) -> list[Said]:
    weights = shipped()
    judged = judgements([one for _, one in numbered], weights, learned, friends)
    found = verdicts(judged, how.policy, weights, reasons=how.reasons)
    return [
        Said(
            number,
            verdict.outcome.value,
            verdict.score,
            _json([(one.feature, one.weight, one.sentence) for one in verdict.reasons])
            if how.reasons
            else "",
        )
        for (number, _), (_, verdict) in zip(numbered, found, strict=True)
    ]


def _known(keep: Keep, surveyed: Sequence[_Numbered]) -> tuple[Learned | None, _Friends]:
    """Return what was learned, as far as these comments ask for it."""
    state = keep.head["learned"]
    if state is None or not surveyed:
        return None, {}
    tokens = {token for _, one in surveyed for kind in tokens_of(one) for token in kind.tokens}
    learned = Learned.restored({**state, "weights": keep.weights(tokens)})
    return learned, keep.friends({one.comment.author.casefold() for _, one in surveyed})


def _added(keep: Keep, new: Blog) -> tuple[list[_Numbered], Site]:
    """Survey comments that came after all that are kept."""
    parts = asked((comment, read(comment.body)) for comment in new.comments)
    site = Site.restored(new.articles, keep.site(*parts))
    return list(enumerate(survey(new.comments, new.articles, site), new.first)), site


def _revised(
    keep: Keep, comments: Sequence[Comment], edited: Set[str], articles: Mapping[str, Article]
) -> list[_Numbered] | None:
    """Return those comments that `edited` articles tell something else about;
    None where more than the verdicts on these hangs on it.
    """
    threads: dict[str, dict[int, Surveyed]] = {key: {} for key in sorted(edited)}
    numbers = [number for number, one in enumerate(comments) if one.article in threads]
    for number, evidence, around in keep.states(numbers):
        one = _restored(comments[number], evidence, around)
        threads[one.comment.article][number] = one
    found: list[_Numbered] = []
    for key, thread in threads.items():
        again = survey_again(list(thread.values()), articles.get(key) or Article(key))
        if again is None:
            return None
        number_of = {one.comment.id: number for number, one in thread.items()}
        found += [(number_of[one.comment.id], one) for one in again]
    return found


def _surveyed(
    keep: Keep, comments: Sequence[Comment], changed: Sequence[_Numbered]
) -> Iterator[_Numbered]:
    """Yield all comments, in order, with the evidence that is kept or, where
    that changed, as they are in `changed`.
    """
    others = dict(changed)
    for number, evidence, _ in keep.states():
        one = others.pop(number, None)
        yield number, one or _restored(comments[number], evidence)
    yield from others.items()


def _restored(comment: Comment, evidence: str, around: str = "") -> Surveyed:
    return Surveyed(
        comment,
        [Evidence(*one) for one in json.loads(evidence)],
        Around.restored(json.loads(around)) if around else Around(),
    )


def _write_added(changes: Changes, new: Blog, added: Sequence[_Numbered], site: Site) -> None:
    changes.comments(
        Row(
            number,
            one.comment.article,
            one.comment.id,
            one.comment.author,
            said,
            status_of(one.comment),
            _json(one.evidence),
            _json(one.around.state()),
        )
        for (number, one), said in zip(added, new.said, strict=True)
    )
    numbers = {(one.comment.article, one.comment.id): number for number, one in added}
    state = site.state()
    changes.site(state, numbers)
    changes.about({key: new.about[key] for key in state["threads"]})


def _head(blog: Blog, site: Site, learned: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        **blog.marks.state(),
        "count": blog.first + len(blog.comments),
        "counts": site.state()["counts"],
        "learned": learned,
    }


def _learned_state(learned: Learned | None) -> dict[str, Any] | None:
    if learned is None:
        return None
    return {name: value for name, value in learned.state().items() if name != "weights"}


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=True, separators=(",", ":"))
