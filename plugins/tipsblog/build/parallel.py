"""The same function on many items, in forked processes.

A forked child sees everything its parent had in memory, so that nothing but
results is handed over. Children log nothing and write nothing themselves: what
they would have logged comes back with their results.
"""

from __future__ import annotations

import contextlib
import gc
import itertools
import logging
import os
import pickle
import selectors
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Generic, TypeVar

from . import observer

with contextlib.suppress(ImportError):  # there wherever processes can be forked
    import resource

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

_LENGTH = struct.Struct(">Q")
_NUMBER = struct.Struct(">I")
#: Items are handed out this many at a time, and so many times at most: all
#: numbers must fit into a pipe that nobody reads yet.
_SHARE, _SHARES = 8, 8000
#: After so many page faults a child makes way for a new one: by and by, what it
#: touches of its parent's memory becomes its own, mostly 4 KB for each of them.
_LIFE = 8_000
#: Bytes that a pipe holds: some dozens of pages.
_ROOM = 1 << 20


class WorkerError(RuntimeError):
    """An item failed in a child; the message tells where."""


@dataclass(slots=True)
class Done(Generic[_Result]):
    """What became of the item at `index`.

    error: what went wrong, or "". logged: (logger, level, message).
    reads: files that the child opened for it.
    """

    index: int
    result: _Result | None = None
    error: str = ""
    logged: list[tuple[str, int, str]] = field(default_factory=list)
    reads: set[str] = field(default_factory=set)


