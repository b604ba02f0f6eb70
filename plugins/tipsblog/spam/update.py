"""From the verdicts of the last time to those of now.

What is kept is taken as far as it holds: of comments that came later only these
are surveyed, of an edited article only its own, and after a decision none: what
it teaches only counts their evidence anew. Otherwise all are judged afresh.
Which way it was cannot be told from the verdicts.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import partial
from itertools import islice, repeat, starmap
from typing import Any, NamedTuple, TypeVar

from ..comments.model import Comment
from . import weighing
from .judge import friends_among, is_lesson, teaches
from .keep import Changes, Keep, Row, Said
from .marks import Marks, about, linked, status_of
from .model import Article, Outcome
from .pile import Pile
from .reading import host_of, read
from .site import Site
from .survey import SharingError, Surveyed, survey, survey_again
from .trace import asked, trace
from .weighing import MANY, SOME, How, Numbered, to_json

#: Number, evidence and surroundings of a comment, as they are kept.
_Found = tuple[int, str, str]
_Result = TypeVar("_Result")


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


def judge(
    keep: Keep, blog: Blog, how: How, tell: Callable[[Sequence[Said]], object]
) -> Sequence[Said]:
    """Return the verdicts on all comments, in order, and keep them. tell: is called
    with them before much is kept, so that nobody need wait for that.
    """
    try:
        found = _again(keep, blog, how)
    except (sqlite3.Error, ValueError):  # what is kept is damaged
        keep.forget()
        found = None
    return _afresh(keep, blog, how, tell) if found is None else found


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
    found = weighing.judged(added, how, *weighing.known(keep, added))

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
        number: weighing.restored(by_number[number], evidence, around)
        for number, evidence, around in keep.states(by_number)
    }
    again = survey_again(list(surveyed.values()), now)
    if again is None or any(is_lesson(one.comment) for one in again):
        return None
    revised = [(numbers[one.comment.id], one) for one in again]
    found = weighing.judged(revised, how, *weighing.known(keep, revised))

    def write(changes: Changes) -> None:
        changes.own(fresh)
        changes.evidence((to_json(one.evidence), number) for number, one in revised)
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
    found = [] if taught else weighing.judged(changed, how, *weighing.known(keep, changed))

    def write(changes: Changes) -> None:
        changes.own(own - own_before, own_before - own)
        changes.statuses((status_of(comment), number) for number, comment in decided.items())
        changes.evidence((to_json(one.evidence), number) for number, one in revised)
        _write_added(changes, new, starmap(_found, added), site)
        changes.about({key: blog.about[key] for key in edited})
        state = keep.head["learned"]
        if taught:
            lessons = {number for number, one in enumerate(blog.comments) if is_lesson(one)}
            friends = friends_among(blog.comments)
            learned, verdicts = weighing.weighed(blog.comments, keep, lessons, how, friends)
            found.extend(set(verdicts).difference(before))
            changes.learned(learned.state()["weights"] if learned else {}, friends)
            state = weighing.state_of(learned)
        changes.verdicts(sorted(found))
        changes.head(_head(new, site, state))

    if not keep.change(write):
        return None
    after = {one.number: one for one in (*before, *found)}
    return [after[number] for number in range(len(blog.comments))]


def _afresh(
    keep: Keep, blog: Blog, how: How, tell: Callable[[Sequence[Said]], object]
) -> Sequence[Said]:
    """Judge all comments. What is found on them is kept as it comes: of a big blog it
    is more than fits into memory.
    """
    decided = {number: one for number, one in enumerate(blog.comments) if is_lesson(one)}
    lessons, friends = decided.keys(), friends_among(decided.values())
    said: list[Said] = []

    def write(changes: Changes, kept: Keep) -> None:
        site = Site(blog.articles, _own(blog))
        said.clear()
        found = _surveyed(blog, site, how, partial(_finished, how=None if lessons else how))
        _write_comments(changes, blog, _noting(found, said))
        learned = None
        if lessons:
            learned, verdicts = weighing.weighed(blog.comments, kept, lessons, how, friends)
            said.extend(sorted(verdicts))
        tell(said)
        _write_site(changes, blog, site)
        changes.verdicts(said)
        changes.learned(learned.state()["weights"] if learned else {}, friends)
        changes.own(site.own)
        changes.head(_head(blog, site, weighing.state_of(learned)))

    try:
        if not keep.change(partial(write, kept=keep), anew=True):
            keep.hold()
            keep.change(partial(write, kept=keep), anew=True)
    except SharingError:
        return _afresh(keep, blog, how._replace(processes=1), tell)
    return said


def _surveyed(
    blog: Blog, site: Site, how: How, finish: Callable[[Sequence[Numbered]], list[_Result]]
) -> Iterator[_Result]:
    """Survey all comments of a blog, by several processes where that is faster, and
    yield what `finish` makes of some at a time.
    """
    if how.processes > 1 and len(blog.comments) >= MANY:
        from . import crew  # only who shares work out waits for it

        yield from crew.survey(blog.comments, site, finish, how.processes)
        return
    surveyed = enumerate(survey(blog.comments, blog.articles, site))
    while some := list(islice(surveyed, SOME)):
        yield from finish(some)


def _finished(numbered: Sequence[Numbered], how: How | None) -> list[tuple[_Found, Said | None]]:
    """Return what is kept of comments as they were surveyed, and the verdicts; how:
    None where these hang on what is yet to be learned.
    """
    said = weighing.judged(numbered, how, None, {}) if how else repeat(None)
    return list(zip(starmap(_found, numbered), said, strict=False))


def _noting(found: Iterable[tuple[_Found, Said | None]], said: list[Said]) -> Iterator[_Found]:
    for one, verdict in found:
        if verdict is not None:
            said.append(verdict)
        yield one


def _own(blog: Blog) -> frozenset[str]:
    return frozenset(map(host_of, blog.linked)) - {""}


def _added(
    keep: Keep, new: Blog, own: Set[str], foreign: Set[str] = frozenset()
) -> tuple[list[Numbered], Site]:
    """Survey comments that came after all that are kept. own: hosts of the blog,
    beside those that are kept as its own; foreign: those that no longer are.
    """
    parts = asked(trace(comment, read(comment.body)) for comment in new.comments)
    state = keep.site(*parts)
    site = Site.restored(new.articles, {**state, "own": (state["own"] - foreign) | own})
    return list(enumerate(survey(new.comments, new.articles, site), new.first)), site


def _revised(
    keep: Keep, comments: Sequence[Comment], edited: Set[str], articles: Mapping[str, Article]
) -> list[Numbered] | None:
    """Return those comments that `edited` articles tell something else about;
    None where more than the verdicts on these hangs on it.
    """
    threads: dict[str, dict[int, Surveyed]] = {key: {} for key in sorted(edited)}
    numbers = [number for number, one in enumerate(comments) if one.article in threads]
    for number, evidence, around in keep.states(numbers):
        one = weighing.restored(comments[number], evidence, around)
        threads[one.comment.article][number] = one
    found: list[Numbered] = []
    for key, thread in threads.items():
        again = survey_again(list(thread.values()), articles.get(key) or Article(key))
        if again is None:
            return None
        number_of = {one.comment.id: number for number, one in thread.items()}
        found += [(number_of[one.comment.id], one) for one in again]
    return found


def _found(number: int, one: Surveyed) -> _Found:
    return number, to_json(one.evidence), to_json(one.around.state())


def _write_added(changes: Changes, new: Blog, added: Iterable[_Found], site: Site) -> None:
    _write_comments(changes, new, added)
    _write_site(changes, new, site)


def _write_comments(changes: Changes, new: Blog, added: Iterable[_Found]) -> None:
    changes.comments(
        Row(number, one.article, one.id, one.author, said, status_of(one), evidence, around)
        for one, said, (number, evidence, around) in zip(new.comments, new.said, added, strict=True)
    )


def _write_site(changes: Changes, new: Blog, site: Site) -> None:
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
