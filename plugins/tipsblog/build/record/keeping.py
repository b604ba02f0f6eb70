"""While a page is drawn: keep what it was drawn from, so that `replay` can
draw it again without Pelican.

Kept are values, not objects: plain ones as they are, an article or a page as
the name that the tracer has for it, with the attributes that were read. What
is of no known kind is not kept, and pages that need it are left to Pelican.
"""

from __future__ import annotations

import datetime
import io
import marshal
import pickle
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader

from . import replay
from .reads import CannotTellError, Reads, Tracer

_MISSING = object()
#: More than this of a page's own values is kept only of a page that is as long
#: itself: lists that are handed to each of many pages would grow with its square.
_HEAVY = 1 << 16


class CannotKeepError(Exception):
    """A value of a kind that is not known here."""


class Kept(NamedTuple):
    """What one page was drawn from.

    page: template, environment, names, own values, packed; None: it cannot be
    drawn again. owner: the object that the page is about, "" for none. read: what
    was read of that, by attribute, packed. said: by filters.
    """

    page: bytes | None
    owner: str
    read: bytes
    said: dict[str, str]

    def pack(self) -> bytes:
        """Return this as bytes."""
        return marshal.dumps(tuple(self))

    @classmethod
    def unpack(cls, data: bytes) -> Kept:
        """Return what `pack` made `data` of."""
        return cls(*marshal.loads(data))  # noqa: S302 - our own


class Said:
    """A filter that remembers what it said: `strftime` needs Pelican's code."""

    log: dict[str, str] = {}  # noqa: RUF012 - one for all that is drawn in a process

    def __init__(self, plain: Callable[[Any, str], str]) -> None:
        self._plain = plain
        self._known: dict[str, str] = {}

    def __call__(self, date: Any, form: str) -> str:
        if not isinstance(date, datetime.datetime):
            return self._plain(date, form)
        name = replay.said_name(date, form)
        text = self._known.get(name)
        if text is None:
            text = self._known[name] = self._plain(date, form)
        self.log[name] = text
        return text


