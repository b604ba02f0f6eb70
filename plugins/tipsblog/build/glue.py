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
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pelican as pelican_package
from jinja2 import FileSystemBytecodeCache, TemplateSyntaxError
from pelican import log, paginator, utils
from pelican.contents import Article, Content, Page
from pelican.paginator import Page as ListPage
from pelican.paginator import Paginator
from pelican.plugins import signals
from pelican.readers import MarkdownReader, _filter_discardable_metadata
from pelican.urlwrappers import URLWrapper
from pelican.utils import SafeDatetime
from pelican.writers import Writer

from ..errors import TipsblogError
from . import kept, observer
from .cache import Cache
from .changes import surroundings
from .changes.inputs import find, is_inside, next_change
from .changes.note import Changes
from .changes.state import Store
from .record import leaving, recording
from .record.bodies import HOW
from .record.canonical import canonical
from .record.keeping import Keeper, Said
from .record.reads import Tracer
from .record.recording import Recorder
from .record.watched import LIVING
from .report import Report
from .session import Session
from .whole import addresses, copies, ready, shortcuts
from .whole.ahead import Ahead
from .whole.copies import Copies
from .whole.deferred import FLAG
from .whole.deferred import is_warning as is_pelican_warning
from .whole.drawing import Drawing
from .whole.parsing import Parsed
from .whole.writing import Deferring, attaches

#: Plugins that are known to look at pages only through Pelican's signals, and
#: not at the files. With any other, pages are drawn and written one by one.
KNOWN_PLUGINS = frozenset(["tipsblog", "sitemap", "pelican.plugins.sitemap"])

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Run:
    """What a build in progress needs to be reached by Pelican's signals."""

    session: Session
    cache: Cache
    watch: observer.Observer
    copies: Copies
    warnings: observer.Warnings
    writer: Any = None
    context: Any = None
    recorder: Recorder | None = None
    ahead: Ahead | None = None
    parsed: list[Parsed] = field(default_factory=list)
    #: what is replaced in Pelican until the end of the build
    shortcuts: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def close(self) -> None:
        """Let go of what is held until a build has ended, or was stopped."""
        if self.ahead is not None:
            self.ahead.close()
        if self.recorder is not None:
            self.recorder.close()


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


_running: _Run | None = None
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


def is_warning(error: BaseException) -> bool:
    """Tell whether Pelican ended the build because of what it logged."""
    return is_pelican_warning(error)


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
    global _running, _report, _place
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
    gc.disable()  # next to nothing that a build makes is thrown away before its end
    files = Copies(session, watch, at_once=not _knows_plugins(values))
    run = _Run(session, Cache(store.folder / "parsed.sqlite"), watch, files, warnings)
    _running = run
    with contextlib.closing(run):
        try:
            with (
                observer.observing(watch),
                warnings.counting(),
                kept.keeping(session, _running.cache),
                _running.shortcuts as stack,
            ):
                if not full:
                    stack.enter_context(shortcuts.quick_translations())
                    stack.enter_context(shortcuts.quick_markdown())
                    stack.enter_context(addresses.quick_paths())
                    stack.enter_context(addresses.quick_addresses())
                    stack.enter_context(addresses.quick_links())
                    stack.enter_context(copies.gathering(files))
                plain()
                if _running.writer is not None:
                    _running.writer.flush()
                files.flush()
            for parsed in _running.parsed:
                parsed.save()
        finally:
            _running = None
            watch.close()
            gc.enable()
        note = (str(Path(request.settings).absolute()), request.output) if request else None
        session.complete(
            watch,
            clean=not warnings.count,
            prune=prune,
            note=note,
            keep=functools.partial(_keep, run, values),
        )
    _report = session.report


