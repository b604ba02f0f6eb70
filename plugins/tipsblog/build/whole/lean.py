"""Pelican without docutils, until somebody asks for that.

Pelican loads it for every blog, a third of all that it loads, and only articles
in reStructuredText need it. Here its module of readers is run with stand-ins;
at the first question about docutils, whoever asks, it is run once more with the
real one, and what that made is put in their place.

Only for a program that builds and nothing else: nobody else's imports change.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

from ..changes.stamps import read_digest
from . import silent

#: Digests of the module's source, as it was when this was compared with it.
COMPARED = frozenset(["da8028dfed353f99ee1176130441fc88"])  # Pelican 4.12.0
_READERS = "pelican.readers"
_DOCUTILS = "docutils"
_LANGUAGES = "docutils.parsers.rst.languages"
_WRITERS = "docutils.writers.html4css1"
_ABSENT = (
    *(_DOCUTILS, "docutils.core", "docutils.io", "docutils.parsers", "docutils.parsers.rst"),
    *(_LANGUAGES, "docutils.writers", _WRITERS, "pelican.rstdirectives"),
)
#: What the module has of docutils, or makes from it.
_MADE = (
    *("HTMLTranslator", "Writer", "rstdirectives"),
    *("_FieldBodyTranslator", "PelicanHTMLWriter", "PelicanHTMLTranslator"),
)
_ATTRIBUTES = ("writer_class", "field_body_translator_class")


def defer() -> None:
    """Let Pelican be loaded without docutils and rich from now on, if it is the one
    that this was compared with and neither it nor they are loaded yet.
    """
    if "pelican" not in sys.modules and _DOCUTILS not in sys.modules:
        sys.meta_path[:0] = [_Finder(), silent.Finder()]


class _Finder(MetaPathFinder):
    """Sees Pelican's module of readers come, and docutils asked for."""

    def __init__(self) -> None:
        self._loader: _Loader | None = None

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname == _READERS and self._loader is None:
            spec = PathFinder.find_spec(fullname, path)
            if _DOCUTILS in sys.modules or spec is None or not _is_compared(spec):
                sys.meta_path.remove(self)
                return None
            self._loader = spec.loader = _Loader(self, spec)
            return spec
        if fullname == _DOCUTILS and self._loader is not None:
            self._loader.load()
            return _spec_of_loaded(sys.modules[fullname])
        return None


def _is_compared(spec: ModuleSpec) -> bool:
    return type(spec.loader) is SourceFileLoader and read_digest(str(spec.origin)).hex() in COMPARED


class _Loader(SourceFileLoader):
    """Loads the module of readers: with stand-ins first, and when asked to for good."""

    def __init__(self, finder: _Finder, spec: ModuleSpec) -> None:
        super().__init__(spec.name, str(spec.origin))
        self._finder: _Finder | None = finder
        self._module = ModuleType(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        self._module = module
        with silent.standing_in(_stand_ins(self._has_language)):
            super().exec_module(module)
        for name in _MADE:
            delattr(module, name)
        made: Any = module
        made.docutils = _Later(self)
        made.__getattr__ = self._made
        for name in _ATTRIBUTES:
            setattr(made.RstReader, name, _Attribute(self, name))

    def load(self) -> None:
        """Load docutils, and let all be as if it had been there from the beginning."""
        if self._finder is None:
            return
        sys.meta_path.remove(self._finder)
        self._finder = None
        real: Any = ModuleType(_READERS)
        super().exec_module(real)
        module: Any = self._module
        del module.__getattr__
        for name in (*_MADE, _DOCUTILS, "get_docutils_lang"):
            setattr(module, name, getattr(real, name))
        for name in _ATTRIBUTES:
            setattr(module.RstReader, name, getattr(real.RstReader, name))

    def _made(self, name: str) -> Any:
        """Return what somebody else wants of the module: its `__getattr__`."""
        if name not in _MADE:
            raise AttributeError(f"module {_READERS!r} has no attribute {name!r}")
        self.load()
        return getattr(self._module, name)

    def _has_language(self, code: str) -> Any:
        """Stands in for docutils' `get_language`, asked whether it knows one."""
        found = PathFinder.find_spec(_DOCUTILS)
        if found is not None and found.origin and code.isalpha() and code.islower():
            place = Path(found.origin).parent / "parsers" / "rst" / "languages" / f"{code}.py"
            if place.is_file():
                return True
        self.load()
        module: Any = self._module
        return module.get_docutils_lang(code)


class _Later:
    """Stands in for docutils."""

    def __init__(self, loader: _Loader) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        self._loader.load()
        return getattr(sys.modules[_DOCUTILS], name)


class _Attribute:
    """Stands in for a class that the reader of reStructuredText works with."""

    def __init__(self, loader: _Loader, name: str) -> None:
        self._loader, self._name = loader, name

    def __get__(self, reader: Any, kind: type) -> Any:
        self._loader.load()
        return getattr(kind if reader is None else reader, self._name)


class _Loaded(Loader):
    """Gives a module to who asked for it: it has been loaded meanwhile."""

    def __init__(self, module: ModuleType) -> None:
        self._module, self._spec = module, module.__spec__

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec


def _spec_of_loaded(module: ModuleType) -> ModuleSpec | None:
    spec = spec_from_loader(module.__name__, _Loaded(module))
    # Python looks whether the module came meanwhile, and would load it again.
    module.__spec__ = spec
    return spec


def _stand_ins(has_language: Any) -> dict[str, Any]:
    modules: dict[str, Any] = {name: ModuleType(name) for name in _ABSENT}
    modules[_LANGUAGES].get_language = has_language
    modules[_WRITERS].HTMLTranslator = type("HTMLTranslator", (), {})
    modules[_WRITERS].Writer = type("Writer", (), {})
    return modules
