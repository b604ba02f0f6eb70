"""Drawing a page again from what `keeping` kept of it, without Pelican.

A template asks the stand-ins here for the same attributes that it asked
articles and lists for. Whatever was not kept raises `MissError`, and the build
is left to Pelican: nothing is ever guessed.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import marshal
import pickle
import sys
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from markupsafe import Markup

from ..changes.stamps import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .drawn import Drawn

#: Stand for values: none was there; a class.
MISSING, CLASS = b"missing", b"class"
#: A text this long is looked for in its page, which holds it anyway.
LONG = 400
#: Values of these types are kept as they are.
PLAIN = (bool, int, str, type(None))
#: From how many objects on it pays to ask for all at once.
_MANY = 100


class MissError(Exception):
    """Something was asked for that was not kept."""


class Moment(datetime.datetime):
    """Stands in for Pelican's datetime, which writes dates in its own way."""

    def strftime(self, format: Any) -> str:
        raise MissError(f"a date as {format!r}")


def moment(*fields: Any) -> Moment:
    """Return a `Moment`, by year to microsecond and zone."""
    return Moment(*fields)


def said_name(date: datetime.datetime, form: str) -> str:
    """Return under which name it is kept what `strftime` said."""
    return f"{date.isoformat()} {date.tzinfo} {date.fold} {form}"


class Term:
    """Stands in for a category, a tag or an author."""

    def __init__(self, kind: str, name: str, slug: str, url: str | None) -> None:
        self._kind, self.name, self.slug = kind, name, slug
        if url is not None:
            self.url = url

    def __getattr__(self, name: str) -> Any:
        if name in ("__html__", "__html_format__"):
            raise AttributeError(name)  # Pelican's have none
        raise MissError(f"{self._kind}.{name}")

    def __hash__(self) -> int:
        return hash(self.slug)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Term):
            return self._kind == other._kind and self.slug == other.slug
        if isinstance(other, str):
            raise MissError(f"{self._kind} == {other!r}")
        return False

    def __lt__(self, other: object) -> bool:
        if isinstance(other, Term) and self._kind == other._kind:
            return bool(self.slug < other.slug)
        raise MissError(f"{self._kind} < {other!r}")

    __le__ = __gt__ = __ge__ = __lt__

    def __str__(self) -> str:
        return self.name or ""

    def __repr__(self) -> str:
        return f"<{self._kind} {self.name!r}>"


#: Where Pelican's module of paginators is; it imports nothing of Pelican's.
paginator_file = ""
_listings: dict[str, type] = {}


def listing(kind: str, state: dict[str, Any]) -> Any:
    """Return a stand-in for Pelican's paginator, or for a page of one."""
    if not _listings:
        _listings.update(_load_listings())
    made: Any = object.__new__(_listings[kind])
    if "settings" in state:
        rules = state["settings"]["PAGINATION_PATTERNS"]
        rule = _listings["PaginationRule"]
        state = {**state, "settings": {"PAGINATION_PATTERNS": [rule(*one) for one in rules]}}
    vars(made).update(state)
    return made


@contextlib.contextmanager
def _without(name: str) -> Iterator[None]:
    """Let something stand in for a module that nobody has loaded yet."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = cast(Any, _Silent())
    try:
        yield
    finally:
        del sys.modules[name]


class _Silent:
    """Stands in for `logging` and its loggers; whoever says something is left to
    a whole build, which can be heard.
    """

    def getLogger(self, name: str) -> _Silent:  # noqa: N802 - as it is named there
        return self

    def __getattr__(self, name: str) -> Any:
        raise MissError(f"logging.{name}")


def _load_listings() -> dict[str, Any]:
    from importlib.machinery import SourceFileLoader

    name = "tipsblog_paginator"
    found: dict[str, Any] = {"__name__": name}
    code: Any = SourceFileLoader(name, paginator_file).get_code(name)
    with _without("logging"):  # which takes longer than drawing the page
        exec(code, found)  # noqa: S102 - Pelican's own

    def missing(self: Any, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise MissError(f"{type(self).__name__}.{name}")

    for kind in ("Paginator", "Page"):
        found[kind].__getattr__ = missing
    return found


class Thing:
    """Stands in for an article, a page, or the blog's lists."""

    __slots__ = ("_name", "_things")
    _name: str
    _things: Things

    def __getattribute__(self, attribute: str) -> Any:
        things: Things = object.__getattribute__(self, "_things")
        if things.reads is None:
            return object.__getattribute__(self, attribute)
        name: str = object.__getattribute__(self, "_name")
        found = things.read(name, attribute)
        if found is CLASS:
            return object.__getattribute__(self, attribute)
        return found

    def __str__(self) -> str:
        path = self.source_path
        if not isinstance(path, str) or not path:
            raise MissError("a page without a file")
        return path

    def __repr__(self) -> str:
        raise MissError("repr")


