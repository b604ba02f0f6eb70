"""A writer that puts work off, so that it can be shared out, and what stands be
left alone.

Mixed into Pelican's `Writer`: Pelican decides what is written where, with all
its rules and signals; only the drawing of each page, and the opening of its
file, are taken over. Everything drawn is put in place by one process.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .. import later
from .deferred import FLAG, Handle, Layer, Page, Template
from .drawing import Drawing
from .jobs import Job


class Deferring:
    """Mixed in before Pelican's `Writer`. `shared`, `drawing` and `site` are set
    by whoever makes the class; `shared` is whether drawing may be put off.
    """

    shared: bool
    drawing: Drawing
    #: the context that all contents hold
    site: Mapping[str, Any]
    #: Pelican's
    output_path: str
    settings: Mapping[str, Any]

    def __init__(self, output_path: str, settings: Any = None) -> None:
        super().__init__(output_path, settings=settings)  # type: ignore[call-arg]
        self._jobs: list[Job] = []
        self._capture: io.StringIO | None = None

    def write_file(
        self, name: Any, template: Any, context: Any, *arguments: Any, **named: Any
    ) -> None:
        """Let Pelican write this page, or all pages of a list."""
        listed = sum(len(value) for value in named.values() if isinstance(value, list))
        template = Template(template, self.make_way, context, listed)
        if self.shared and isinstance(name, str) and name:
            context = Layer(context)
        super().write_file(name, template, context, *arguments, **named)  # type: ignore[misc]

    def write_feed(
        self, elements: Any, context: Any, path: Any = None, *arguments: Any, **named: Any
    ) -> Any:
        """Let Pelican write this feed; returns it only where it is not put off."""
        plain = super().write_feed  # type: ignore[misc]
        if path:
            self.make_way(path)
        if not self.shared or not path:
            return plain(elements, context, path, *arguments, **named)
        claimed = self._claim(self._place_of(path), named.get("override_output", False))
        if claimed:
            if self.drawing.recorder is not None:
                self.drawing.recorder.expect_feed(
                    claimed,
                    elements[: self.settings["FEED_MAX_ITEMS"]],
                    named.get("feed_type", arguments[1] if len(arguments) > 1 else "atom"),
                )
            self._jobs.append(
                Job(
                    claimed,
                    lambda: self._feed_text(plain, (elements, context, path, *arguments), named),
                    self.site[FLAG],
                )
            )
        return None

    def write_made(
        self, path: str, make: Callable[..., str], *values: Any, told: bytes = b""
    ) -> None:
        """Write what `make(*values)` returns to `path`, relative to the output.

        `make` must be a function of `values` and nothing else; while they are
        equal, it is not called again. told: what tells `values` from any others,
        where that is known; else they are pickled.
        """
        full = self._place_of(path)
        job = Job(full, lambda: make(*values), None, values, told)
        if self.shared:
            self._jobs.append(job)
        else:
            self.drawing.now(job)

    def flush(self) -> None:
        """Draw and place everything that was put off."""
        if later.is_patient():
            self.drawing.warm(self._jobs)
            later.settle()
        jobs, self._jobs = self._jobs, []
        self.drawing.all(jobs)

    def make_way(self, path: str) -> None:
        """Remove what an earlier build left where `path` must go."""
        self.drawing.session.make_way(self._place_of(path))

    def _open_w(self, filename: str, encoding: str, override: bool = False) -> Any:
        """Pelican asks for a file to write to: keep what it writes."""
        if self._capture is not None:
            return contextlib.nullcontext(self._capture)
        claimed = self._claim(filename, override)
        if claimed is None:
            return Handle(lambda make: None)

        def done(make: Callable[[], str]) -> None:
            job = Job(claimed, make, self.site[FLAG])
            if isinstance(make, Page):
                self._jobs.append(job)
            else:
                self.drawing.now(job)

        return Handle(done)

    def _place_of(self, path: str) -> str:
        return os.path.abspath(os.path.join(self.output_path, path))

    def _claim(self, path: str, override: bool) -> str | None:
        """Pelican's rule of who may write to `path`: the first one, and then
        once more with `override`. None: leave what stands there.
        """
        overridden: set[str] = self._overridden_files  # type: ignore[attr-defined]
        written: set[str] = self._written_files  # type: ignore[attr-defined]
        if path in overridden or (path in written and not override):
            # Pelican says what is wrong, or opens nothing worth keeping.
            super()._open_w(path, "utf-8", override).close()  # type: ignore[misc]
            return None
        if path in written:
            self._jobs = [job for job in self._jobs if job.path != path]
        if override:
            overridden.add(path)
        written.add(path)
        return path

    def _feed_text(self, write: Callable[..., Any], arguments: tuple[Any, ...], named: Any) -> str:
        self._capture = io.StringIO()
        try:
            write(*arguments, **named)
            return self._capture.getvalue()
        finally:
            self._capture = None


def attaches(contents: Iterator[Any]) -> bool:
    """Tell whether any of `contents` may move a file by an `{attach}` link.

    Where a file goes then depends on which page is drawn first.
    """
    return any(
        "attach}" in text or "attach|" in text
        for content in contents
        if content is not None
        for text in (content._content or "", *_texts(content.metadata))
    )


def _texts(metadata: Mapping[str, Any]) -> Iterator[str]:
    return (value for value in metadata.values() if isinstance(value, str))
