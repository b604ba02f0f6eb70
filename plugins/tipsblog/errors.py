"""What goes wrong, in words that name the place, the cause and the way out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


class TipsblogError(Exception):
    """A mistake in what somebody wrote or set, not in the program.

    `str()` reads `path:line: cause (way out)`; each part stays at hand as an
    attribute, so that a command can print it and a test can check it.
    """

    def __init__(
        self,
        cause: str,
        *,
        path: Path | str | None = None,
        line: int | None = None,
        way_out: str = "",
    ) -> None:
        super().__init__(cause)
        self.cause = cause
        self.path = path
        self.line = line
        self.way_out = way_out

    def __str__(self) -> str:
        place = ""
        if self.path is not None:
            place = f"{self.path}:{self.line}: " if self.line is not None else f"{self.path}: "
        return f"{place}{self.cause}" + (f" ({self.way_out})" if self.way_out else "")


class DocumentError(TipsblogError):
    """A file that does not read as what it should be."""


class SettingError(TipsblogError):
    """A setting with a value that cannot be meant."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `did you mean "X"?` for the known word nearest to `word`, or ""."""
    import difflib  # seldom needed

    by_folded = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return f'did you mean "{by_folded[near[0]]}"?' if near else ""
