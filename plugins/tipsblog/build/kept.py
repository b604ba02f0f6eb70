"""Results of other features that a build may take from the last one.

A feature says from what it makes a result; whether that was kept is its
build's business. Without a build in progress everything is simply made.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, SupportsBytes, TypeVar

from . import later, observer, parallel
from .aside import Aside, LostError
from .cache import MANY
from .changes import stamps
from .changes.stamps import digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .cache import Cache
    from .session import Session

_Key = TypeVar("_Key")
_Result = TypeVar("_Result")

#: Fewer results than this are made sooner than processes are started.
_FEW = 48

_open: tuple[Session, Cache] | None = None
#: Processes that may still be at work.
_asides: list[Aside[Any]] = []


@contextmanager
def keeping(session: Session, cache: Cache) -> Iterator[None]:
    """Let `remembered` use what `cache` keeps."""
    global _open
    _open = session, cache
    try:
        yield
    finally:
        _open = None
        while _asides:
            _asides.pop().close()


def digest_of_file(path: str) -> bytes:
    """Return the digest of a file's content, without reading it if possible."""
    if _open is not None:
        return _open[0].sources.digest_of(path)
    from .changes.stamps import read_digest

    return read_digest(path)


def is_still(path: str) -> bool:
    """Tell whether a file is what `digest_of_file` told it was."""
    return _open is not None and _open[0].sources.is_still(path)


def is_open() -> bool:
    """Tell whether a build in progress keeps anything."""
    return _open is not None and not _open[0].full


def leave(name: str, value: bytes | Callable[[], bytes]) -> None:
    """Leave `value` to whoever makes the site follow a change without Pelican.

    One that is made when asked for must be told by its name alone.
    """
    if _open is not None:
        _open[0].left.add(name, value)


def put_down(data: bytes) -> SupportsBytes:
    """Keep `data` out of memory until the build in progress has ended."""
    return _open[0].shelf.put(data) if _open is not None else data


def leave_aside(make: Callable[[], Iterable[tuple[str, bytes]]]) -> None:
    """Leave what `make` yields, name and value: made by another process while the
    build goes on, on which nothing else may hang.
    """
    if is_open():
        assert _open is not None  # noqa: S101 - it is open
        _open[0].left.add_aside(make)


def name_of(content: Any) -> str:
    """Return by which name an article or a page is known to `leave`'s reader."""
    return f"generated_content:{content.get_relative_source_path()}"


def remembered(
    kind: str,
    wanted: Mapping[_Key, Iterable[bytes]],
    make: Callable[[_Key], tuple[_Result, bool]],
    *,
    lighten: Callable[[_Result], _Result] = lambda result: result,
    apart: bool = False,
) -> dict[_Key, _Result]:
    """Return a result for each key of `wanted`, which says from what it is made.

    `make(key)` makes one and tells whether it may be kept; it may be called in
    another process, so that nothing but its result reaches the caller. The
    program itself, all settings and packages are part of what every result is
    made from. lighten: called with each result at once; returns it with what can be
    put down elsewhere. apart: it takes much memory, which had better be another
    process's.
    """
    if _open is None or _open[0].full:
        return {key: lighten(make(key)[0]) for key in wanted}
    session, cache = _open
    names = {key: _named(session.settings, kind, parts) for key, parts in wanted.items()}
    kept = {
        name: lighten(pickle.loads(data))  # noqa: S301 - our own cache
        for name, data in cache.each(names.values())
    }
    results = {key: kept[name] for key, name in names.items() if name in kept}
    new: dict[bytes, bytes] = {}
    missing = [key for key in names if key not in results]
    for key, result, data in _made(session, missing, make, apart=apart):
        results[key] = lighten(result)
        if data is not None:
            new[names[key]] = data
            if len(new) >= MANY:
                cache.put(new)
                new.clear()
    cache.put(new)
    return {key: results[key] for key in names}


def begin(
    kind: str,
    source: bytes,
    work: Callable[[Callable[[Any, bool], None]], None],
    then: Callable[[Any], None],
    *,
    beside: bool,
    apart: bool,
) -> None:
    """Make one result from one source, and hand it to `then`.

    As with `remembered`, but `work(tell)` tells the result and whether it may be
    kept; then it may go on with what only the next build asks for. beside: it may be
    made while the build goes on, if `then` can be put off: see `later`.
    """
    wanted = {"": [source]}

    def make(_: str) -> tuple[Any, bool]:
        told: list[tuple[Any, bool]] = []
        work(lambda result, may_keep: told.append((result, may_keep)))
        return told[0]

    if (
        _open is None
        or not (beside and later.is_patient() and stamps.processors() > 1)
        or recalled(_open[1], _open[0].settings, kind, {"": source})
    ):
        then(remembered(kind, wanted, make, apart=apart)[""])
        return
    session = _open[0]

    def begun(tell: Callable[[Any], None]) -> None:
        log, watch = parallel.listen(), observer.active()
        reads = set[str]()
        if watch:
            watch.reads = reads
        work(lambda result, may_keep: tell(((result, may_keep), log.records, reads)))

    aside = Aside.telling(begun)
    _asides.append(aside)

    def result() -> Any:
        try:
            found, logged, reads = aside.result()
        except LostError as error:
            logged = str(error)
        if logged:
            aside.close()  # and once more here, where what is wrong is heard
            return remembered(kind, wanted, make)[""]
        if watch := observer.active():
            watch.reads |= session.sources.unknown(reads)
        return remembered(kind, wanted, lambda _: found)[""]

    later.once_settled(lambda: then(result()))


def recalled(
    cache: Cache, settings: bytes, kind: str, sources: Mapping[_Key, bytes]
) -> dict[_Key, Any]:
    """Return what `remembered` kept in a build of these `settings`, of what was
    made from one source each.
    """
    names = {key: _named(settings, kind, [source]) for key, source in sources.items()}
    kept = cache.get(names.values())
    return {
        key: pickle.loads(kept[name])  # noqa: S301 - our own cache
        for key, name in names.items()
        if name in kept
    }


def _named(settings: bytes, kind: str, parts: Iterable[bytes]) -> bytes:
    return digest(b"\0".join([kind.encode(), settings, *parts]))


def _made(
    session: Session,
    keys: Sequence[_Key],
    make: Callable[[_Key], tuple[_Result, bool]],
    *,
    apart: bool,
) -> Iterator[tuple[_Key, _Result, bytes | None]]:
    """Yield each key with its result, and that pickled if it may be kept."""

    def work(key: _Key) -> tuple[bytes, bool]:
        result, may_keep = make(key)
        return pickle.dumps(result, pickle.HIGHEST_PROTOCOL), may_keep

    processes = parallel.workers()
    if processes == 1 or (len(keys) < _FEW and not apart):
        for key in keys:
            result, may_keep = make(key)
            data = pickle.dumps(result, pickle.HIGHEST_PROTOCOL) if may_keep else None
            yield key, result, data
        return
    watch = observer.active()
    for done in parallel.each(work, keys, processes=processes):
        key = keys[done.index]
        if done.result is None or done.logged:
            yield key, make(key)[0], None  # here, where what it says is heard
            continue
        if watch:
            watch.reads |= session.sources.unknown(done.reads)
        data, may_keep = done.result
        yield key, pickle.loads(data), data if may_keep else None  # noqa: S301 - our own child