class Things:
    """All stand-ins of a site, and what is known of them."""

    def __init__(self, drawn: Drawn, living: Callable[[str, str], Any]) -> None:
        """`living(name, attribute)` answers for what changes without any article;
        NotImplemented: it is not asked for that.
        """
        self._drawn, self._living = drawn, living
        self._all: dict[str, Thing] = {}
        self._rows: dict[str, dict[str, Any]] = {}
        self._packed: dict[str, bytes] | None = None
        self._values: dict[tuple[str, str], tuple[str, Any]] = {}
        self._new: set[tuple[str, str]] = set()
        #: how an attribute is kept that is not as it was; None: it is as it was
        self.fresh: Callable[[str, str], Any] = lambda name, attribute: None
        self._builds: dict[str, str | None] = {}
        self._all_builds = False
        self._texts: dict[str, str] = {}
        self.missed = ""
        #: what the page that is drawn reads; None while none is
        self.reads: dict[tuple[str, str], None] | None = None

    def __getitem__(self, name: str) -> Thing:
        thing = self._all.get(name)
        if thing is None:
            thing = self._all[name] = object.__new__(Thing)
            object.__setattr__(thing, "_name", name)
            object.__setattr__(thing, "_things", self)
        return thing

    def names(self) -> dict[str, Thing]:
        return self._all

    def read(self, name: str, attribute: str) -> Any:
        """Return what the attribute of an object is."""
        if self.reads is not None:
            self.reads[name, attribute] = None
        value = self._living(name, attribute)
        if value is NotImplemented:
            value = self.value(name, attribute)[1]
        if value is MISSING:
            raise AttributeError(attribute)
        return value

    def value(self, name: str, attribute: str) -> tuple[str, Any]:
        """Return what is kept of an attribute: as it is told, and itself."""
        known = self._values.get((name, attribute))
        if known is None:
            known = self._values[name, attribute] = self._load(name, attribute)
        return known

    def renew(self, name: str, attribute: str, told: str, value: Any) -> None:
        """Let an attribute be another one than was kept."""
        self._values[name, attribute] = told, value
        self._new.add((name, attribute))

    def is_new(self, name: str, attribute: str) -> bool:
        return (name, attribute) in self._new

    def entry(self, name: str, attribute: str) -> Any:
        """Return how an attribute is kept; raises `MissError` unless it counts."""
        entry = self.find(name, attribute)
        if entry is None:
            raise self.miss(f"{name}.{attribute}")
        return entry

    def find(self, name: str, attribute: str) -> Any:
        """Return how an attribute is kept; None unless it counts."""
        fresh = self.fresh(name, attribute)
        if fresh is not None:
            return (*fresh, "", "")
        row = self._rows.get(name)
        if row is None:
            row = self._rows[name] = self._brief(name)
        entry = row.get(attribute)
        if entry is None:
            row = self._rows[name] = self._drawn.thing(name)
            entry = row.get(attribute)
        if entry is None:
            return None
        # It stood so when that page was drawn, and stands so while that page does.
        path, build = entry[3:]
        if path not in self._builds:
            self._builds[path] = None if self._all_builds else self._drawn.build_of(path)
        return entry if self._builds[path] == build else None

    def owner(self, name: str, attribute: str) -> str:
        """Return which page keeps an attribute; "" for none."""
        entry = self.find(name, attribute)
        return str(entry[3]) if entry is not None else ""

    def expect_many(self) -> None:
        """Ask for all objects at once: most of them will be asked for."""
        if self._packed is None:
            self._packed = self._drawn.briefs()
            self._builds, self._all_builds = dict(self._drawn.builds()), True

    def _brief(self, name: str) -> dict[str, Any]:
        if self._packed is None:
            if len(self._rows) < _MANY:
                return self._drawn.brief(name)
            self.expect_many()  # a list of all articles asks for each
            return self._brief(name)
        data = self._packed.get(name)
        return marshal.loads(data) if data is not None else {}  # noqa: S302 - our own file

    def miss(self, what: str) -> MissError:
        """Note that something is missing: a template may swallow the error."""
        self.missed = self.missed or what
        return MissError(what)

    def loads(self, data: bytes) -> Any:
        """Return what `Keeper.dump` was given, with stand-ins for objects."""
        unpickler = pickle.Unpickler(io.BytesIO(data))  # noqa: S301 - our own file
        unpickler.persistent_load = self.__getitem__  # type: ignore[method-assign]
        return unpickler.load()

    def _load(self, name: str, attribute: str) -> tuple[str, Any]:
        told, data, place, *_ = self.entry(name, attribute)
        if place is not None:
            return told, self._text(told, *place)
        if isinstance(data, tuple):  # as it is; or a moment's fields and zone
            return told, data[0] if len(data) == 1 else moment(*data[:-1], ZoneInfo(data[-1]))
        if data in (MISSING, CLASS):
            return told, MISSING if data == MISSING else CLASS
        return told, self.loads(data)

    def _text(self, told: str, path: str, start: int, length: int, kind: str) -> str:
        if path not in self._texts:
            with open(path, encoding="utf-8", newline="") as file:
                self._texts[path] = file.read()
        text = self._texts[path][start : start + length]
        if told != f"{kind}#{digest(text.encode('utf-8', 'surrogatepass')).hex()}":
            raise self.miss(f"a text in {path}")
        return Markup(text) if kind == "Markup" else text  # noqa: S704 - it was one