def _keep(run: _Run, values: Mapping[str, Any], build: str) -> None:
    """Keep what the pages were drawn from, so that `swift` can draw them again."""
    session = run.session
    if run.recorder is not None:
        marks = {path: mark for parsed in run.parsed for path, mark in parsed.marks.items()}
        known = shortcuts.fit()
        how = leaving.how(values, run.context, signals=vars(signals) if known else None)
        files = leaving.files(run.context, marks, session.sources.digest_of)
        run.recorder.left = {**session.left, HOW: how, **files}
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
            "templates": str(_templates_folder(session)),
            "settings": session.settings,
            "sources": session.report.sources,
            "outputs": len(session.digests),
        },
    )


def prepare_articles(generator: Any) -> None:
    """Have the articles ready before Pelican asks for the first one."""
    _prepare(generator, Article)
    if _running is not None and not _running.session.full:
        shortcuts.group_periods(generator)


def index_articles(generator: Any) -> None:
    """Let Pelican find articles in its lists at once."""
    if _running is not None and not _running.session.full:
        shortcuts.index_lists(generator)
        shortcuts.list_by_date(generator)


def prepare_pages(generator: Any) -> None:
    """Have the pages ready before Pelican asks for the first one."""
    _prepare(generator, Page)


def _prepare(generator: Any, kind: type) -> None:
    if _running is None or _running.session.full:
        return
    values, warnings = generator.settings, _running.warnings
    at_reading = {name: getattr(signals, name) for name in ready.SIGNALS}
    parsed = Parsed(
        _running.session,
        _running.cache,
        generator.readers,
        generator.path,
        kind,
        generator.context,
        whole=shortcuts.fit() and ready.may_keep(values) and leaving.knows_all(at_reading),
        keep=_filter_discardable_metadata,
        warned=lambda: warnings.count,
        warm=functools.partial(shortcuts.warm_markdown, values),
        markdown=MarkdownReader,
    )
    _running.parsed.append(parsed)
    name = kind.__name__.upper()
    parsed.prepare(
        sorted(generator.get_files(values[f"{name}_PATHS"], exclude=values[f"{name}_EXCLUDES"]))
    )


