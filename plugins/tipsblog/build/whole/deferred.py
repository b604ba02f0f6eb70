"""What stands in for Pelican's contexts, templates and files while its writer
decides what is written where: drawing is put off until all of that is known.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..record.reads import CannotTellError

#: Pelican's name for the address that links in contents begin with.
FLAG = "localsiteurl"


class DrawingError(RuntimeError):
    """A page could not be drawn."""


class Layer(dict[str, Any]):
    """A few names laid over a large context, copied in no time."""

    def __init__(self, under: Mapping[str, Any], over: Mapping[str, Any] = {}) -> None:
        super().__init__(over)
        self.under = under

    def __missing__(self, key: str) -> Any:
        return self.under[key]

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or key in self.under

    def get(self, key: str, default: Any = None) -> Any:
        return super().get(key, self.under.get(key, default))

    def copy(self) -> Layer:
        return Layer(self.under, self)

    def whole(self) -> dict[str, Any]:
        return {**self.under, **self}


class Template:
    """Stands in for a template when Pelican draws a page, or all pages of a list.

    listed: how much is in the lists that they are given. pages: how many there are.
    """

    def __init__(
        self, template: Any, make_way: Callable[[str], None], context: Any, listed: int
    ) -> None:
        """make_way: called with a page's place before Pelican makes its folder.
        context: what Pelican draws from.
        """
        self._template, self._make_way, self._context = template, make_way, context
        self.listed, self.pages = listed, 0

    def render(self, local: Any) -> Any:
        self._make_way(local["output_file"])
        self.pages += 1
        page = Page(self._template, local, self)
        if not isinstance(local, Layer):
            return page()
        if local[FLAG]:
            self._context[FLAG] = local[FLAG]
        return page


@dataclass(slots=True)
class Page:
    """A page to be drawn: `page()` returns its text. stand_in: by which it came."""

    template: Any
    local: Any
    stand_in: Template

    def __call__(self) -> str:
        local = self.local.whole() if isinstance(self.local, Layer) else self.local
        try:
            text: str = self.template.render(local)
        except (DrawingError, CannotTellError):
            raise
        except Exception as error:
            if is_warning(error):
                raise
            raise DrawingError(
                f"{_place(error)}{type(error).__name__}: {error} (drawing {local['output_file']})"
            ) from error
        return text


class Handle(io.StringIO):
    """Stands in for a file opened for writing; `done` gets what was written."""

    def __init__(self, done: Callable[[Callable[[], str]], None]) -> None:
        super().__init__()
        self._done = done
        self._page: Page | None = None

    def write(self, part: Any) -> int:
        if isinstance(part, Page):
            self._page = part
            return 0
        return super().write(part)

    def __exit__(self, kind: Any, *_: object) -> None:
        if kind is None:
            text = self.getvalue()
            self._done(self._page or (lambda: text))


def is_warning(error: BaseException) -> bool:
    """Tell whether Pelican ends the build because of something it logged."""
    return type(error) is RuntimeError and "Warning or error" in str(error)


def _place(error: Exception) -> str:
    """Return file and line of the template in which `error` arose."""
    place = ""
    trace = error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if not name.endswith(".py") and os.path.isfile(name):
            place = f"{name}:{trace.tb_lineno}: "
        trace = trace.tb_next
    return place
