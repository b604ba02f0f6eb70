"""What is needed later, and seldom, put down in a file instead of in memory.

A large blog's texts would fill memory, and once more in every process that is
forked: there even a look at a value makes a copy of all that stands beside it.
"""

from __future__ import annotations

import contextlib
import os
from typing import IO, SupportsBytes


class Shelf:
    """A file without a name, gone with this. Only the process that made it puts
    something down; those that it forks take up whatever was there by then, and keep
    in memory what they would put down.
    """

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._end = 0
        self._owner = os.getpid()

    def put(self, data: bytes) -> SupportsBytes:
        """Put `data` down: `bytes` of what is returned are these again. Where
        there is no room for them they stay in memory.
        """
        if os.getpid() != self._owner:
            return data
        start = self._end
        try:
            if self._file is None:
                import tempfile  # takes a while

                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - see `close`
            left = memoryview(data)
            while left:
                left = left[os.pwrite(self._file.fileno(), left, start + len(data) - len(left)) :]
        except OSError:
            return data
        self._end += len(data)
        return _Place(self._file, start, len(data))

    def close(self) -> None:
        """Let go of everything."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None


class _Place:
    __slots__ = ("_file", "_length", "_start")

    def __init__(self, file: IO[bytes], start: int, length: int) -> None:
        self._file, self._start, self._length = file, start, length

    def __bytes__(self) -> bytes:
        parts, start, end = [], self._start, self._start + self._length
        while start < end:
            part = os.pread(self._file.fileno(), end - start, start)
            if not part:
                raise OSError("a temporary file was cut short")
            parts.append(part)
            start += len(part)
        return b"".join(parts)
