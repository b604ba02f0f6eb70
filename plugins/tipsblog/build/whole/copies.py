"""Files of the output that are no pages: put in place whole, and only where
they differ.

Pelican copies each of them at every build into the very file that a reader may
be loading, and some are then written a second time, packed. Here all of that
is gathered, and each file replaced at once when the last word on it is said.
Knows nothing of Pelican. Without a build in progress files are simply written.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import IO, Any

from ..changes import stamps
from ..observer import Observer
from ..session import Session

_open: Copies | None = None


class Copies:
    """The files of one build, gathered until `flush`.

    at_once: nothing is put off and nothing left alone, for those who look at
    files as soon as they are written.
    """

    def __init__(self, session: Session, watch: Observer, *, at_once: bool) -> None:
        self._session, self._watch, self._at_once = session, watch, at_once
        #: path -> the file whose content it gets, or that content
        self._wanted: dict[str, str | bytes] = {}

    def want(self, path: str, content: str | bytes) -> None:
        """Have the output `path` get the content of a file, or these bytes."""
        path = os.path.abspath(path)
        if self._at_once or self._is_written(path):
            data = _read(content)
            self._session.place(path, stamps.digest(data), data)
            if self._at_once:
                del self._session.digests[path]
        else:
            self._wanted[path] = content

    def has(self, path: str) -> bool:
        """Tell whether `path` is an output of this build so far."""
        path = os.path.abspath(path)
        return path in self._wanted or self._is_written(path)

    def flush(self) -> None:
        """Put everything in its place."""
        for path, content in self._wanted.items():
            if self._is_written(path):
                continue  # by somebody who came later
            digest = self._digest(content)
            if digest and self._session.stands(path, digest):
                self._session.place(path, digest, None)
            else:
                data = _read(content)
                self._session.place(path, stamps.digest(data), data)
        self._wanted.clear()

    def _is_written(self, path: str) -> bool:
        return path in self._session.digests or path in self._watch.writes

    def _digest(self, content: str | bytes) -> bytes:
        if isinstance(content, bytes):
            return stamps.digest(content)
        return self._session.sources.digest_of(os.path.abspath(content))


@contextmanager
def gathering(copies: Copies) -> Iterator[None]:
    """Let `copies` get what is written by the functions below."""
    global _open
    _open = copies
    try:
        yield
    finally:
        _open = None


def exists(path: str | os.PathLike[str]) -> bool:
    """Tell whether this build made the output `path`, or is about to."""
    return os.path.isfile(path) if _open is None else _open.has(os.fspath(path))


def write(path: str | os.PathLike[str], text: str) -> None:
    """Make `text` the content of the output `path`."""
    if _open is None:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    else:
        _open.want(os.fspath(path), text.encode("utf-8"))


def opened(
    path: Any, mode: str = "r", *arguments: Any, **named: Any
) -> AbstractContextManager[Any]:
    """Stand in for `open` where somebody writes an output line by line."""
    if _open is None or mode != "w":
        stream: IO[Any] = open(path, mode, *arguments, **named)  # noqa: SIM115
        return stream
    return _Text(_open, os.fspath(path))


class _Text(io.StringIO):
    def __init__(self, copies: Copies, path: str) -> None:
        super().__init__()
        self._copies, self._path = copies, path

    def __exit__(self, kind: Any, *_: object) -> None:
        if kind is None:
            self._copies.want(self._path, self.getvalue().encode("utf-8"))


def _read(content: str | bytes) -> bytes:
    if isinstance(content, bytes):
        return content
    with open(content, "rb") as file:
        return file.read()
