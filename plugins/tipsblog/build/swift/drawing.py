"""Many pages drawn again, by several processes where that pays."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from ..record.replay import MissError
from .redraw import Redrawer, Redrawn

#: Fewer pages than this are drawn sooner than processes are started.
_FEW = 24


def draw_all(
    redrawer: Redrawer,
    paths: Collection[str],
    maybe: Mapping[str, str],
    read: dict[str, dict[str, bytes]],
) -> dict[str, Redrawn]:
    """Draw the pages at `paths`, and those at `maybe` that are drawn from something
    else now. Raises `MissError`.

    maybe: what draws each of them. read: grows with what is read on the way, see
    `comments.follow.Follower.read`.
    """
    every = sorted({*paths, *maybe})
    redrawer.going = frozenset(every)
    found: dict[str, Redrawn | None] = {}
    if len(every) >= _FEW:
        from .. import parallel

        if (processes := parallel.workers()) > 1:
            found = dict(_shared(redrawer, every, paths, maybe, read, processes))
    for path in every:
        if path not in found:
            found[path] = redrawer.draw(path, changed=path in paths)
    return {path: page for path in every if (page := found[path]) is not None}


def _shared(
    redrawer: Redrawer,
    every: Sequence[str],
    paths: Collection[str],
    maybe: Mapping[str, str],
    read: dict[str, dict[str, bytes]],
    processes: int,
) -> Iterator[tuple[str, Redrawn | None]]:
    from .. import parallel

    def draw(path: str) -> tuple[Redrawn | None, dict[str, Any]]:
        known = set(read)
        page = redrawer.draw(path, changed=path in paths)
        return page, {key: value for key, value in read.items() if key not in known}

    # One of each kind here, so that what it takes is loaded once, and not in each
    # process. What was kept is open there, too, and only read.
    redrawer.things.expect_many()
    kinds: dict[str, list[str]] = {}
    for path in every:
        kinds.setdefault(maybe.get(path) or redrawer.template_of(path), []).append(path)
    here = {some[0] for some in kinds.values() if len(some) > 1}
    for path in here:
        yield path, redrawer.draw(path, changed=path in paths)
    left = sorted((path for path in every if path not in here), key=_size, reverse=True)
    for done in parallel.each(draw, left, processes=processes, lasting=True):
        if done.result is None or done.logged:
            raise MissError(done.error or f"{left[done.index]} is complained of")
        page, more = done.result
        read.update(more)
        yield left[done.index], page


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0
