"""What was put off: told whether it stands as it is, else drawn and put in place.

One process tells what stands and puts everything in place; several draw, from the
first page on that is found not to stand.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from .. import observer, parallel
from ..changes import stamps
from ..record.reads import CannotTellError, Record, Tracer, names_in
from ..record.recording import Recorder
from ..session import Session
from .ahead import Ahead
from .deferred import FLAG, DrawingError, Page, is_warning
from .jobs import Drawn, Job, key_of, weight_of

#: Fewer pages than this are drawn sooner than processes are started.
_FEW = 24


class Drawing:
    """Draws the pages of one build.

    recorder: keeps what pages are drawn from; None: nothing is kept.
    """

    def __init__(
        self,
        session: Session,
        site: dict[str, Any],
        *,
        tracer: Tracer | None,
        recorder: Recorder | None,
        warned: Callable[[], int],
        frozen: Callable[[], AbstractContextManager[None]],
        ahead: Ahead | None,
    ) -> None:
        """site: the context that all contents hold. tracer: notes what a page
        reads; None: nothing is noted. warned: counts warnings. frozen: entered
        while everything is drawn. ahead: what is told of objects already.
        """
        self.session, self._site = session, site
        self._tracer, self.recorder, self._ahead = tracer, recorder, ahead
        self._warned, self._frozen = warned, frozen
        self._tracing = False

    def now(self, job: Job) -> None:
        """Draw a single job, and put it in place."""
        self._place(job, self._draw(job))

    def warm(self, jobs: Sequence[Job]) -> None:
        """Load what it takes to draw, while something else is waited for."""
        _load_templates(self._learn_names(jobs))

    def all(self, jobs: Sequence[Job]) -> None:
        """Draw the jobs that do not stand, and put everything in place."""
        clash = self.session.folder.clash(job.path for job in jobs)
        if clash:
            raise DrawingError(f"{clash[0]} would be a page and a folder with pages in it")
        self.session.left.wait()  # so that fewer processes are there at once
        known = self._learn_names(jobs)
        if self._ahead is not None:
            self._ahead.tell(self._site[FLAG])
            self._ahead = None
        jobs = sorted(jobs, key=weight_of, reverse=True)  # or all wait for the last one
        may_stand = all(job.flag in (None, self._site[FLAG]) for job in jobs)
        for job in jobs:
            job.asked = may_stand
        standing: list[tuple[Job, Drawn]] = []

        def place() -> None:
            for job, drawn in standing:
                self._place(job, drawn)

        self._tracing = True
        with self._frozen():
            every = not may_stand or not self.session.before.outputs
            changed = iter(range(len(jobs))) if every else self._changed(jobs, standing)
            first = list(itertools.islice(changed, _FEW))
            if len(first) < _FEW or parallel.workers() == 1:
                here = [jobs[number] for number in (*first, *changed)]
                place()
                self._draw_here(here)
            else:
                _load_templates(known)
                self._tell_shared(jobs)
                self._share(jobs, None if every else itertools.chain(first, changed), place)
        self._tracing = False

    def _learn_names(self, jobs: Sequence[Job]) -> dict[Any, dict[str, Any]]:
        """Find out for which names the templates ask; return what was found of
        single ones, by environment: each of Pelican's generators has its own.
        """
        known: dict[Any, dict[str, Any]] = {}
        names = self.session.names
        for job in jobs:
            if isinstance(job.make, Page):
                template = job.make.template
                if template.name not in names:
                    found = known.setdefault(template.environment, {})
                    names[template.name] = names_in(template, found)
                if self.recorder is not None:
                    self.recorder.pages.add(job.path)
        return known

    def _changed(self, jobs: Sequence[Job], standing: list[tuple[Job, Drawn]]) -> Iterator[int]:
        """Yield the numbers of the jobs that must be drawn; the others go to
        `standing`. What is heard on the way is said at the end.
        """
        watch = observer.active()
        heard = parallel.Heard()
        said: list[tuple[Job, list[tuple[str, int, str]]]] = []
        before = set[str]()
        if watch:
            before, watch.reads = watch.reads, before
        with heard.alone():
            for number, job in enumerate(jobs):
                drawn, warned = None, self._warned()
                try:
                    drawn = self._standing(job)
                except RuntimeError as error:
                    if not is_warning(error):
                        raise
                if heard.records:
                    said.append((job, heard.take()))
                job.loud = self._warned() != warned
                if watch and watch.reads:
                    job.loud |= bool(self.session.read_too("", watch.reads))
                    before |= watch.reads
                    watch.reads.clear()
                if drawn is None:
                    yield number
                else:
                    standing.append((job, drawn))
        if watch:
            watch.reads = before
        for job, logged in said:
            self._say_again(job, logged)

    def _draw_here(self, jobs: Sequence[Job]) -> None:
        watch = observer.active()
        before = set[str]()
        for job in jobs:
            warned = self._warned()
            if watch:
                before, watch.reads = watch.reads, set()
            drawn = self._draw(job)
            if watch:
                job.loud |= bool(self.session.read_too("", watch.reads))
                before |= watch.reads  # the smaller to the larger
                watch.reads = before
            if job.loud or self._warned() != warned:
                drawn.reads = None  # files may change, warnings must come again
            self._place(job, drawn)

    def _tell_shared(self, jobs: Sequence[Job]) -> None:
        """Look at what many pages are given once, and not in each process: lists, and
        what each page of a template finds in the context.
        """
        if self._tracer is None:
            return
        seen: set[str] = set()
        for job in jobs:
            if not isinstance(job.make, Page):
                continue
            name = job.make.template.name
            if name not in seen:
                seen.add(name)
                self._tracer.digest(self.session.names.get(name) or (), job.make.local, ())
            if job.make.stand_in.listed:
                for value in dict.values(job.make.local):
                    if isinstance(value, list):
                        with contextlib.suppress(CannotTellError):
                            self._tracer.tell(value)

    def _share(
        self, jobs: Sequence[Job], chosen: Iterator[int] | None, meanwhile: Callable[[], None]
    ) -> None:
        watch = observer.active()
        for done in parallel.each(
            self._draw, jobs, processes=parallel.workers(), chosen=chosen, meanwhile=meanwhile
        ):
            job = jobs[done.index]
            self._say_again(job, done.logged)
            if done.error:
                raise DrawingError(done.error)
            if watch:
                watch.reads |= done.reads
            assert done.result is not None  # noqa: S101 - no error, so a result
            if job.loud or done.logged or self.session.read_too("", done.reads):
                done.result.reads = None  # files may change, warnings must come again
            self._place(job, done.result)

    def _say_again(self, job: Job, logged: Sequence[tuple[str, int, str]]) -> None:
        for name, level, message in logged:
            path = os.path.relpath(job.path, self.session.output)
            logging.getLogger(name).log(level, "%s: %s", path, message)

    def _standing(self, job: Job) -> Drawn | None:
        """Tell whether the output stands as it would be drawn; None: it must be."""
        if job.values is not None:
            key = key_of(job)
            return Drawn(b"", key=key) if self.session.stands_for(job.path, key) else None
        if not (self._tracing and self._tracer is not None and isinstance(job.make, Page)):
            return None
        names = self.session.names.get(job.make.template.name)
        before = self.session.reads_of(job.path)
        if names is None or not before:
            return None
        same = self._tracer.digest(names, job.make.local, before[0]) == before[1]
        return Drawn(b"", same=True) if same else None

    def _draw(self, job: Job) -> Drawn:
        """Draw one job; its data only where the output must be written."""
        if job.flag is not None and self._site[FLAG] != job.flag:
            self._site[FLAG] = job.flag
            if self._tracer is not None:
                self._tracer.forget()  # addresses in texts are relative to it
        if not job.asked and (drawn := self._standing(job)):
            return drawn
        record = kept = None
        if self._tracing and self._tracer is not None and isinstance(job.make, Page):
            text, record, kept = self._traced(self._tracer, job.path, job.make)
        else:
            text = job.make()
        data = text.encode("utf-8")
        digest = stamps.digest(data)
        stands = self.session.stands(job.path, digest)
        key = key_of(job) if job.values is not None else b""
        return Drawn(digest, None if stands else data, key, record, kept=kept)

    def _traced(
        self, tracer: Tracer, path: str, page: Page
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

    def _place(self, job: Job, drawn: Drawn) -> None:
        self.session.place(job.path, drawn.digest, drawn.data, drawn.key)
        self.session.note_reads(job.path, drawn.reads, same=drawn.same)
        if drawn.reads is not None and self.recorder is not None:
            self.recorder.keep(job.path, drawn.kept)


def _load_templates(known: Mapping[Any, Mapping[str, Any]]) -> None:
    """Load by environment the templates that `names_in` found: once, and not in
    each process.
    """
    for environment, found in known.items():
        for name, asked in found.items():
            if asked is not None:
                with contextlib.suppress(Exception):  # who draws with it hears of it
                    environment.get_template(name)
