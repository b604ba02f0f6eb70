"""Pages drawn again by their templates, over what was kept of them.

Takes what `drawn` keeps and the stand-ins of `replay`; knows the templates, but
neither Pelican nor what the pages are about.
"""

from __future__ import annotations

import marshal
import os
import pickle
from collections.abc import Callable, Container, Iterable, Iterator
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


class Held(NamedTuple):
    """What a page can keep of an object. value: told, value, place, see `keeping`.
    own: nobody else keeps it.
    """

    name: str
    attribute: str
    value: tuple[str, Any, Any]
    own: bool


class Redrawn(NamedTuple):
    """A page drawn again. record: what it read now, as `reads.Tracer` records it.
    said: by filters, for the first time. page: what it was drawn from, packed. about:
    whether that is one article. held: what somebody must keep of what it read.
    """

    text: str
    record: Record
    said: dict[str, str]
    page: bytes
    about: bool
    held: list[Held]


class Redrawer:
    """Draws pages again. living: see `replay.Things`."""

    def __init__(self, drawn: Drawn) -> None:
        self.drawn = drawn
        self.living: Callable[[str, str], Any] = lambda name, attribute: NotImplemented
        self.things = Things(drawn, lambda name, attribute: self.living(name, attribute))
        self._environments: dict[str, Environment] = {}
        self._shared: dict[str, Any] = {}
        #: tells what a page is drawn from that is not what was kept; None: nothing
        self.renew: Callable[[str], Any] = lambda path: None
        #: pages of which what was kept counts no longer
        self.going: Container[str] = ()
        #: says a date for the first time
        self.say: Callable[[Any, str], str | None] = lambda date, form: None
        self._said: dict[str, str] = {}
        self._tells: tuple[int, Tracer] | None = None
        replay.paginator_file = str(drawn.meta("paginator"))

    def draw(self, path: str, *, changed: bool = True) -> Redrawn | None:
        """Draw the page at `path`; None: it is drawn from what was kept, and nothing
        that it reads has `changed`. Raises `MissError`.
        """
        page = self.renew(path)
        if page is None:
            if not changed:
                return None
            page = self._kept(path)
        template, environment, rows, data = page
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
        return Redrawn(
            text,
            self._record(rows, tuple(reads)),
            self._said,
            marshal.dumps(page),
            any(name == "article" and kind == "own" for name, kind, _ in rows),
            list(self._held(path, text, reads)),
        )

    def template_of(self, path: str) -> str:
        """Return the name of the template that drew a page. Raises `MissError`."""
        return str(self._kept(path)[0])

    def _kept(self, path: str) -> Any:
        """Return what a page was drawn from."""
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

    def _held(self, path: str, text: str, reads: Iterable[tuple[str, str]]) -> Iterator[Held]:
        """Yield what was read that nobody keeps but this page, or one that is `going`."""
        for name, attribute in reads:
            if attribute not in LIVING:
                owner = self.things.owner(name, attribute)
                own = owner in ("", path)
                if own or owner in self.going:
                    yield Held(name, attribute, self._entry(path, text, name, attribute), own)

    def _entry(self, path: str, text: str, name: str, attribute: str) -> tuple[str, Any, Any]:
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
        return told, data, place

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
