"""Pelican's signals in the middle of a build: each is told here what it need not do."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import FileSystemBytecodeCache
from pelican import utils
from pelican.contents import Article, Page
from pelican.plugins import signals
from pelican.readers import MarkdownReader, _filter_discardable_metadata
from pelican.urlwrappers import URLWrapper
from pelican.writers import Writer

from .. import later, observer
from ..cache import Cache
from ..changes.inputs import next_change
from ..record import leaving
from ..record.glue import frozen, keeper_of, tracer_of
from ..record.keeping import Said
from ..record.listed import links_of
from ..record.recording import Recorder
from ..session import Session
from . import addresses, copies, ready, shortcuts
from .ahead import Ahead
from .copies import Copies
from .deferred import FLAG
from .drawing import Drawing
from .parsing import Parsed
from .writing import Deferring, attaches

#: Plugins that are known to look at pages only through Pelican's signals, and
#: not at the files. With any other, pages are drawn and written one by one.
KNOWN_PLUGINS = frozenset(["tipsblog", "sitemap", "pelican.plugins.sitemap"])


@dataclass(slots=True)
class Run:
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
    #: see `listed.links_of`; known before Pelican replaces what links in a header
    links: dict[str, list[str]] = field(default_factory=dict)
    parsed: list[Parsed] = field(default_factory=list)
    #: what is replaced in Pelican until the end of the build
    shortcuts: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def close(self) -> None:
        """Let go of what is held until a build has ended, or was stopped."""
        self.session.left.close()
        if self.ahead is not None:
            self.ahead.close()
        self.session.shelf.close()


_running: Run | None = None


@contextlib.contextmanager
def running(run: Run) -> Iterator[None]:
    """Let Pelican's signals reach `run`."""
    global _running
    _running = run
    try:
        yield
    finally:
        _running = None


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
        wrapper=URLWrapper,
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
    folder = templates_folder(session)
    if not folder.is_dir():
        for old in session.store.folder.glob("templates-*"):
            shutil.rmtree(old, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
    generator.env.bytecode_cache = FileSystemBytecodeCache(str(folder))
    generator.env.auto_reload = False  # what changes during a build is drawn by the next one
    generator.env.filters["strftime"] = Said(generator.env.filters["strftime"])


def templates_folder(session: Session) -> Path:
    """Return where compiled templates are kept."""
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
        and knows_plugins(values)
        and not attaches(run.context["generated_content"].values())
    )

    if not shared:
        later.settle()  # pages are drawn at once
    tracer = None
    if shared:
        tracer = tracer_of(run.context, pelican.settings)
        run.shortcuts.enter_context(addresses.frozen_addresses())
        # With RELATIVE_URLS each page reads other addresses.
        if tracer is not None and not values["RELATIVE_URLS"]:
            run.recorder = Recorder(keeper_of(tracer, run.context, values), run.session.shelf)
            if leaving.knows_all(vars(signals)):  # others may change contents meanwhile
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
                frozen=functools.partial(frozen, tracer, run.context),
                ahead=run.ahead,
            ),
            "__init__": made,
        },
    )


def knows_plugins(values: Mapping[str, Any]) -> bool:
    return set(map(str, values["PLUGINS"])) <= KNOWN_PLUGINS


def note_context(generators: Iterable[Any]) -> None:
    """Take hold of what all contents and templates share."""
    if _running is None:
        return
    generators = list(generators)
    _running.context = generators[0].context
    _running.links = links_of(_running.context["generated_content"])
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


def _must_copy(run: Run, generator: Any, plain: Callable[[Any], bool], static: Any) -> bool:
    """Look at every static file; leave alone a link that stands."""
    path = os.path.abspath(os.path.join(generator.output_path, static.save_as))
    if generator.settings["STATIC_CHECK_IF_MODIFIED"] and path in run.session.digests:
        return False  # a page made just now stands there: newer than any file
    if not generator.settings["STATIC_CREATE_LINKS"] or plain(static):
        return True
    run.watch.wrote(path)
    return False
