"""What a page read while it was drawn, and whether it would read the same now.

Recorded are the names that its templates can ask the context for, and every
attribute that was read of a content (an article, a page) or of the blog's
lists, by a template or by any Python that a template called. A value that
cannot be told from another makes its page one that is always drawn.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import enum
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, cast

from jinja2 import TemplateNotFound, meta

from ..changes.stamps import digest

#: (which object, which attribute), in the order of reading
Reads = tuple[tuple[str, str], ...]
#: the reads, and a digest of all that was read
Record = tuple[Reads, bytes]

_MISSING = object()
_NOTHING: dict[str, Any] = {}
_LONG = 64
#: So many attributes are remembered.
_MOST = 20_000
_PLAIN = frozenset([bool, int, float, bytes, type(None)])


class CannotTellError(Exception):
    """A value of a kind that is not known here."""


class Tracer:
    """Records reads of the objects that it has names for."""

    def __init__(
        self,
        objects: Mapping[str, Any],
        *,
        settings: Mapping[str, Any],
        wrappers: tuple[type, ...],
        listings: tuple[type, ...],
    ) -> None:
        """`objects` by name. Values of the classes `wrappers` are told by name
        and slug, those of `listings` (pages of a list) by all they hold.
        """
        self._objects = objects
        self._names = {id(thing): name for name, thing in objects.items()}
        self._as_told = {id(thing): f"<{name}>" for name, thing in objects.items()}
        self._settings, self._wrappers, self._listings = settings, wrappers, listings
        self._told: dict[int, tuple[Any, str]] = {}
        self._reads: dict[tuple[str, str], None] | None = None
        #: what is told of a pair: object, attribute, value, in one text
        self._values: dict[tuple[str, str], str] = {}
        self._known: dict[tuple[int, str], tuple[tuple[str, str], Any]] = {}
        self._plans: dict[tuple[int, int], tuple[Any, Any, list[tuple[str, str | None]]]] = {}

    def forget(self) -> None:
        """Look anew at all that is read: its values may have changed."""
        self._values.clear()
        self._known.clear()

    @contextlib.contextmanager
    def installed(self, classes: Iterable[type]) -> Iterator[None]:
        """Let every read of an attribute of `classes` pass here. What it was is
        remembered: as long as this lasts nothing may change without `forget`.
        """
        tracer, names, plain, known = self, self._names, object.__getattribute__, self._known

        def traced(thing: Any, attribute: str) -> Any:
            reads = tracer._reads
            if reads is None:
                return plain(thing, attribute)
            if (found := known.get((id(thing), attribute))) is not None:
                reads[found[0]] = None
                return found[1]
            name = names.get(id(thing))
            if name is None:
                raise CannotTellError(type(thing).__name__)
            reads[name, attribute] = None
            # What a property reads on its way is in its value.
            tracer._reads = None
            try:
                value = plain(thing, attribute)
            finally:
                tracer._reads = reads
            if len(known) >= _MOST:
                known.clear()
            known[id(thing), attribute] = (name, attribute), value
            return value

        classes = list(classes)
        for one in classes:
            one.__getattribute__ = traced  # type: ignore[assignment, method-assign]
        try:
            yield
        finally:
            known.clear()
            for one in classes:
                del one.__getattribute__

    def record(
        self, names: Iterable[str], context: Mapping[str, Any], draw: Callable[[], str]
    ) -> tuple[str, Record | None]:
        """Draw, and return what was read on the way; None: it cannot be told."""
        self._reads = {}
        try:
            text = draw()
            reads = tuple(self._reads)
        except CannotTellError:
            self._reads = None
            return draw(), None
        finally:
            self._reads = None
        found = self.digest(names, context, reads)
        return text, (reads, found) if found else None

    def digest(self, names: Iterable[str], context: Mapping[str, Any], reads: Reads) -> bytes:
        """Return a digest of what is there to be read now; b"" if it cannot be told.

        context: either whole, or a page's own names laid over those `under` it.
        """
        parts: list[str] = []
        under: Mapping[str, Any] = getattr(context, "under", _NOTHING)
        own = context.get if under is _NOTHING else functools.partial(dict.get, context)
        try:
            for name, shared in self._plan(names, under):
                value = own(name, _MISSING)
                told = shared if value is _MISSING else self._tell_name(name, value)
                if told is None:
                    return b""
                if told:
                    parts += [name, told]
            values = self._values
            found = list(map(values.get, reads))
            if None in found:
                for pair in reads:
                    if pair not in values:
                        values[pair] = self.tell_pair(*pair)
                found = list(map(values.get, reads))
        except CannotTellError:
            return b""
        return digest_of(parts + cast(list[str], found))

    def learn(self, told: Iterable[tuple[tuple[str, str], str | None]]) -> None:
        """Take over what `tell_pair` said elsewhere; None: nothing."""
        self._values.update((pair, text) for pair, text in told if text is not None)

    def tell_pair(self, name: str, attribute: str) -> str:
        """Return what tells this attribute of an object from any other value and from
        any other attribute. Raises `CannotTellError`.
        """
        thing = self._objects.get(name, _MISSING)
        if thing is _MISSING:
            raise CannotTellError(name)
        return f"{name}\0{attribute}\0{self.tell(getattr(thing, attribute, _MISSING))}"

    def _plan(self, names: Iterable[str], under: Mapping[str, Any]) -> list[tuple[str, str | None]]:
        """Return what is told of `names` where a page has none of its own; None:
        it cannot be told.
        """
        place = (id(names), id(under))
        if place not in self._plans:
            plan: list[tuple[str, str | None]] = []
            for name in names:
                try:
                    plan.append((name, self._tell_name(name, under.get(name, _MISSING))))
                except CannotTellError:
                    plan.append((name, None))
            # Both are kept, too: nothing else may get their numbers.
            self._plans[place] = (names, under, plan)
        return self._plans[place][2]

    def _tell_name(self, name: str, value: Any) -> str:
        """Return what is told of a name of the context; "" for a setting: it was
        compared with all the others.
        """
        if value is not _MISSING and value is self._settings.get(name, _MISSING):
            return ""
        return self.tell(value)

    def tell(self, value: Any) -> str:
        """Return text that tells `value` from any other of its kind."""
        kind = type(value)
        if kind is str and len(value) <= _LONG:
            return f"str'{value}'"
        if kind in _PLAIN:
            return repr(value)
        named = self._as_told.get(id(value))
        if named is not None:  # before its class is asked for: that is a read, too
            return named
        if isinstance(value, str):
            if len(value) > _LONG:
                return f"{kind.__name__}#{digest(value.encode('utf-8', 'surrogatepass')).hex()}"
            return f"{kind.__name__}'{value}"
        if isinstance(value, (int, float, bytes)):
            return repr(value)
        if value is _MISSING:
            return "missing"
        known = self._told.get(id(value))
        if known is None:
            known = self._told[id(value)] = (value, self._tell(value))
        return known[1]

    def _tell(self, value: Any) -> str:
        kind = type(value).__name__
        if isinstance(value, self._wrappers):
            value = cast(Any, value)
            return f"{kind}({value.name!r}, {value.slug!r})"
        if isinstance(value, (list, tuple)):
            named = list(map(self._as_told.get, map(id, value)))
            return self._all(kind, value) if None in named else _briefly(kind, named)
        if isinstance(value, (set, frozenset)):
            return kind + "".join(sorted(self.tell(one) for one in value))
        if value is self._settings:
            return "settings"
        if isinstance(value, Mapping):
            return self._all(kind, [part for item in value.items() for part in item])
        if isinstance(value, enum.Enum):
            return f"{kind}.{value.name}"
        if isinstance(value, (datetime.date, datetime.time, datetime.tzinfo)):
            return f"{kind}({value!s}, {getattr(value, 'tzinfo', None)!s})"
        if isinstance(value, functools.partial):
            return self._all(value.func.__qualname__, [*value.args, value.keywords])
        if identity := getattr(value, "identity", ""):
            return f"{kind}={identity}"
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return self._all(kind, [getattr(value, name) for name in _fields(type(value))])
        if isinstance(value, self._listings):
            found = {name: item for name, item in vars(value).items() if name[0] != "_"}
            if "paginator" in found:
                del found["object_list"]  # a part of what the paginator has, by its number
            return self._all(kind, found.values())
        if isinstance(value, type):
            return f"class {value.__qualname__}"
        raise CannotTellError(kind)

    def _all(self, kind: str, values: Iterable[Any]) -> str:
        return _briefly(kind, map(self.tell, values))


def _briefly(kind: str, parts: Iterable[Any]) -> str:
    text = f"{kind}({', '.join(parts)})"
    if len(text) <= _LONG:
        return text
    return f"{kind}#{digest(text.encode('utf-8', 'surrogatepass')).hex()}"


@functools.cache
def _fields(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(cast(Any, kind)))


def digest_of(parts: Iterable[str]) -> bytes:
    """Return one digest of what was read: names, each with what is told of it."""
    return digest("\0".join(parts).encode("utf-8", "surrogatepass"))


def names_in(template: Any, known: dict[str, Any]) -> list[str] | None:
    """Return the names that `template`, with all it extends or includes, asks
    the context for; None if that is only known when it is drawn.

    known: what was found of single templates of one environment, filled here.
    """
    environment = template.environment
    names: set[str] = set()
    seen: set[str] = set()
    todo = [template.name]
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        if name not in known:
            known[name] = _asked(environment, name)
        if known[name] is None:
            if name == template.name:
                return None
            continue  # may be included only where it is there
        file, asked, others = known[name]
        if name == template.name and file != template.filename:
            return None  # another one of that name
        if None in others:
            return None
        names |= asked
        todo += others
    return sorted(names)


def _asked(environment: Any, name: str) -> tuple[str, set[str], list[str | None]] | None:
    """Return the file of a template, the names it asks for by itself, and the
    templates that it refers to; None if there is no such template.
    """
    try:
        source, file, _ = environment.loader.get_source(environment, name)
    except TemplateNotFound:
        return None
    tree = environment.parse(source)
    return file, meta.find_undeclared_variables(tree), list(meta.find_referenced_templates(tree))
