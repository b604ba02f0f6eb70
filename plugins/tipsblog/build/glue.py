"""Pelican's side of fast builds: where it is told to do less.

`Pelican.run` is wrapped, per instance, because nothing else stands before the
first step and after the last one of a build. What is replaced inside is named
in this folder's README, with the Pelican versions it was checked against.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import locale
import logging
import marshal
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pelican as pelican_package
from jinja2 import TemplateSyntaxError
from pelican import log, paginator
from pelican.contents import Article, Page
from pelican.plugins import signals

from ..errors import TipsblogError
from . import kept, later, observer
from .cache import Cache
from .changes import compiled, surroundings
from .changes.inputs import Inputs, find, is_inside
from .changes.note import Changes
from .changes.state import Store
from .record import leaving, recording
from .record.bodies import HOW
from .record.canonical import canonical
from .record.glue import knows_functions
from .record.listed import LINKS, LISTED, Listed
from .report import Report
from .session import Session
from .whole import addresses, copies, shortcuts, texts
from .whole.copies import Copies
from .whole.glue import Run, knows_plugins, running, templates_folder

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    """How a build was called. settings: path of the settings file. output: as
    given, or "". full: parse and draw everything in Pelican's own way. seen: what
    was found changed just before, if anybody looked.
    """

    settings: str
    output: str = ""
    full: bool = False
    seen: Changes | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where to look for changes: see `Inputs`."""

    output: str
    roots: tuple[str, ...]
    files: tuple[str, ...]


_request: Request | None = None
_since = 0
_place: Place | None = None
_report: Report | None = None


