"""Regular expressions that are compiled when somebody first asks for one.

Most texts have no need of most patterns, and a process that judges one comment
would spend more time on compiling them than on judging.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from re import Pattern, RegexFlag


class _Later:
    """Becomes, by and by, what it stands for: a method is asked for once."""

    def __init__(self, text: str, flags: int) -> None:
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        # `re` keeps what it has compiled.
        method = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, method)
        return method


def later(text: str, flags: RegexFlag | int = 0) -> Pattern[str]:
    """Return what `re.compile` would."""
    return cast("Pattern[str]", _Later(text, int(flags)))
