"""What a build puts off until pages are about to be drawn, since nobody looks at it
before.

So what another process makes meanwhile need not be waited for. Most builds put off
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: None: nothing is put off.
_waiting: list[Callable[[], None]] | None = None


@contextmanager
def patient() -> Iterator[None]:
    """Let things be put off, up to `settle`."""
    global _waiting
    _waiting = []
    try:
        yield
    finally:
        _waiting = None


def is_patient() -> bool:
    """Tell whether what is to be done can be put off."""
    return _waiting is not None


def once_settled(do: Callable[[], None]) -> None:
    """Do this as late as can be."""
    if _waiting is None:
        do()
    else:
        _waiting.append(do)


def settle() -> None:
    """Do what was put off, in its order, and put off nothing from now on."""
    global _waiting
    waiting, _waiting = _waiting or [], None
    for do in waiting:
        do()
