"""What objects say, told by other processes before it is asked for.

Whether a page stands hangs on what it read the last time. What that says now is
told while Pelican still decides what is written where: that changes nothing of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from .. import observer, parallel
from ..aside import Aside, LostError
from ..changes import stamps
from ..record.reads import Reads, Tracer

#: Fewer reads than this are told sooner than a process is started.
_FEW = 2000


class Ahead:
    """Reads that are told from now on. flag: what `localsiteurl` is meanwhile."""

    def __init__(self, tracer: Tracer, reads: Iterable[Reads], flag: Any) -> None:
        self._tracer, self._flag = tracer, flag
        pairs = list(dict.fromkeys(itertools.chain.from_iterable(reads)))
        processes = min(stamps.processors() - 1, len(pairs) // _FEW)
        size = -(-len(pairs) // processes) if processes > 0 else 0
        parts = [pairs[place * size : (place + 1) * size] for place in range(processes)]
        self._parts = [(part, Aside(partial(_told, tracer, part))) for part in parts]

    def tell(self, flag: Any) -> None:
        """Let the tracer know. Where the flag is another one now, addresses are, too."""
        for pairs, aside in self._parts:
            try:
                texts = aside.result()
            except LostError:
                continue  # then it is told when asked for
            if flag == self._flag:
                self._tracer.learn(zip(pairs, texts, strict=True))
        self._parts = []

    def close(self) -> None:
        """Wait for the end of who still tells."""
        for _, aside in self._parts:
            aside.close()


def _told(tracer: Tracer, pairs: Sequence[tuple[str, str]]) -> list[str | None]:
    """Tell these reads; None for what opens a file, or is complained about: that
    must be seen and heard by whoever builds.
    """
    heard, watch = parallel.Heard(), observer.active()
    texts: list[str | None] = []
    with heard.alone():
        for pair in pairs:
            if watch:
                watch.reads = set()
            try:
                text = tracer.tell_pair(*pair)
            except Exception:  # noqa: BLE001 - it is raised again where it is asked for
                texts.append(None)
                continue
            quiet = not heard.take() and not (watch and watch.reads)
            texts.append(text if quiet else None)
    return texts
