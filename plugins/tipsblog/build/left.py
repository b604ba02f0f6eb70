"""What a build leaves, by name, to whoever makes the site follow a change without
Pelican.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import SupportsBytes

from .aside import Aside, LostError


class Left(dict[str, SupportsBytes | Callable[[], bytes]]):
    """By name. A value that is made when asked for must be told by its name alone."""

    def __init__(self, put_down: Callable[[bytes], SupportsBytes]) -> None:
        """put_down: where values are until they are asked for."""
        super().__init__()
        self._put_down = put_down
        self._makers: list[tuple[Callable[[], Mapping[str, bytes]], Aside[dict[str, bytes]]]] = []

    def add(self, name: str, value: bytes | Callable[[], bytes]) -> None:
        """Add a value, or what makes it."""
        self[name] = value if callable(value) else self._put_down(value)

    def add_aside(self, make: Callable[[], Mapping[str, bytes]]) -> None:
        """Add what `make` returns: made by another process from now on."""
        self._makers.append((make, Aside(lambda: dict(make()))))

    def wait(self) -> None:
        """Wait until all is there."""
        while self._makers:
            make, aside = self._makers.pop()
            try:
                made: Mapping[str, bytes] = aside.result()
            except LostError:
                made = make()
            for name, value in made.items():
                self.add(name, value)

    def close(self) -> None:
        """Wait for those who are still at work, whatever comes of it."""
        for _, aside in self._makers:
            aside.close()
