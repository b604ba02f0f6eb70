"""Pages drawn again by their templates, over what was kept of them.

Takes what `drawn` keeps and the stand-ins of `replay`; knows the templates, but
neither Pelican nor what the pages are about.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Container, Iterable, Mapping
from importlib import import_module
from typing import Any, NamedTuple

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    PrefixLoader,
)

from ..record import replay
from ..record.drawn import Drawn
from ..record.reads import Reads, Record, Tracer, digest_of
from ..record.replay import MissError, Things
from ..record.watched import LIVING


class Redrawn(NamedTuple):
    """A page drawn again. record: what it read now, as `reads.Tracer` records it.
    said: by filters, for the first time.
    """

    text: str
    record: Record
    said: dict[str, str]


class Redrawer:
    """Draws pages again. living: see `replay.Things`."""

    def __init__(self, drawn: Drawn) -> None:
        self.drawn = drawn
        self.living: Callable[[str, str], Any] = lambda name, attribute: NotImplemented
        self.things = Things(drawn, lambda name, attribute: self.living(name, attribute))
        self._environments: dict[str, Environment] = {}
        self._shared: dict[str, Any] = {}
        #: what pages are drawn from that is not what was kept
        self.renewed: dict[str, Any] = {}
        #: says a date for the first time
        self.say: Callable[[Any, str], str | None] = lambda date, form: None
        self._said: dict[str, str] = {}
        self._tells: tuple[int, Tracer] | None = None
        replay.paginator_file = str(drawn.meta("paginator"))

    def draw(self, path: str) -> Redrawn:
        """Draw the page at `path`. Raises `MissError`."""
        template, environment, rows, data = self._page(path)
        own = self.things.loads(data)
        context = {}
        for name, kind, _ in rows:
            if kind == "own":
                context[name] = own[name]
            elif kind == "shared":
                context[name] = self._share(name)
        reads: dict[tuple[str, str], None] = {}
        self.things.reads = reads
        self._said = {}
        try:
            text = self._environment(environment).get_template(template).render(context)
        finally:
            self.things.reads = None
        if self.things.missed:
            raise MissError(self.things.missed)
        return Redrawn(text, self._record(rows, tuple(reads)), self._said)

    def template_of(self, path: str) -> str:
        """Return the name of the template that draws a page. Raises `MissError`."""
        return str(self._page(path)[0])

    def has_subject(self, path: str) -> bool:
        """Tell whether a page is known to be about an article."""
        rows = self.renewed[path][2] if path in self.renewed else ()
        return any(name == "article" and kind == "own" for name, kind, _ in rows)

    def _page(self, path: str) -> Any:
        """Return what a page is drawn from."""
        if path in self.renewed:
            return self.renewed[path]
        found = self.drawn.page(path)
        if found is None or found[1] is None:
            raise MissError(f"{path} was not kept")
        return found[1]

    def _tracer(self) -> Tracer:
        """Return what tells values that no article gives: by all that is known now."""
        names = self.things.names()
        if self._tells is None or self._tells[0] != len(names):
            tracer = Tracer(names, settings={}, wrappers=(replay.Term,), listings=())
            self._tells = len(names), tracer
        return self._tells[1]

    def _record(self, rows: Iterable[Any], reads: Reads) -> Record:
        """Return the record of what a page read: as if it had been drawn by Pelican."""
        parts = []
        for name, kind, told in rows:
            if kind != "shared" or told:
                parts += [name, told]
        for name, attribute in reads:
            value = self.living(name, attribute)
            if value is NotImplemented:
                told = self.things.value(name, attribute)[0]
            else:
                told = self._tracer().tell(value)
            parts += [name, attribute, told]
        return reads, digest_of(parts)

    def keep(self, pages: Mapping[str, Redrawn], gone: Container[str], build: str) -> None:
        """Keep what `pages` were drawn from, as of `build`. gone: outputs that are no
        more; what was kept of one counts no longer, nor of a page that was drawn again.
        """
        held: dict[str, dict[str, Any]] = {}
        seen: set[tuple[str, str]] = set()
        lost: list[tuple[str, str, str]] = []
        for path, page in pages.items():
            for name, attribute in page.record[0]:
                if attribute in LIVING or (name, attribute) in seen:
                    continue
                entry = self.things.find(name, attribute)
                owner = entry[3] if entry is not None else ""
                if owner in ("", path):
                    seen.add((name, attribute))
                    self._hold(held, path, page.text, name, attribute, build)
                elif owner in pages or owner in gone:
                    lost.append((path, name, attribute))
        for path, name, attribute in lost:  # who kept it may not read it any more
            if (name, attribute) not in seen:
                seen.add((name, attribute))
                self._hold(held, path, pages[path].text, name, attribute, build)
        # Only now: what was kept of a page counts as long as that is as it was.
        for name, row in held.items():
            self.drawn.set_thing(name, row)
        for path, page in pages.items():
            self.drawn.set_page(path, build, self._page(path))
            self.drawn.add_said(page.said)

    def _hold(
        self,
        held: dict[str, dict[str, Any]],
        path: str,
        text: str,
        name: str,
        attribute: str,
        build: str,
    ) -> None:
        """Let the page at `path` keep what is read of an object."""
        told, value = self.things.value(name, attribute)
        if self.things.is_new(name, attribute):
            data, place = _packed(value), None
        else:
            _, data, place, *_ = self.things.entry(name, attribute)
        if isinstance(value, str) and len(value) > replay.LONG:
            start = text.find(value)
            if start >= 0:
                data, place = None, (path, start, len(value), type(value).__name__)
            elif place is not None:
                data, place = _packed(value), None
        if name not in held:
            held[name] = self.drawn.thing(name)
        held[name][attribute] = (told, data, place, path, build)

    def share(self, name: str, data: bytes) -> None:
        """Let all pages find another value under `name`."""
        self._shared[name] = self.things.loads(data)

    def _share(self, name: str) -> Any:
        if name not in self._shared:
            data = self.drawn.left(f"shared {name}")
            if data is None:
                raise MissError(name)
            self._shared[name] = self.things.loads(data)
        return self._shared[name]

    def _environment(self, described: Any) -> Environment:
        loader, options, filters = described
        key = repr(described)
        if key not in self._environments:
            compiled = str(self.drawn.meta("templates"))
            os.makedirs(compiled, exist_ok=True)
            environment = Environment(  # noqa: S701 - as the blog's settings have it
                loader=_loader(loader),
                bytecode_cache=FileSystemBytecodeCache(compiled),
                **options,
            )
            environment.filters["strftime"] = self._strftime
            environment.filters.update(
                {name: _filter(module, function) for name, (module, function) in filters.items()}
            )
            environment.tests["plugin_enabled"] = _no_test
            self._environments[key] = environment
        return self._environments[key]

    def _strftime(self, date: Any, form: str) -> str:
        name = replay.said_name(date, form)
        said = self.drawn.said(name)
        if said is None:
            said = self.say(date, form)
            if said is None:
                raise MissError(f"{date} as {form!r}")
            self._said[name] = said
        return said


def _packed(value: Any) -> Any:
    """Return `value` as `keeping` keeps it."""
    if type(value) in replay.PLAIN and not (isinstance(value, str) and len(value) > replay.LONG):
        return (value,)
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def _loader(described: Any) -> BaseLoader:
    kind, *values = described
    if kind == "files":
        return FileSystemLoader(values[0], encoding=values[1], followlinks=values[2])
    if kind == "choice":
        return ChoiceLoader([_loader(one) for one in values[0]])
    return PrefixLoader({name: _loader(one) for name, one in values[0].items()}, values[1])


def _filter(module: str, name: str) -> Callable[..., Any]:
    def call(*values: Any, **named: Any) -> Any:
        if module.endswith(".glue"):
            raise MissError(f"the filter {name} needs Pelican")
        return getattr(import_module(module), name)(*values, **named)

    return call


def _no_test(*_: Any) -> bool:
    raise MissError("whether a plugin is enabled")