def workers() -> int:
    """Return how many processes can run at once here."""
    if not hasattr(os, "fork"):
        return 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def each(
    function: Callable[[_Item], _Result],
    items: Sequence[_Item],
    *,
    processes: int,
    chosen: Iterable[int] | None = None,
    meanwhile: Callable[[], None] = lambda: None,
    lasting: bool = False,
) -> Iterator[Done[_Result]]:
    """Yield what `function` makes of each item, in any order. chosen: the places of
    those items that are wanted, each worked on as soon as it comes; None: all.
    `meanwhile` is called once all are handed out. lasting: no child makes way for a
    new one, which would have to find out again what it knows.

    Raises `WorkerError` if a child dies.
    """
    if not items:
        return
    processes = min(processes, len(items))
    size = 1
    if chosen is None:
        size = max(1, min(_SHARE, len(items) // (4 * processes)), -(-len(items) // _SHARES))
    alone = min(len(items), 4 * processes)  # the first ones may be the heaviest
    starts = [*range(alone), *range(alone, len(items), size), len(items)]
    shares = [range(start, end) for start, end in pairwise(starts)]
    gc.freeze()  # else the children's collector would copy all memory
    pipes: dict[int, int] = {}
    todo, numbers = os.pipe()
    _widen(numbers)

    def start() -> int:
        reading, writing = os.pipe()
        _widen(writing)
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            if numbers >= 0:
                os.close(numbers)
            _child(function, items, shares, todo, writing, lasting=lasting)
        os.close(writing)
        pipes[reading] = pid
        return reading

    def end(reading: int) -> None:
        os.close(reading)
        os.waitpid(pipes.pop(reading), 0)

    try:
        for _ in range(processes):
            start()
        left = _hand_out(numbers, range(len(shares)) if chosen is None else chosen)
        numbers = _closed(numbers)
        meanwhile()
        yield from _collect(list(pipes), start, end)
    finally:
        gc.unfreeze()
        _closed(numbers)
        os.close(todo)
        for reading in list(pipes):
            end(reading)
    rest = [items[place] for place in left]
    for done in each(function, rest, processes=processes, lasting=lasting):
        done.index = left[done.index]
        yield done


def _hand_out(pipe: int, numbers: Iterable[int]) -> list[int]:
    """Write as many numbers as fit into the pipe, and return the others."""
    waiting = iter(numbers)
    for number in itertools.islice(waiting, _SHARES):
        os.write(pipe, _NUMBER.pack(number))
    return list(waiting)


def _closed(pipe: int) -> int:
    if pipe >= 0:
        os.close(pipe)
    return -1


@contextlib.contextmanager
def beside(work: Callable[[], None]) -> Iterator[None]:
    """Have `work` done by another process while this one goes on; it is done at
    the end. Nothing but files may come of it, and doing it twice must be harmless.
    """
    if workers() == 1:
        work()
        yield
        return
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    try:
        yield
    finally:
        if os.waitpid(pid, 0)[1] != 0:
            work()


def _widen(pipe: int) -> None:
    """Let a child go on for a while though nobody reads what it says."""
    with contextlib.suppress(ImportError, AttributeError, OSError):  # Linux alone has it
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _ROOM)


def _collect(
    pipes: Iterable[int], start: Callable[[], int], end: Callable[[int], None]
) -> Iterator[Done[Any]]:
    buffers = {pipe: bytearray() for pipe in pipes}
    last_words: dict[int, bool] = {}
    with selectors.DefaultSelector() as selector:
        for pipe in buffers:
            selector.register(pipe, selectors.EVENT_READ)
        while buffers:
            for key, _ in selector.select():
                pipe = key.fd
                data = os.read(pipe, 1 << 20)
                if not data:
                    selector.unregister(pipe)
                    del buffers[pipe]
                    end(pipe)
                    if pipe not in last_words:
                        raise WorkerError("a worker process was stopped from outside")
                    if last_words.pop(pipe):
                        pipe = start()
                        buffers[pipe] = bytearray()
                        selector.register(pipe, selectors.EVENT_READ)
                    continue
                buffer = buffers[pipe]
                buffer += data
                while len(buffer) >= _LENGTH.size:
                    (length,) = _LENGTH.unpack_from(buffer)
                    if len(buffer) < _LENGTH.size + length:
                        break
                    batch = pickle.loads(  # noqa: S301 - from our own child
                        memoryview(buffer)[_LENGTH.size : _LENGTH.size + length]
                    )
                    del buffer[: _LENGTH.size + length]
                    if isinstance(batch, bool):
                        last_words[pipe] = batch
                    else:
                        yield from batch


def _child(
    function: Callable[[Any], Any],
    items: Sequence[Any],
    shares: Sequence[range],
    todo: int,
    pipe: int,
    *,
    lasting: bool,
) -> None:
    """Work on shares whose numbers come from `todo`; never returns. At the end
    it says whether another child is to go on.
    """
    try:
        gc.disable()
        log = listen()
        while number := os.read(todo, _NUMBER.size):
            for index in shares[_NUMBER.unpack(number)[0]]:
                _send(pipe, _run(function, index, items[index], log))
            if not lasting and resource.getrusage(resource.RUSAGE_SELF).ru_minflt >= _LIFE:
                break
        _flush(pipe)
        _write(pipe, pickle.dumps(bool(number)))
        os._exit(0)
    except BaseException:  # noqa: BLE001 - a child must not run on as its parent
        os._exit(1)


def listen() -> Heard:
    """Let this process, which was forked, log nothing from now on: return who hears it."""
    log = Heard()
    logging.getLogger().handlers = [log]
    return log


def _run(function: Callable[[Any], Any], index: int, item: Any, log: Heard) -> Done[Any]:
    """Apply `function` to one item; whatever goes wrong stands in the result."""
    watch = observer.active()
    before = set[str]()
    if watch:
        # What the parent saw is put back: to let go of it would touch every path.
        before, watch.reads = watch.reads, set()
    log.records = []
    done: Done[Any] = Done(index)
    try:
        done.result = function(item)
    except Exception as error:  # noqa: BLE001 - handed to the parent
        done.error = str(error) or type(error).__name__
    done.logged = log.records
    if watch:
        done.reads, watch.reads = watch.reads, before
    return done


class Heard(logging.Handler):
    """Keeps what is logged: (logger, level, message)."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[tuple[str, int, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append((record.name, record.levelno, record.getMessage()))

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hear everything, and let nobody else hear it."""
        root = logging.getLogger()
        before, root.handlers = root.handlers, [self]
        try:
            yield
        finally:
            root.handlers = before

    def take(self) -> list[tuple[str, int, str]]:
        """Return what was heard since this was asked for."""
        records, self.records = self.records, []
        return records


_waiting: list[Any] = []
_weight = 0


def _send(pipe: int, done: Done[Any]) -> None:
    global _weight
    _waiting.append(done)
    _weight += 1
    if _weight >= 16:
        _flush(pipe)


def _flush(pipe: int) -> None:
    global _weight
    if _waiting:
        data = pickle.dumps(_waiting, pickle.HIGHEST_PROTOCOL)
        _waiting.clear()  # now: a page may be large, and the parent busy
        _write(pipe, data)
    _weight = 0


def _write(pipe: int, data: bytes) -> None:
    for part in (_LENGTH.pack(len(data)), data):
        view = memoryview(part)
        while view:
            view = view[os.write(pipe, view) :]
