"""A piece of work for a process of its own: what it takes, this one need not have.

The process is started afresh, so that other threads may run here. It ends with
this one, however that ends, and leaves nothing behind.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable
from multiprocessing import connection, get_context, parent_process
from typing import Any, TypeVar

_Result = TypeVar("_Result")


class LostError(OSError):
    """The process ended without a result."""


def done_apart(function: Callable[..., _Result], *values: Any) -> _Result:
    """Return `function(*values)`, found by another process; what it raises is raised
    here. All of it must be what can be pickled. Raises `LostError`.
    """
    # Not an executor: that takes named semaphores, which stay with the system, as
    # its process does, where this one is killed.
    context = get_context("spawn")
    reading, writing = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(writing, function, values), daemon=True)
    with reading:
        with writing:
            process.start()
        try:
            is_made, result = reading.recv()
        except EOFError:
            if not threading.main_thread().is_alive():
                sys.exit()  # this thread, as quietly as all others that end now
            raise LostError("a process was stopped from outside") from None
        finally:
            process.join()
    if not is_made:
        raise result
    made: _Result = result
    return made


def _work(writing: Any, function: Callable[..., Any], values: tuple[Any, ...]) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        outcome = True, function(*values)
    except Exception as error:  # noqa: BLE001 - raised where it was asked for
        outcome = False, error
    with contextlib.suppress(BrokenPipeError):
        writing.send(outcome)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
    os._exit(1)
