"""One piece of work done by another process while this one goes on."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from typing import Generic, TypeVar

from .changes import stamps

_Result = TypeVar("_Result")


class LostError(RuntimeError):
    """The process ended without a result; the message says why, if that is known."""


class Aside(Generic[_Result]):
    """What `make` returns, made from now on by a forked process, which sees all
    that this one has in memory; made here, when it is asked for, where that
    cannot be or `apart` is False.
    """

    def __init__(self, make: Callable[[], _Result], *, apart: bool = True) -> None:
        self._make = make
        self._child = 0
        if apart and stamps.processors() > 1:
            self._pipe, writing = os.pipe()
            self._child = os.fork()
            if self._child == 0:
                os.close(self._pipe)
                _work(make, writing)
            os.close(writing)

    def result(self) -> _Result:
        """Wait for it. Raises `LostError`; what is raised here by `make` passes."""
        if not self._child:
            return self._make()
        with open(self._pipe, "rb") as pipe:
            data = pipe.read()
        os.waitpid(self._child, 0)
        self._child = 0
        if not data:
            raise LostError("a process was stopped from outside")
        error, result = pickle.loads(data)  # noqa: S301 - from our own child
        if error:
            raise LostError(error)
        made: _Result = result
        return made

    def close(self) -> None:
        """Wait for its end, whatever comes of it."""
        if self._child:
            os.close(self._pipe)
            os.waitpid(self._child, 0)
            self._child = 0


def _work(make: Callable[[], object], writing: int) -> None:
    """Write the result, or what went wrong; never returns."""
    status = 1
    try:
        try:
            found: object = ("", make())
        except Exception as error:  # noqa: BLE001 - handed to the parent
            found = (str(error) or type(error).__name__, None)
        with open(writing, "wb") as pipe:
            pipe.write(pickle.dumps(found, pickle.HIGHEST_PROTOCOL))
        status = 0
    finally:
        os._exit(status)
