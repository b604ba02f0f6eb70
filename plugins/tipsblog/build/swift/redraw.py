"""Pages drawn again by their templates, over what was kept of them.

Takes what `drawn` keeps and the stand-ins of `replay`; knows the templates, but
neither Pelican nor what the pages are about.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
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
from ..record.reads import Record, Tracer, digest_of
from ..record.replay import MissError, Things


class Redrawn(NamedTuple):
    """A page drawn again. reads: what it read now, as `reads.Tracer` records it."""

    text: str
    reads: tuple[tuple[str, str], ...]


class Redrawer:
    """Draws pages again. living: see `replay.Things`."""

    def __init__(self, drawn: Drawn) -> None:
        self._drawn = drawn
        self.living: Callable[[str, str], Any] = lambda name, attribute: NotImplemented
        self.things = Things(drawn, lambda name, attribute: self.living(name, attribute))
        self._environments: dict[str, Environment] = {}
        self._shared: dict[str, Any] = {}
        self._pages: dict[str, Any] = {}
        replay.paginator_file = str(drawn.meta("paginator"))

    def draw(self, path: str) -> Redrawn:
        """Draw the page at `path`. Raises `MissError`."""
        found = self._drawn.page(path)
        if found is None or found[1] is None:
            raise MissError(f"{path} was not kept")
        template, environment, rows, data = self._pages[path] = found[1]
        own = self.things.loads(data)
        context = {}
        for name, kind, _ in rows:
            if kind == "own":
                context[name] = own[name]
            elif kind == "shared":
                context[name] = self._share(name)
        reads: dict[tuple[str, str], None] = {}
        self.things.reads = reads
        try:
            text = self._environment(environment).get_template(template).render(context)
        finally:
            self.things.reads = None
        if self.things.missed:
            raise MissError(self.things.missed)
        return Redrawn(text, tuple(reads))

    def record(self, path: str, page: Redrawn) -> Record:
        """Return the record of what `page` read: as if it had been drawn by Pelican."""
        tracer = Tracer(self.things.names(), settings={}, wrappers=(replay.Term,), listings=())
        parts = []
        for name, kind, told in self._pages[path][2]:
            if kind != "shared" or told:
                parts += [name, told]
        for name, attribute in page.reads:
            value = self.living(name, attribute)
            if value is NotImplemented:
                told = self.things.value(name, attribute)[0]
            else:
                told = tracer.tell(value)
            parts += [name, attribute, told]
        return page.reads, digest_of(parts)

    def keep(self, path: str, page: Redrawn, build: str) -> None:
        """Keep what the page at `path` was drawn from, as of `build`."""
        self._drawn.set_page(path, build, self._pages[path])
        rows: dict[str, dict[str, Any]] = {}
        for name, attribute in page.reads:
            if self.living(name, attribute) is not NotImplemented:
                continue
            told, value = self.things.value(name, attribute)
            entry = self.things.find(name, attribute)
            if entry is not None and entry[3] != path:
                continue  # the page that it is kept of
            if self.things.is_new(name, attribute):
                data, place = _packed(value), None
            else:
                _, data, place, *_ = self.things.entry(name, attribute)
            if isinstance(value, str) and len(value) > replay.LONG:
                start = page.text.find(value)
                if start >= 0:
                    data, place = None, (path, start, len(value), type(value).__name__)
                elif place is not None:
                    data, place = _packed(value), None
            if name not in rows:
                rows[name] = self._drawn.thing(name)
            rows[name][attribute] = (told, data, place, path, build)
        for name, row in rows.items():
            self._drawn.set_thing(name, row)

    def _share(self, name: str) -> Any:
        if name not in self._shared:
            data = self._drawn.left(f"shared {name}")
            if data is None:
                raise MissError(name)
            self._shared[name] = self.things.loads(data)
        return self._shared[name]

    def _environment(self, described: Any) -> Environment:
        loader, options, filters = described
        key = repr(described)
        if key not in self._environments:
            compiled = str(self._drawn.meta("templates"))
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
        said = self._drawn.said(replay.said_name(date, form))
        if said is None:
            raise MissError(f"{date} as {form!r}")
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