class Keeper:
    """Keeps values of one site. Lives in the parent and, forked, in the children."""

    def __init__(
        self,
        tracer: Tracer,
        objects: Mapping[str, Any],
        site: Mapping[str, Any],
        *,
        settings: Mapping[str, Any],
        living: frozenset[str],
        moment: type,
        wrappers: tuple[type, ...],
        listings: tuple[type, ...],
    ) -> None:
        """objects, settings, wrappers, listings: as the tracer has them. site:
        the context that all pages share. living: attributes that are not kept,
        because they change without any article. moment: Pelican's datetime.
        """
        self._tracer, self.objects, self._site = tracer, objects, site
        self._names = {id(thing): name for name, thing in objects.items()}
        self._settings, self.living = settings, living
        self._moment, self._wrappers, self._listings = moment, wrappers, listings
        self._environments: dict[int, Any] = {}

    def keep(
        self,
        path: str,
        template: Any,
        names: Iterable[str],
        local: Mapping[str, Any],
        reads: Reads,
        text: str,
    ) -> Kept:
        """Keep what `text` was drawn from, but for what it read of objects that it
        is not about: other pages mostly keep that, and else `entry` says it.
        """
        said = dict(Said.log)
        Said.log.clear()
        owner = self._names.get(id(local.get("article"))) or self._names.get(id(local.get("page")))
        read: dict[str, Any] = {}
        for name, attribute in reads:
            if name == owner and attribute not in self.living:
                entry = self.entry(name, attribute, path, text)
                if entry is not None:
                    read[attribute] = entry
        page = self._page(template, names, local, text)
        packed = marshal.dumps(page) if page is not None else None
        return Kept(packed, owner or "", marshal.dumps(read), said)

    def entry(self, name: str, attribute: str, path: str = "", text: str = "") -> Any:
        """Return how an attribute of an object is kept; None: who asks for it finds
        nothing. path, text: of a page in which it may stand.
        """
        value = getattr(self.objects[name], attribute, _MISSING)
        try:
            told = self._tracer.tell(value) if value is not _MISSING else "missing"
            return self._entry(value, told, path, text)
        except (CannotKeepError, CannotTellError):
            return None

    def own(
        self, names: Iterable[str], local: Mapping[str, Any]
    ) -> tuple[list[tuple[str, str, str]], dict[str, Any]]:
        """Return of which kind each of a page's names is, and what is told of it; and
        those values that are the page's own. Raises `CannotTellError`.
        """
        rows: list[tuple[str, str, str]] = []
        own: dict[str, Any] = {}
        for name in names:
            value = local.get(name, _MISSING)
            if value is _MISSING:
                rows.append((name, "absent", "missing"))
            elif value is self._settings.get(name, _MISSING):
                rows.append((name, "shared", ""))
            elif value is self._site.get(name, _MISSING):
                rows.append((name, "shared", self._tracer.tell(value)))
            else:
                own[name] = value
                rows.append((name, "own", self._tracer.tell(value)))
        return rows, own

    def dump(self, value: Any) -> bytes:
        """Return `value` as bytes. Raises `CannotKeepError`."""
        buffer = io.BytesIO()
        try:
            _Pickler(self, buffer).dump(value)
        except (TypeError, AttributeError, pickle.PicklingError, RecursionError) as error:
            raise CannotKeepError(str(error)) from error
        return buffer.getvalue()

    def shared(self, names: Iterable[str]) -> dict[str, bytes]:
        """Return what all pages find under `names`: settings and the blog's lists."""
        found = {}
        for name in names:
            value = self._settings.get(name, self._site.get(name, _MISSING))
            if name in self._site and self._site[name] is not value:
                value = self._site[name]
            if value is _MISSING:
                continue
            try:
                found[name] = self.dump(value)
            except CannotKeepError:
                continue
        return found

    def _entry(self, value: Any, told: str, path: str, text: str) -> Any:
        """told, value, place in the page if it stands there."""
        if value is _MISSING:
            return (told, replay.MISSING, None)
        if isinstance(value, str) and len(value) > replay.LONG:
            start = text.find(value)
            if start >= 0:
                return (told, None, (path, start, len(value), type(value).__name__))
        if isinstance(value, type):
            return (told, replay.CLASS, None)
        if type(value) in replay.PLAIN:
            return (told, (value,), None)
        if isinstance(value, datetime.datetime) and isinstance(value.tzinfo, ZoneInfo):
            if type(value) is not self._moment:
                return (told, self.dump(value), None)
            return (told, (*_fields(value), value.tzinfo.key), None)
        return (told, self.dump(value), None)

    def _page(
        self,
        template: Any,
        names: Iterable[str],
        local: Mapping[str, Any],
        text: str,
    ) -> Any:
        environment = self._environment(template.environment)
        if environment is None:
            return None
        try:
            rows, own = self.own(names, local)
            data = self.dump(own)
        except (CannotKeepError, CannotTellError):
            return None
        if len(data) > max(_HEAVY, len(text)):
            return None
        return [template.name, environment, rows, data]

    def _environment(self, environment: Any) -> Any:
        """Return what it takes to make another one, None if that is not known."""
        known = self._environments.get(id(environment))
        if known is None:
            try:
                known = (environment, self._described(environment))
            except CannotKeepError:
                known = (environment, None)
            self._environments[id(environment)] = known
        return known[1]

    def _described(self, environment: Any) -> Any:
        options = dict(self._settings["JINJA_ENVIRONMENT"])
        for value in options.values():
            several = value if isinstance(value, (list, tuple)) else [value]
            if not all(type(one) in replay.PLAIN for one in several):
                raise CannotKeepError("an option of Jinja's")
        options = {
            name: list(value) if isinstance(value, (list, tuple)) else value
            for name, value in options.items()
        }
        filters = {
            name: [one.__module__, one.__qualname__]
            for name, one in self._settings["JINJA_FILTERS"].items()
            if isinstance(one, types.FunctionType)
            and "." not in one.__qualname__
            and not hasattr(one, "jinja_pass_arg")
        }
        return [self._loader(environment.loader), options, filters]

    def _loader(self, loader: Any) -> Any:
        if type(loader) is FileSystemLoader:
            return ["files", list(loader.searchpath), loader.encoding, loader.followlinks]
        if type(loader) is ChoiceLoader:
            return ["choice", [self._loader(one) for one in loader.loaders]]
        if type(loader) is PrefixLoader:
            mapping = {name: self._loader(one) for name, one in loader.mapping.items()}
            return ["prefix", mapping, loader.delimiter]
        raise CannotKeepError(type(loader).__name__)

    def reduce(self, given: object) -> Any:
        """Say how a value is made again; NotImplemented: as pickle would."""
        value: Any = given
        kind = type(value)
        if kind is self._moment:
            return replay.moment, (*_fields(value), value.tzinfo)
        if kind is ZoneInfo:
            return ZoneInfo, (value.key,)
        if isinstance(given, self._wrappers):
            setting = self._settings[f"{kind.__name__.upper()}_URL"]
            url = value.url if isinstance(setting, str) else None
            return replay.Term, (kind.__name__, value.name, value.slug, url)
        if isinstance(given, self._listings):
            return replay.listing, (kind.__name__, self._listing(value))
        if isinstance(value, list):  # one that finds its members at once, see `shortcuts`
            return list, (list(value),)
        if isinstance(value, type):
            module = value.__module__
        elif isinstance(value, (types.FunctionType, types.MethodType, types.ModuleType)):
            if value in (replay.moment, replay.listing):
                return NotImplemented
            raise CannotKeepError(kind.__name__)
        else:
            module = kind.__module__
        if module in _KNOWN or (module.startswith("tipsblog.") and ".glue" not in module):
            return NotImplemented
        raise CannotKeepError(f"{module}.{kind.__name__}")

    def name_of(self, value: Any) -> str | None:
        if value is self._settings:
            raise CannotKeepError("all settings")
        return self._names.get(id(value))

    def _listing(self, value: Any) -> dict[str, Any]:
        state = {name: one for name, one in vars(value).items() if name != "settings"}
        if hasattr(value, "num_pages"):  # all of a long list: who asks for it finds nothing
            state["_count"], state["_num_pages"] = value.count, value.num_pages
            del state["object_list"]
        else:
            state["settings"] = {
                "PAGINATION_PATTERNS": [
                    tuple(rule) for rule in self._settings["PAGINATION_PATTERNS"]
                ]
            }
        return state


def _fields(moment: datetime.datetime) -> tuple[int, ...]:
    return (*moment.timetuple()[:6], moment.microsecond)


_KNOWN = frozenset(
    ["builtins", "datetime", "zoneinfo", "markupsafe", "collections", replay.__name__]
)


class _Pickler(pickle.Pickler):
    def __init__(self, keeper: Keeper, buffer: io.BytesIO) -> None:
        super().__init__(buffer, pickle.HIGHEST_PROTOCOL)
        self.persistent_id = keeper.name_of  # type: ignore[method-assign]
        self.reducer_override = keeper.reduce  # type: ignore[method-assign]
