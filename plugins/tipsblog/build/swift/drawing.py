"""Many pages drawn again, by several processes where that pays."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ..record.replay import MissError
from .redraw import Redrawer, Redrawn

#: Fewer pages than this are drawn sooner than processes are started.
_FEW = 24


def draw_all(
    redrawer: Redrawer, paths: Collection[str], read: dict[str, dict[str, bytes]]
) -> dict[str, Redrawn]:
    """Draw the pages at `paths`. Raises `MissError`.

    read: grows with what is read on the way, see `comments.follow.Follower.read`.
    """
    # Who is about an article keeps its texts.
    ordered = sorted(paths, key=lambda path: (not redrawer.has_subject(path), path))
    if len(ordered) >= _FEW:
        from .. import parallel

        if (processes := parallel.workers()) > 1:
            return _shared(redrawer, ordered, read, processes)
    return {path: redrawer.draw(path) for path in ordered}


def _shared(
    redrawer: Redrawer, paths: list[str], read: dict[str, dict[str, bytes]], processes: int
) -> dict[str, Redrawn]:
    from .. import parallel

    def draw(path: str) -> tuple[Redrawn, dict[str, Any]]:
        page = redrawer.draw(path)
        return page, dict(read)

    # One of each kind here, so that what it takes is loaded once, and not in each
    # process. What was kept is open there, too, and only read.
    kinds: dict[str, list[str]] = {}
    for path in paths:
        kinds.setdefault(redrawer.template_of(path), []).append(path)
    found = {some[0]: redrawer.draw(some[0]) for some in kinds.values() if len(some) > 1}
    left = [path for path in paths if path not in found]
    for done in parallel.each(draw, left, processes=processes):
        if done.result is None or done.logged:
            raise MissError(done.error or f"{left[done.index]} is complained of")
        found[left[done.index]], more = done.result
        read.update(more)
    return {path: found[path] for path in paths}
