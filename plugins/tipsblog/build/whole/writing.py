"""A writer that puts work off, shares it out and leaves alone what stands.

Mixed into Pelican's `Writer`: Pelican decides what is written where, with all
its rules and signals; only the drawing of each page, and the opening of its
file, are taken over. Everything drawn is put in place by one process.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import pickle
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from .. import observer, parallel
from ..changes import stamps
from ..record.reads import CannotTellError, Record, Tracer, names_in
from ..record.recording import Recorder
from ..session import Session

#: Fewer pages than this are drawn sooner than processes are started.
_FEW = 24
_FLAG = "localsiteurl"

logger = logging.getLogger(__name__)


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


@dataclass(slots=True)
class _Job:
    """Something to be drawn: `make()` returns its text.

    flag: what `localsiteurl` was at that moment; contents ask for it. values:
    for outputs made from plain values alone; else None. told: what tells these
    from any others; b"" for what they are pickled to. asked: whether it was found
    not to stand. loud: whether that opened files, or was complained about.
    """

    path: str
    make: Callable[[], str]
    flag: Any = None
    values: Any = None
    told: bytes = b""
    asked: bool = False
    loud: bool = False


@dataclass(slots=True)
class _Drawn:
    digest: bytes
    data: bytes | None = None
    key: bytes = b""
    reads: Record | None = None
    same: bool = False
    kept: bytes | None = None


class _Template:
    """Stands in for a template when Pelican draws a page."""

    def __init__(self, template: Any, writer: Deferring, context: Any) -> None:
        self._template, self._writer, self._context = template, writer, context

    def render(self, local: Any) -> Any:
        # Before Pelican makes the page's folder.
        self._writer.make_way(local["output_file"])
        page = _Page(self._template, local)
        if not isinstance(local, Layer):
            return page()
        if local[_FLAG]:
            self._context[_FLAG] = local[_FLAG]
        return page


@dataclass(slots=True)
class _Page:
    template: Any
    local: Any

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


class _Handle(io.StringIO):
    """Stands in for a file opened for writing; `done` gets what was written."""

    def __init__(self, done: Callable[[Callable[[], str]], None]) -> None:
        super().__init__()
        self._done = done
        self._page: _Page | None = None

    def write(self, part: Any) -> int:
        if isinstance(part, _Page):
            self._page = part
            return 0
        return super().write(part)

    def __exit__(self, kind: Any, *_: object) -> None:
        if kind is None:
            text = self.getvalue()
            self._done(self._page or (lambda: text))


class Deferring:
    """Mixed in before Pelican's `Writer`. `session` and `shared` are set by
    whoever makes the class; `shared` is whether drawing may be put off.
    """

    session: Session
    shared: bool
    #: notes what a page reads; None: nothing is noted
    tracer: Tracer | None
    #: keeps what pages are drawn from; None: nothing is kept
    recorder: Recorder | None
    #: counts warnings
    warned: Callable[[], int]
    #: entered while everything is drawn
    frozen: Callable[[], AbstractContextManager[None]]
    #: the context that all contents hold
    site: dict[str, Any]
    #: Pelican's
    output_path: str
    settings: Mapping[str, Any]

    def __init__(self, output_path: str, settings: Any = None) -> None:
        super().__init__(output_path, settings=settings)  # type: ignore[call-arg]
        self._jobs: list[_Job] = []
        self._capture: io.StringIO | None = None
        self._tracing = False

    def write_file(
        self, name: Any, template: Any, context: Any, *arguments: Any, **named: Any
    ) -> None:
        """Let Pelican write this page, or all pages of a list."""
        template = _Template(template, self, context)
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
            if self.recorder is not None:
                self.recorder.expect_feed(
                    claimed,
                    elements[: self.settings["FEED_MAX_ITEMS"]],
                    named.get("feed_type", arguments[1] if len(arguments) > 1 else "atom"),
                )
            self._jobs.append(
                _Job(
                    claimed,
                    lambda: self._feed_text(plain, (elements, context, path, *arguments), named),
                    self.site[_FLAG],
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
        job = _Job(full, lambda: make(*values), None, values, told)
        if self.shared:
            self._jobs.append(job)
        else:
            self._place(full, self._draw(job))

    def flush(self) -> None:
        """Draw and place everything that was put off."""
        jobs, self._jobs = self._jobs, []
        clash = self.session.folder.clash(job.path for job in jobs)
        if clash:
            raise DrawingError(f"{clash[0]} would be a page and a folder with pages in it")
        known: dict[Any, dict[str, Any]] = {}
        for job in jobs:
            if isinstance(job.make, _Page):
                self._learn_names(job.make.template, known)
                if self.recorder is not None:
                    self.recorder.pages.add(job.path)
        processes = parallel.workers()
        watch = observer.active()
        self._tracing = True
        standing: list[tuple[_Job, _Drawn]] = []
        if all(job.flag in (None, self.site[_FLAG]) for job in jobs):
            standing, jobs = self._parted(jobs, watch)

        def place() -> None:
            for job, drawn in standing:
                self._place(job.path, drawn)

        with self.frozen():
            if len(jobs) < _FEW or processes == 1:
                place()
                self._draw_here(jobs, watch)
            else:
                _load_templates(known)
                self._share(jobs, processes, watch, place)
        self._tracing = False

    def _parted(
        self, jobs: list[_Job], watch: observer.Observer | None
    ) -> tuple[list[tuple[_Job, _Drawn]], list[_Job]]:
        """Return what stands as it is, and what must be drawn. One process has
        told what all pages read before several have shared it out.
        """
        standing: list[tuple[_Job, _Drawn]] = []
        left: list[_Job] = []
        heard = parallel.Heard()
        before = set[str]()
        for job in jobs:
            warned = self.warned()
            if watch:
                before, watch.reads = watch.reads, set()
            with heard.alone():
                try:
                    drawn = self._standing(job)
                except RuntimeError as error:
                    if not is_warning(error):
                        raise
                    drawn = None
            self._say_again(job.path, heard.take())
            job.asked, job.loud = True, self.warned() != warned
            if watch:
                job.loud |= bool(self.session.read_too("", watch.reads))
                before |= watch.reads  # the smaller to the larger
                watch.reads = before
            if drawn is None:
                left.append(job)
            else:
                standing.append((job, drawn))
        return standing, left

    def _draw_here(self, jobs: list[_Job], watch: observer.Observer | None) -> None:
        before = set[str]()
        for job in jobs:
            warned = self.warned()
            if watch:
                before, watch.reads = watch.reads, set()
            drawn = self._draw(job)
            if watch:
                job.loud |= bool(self.session.read_too("", watch.reads))
                before |= watch.reads  # the smaller to the larger
                watch.reads = before
            if job.loud or self.warned() != warned:
                drawn.reads = None  # files may change, warnings must come again
            self._place(job.path, drawn)

    def _learn_names(self, template: Any, known: dict[Any, dict[str, Any]]) -> None:
        names = self.session.names
        if template.name not in names:
            # Each of Pelican's generators has an environment of its own.
            found = known.setdefault(template.environment, {})
            names[template.name] = names_in(template, found)

    def _tell_lists(self, jobs: list[_Job]) -> None:
        """Look at the lists that pages are given once, and not in each process."""
        if self.tracer is None:
            return
        for job in jobs:
            if isinstance(job.make, _Page):
                local = job.make.local
                for name in self.session.names.get(job.make.template.name) or ():
                    if isinstance(value := local.get(name), list):
                        with contextlib.suppress(CannotTellError):
                            self.tracer.tell(value)

    def _share(
        self,
        jobs: list[_Job],
        processes: int,
        watch: observer.Observer | None,
        meanwhile: Callable[[], None],
    ) -> None:
        self._tell_lists(jobs)
        jobs = sorted(jobs, key=_weight, reverse=True)  # or all wait for the last one
        shared = parallel.each(self._draw, jobs, processes=processes, meanwhile=meanwhile)
        for done in shared:
            job = jobs[done.index]
            self._say_again(job.path, done.logged)
            if done.error:
                raise DrawingError(done.error)
            if watch:
                watch.reads |= done.reads
            assert done.result is not None  # noqa: S101 - no error, so a result
            if job.loud or done.logged or self.session.read_too("", done.reads):
                done.result.reads = None  # files may change, warnings must come again
            self._place(job.path, done.result)

    def _say_again(self, path: str, logged: list[tuple[str, int, str]]) -> None:
        for name, level, message in logged:
            logging.getLogger(name).log(
                level, "%s: %s", os.path.relpath(path, self.output_path), message
            )

    def make_way(self, path: str) -> None:
        """Remove what an earlier build left where `path` must go."""
        self.session.folder.make_way(self._place_of(path))

    def _open_w(self, filename: str, encoding: str, override: bool = False) -> Any:
        """Pelican asks for a file to write to: keep what it writes."""
        if self._capture is not None:
            return contextlib.nullcontext(self._capture)
        claimed = self._claim(filename, override)
        if claimed is None:
            return _Handle(lambda make: None)

        def done(make: Callable[[], str]) -> None:
            job = _Job(claimed, make, self.site[_FLAG])
            if isinstance(make, _Page):
                self._jobs.append(job)
            else:
                self._place(claimed, self._draw(job))

        return _Handle(done)

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

    def _standing(self, job: _Job) -> _Drawn | None:
        """Tell whether the output stands as it would be drawn; None: it must be."""
        if job.values is not None:
            key = self._key(job)
            return _Drawn(b"", key=key) if self.session.stands_for(job.path, key) else None
        if not (self._tracing and self.tracer is not None and isinstance(job.make, _Page)):
            return None
        names = self.session.names.get(job.make.template.name)
        before = self.session.reads_of(job.path)
        if names is None or not before:
            return None
        same = self.tracer.digest(names, job.make.local, before[0]) == before[1]
        return _Drawn(b"", same=True) if same else None

    def _key(self, job: _Job) -> bytes:
        return stamps.digest(job.told or pickle.dumps(job.values))

    def _draw(self, job: _Job) -> _Drawn:
        """Draw one job; its data only where the output must be written."""
        if job.flag is not None and self.site[_FLAG] != job.flag:
            self.site[_FLAG] = job.flag
            if self.tracer is not None:
                self.tracer.forget()  # addresses in texts are relative to it
        if not job.asked and (drawn := self._standing(job)):
            return drawn
        record = kept = None
        if self._tracing and self.tracer is not None and isinstance(job.make, _Page):
            text, record, kept = self._traced(self.tracer, job.path, job.make)
        else:
            text = job.make()
        data = text.encode("utf-8")
        digest = stamps.digest(data)
        stands = self.session.stands(job.path, digest)
        key = self._key(job) if job.values is not None else b""
        return _Drawn(digest, None if stands else data, key, record, kept=kept)

    def _traced(
        self, tracer: Tracer, path: str, page: _Page
    ) -> tuple[str, Record | None, bytes | None]:
        """Draw `page`, and note what it reads."""
        names = self.session.names.get(page.template.name)
        if names is None:
            return page(), None, None
        text, record = tracer.record(names, page.local, page)
        if record is None or self.recorder is None:
            return text, record, None
        keep = self.recorder.keeper.keep
        kept = keep(path, page.template, names, page.local, record[0], text)
        return text, record, kept.pack()

    def _place(self, path: str, drawn: _Drawn) -> None:
        self.session.place(path, drawn.digest, drawn.data, drawn.key)
        self.session.note_reads(path, drawn.reads, same=drawn.same)
        if drawn.reads is not None and self.recorder is not None:
            self.recorder.keep(path, drawn.kept)


def _weight(job: _Job) -> int:
    """Return about how much of the blog a job is given alone."""
    if not isinstance(job.make, _Page):
        return 0
    return sum(len(value) for value in job.make.local.values() if isinstance(value, list))


def _load_templates(known: Mapping[Any, Mapping[str, Any]]) -> None:
    """Load by environment the templates that `names_in` found: once, and not in
    each process.
    """
    for environment, found in known.items():
        for name, asked in found.items():
            if asked is not None:
                with contextlib.suppress(Exception):  # who draws with it hears of it
                    environment.get_template(name)


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
