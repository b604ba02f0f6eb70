"""One piece of work done by another process while this one goes on."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from typing import BinaryIO, Generic, TypeVar

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
        self._begin(lambda tell: tell(make()), apart=apart, goes_on=False)

    @classmethod
    def telling(cls, work: Callable[[Callable[[_Result], None]], None]) -> Aside[_Result]:
        """Have `work(tell)` done, which tells the result and may go on with what
        nobody waits for before `close`.
        """
        aside = cls.__new__(cls)
        aside._begin(work, apart=True, goes_on=True)
        return aside

    def _begin(
        self, work: Callable[[Callable[[_Result], None]], None], *, apart: bool, goes_on: bool
    ) -> None:
        self._work, self._goes_on = work, goes_on
        self._child = 0
        self._pipe = -1
        if apart and stamps.processors() > 1:
            self._pipe, writing = os.pipe()
            self._child = os.fork()
            if self._child == 0:
                os.close(self._pipe)
                _be_child(work, writing)
            os.close(writing)

    def result(self) -> _Result:
        """Wait for it. Raises `LostError`; what is raised here by `make` passes."""
        if not self._child:
            told: list[_Result] = []
            self._work(told.append)
            return told[0]
        with open(self._pipe, "rb") as pipe:
            data = pipe.read()
        self._pipe = -1
        if not self._goes_on:
            self.close()
        if not data:
            raise LostError("a process was stopped from outside")
        error, result = pickle.loads(data)  # noqa: S301 - from our own child
        if error:
            raise LostError(error)
        made: _Result = result
        return made

    def close(self) -> None:
        """Wait for its end, whatever comes of it."""
        if self._pipe >= 0:
            os.close(self._pipe)
            self._pipe = -1
        if self._child:
            os.waitpid(self._child, 0)
            self._child = 0


def _be_child(work: Callable[[Callable[[_Result], None]], None], writing: int) -> None:
    """Tell the result, or what went wrong; never returns."""
    status = 1
    try:
        with open(writing, "wb") as pipe:
            try:
                work(lambda result: _write(pipe, "", result))
            except Exception as error:  # noqa: BLE001 - handed to the parent
                _write(pipe, str(error) or type(error).__name__, None)
        status = 0
    finally:
        os._exit(status)


def _write(pipe: BinaryIO, error: str, result: object) -> None:
    """Only what is told first is heard."""
    if not pipe.closed:
        pipe.write(pickle.dumps((error, result), pickle.HIGHEST_PROTOCOL))
        pipe.close()
