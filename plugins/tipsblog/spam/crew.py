"""The filter's work shared out among processes, to what one would have found.

To survey a blog each child has articles of its own, and reads what stands under
them. What a comment's place hangs on elsewhere is walked by the parent, in order
of date: it is told what each comment leaves, and tells what stood before it.
Whether a comment looks like spam, which the walk must know, is told from the
comment alone or, where something stood before it, looked at by the parent. The
child that owns it knows for sure: if it was told wrongly, all stop.
"""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, Pipe
from typing import Any, NamedTuple, TypeVar

from ..comments.model import Comment
from .evidence import (
    Evidence,
    gather,
    is_suspicious,
    looks_suspicious,
    of_looks,
    of_text,
    telling,
)
from .finding.author import known_address
from .model import Article
from .place import Found, Place, Subject, Thread, ThreadState
from .reading import Reading, read
from .site import Site
from .survey import SharingError, Surveyed
from .trace import Trace, trace

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

#: Comments that are on their way at once: what was read of them is kept.
_SOME = 1000
#: So many neighbouring articles, whose comments lie side by side in memory, have
#: one owner, but each child has several such blocks.
_BLOCK, _BLOCKS = 32, 8
#: Articles and discussions that a child remembers the words of; those that were
#: commented on last will be again.
_SUBJECTS = 64


class _Told(NamedTuple):
    """What a child tells of a comment.

    suspicious: whether it looks like spam if nothing stood before it. language,
    known: of its article, and which of the comment's hosts that links to. text,
    looks: what is telling of `evidence.of_text` and `of_looks`.
    """

    trace: Trace
    suspicious: bool
    language: str
    known: tuple[str, ...]
    text: list[Evidence]
    looks: list[Evidence]


#: What the parent tells of a comment: what stood before it, and its looks.
_Placed = tuple[Found, bool]


def each(
    function: Callable[[_Item], _Result], items: Sequence[_Item], processes: int
) -> list[_Result]:
    """Return what `function` makes of each item, in order.

    Raises `SharingError` if a child is stopped.
    """

    def work(number: int, pipe: Connection) -> None:
        for item in items[number::processes]:
            pipe.send(function(item))

    with children(work, processes) as pipes:
        return [received(pipes[index % processes]) for index in range(len(items))]


