"""Which files a build opens, as Python itself reports it (PEP 578), and how
often it warns.

Whatever reads or writes, our code, Pelican or a plugin: it passes here. So an
input that nobody declared is still an input, and an output that nobody
announced is still one.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sys
from collections.abc import Iterator
from typing import Any

_WRITES = os.O_WRONLY | os.O_RDWR
_OUTSIDE = frozenset(
    ["subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "socket.connect"]
)
#: Whoever looks through sys.path for modules and packages.
_IMPORTS = re.compile(r"<frozen importlib|[/\\]importlib[/\\]metadata[/\\]|[/\\]pkgutil\.py$")


class Observer:
    """What was opened while it was active.

    reads, folders: absolute paths. writes: absolute paths below `output`.
    outside: what was asked that no file can tell (a program, the network).
    """

    def __init__(self, output: str, journal: str | None = None, known: Any = ()) -> None:
        self.output = output
        self.reads: set[str] = set()
        self.folders: set[str] = set()
        self.writes: set[str] = set()
        self.outside: set[str] = set()
        self._known = known
        self._journal = (
            os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644) if journal else -1
        )

    def close(self) -> None:
        if self._journal >= 0:
            os.close(self._journal)
            self._journal = -1

    def opened(self, path: Any, flags: Any) -> None:
        if isinstance(path, int):
            return
        path = os.path.abspath(os.fsdecode(path))
        if isinstance(flags, int) and flags & _WRITES:
            self.wrote(path)
        else:
            self.reads.add(path)

    def wrote(self, path: str) -> None:
        """Note an output before it is made, so that a build that is stopped
        leaves nothing behind that the next one does not know of.
        """
        if path in self.writes or not path.startswith(self.output + os.sep):
            return
        self.writes.add(path)
        if self._journal >= 0 and path not in self._known:
            os.write(self._journal, os.fsencode(path) + b"\n")


_active: Observer | None = None
_installed = False


@contextlib.contextmanager
def observing(observer: Observer) -> Iterator[Observer]:
    """Let `observer` see everything that is opened in this process."""
    global _active, _installed
    if not _installed:
        sys.addaudithook(_hook)  # cannot be taken away again
        _installed = True
    before, _active = _active, observer
    try:
        yield observer
    finally:
        _active = before


def active() -> Observer | None:
    """Return who observes now."""
    return _active


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    observer = _active
    if observer is None:
        return
    if event == "open":
        observer.opened(arguments[0], arguments[2])
    elif event in ("os.listdir", "os.scandir"):
        # An import lists the folders of sys.path; what it then opens is seen.
        by = sys._getframe(1).f_code.co_filename
        if not isinstance(arguments[0], int) and not _IMPORTS.search(by):
            observer.folders.add(os.path.abspath(os.fsdecode(arguments[0] or ".")))
    elif event in ("os.rename", "os.link", "os.symlink"):
        observer.wrote(os.path.abspath(os.fsdecode(arguments[1])))
    elif event in _OUTSIDE:
        observer.outside.add(f"{event} {arguments[0]!r}"[:80])


class Warnings:
    """Counts what is logged as a warning or worse while it is active."""

    def __init__(self) -> None:
        self.count = 0

    @contextlib.contextmanager
    def counting(self) -> Iterator[None]:
        plain = logging.getLogRecordFactory()

        def counted(*arguments: Any, **named: Any) -> logging.LogRecord:
            record = plain(*arguments, **named)
            if record.levelno >= logging.WARNING:
                self.count += 1
            return record

        logging.setLogRecordFactory(counted)
        try:
            yield
        finally:
            logging.setLogRecordFactory(plain)
