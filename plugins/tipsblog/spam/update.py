"""From the verdicts of the last time to those of now.

What is kept is taken as far as it holds: of comments that came later only these
are surveyed, of an edited article only its own, and after a decision none: what
it teaches only counts their evidence anew. Otherwise all are judged afresh.
Which way it was cannot be told from the verdicts.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from functools import partial
from itertools import islice, repeat, starmap
from typing import Any, NamedTuple, TypeVar

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
from .marks import Marks, about, linked, status_of
from .model import Article, Outcome
from .pile import Pile
from .place import Around
from .policy import Policy
from .reading import host_of, read
from .site import Site
from .survey import SharingError, Surveyed, survey, survey_again
from .tokens import tokens_of
from .trace import asked, trace
from .weights import shipped

#: A comment by its number, as it was surveyed.
_Numbered = tuple[int, Surveyed]
_Friends = Mapping[Identity, int]
#: Number, evidence and surroundings of a comment, as they are kept.
_Found = tuple[int, str, str]
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
#: Comments that are weighed at once.
_SOME = 500
#: So many are in memory.
_AT_ONCE = 20_000
#: Fewer are judged sooner by one process.
_MANY = 1500


class Blog(NamedTuple):
    """comments: oldest first, the first of them being number `first` of the
    blog's; said: the digest of each. about: the digest of each article that
    they stand under; linked: the sites that these name, and the blog's own
    addresses. marks: of all comments, those before the first, too.
    """

    comments: Pile
    said: Sequence[bytes]
    about: Mapping[str, bytes]
    linked: Set[str]
    marks: Marks
    articles: Mapping[str, Article]
    first: int = 0


class How(NamedTuple):
    """How is judged. reasons: whether the verdicts say why. processes: that may
    work on many comments.
    """

    policy: Policy
    reasons: bool
    processes: int = 1


def judge(keep: Keep, blog: Blog, how: How) -> Iterable[Said]:
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
    own = _own(new)
    fresh = own - keep.own(own)
    if keep.suspected(fresh):
        return None
    added, site = _added(keep, new, own)
    found = _judged(added, how, *_known(keep, added))

    def write(changes: Changes) -> None:
        changes.own(fresh)
        _write_added(changes, new, starmap(_found, added), site)
        changes.verdicts(found)
        changes.head(_head(new, site, keep.head["learned"]))

    return found if keep.change(write) else None


def reword(
    keep: Keep, thread: Sequence[Comment], before: Article, now: Article, marks: Marks, how: How
) -> list[tuple[Comment, Said]] | None:
    """Return the verdicts that are other ones now that only an article changed,
    and keep them; None if more hangs on it than those on its `thread`.

    thread: all its comments, oldest first. marks: of all, with the article as
    it is now.
    """
    hosts, old = (frozenset(map(host_of, linked(one))) - {""} for one in (now, before))
    fresh = hosts - keep.own(hosts)
    if old - hosts or keep.suspected(fresh):
        return None
    numbers = keep.numbers(now.key)
    by_number = {numbers[one.id]: one for one in thread if one.id in numbers}
    if len(by_number) != len(thread) or len(numbers) != len(thread):
        return None
    surveyed = {
        number: _restored(by_number[number], evidence, around)
        for number, evidence, around in keep.states(by_number)
    }
    again = survey_again(list(surveyed.values()), now)
    if again is None or any(is_lesson(one.comment) for one in again):
        return None
    revised = [(numbers[one.comment.id], one) for one in again]
    found = _judged(revised, how, *_known(keep, revised))

    def write(changes: Changes) -> None:
        changes.own(fresh)
        changes.evidence((_json(one.evidence), number) for number, one in revised)
        changes.about({now.key: about(now.key, now)})
        changes.verdicts(found)
        changes.head({**keep.head, **marks.state()})

    if not keep.change(write):
        return None
    return [(by_number[one.number], one) for one in found]


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
    own, own_before = _own(blog), keep.own()
    if keep.suspected(own ^ own_before):
        return None
    edited = {key for key, known in keep.about().items() if blog.about[key] != known}
    revised = _revised(keep, old, edited, blog.articles)
    if revised is None:
        return None
    new = Blog(
        Pile(blog.comments[len(kept) :]),
        blog.said[len(kept) :],
        blog.about,
        blog.linked,
        blog.marks,
        blog.articles,
        len(kept),
    )
    added, site = _added(keep, new, own, own_before - own)
    changed = [*revised, *added]
    before = [Said(*row) for row in keep.verdicts()]
    for outcome in {one.outcome for one in before}:
        Outcome(outcome)  # raises on what was never written
    if len(before) != len(kept):
        return None
    taught = any(is_lesson(one.comment) for _, one in changed) or any(
        is_lesson(comment) or teaches(kept[number][3], comment.role)
        for number, comment in decided.items()
    )
    found = [] if taught else _judged(changed, how, *_known(keep, changed))

    def write(changes: Changes) -> None:
        changes.own(own - own_before, own_before - own)
        changes.statuses((status_of(comment), number) for number, comment in decided.items())
        changes.evidence((_json(one.evidence), number) for number, one in revised)
        _write_added(changes, new, starmap(_found, added), site)
        changes.about({key: blog.about[key] for key in edited})
        state = keep.head["learned"]
        if taught:
            lessons = {number for number, one in enumerate(blog.comments) if is_lesson(one)}
            friends = friends_among(blog.comments)
            learned, verdicts = _weighed(blog.comments, keep, lessons, how, friends)
            found.extend(set(verdicts).difference(before))
            changes.learned(learned.state()["weights"] if learned else {}, friends)
            state = _learned_state(learned)
        changes.verdicts(sorted(found))
        changes.head(_head(new, site, state))

    if not keep.change(write):
        return None
    after = {one.number: one for one in (*before, *found)}
    return [after[number] for number in range(len(blog.comments))]


def _afresh(keep: Keep, blog: Blog, how: How) -> Iterable[Said]:
    """Judge all comments. What is found is kept as it comes: of a big blog it is
    more than fits into memory.
    """
    decided = {number: one for number, one in enumerate(blog.comments) if is_lesson(one)}
    lessons, friends = decided.keys(), friends_among(decided.values())

    def write(changes: Changes, kept: Keep) -> None:
        site = Site(blog.articles, _own(blog))
        said: list[Said] = []
        found = _surveyed(blog, site, how, partial(_finished, how=None if lessons else how))
        _write_added(changes, blog, _noting(found, said), site)
        learned, verdicts = None, iter(said)
        if lessons:
            learned, verdicts = _weighed(blog.comments, kept, lessons, how, friends)
        changes.verdicts(verdicts)
        changes.learned(learned.state()["weights"] if learned else {}, friends)
        changes.own(site.own)
        changes.head(_head(blog, site, _learned_state(learned)))

    try:
        if not keep.change(partial(write, kept=keep), anew=True):
            keep.hold()
            keep.change(partial(write, kept=keep), anew=True)
    except SharingError:
        return _afresh(keep, blog, how._replace(processes=1))
    return [Said(*row) for row in keep.verdicts()]


def _surveyed(
    blog: Blog, site: Site, how: How, finish: Callable[[Sequence[_Numbered]], list[_Result]]
) -> Iterator[_Result]:
    """Survey all comments of a blog, by several processes where that is faster, and
    yield what `finish` makes of some at a time.
    """
    if how.processes > 1 and len(blog.comments) >= _MANY:
        from . import crew  # only who shares work out waits for it

        yield from crew.survey(blog.comments, site, finish, how.processes)
        return
    surveyed = enumerate(survey(blog.comments, blog.articles, site))
    while some := list(islice(surveyed, _SOME)):
        yield from finish(some)


def _finished(numbered: Sequence[_Numbered], how: How | None) -> list[tuple[_Found, Said | None]]:
    """Return what is kept of comments as they were surveyed, and the verdicts; how:
    None where these hang on what is yet to be learned.
    """
    said = _judged(numbered, how, None, {}) if how else repeat(None)
    return list(zip(starmap(_found, numbered), said, strict=False))


def _noting(found: Iterable[tuple[_Found, Said | None]], said: list[Said]) -> Iterator[_Found]:
    for one, verdict in found:
        if verdict is not None:
            said.append(verdict)
        yield one


def _weighed(
    comments: Sequence[Comment], keep: Keep, lessons: Set[int], how: How, friends: _Friends
) -> tuple[Learned | None, Iterator[Said]]:
    """Learn from those comments that somebody decided on, and judge all, by the
    evidence that is kept.
    """

    def restored(rows: Iterable[tuple[int, str, str]]) -> list[_Numbered]:
        return [(number, _restored(comments[number], evidence)) for number, evidence, _ in rows]

    decided = restored(keep.states(lessons))
    learned = learn([one for _, one in decided], shipped())
    # Without what stood before each decision it judges any part of the others.
    alone = Learned.restored(learned.state()) if learned is not None else None

    def judged(rows: Sequence[tuple[int, str, str]]) -> list[Said]:
        return _judged(restored(rows), how, alone, friends)

    def verdicts() -> Iterator[Said]:
        yield from _judged(decided, how, learned, friends)
        for start in range(0, len(comments), _AT_ONCE):
            rows = [row for row in keep.between(start, start + _AT_ONCE) if row[0] not in lessons]
            parts = [rows[at : at + _SOME] for at in range(0, len(rows), _SOME)]
            for part in _each(judged, parts, how.processes if len(rows) >= _MANY else 1):
                yield from part

    return learned, verdicts()


def _each(
    function: Callable[[_Item], _Result], items: Sequence[_Item], processes: int
) -> Iterable[_Result]:
    if processes > 1:
        from . import crew

        with suppress(SharingError):
            return crew.each(function, items, processes)
    return map(function, items)


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


def _own(blog: Blog) -> frozenset[str]:
    return frozenset(map(host_of, blog.linked)) - {""}


def _added(
    keep: Keep, new: Blog, own: Set[str], foreign: Set[str] = frozenset()
) -> tuple[list[_Numbered], Site]:
    """Survey comments that came after all that are kept. own: hosts of the blog,
    beside those that are kept as its own; foreign: those that no longer are.
    """
    parts = asked(trace(comment, read(comment.body)) for comment in new.comments)
    state = keep.site(*parts)
    site = Site.restored(new.articles, {**state, "own": (state["own"] - foreign) | own})
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


def _restored(comment: Comment, evidence: str, around: str = "") -> Surveyed:
    return Surveyed(
        comment,
        [Evidence(*one) for one in json.loads(evidence)],
        Around.restored(json.loads(around)) if around else Around(),
    )


def _found(number: int, one: Surveyed) -> _Found:
    return number, _json(one.evidence), _json(one.around.state())


def _write_added(changes: Changes, new: Blog, added: Iterable[_Found], site: Site) -> None:
    changes.comments(
        Row(number, one.article, one.id, one.author, said, status_of(one), evidence, around)
        for one, said, (number, evidence, around) in zip(new.comments, new.said, added, strict=True)
    )
    numbers = {place: at for at, place in enumerate(new.comments.places, new.first)}
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


_json = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