def survey(
    comments: Sequence[Comment],
    site: Site,
    finish: Callable[[Sequence[tuple[int, Surveyed]]], list[_Result]],
    processes: int,
) -> Iterator[_Result]:
    """Yield what `finish` makes of each comment; it is handed some at a time, with
    their numbers, as they were surveyed. `comments` are all of the blog's, oldest
    first; `site` grows by them.

    Raises `SharingError` where one process must survey; `site` is then of no use.
    """
    keys = sorted({comment.article for comment in comments})
    block = max(1, min(_BLOCK, len(keys) // (processes * _BLOCKS)))
    owner_of = {key: place // block % processes for place, key in enumerate(keys)}
    owners = bytes(owner_of[comment.article] for comment in comments)
    count = len(comments)
    chunks = [range(at, min(at + _SOME, count)) for at in range(0, count, _SOME)]

    # What it takes to read a comment is loaded now, and not by each child.
    _Child(comments, site).look(range(1))

    def work(number: int, pipe: Connection) -> None:
        mine = [[at for at in chunk if owners[at] == number] for chunk in chunks]
        _Child(comments, site).work(mine, finish, pipe)

    def gathered(pipes: Sequence[Connection], chunk: range) -> list[Any]:
        parts = [iter(received(pipe)) for pipe in pipes]
        return [next(parts[owners[at]]) for at in chunk]

    with children(work, processes) as pipes:
        placed = _walk(comments, chunks[0], gathered(pipes, chunks[0]), site)
        for chunk, following in zip(chunks, [*chunks[1:], None], strict=True):
            # Children read what follows, then wait to be told of this chunk.
            told = gathered(pipes, following) if following else []
            for number, pipe in enumerate(pipes):
                pipe.send(
                    [one for at, one in zip(chunk, placed, strict=True) if owners[at] == number]
                )
            if following:
                placed = _walk(comments, following, told, site)
            yield from gathered(pipes, chunk)
        for pipe in pipes:
            site.join(received(pipe))


def _walk(
    comments: Sequence[Comment], chunk: range, told: Sequence[_Told], site: Site
) -> list[_Placed]:
    placed: list[_Placed] = []
    for at, one in zip(chunk, told, strict=True):
        found = site.found(one.trace)
        suspicious = one.suspicious
        # That a website is usual says nothing: only links in the text are asked for that.
        usual = found.usual and one.trace.hosts != (one.trace.website,)
        if found.copied or found.same or found.again or usual or found.others:
            suspicious = _looks(comments[at], one, found)
        site.grow(one.trace, suspicious)
        placed.append((found, suspicious))
    return placed


def _looks(comment: Comment, told: _Told, found: Found) -> bool:
    """Tell whether `comment` looks like spam, without its article and thread."""
    website = told.trace.website
    if not found.copied and told.trace.hosts in ((), (website,)):  # no links in its text
        again = known_address(website, found.again, found.others)
        return looks_suspicious([*told.text, *told.looks, *again])
    subject = Subject(Article(comment.article, links=told.known))
    subject.language = told.language
    reading = read(comment.body)
    place = Place.of(comment, subject, Thread(), found.around(reading))
    if found.copied:
        return is_suspicious(gather(comment, reading, place, told.text))
    return looks_suspicious([*told.text, *of_looks(comment, reading, place)])


class _Read(NamedTuple):
    comment: Comment
    reading: Reading
    subject: Subject
    text: list[Evidence]


class _Child:
    """Surveys the comments under some articles."""

    def __init__(self, comments: Sequence[Comment], site: Site) -> None:
        self._comments = comments
        self._articles = site.articles
        self._subjects: dict[str, Subject] = {}
        self._threads: dict[str, Thread] = {}
        #: others, packed: sets of words take ten times as much
        self._quiet: dict[str, ThreadState] = {}

    def work(
        self,
        chunks: Sequence[Sequence[int]],
        finish: Callable[[Sequence[tuple[int, Surveyed]]], list[Any]],
        pipe: Connection,
    ) -> None:
        read, told = self.look(chunks[0])
        pipe.send(told)
        for chunk, following in zip(chunks, [*chunks[1:], None], strict=True):
            before = read
            if following is not None:
                read, told = self.look(following)
                pipe.send(told)
            surveyed = self._survey(before, pipe.recv())
            pipe.send(finish(list(zip(chunk, surveyed, strict=True))))
        live = {key: thread.state() for key, thread in self._threads.items()}
        pipe.send({**self._quiet, **live})

    def look(self, chunk: Sequence[int]) -> tuple[list[_Read], list[_Told]]:
        """Read some comments, each as if it were the first."""
        seen, told = [], []
        for at in chunk:
            comment = self._comments[at]
            reading, subject = read(comment.body), self._subject(comment.article)
            place = Place(subject, Thread())
            text = of_text(comment, reading, place)
            telling_text, looks = telling(text), telling(of_looks(comment, reading, place))
            suspicious = looks_suspicious([*telling_text, *looks])
            traced = trace(comment, reading)
            known = tuple(filter(subject.links.__contains__, traced.hosts))
            seen.append(_Read(comment, reading, subject, text))
            told.append(_Told(traced, suspicious, subject.language, known, telling_text, looks))
        return seen, told

    def _survey(self, seen: Sequence[_Read], placed: Sequence[_Placed]) -> Iterator[Surveyed]:
        for (comment, reading, subject, text), (found, suspicious) in zip(
            seen, placed, strict=True
        ):
            thread = self._thread(comment.article)
            around = found.around(reading)
            place = Place.of(comment, subject, thread, around)
            evidence = gather(comment, reading, place, text)
            if is_suspicious(evidence) != suspicious:
                raise SharingError("what stood before a comment told more than was thought")
            thread.add(comment, reading, suspicious)
            yield Surveyed(comment, evidence, around)

    def _thread(self, key: str) -> Thread:
        thread = self._threads.pop(key, None)
        if thread is None:
            quiet = self._quiet.pop(key, None)
            thread = Thread.restored(quiet) if quiet is not None else Thread()
            if len(self._threads) >= _SUBJECTS:
                oldest = next(iter(self._threads))
                self._quiet[oldest] = self._threads.pop(oldest).state()
        self._threads[key] = thread  # the one asked for last is last
        return thread

    def _subject(self, key: str) -> Subject:
        subject = self._subjects.pop(key, None)
        if subject is None:
            subject = Subject(self._articles.get(key) or Article(key))
            if len(self._subjects) >= _SUBJECTS:
                del self._subjects[next(iter(self._subjects))]
        self._subjects[key] = subject  # the one asked for last is last
        return subject


@contextmanager
def children(work: Callable[[int, Connection], None], processes: int) -> Iterator[list[Connection]]:
    """Fork children that each do their `work`, and leave with them."""
    gc.freeze()  # else the children's collector would copy all memory
    pipes: list[Connection] = []
    children: list[int] = []
    try:
        for number in range(processes):
            ours, theirs = Pipe()
            child = os.fork()
            if child == 0:
                _be_child(work, number, theirs, [*pipes, ours])
            theirs.close()
            pipes.append(ours)
            children.append(child)
        yield pipes
    finally:
        gc.unfreeze()
        for pipe in pipes:
            pipe.close()
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _be_child(
    work: Callable[[int, Connection], None],
    number: int,
    pipe: Connection,
    others: Sequence[Connection],
) -> None:
    """Do the work and leave; never returns."""
    try:
        gc.disable()
        for other in others:
            other.close()
        work(number, pipe)
        pipe.close()
    except BaseException:  # noqa: BLE001 - a child must not run on as its parent
        os._exit(1)
    os._exit(0)


def received(pipe: Connection) -> Any:
    try:
        return pipe.recv()
    except (EOFError, OSError) as error:
        raise SharingError("a child was stopped") from error