def keep_compiled(generator: Any) -> None:
    """Let templates be compiled once, as long as nothing of them changes."""
    if _running is None or _running.session.full:
        return
    session = _running.session
    folder = _templates_folder(session)
    if not folder.is_dir():
        for old in session.store.folder.glob("templates-*"):
            shutil.rmtree(old, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
    generator.env.bytecode_cache = FileSystemBytecodeCache(str(folder))
    generator.env.auto_reload = False  # what changes during a build is drawn by the next one
    generator.env.filters["strftime"] = Said(generator.env.filters["strftime"])


def _templates_folder(session: Session) -> Path:
    # Jinja tells templates by their source alone; what they compile to also
    # hangs on the settings, so that each look has a folder of its own.
    return session.store.folder / f"templates-{session.look.hex()}"


def choose_writer(pelican: Any) -> Any:
    """Give Pelican our writer, unless all is to be done in its own way."""
    if _running is None or _running.session.full:
        return None
    run, values = _running, pelican.settings
    shared = (
        hasattr(os, "fork")
        and _knows_plugins(values)
        and not attaches(run.context["generated_content"].values())
    )

    tracer = None
    if shared:
        tracer = _tracer(run.context, pelican.settings)
        run.shortcuts.enter_context(addresses.frozen_addresses())
        # With RELATIVE_URLS each page reads other addresses.
        if tracer is not None and not values["RELATIVE_URLS"]:
            run.recorder = Recorder(_keeper(tracer, run.context, values))
            run.ahead = Ahead(tracer, run.session.every_read(), run.context[FLAG])

    def made(self: Any, output_path: str, settings: Any = None) -> None:
        Deferring.__init__(self, output_path, settings)
        run.writer = self

    return type(
        "TipsblogWriter",
        (Deferring, Writer),
        {
            "shared": shared,
            "site": run.context,
            "drawing": Drawing(
                run.session,
                run.context,
                tracer=tracer,
                recorder=run.recorder,
                warned=lambda: run.warnings.count,
                frozen=functools.partial(_frozen, tracer, run.context),
                ahead=run.ahead,
            ),
            "__init__": made,
        },
    )


def _knows_plugins(values: Mapping[str, Any]) -> bool:
    return set(map(str, values["PLUGINS"])) <= KNOWN_PLUGINS


def _tracer(context: dict[str, Any], settings: Mapping[str, Any]) -> Tracer | None:
    """Return what notes the reads of all that templates see; None where a
    function of the settings' own may tell them anything.
    """
    filters = settings["JINJA_FILTERS"].values()
    extensions = settings["JINJA_ENVIRONMENT"].get("extensions", ())
    if (
        settings["JINJA_GLOBALS"]
        or settings["JINJA_TESTS"]
        or not all(str(one.__module__).startswith("tipsblog.") for one in filters)
        or not all(str(one).startswith("jinja2.ext.") for one in extensions)
    ):
        return None
    return Tracer(
        _objects(context),
        settings=settings,
        wrappers=(URLWrapper,),
        listings=(Paginator, ListPage),
    )


def _keeper(tracer: Tracer, context: dict[str, Any], settings: Mapping[str, Any]) -> Keeper:
    return Keeper(
        tracer,
        _objects(context),
        context,
        settings=settings,
        living=LIVING,
        moment=SafeDatetime,
        wrappers=(URLWrapper,),
        listings=(Paginator, ListPage),
    )


def _objects(context: dict[str, Any]) -> dict[str, Any]:
    objects = {
        f"{kind}:{name}": content
        for kind in ("generated_content", "static_content")
        for name, content in context[kind].items()
        if content is not None
    }
    if "tipsblog" in context:
        objects["tipsblog"] = context["tipsblog"]
    return objects


@contextlib.contextmanager
def _frozen(tracer: Tracer | None, context: Mapping[str, Any]) -> Iterator[None]:
    if tracer is None:
        yield
        return
    with tracer.installed(
        [Content, *({type(context["tipsblog"])} if "tipsblog" in context else ())]
    ):
        yield


def note_context(generators: Iterable[Any]) -> None:
    """Take hold of what all contents and templates share."""
    if _running is None:
        return
    generators = list(generators)
    _running.context = generators[0].context
    _running.session.until = next_change(_running.context, _running.session.made)


def take_over_static(generator: Any) -> None:
    """Draw all pages before the static files are copied, as Pelican would; and
    copy these whole, each one only if it is another one now.
    """
    if _running is None or _running.session.full:
        return
    plain, run = generator.generate_output, _running

    def generate_output(writer: Any) -> None:
        if run.writer is not None:
            run.writer.flush()
        if not shortcuts.fit():
            plain(writer)
            return
        copy_file = utils.copy_file
        utils.copy_file = functools.partial(_copy, run.copies, copy_file)
        try:
            plain(writer)
        finally:
            utils.copy_file = copy_file

    generator.generate_output = generate_output
    generator._file_update_required = functools.partial(
        _must_copy, run, generator, generator._file_update_required
    )
    sitemap: Any = sys.modules.get("pelican.plugins.sitemap.sitemap")
    if sitemap is not None:
        sitemap.open = copies.opened


def _copy(files: Copies, plain: Callable[[str, str], None], source: str, target: str) -> None:
    if os.access(source, os.R_OK):
        files.want(target, source)
    else:
        plain(source, target)  # and Pelican says what is wrong


def _must_copy(run: _Run, generator: Any, plain: Callable[[Any], bool], static: Any) -> bool:
    """Look at every static file; leave alone a link that stands."""
    path = os.path.abspath(os.path.join(generator.output_path, static.save_as))
    if generator.settings["STATIC_CHECK_IF_MODIFIED"] and path in run.session.digests:
        return False  # a page made just now stands there: newer than any file
    if not generator.settings["STATIC_CREATE_LINKS"] or plain(static):
        return True
    run.watch.wrote(path)
    return False
