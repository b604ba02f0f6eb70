"""Pelican without rich, until something is printed.

Pelican loads it for its log and its console, a fifth of all that it loads, and a
build that says nothing needs neither. Here its module of logs is run with stand-ins,
which make the real ones when they are asked for anything.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType
from typing import Any

from ..changes.stamps import read_digest

#: Digests of the module's source, as it was when this was compared with it.
COMPARED = frozenset(["90b7ed9c7354f12a42d8bc08e57e2b17"])  # Pelican 4.12.0
_LOG = "pelican.log"
#: What the module has of rich, and where that is.
_MADE = {"Console": "rich.console", "RichHandler": "rich.logging"}


class Finder(MetaPathFinder):
    """Sees Pelican's module of logs come, if it is the one compared."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != _LOG:
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(fullname, path)
        if "rich" in sys.modules or spec is None or type(spec.loader) is not SourceFileLoader:
            return None
        if read_digest(str(spec.origin)).hex() not in COMPARED:
            return None
        spec.loader = _Loader(spec.name, str(spec.origin))
        return spec


class _Loader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        with standing_in(_stand_ins()):
            super().exec_module(module)
        made: Any = module
        for name in _MADE:
            delattr(made, name)
        made.__getattr__ = _made


def _made(name: str) -> Any:
    """Return what somebody else wants of the module: its `__getattr__`."""
    if name not in _MADE:
        raise AttributeError(f"module {_LOG!r} has no attribute {name!r}")
    return getattr(import_module(_MADE[name]), name)


class _Console:
    """Stands in for the console."""

    def __init__(self) -> None:
        self.__dict__.update(_real=None, _told={})

    def __setattr__(self, name: str, value: Any) -> None:
        if self._real is None:
            self._told[name] = value
        else:
            setattr(self._real, name, value)

    def __getattr__(self, name: str) -> Any:
        if self._real is None:
            self.__dict__["_real"] = _made("Console")()
            for told, value in self._told.items():
                setattr(self._real, told, value)
        return getattr(self._real, name)

    def print(self, *values: Any, **named: Any) -> None:
        if self._real is not None or not self._told.get("quiet"):
            self.__getattr__("print")(*values, **named)


class _Handler(logging.Handler):
    """Stands in for what writes the log to the console."""

    def __init__(self, console: Any) -> None:
        super().__init__()
        self._console, self._real = console, None

    def emit(self, record: logging.LogRecord) -> None:
        if self._real is None:
            self._real = _made("RichHandler")(console=self._console)
        real: Any = self._real
        real.setFormatter(self.formatter)
        real.emit(record)


@contextmanager
def standing_in(modules: dict[str, Any]) -> Iterator[None]:
    """Have these found for modules that nobody has loaded."""
    sys.modules.update(modules)
    try:
        yield
    finally:
        for name in modules:
            del sys.modules[name]


def _stand_ins() -> dict[str, Any]:
    modules: dict[str, Any] = {name: ModuleType(name) for name in ("rich", *_MADE.values())}
    modules["rich.console"].Console = _Console
    modules["rich.logging"].RichHandler = _Handler
    return modules