def speak(show: Callable[[str], None], *, fatal: bool) -> None:
    """Have everything that Pelican logs from a warning on shown, a line each.

    fatal: the first one ends the build.
    """
    handler = logging.Handler(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    handler.emit = lambda record: show(handler.format(record))  # type: ignore[method-assign]
    log.init(level=logging.WARNING, fatal="warnings" if fatal else "", handler=None)
    logging.getLogger().handlers = [handler]
    pelican_package.console.quiet = True


def place() -> Place | None:
    """Return where the inputs of the last build are, as far as it came."""
    return _place


def build(request: Request) -> Report:
    """Build the site; return what was done.

    Raises whatever Pelican raises; with its log set to be fatal, also for the
    first warning. Nothing is recorded as done then.
    """
    global _request, _since, _report
    path = Path(request.settings).absolute()
    with Store(str(path.parent)).locked():
        _request, _since, _report = request, time.time_ns(), None
        plain = os.environ.__class__
        surroundings.Watched.asked = set()
        try:
            overrides = (
                {"OUTPUT_PATH": str(Path(request.output).absolute())} if request.output else {}
            )
            watch = observer.Observer("/")
            with observer.observing(watch):
                os.environ.__class__ = surroundings.Watched
                compiled.forget_doubtful(str(path.parent))
                values = pelican_package.read_settings(str(path), override=overrides)
                os.environ.__class__ = plain
            _settings_reads.clear()
            _settings_reads.update(watch.reads)
            chosen = values["PELICAN_CLASS"]
            if chosen != "pelican.Pelican":
                logger.debug("builds with %s", chosen)
            try:
                pelican_package.Pelican(values).run()
            except TemplateSyntaxError as error:
                raise TipsblogError(
                    str(error.message), path=error.filename, line=error.lineno
                ) from error
        finally:
            os.environ.__class__ = plain
            _request = None
    if _report is None:
        raise RuntimeError('the settings do not name the plugin "tipsblog"')
    return _report


_settings_reads: set[str] = set()


def take_over(pelican: Any) -> None:
    """Stand before the first step and after the last one of every build."""
    pelican.run = functools.partial(_run, pelican, pelican.run)


def _run(pelican: Any, plain: Callable[[], None]) -> None:
    request = _request
    values = pelican.settings
    output = os.path.abspath(values["OUTPUT_PATH"])
    root = Path(request.settings if request else values["PATH"]).absolute().parent
    store = Store(str(root))
    if request is None:
        with store.locked():
            _build(pelican, plain, store, output, None)
    else:
        _build(pelican, plain, store, output, request)


def _build(
    pelican: Any, plain: Callable[[], None], store: Store, output: str, request: Request | None
) -> None:
    global _report, _place
    values = pelican.settings
    inputs = find(
        values,
        output=output,
        plugins=pelican.plugins,
        settings=request.settings if request else "",
        reads=_settings_reads if request else (),
    )
    _place = Place(output, inputs.roots, inputs.files)
    full = bool(request and request.full)
    session = Session(
        store,
        output,
        inputs,
        canonical(values),
        since=_since if request else time.time_ns(),
        full=full,
        seen=request.seen if request else None,
    )
    session.made = time.time()
    prune = None
    if not full and pelican.delete_outputdir and not is_inside(values["PATH"], output):
        pelican.delete_outputdir = False  # what is no output is removed at the end
        prune = tuple(values["OUTPUT_RETENTION"])
    Path(output).mkdir(parents=True, exist_ok=True)
    watch = observer.Observer(output, store.journal(output), session.before.outputs)
    if request:
        watch.reads |= _settings_reads
    warnings = observer.Warnings()
    files = Copies(session, watch, at_once=not knows_plugins(values))
    run = Run(session, Cache(store.folder / "parsed.sqlite"), watch, files, warnings)
    apart = not full and _asks_by_name(values, inputs)
    # From nothing, with nobody who looks at articles before pages are drawn.
    patient = (
        not full
        and not session.before.outputs
        and knows_plugins(values)
        and leaving.knows_all(vars(signals))
    )
    with (
        contextlib.closing(run),
        _uncollected(),
        texts.shelved(session.shelf) if apart else contextlib.nullcontext(),
        run.shortcuts as stack,
    ):
        if not full:
            stack.enter_context(shortcuts.quick_translations())
            stack.enter_context(shortcuts.quick_markdown())
            stack.enter_context(addresses.quick_paths())
            stack.enter_context(addresses.quick_addresses())
            stack.enter_context(addresses.quick_links())
        try:
            with (
                observer.observing(watch),
                warnings.counting(),
                kept.keeping(session, run.cache),
                later.patient() if patient else contextlib.nullcontext(),
                contextlib.nullcontext() if full else copies.gathering(files),
                running(run),
            ):
                plain()
                if run.writer is not None:
                    run.writer.flush()
                files.flush()
            for parsed in run.parsed:
                parsed.save()
            run.cache.forget()
            session.left.wait()
        finally:
            watch.close()
        note = (str(Path(request.settings).absolute()), request.output) if request else None
        session.complete(
            watch,
            clean=not warnings.count,
            prune=prune,
            note=note,
            keep=functools.partial(_keep, run, values),
        )
    _report = session.report


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no garbage: next to nothing is thrown away before a build's end."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _asks_by_name(values: Mapping[str, Any], inputs: Inputs) -> bool:
    """Tell whether plugins and templates ask for what an article has by its name:
    nobody for all at once, its `__dict__`.
    """
    return (
        knows_plugins(values)
        and knows_functions(values)
        and not any(
            b"__dict__" in path.read_bytes()
            for folder in inputs.look
            for path in Path(folder).rglob("*")
            if path.is_file()
        )
    )


def _keep(run: Run, values: Mapping[str, Any], build: str) -> None:
    """Keep what the pages were drawn from, so that `swift` can draw them again."""
    session = run.session
    if run.recorder is not None:
        marks = {path: mark for parsed in run.parsed for path, mark in parsed.marks.items()}
        known = shortcuts.fit()
        how = leaving.how(values, run.context, signals=vars(signals) if known else None)
        files = leaving.files(run.context, marks, session.sources.digest_of)
        contents = run.context["generated_content"].items()
        articles = {name: content for name, content in contents if isinstance(content, Article)}
        others = [content for _, content in contents if isinstance(content, Page)]
        run.recorder.left = {
            **session.left,
            HOW: how,
            LISTED: Listed.of(run.context, articles, others).dump(),
            LINKS: marshal.dumps(run.links),
            **files,
        }
    recording.save(
        run.recorder,
        session.store.drawn(session.output),
        before=session.before.build if session.before.look == session.look else "",
        build=build,
        reads=session.reads,
        names=session.names,
        facts={
            "paginator": str(paginator.__file__),
            "locale": locale.setlocale(locale.LC_ALL),
            "templates": str(templates_folder(session)),
            "settings": session.settings,
            "sources": session.report.sources,
            "outputs": len(session.digests),
        },
    )
