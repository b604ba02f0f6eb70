"""What a build leaves, by name, to whoever makes the site follow a change without
Pelican.
"""

from __future__ import annotations

import marshal
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import IO, SupportsBytes

from .aside import Aside, LostError

_Values = Iterable[tuple[str, bytes]]


class Left(dict[str, SupportsBytes | Callable[[], bytes]]):
    """By name. A value that is made when asked for must be told by its name alone."""

    def __init__(self, put_down: Callable[[bytes], SupportsBytes], *, anew: bool) -> None:
        """put_down: where values are until they are asked for. anew: nothing that was
        left before counts any more, so that each of them will be.
        """
        super().__init__()
        self._put_down, self._anew = put_down, anew
        self._parts: list[tuple[Callable[[], _Values], IO[bytes], Aside[None]]] = []

    def add(self, name: str, value: bytes | Callable[[], bytes]) -> None:
        """Add a value, or what makes it."""
        self[name] = value if callable(value) else self._put_down(value)

    def add_aside(self, make: Callable[[], _Values]) -> None:
        """Add what `make` yields: made by another process from now on, and so is what
        was added without being made, if it will be asked for.
        """
        file = tempfile.TemporaryFile()  # noqa: SIM115 - see `wait`
        self._parts.append((make, file, Aside(partial(self._write, make, file))))

    def wait(self) -> None:
        """Wait until all is there."""
        while self._parts:
            make, file, aside = self._parts.pop()
            with file:
                try:
                    aside.result()
                except LostError:
                    values = make()
                else:
                    values = _read(file)
                for name, value in values:
                    self.add(name, value)

    def close(self) -> None:
        """Wait for those who are still at work, whatever comes of it."""
        for _, file, aside in self._parts:
            aside.close()
            file.close()

    def _write(self, make: Callable[[], _Values], file: IO[bytes]) -> None:
        for value in make():
            marshal.dump(value, file)
        if self._anew:
            for name, made in self.items():
                if callable(made):
                    marshal.dump((name, made()), file)
        file.flush()


def _read(file: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    file.seek(0)
    while True:
        try:
            value: tuple[str, bytes] = marshal.load(file)  # noqa: S302 - written above
        except EOFError:
            return
        yield value
