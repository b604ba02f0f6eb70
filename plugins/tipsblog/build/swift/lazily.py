"""Libraries that other libraries import and hardly ever use, loaded when they do.

For a process that has little to do: what Jinja and dataclasses bring along
takes longer than drawing a page.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

#: By module, the functions that are taken from it by name. Wanted by Jinja to
#: compile a template, for its `attr`, `random` and lorem ipsum, to write its own
#: cache, by `urllib` for addresses in brackets, by Pygments for plugins, by
#: `logging` to show where an error came from, and by who writes feeds.
SELDOM = {
    "ast": ("literal_eval",),
    "importlib.metadata": ("entry_points",),
    "inspect": ("getattr_static",),
    "ipaddress": (),
    "random": ("choice", "randrange"),
    "tempfile": (),
    "traceback": (),
    "urllib.request": ("pathname2url",),
}


class _Later(ModuleType):
    """Stands in for a module until somebody asks it for anything.

    `importlib.util.LazyLoader` will not do: the next `import` is enough for it.
    """

    def __getattr__(self, name: str) -> Any:
        if name == "__path__":  # `from ... import` asks for it; no package is wanted as one
            raise AttributeError(name)
        return getattr(_loaded(self), name)


def _loaded(module: ModuleType) -> ModuleType:
    if sys.modules.get(module.__name__) is module:
        del sys.modules[module.__name__]
    return import_module(module.__name__)


def _function(module: ModuleType, name: str) -> Callable[..., Any]:
    def call(*values: Any, **named: Any) -> Any:
        return getattr(_loaded(module), name)(*values, **named)

    return call


def _digests() -> dict[str, Any]:
    """Return what is wanted of `hashlib`, as Python itself has it: OpenSSL, which
    comes with the whole of it, would give the same.
    """
    from _blake2 import blake2b
    from _sha1 import sha1

    try:
        from _sha2 import sha256
    except ImportError:  # before Python 3.12
        from _sha256 import sha256
    return {"blake2b": blake2b, "sha1": sha1, "sha256": sha256}


def put_off() -> None:
    """Have `SELDOM` loaded when somebody first asks one of them for anything.

    Not where there may be threads: two could ask at once.
    """
    if "threading" in sys.modules:
        return
    for name, functions in SELDOM.items():
        if name not in sys.modules:
            module = sys.modules[name] = _Later(name)
            for function in functions:
                setattr(module, function, _function(module, function))
            package, _, last = name.rpartition(".")
            if package:  # `import a.b` gives `a`
                setattr(import_module(package), last, module)
    if "hashlib" not in sys.modules:
        module = _Later("hashlib")
        with contextlib.suppress(ImportError):
            vars(module).update(_digests())
            sys.modules["hashlib"] = module


def load() -> None:
    """Load what was put off: more is to be done, and in several processes."""
    for name in (*SELDOM, "hashlib"):
        if isinstance(module := sys.modules.get(name), _Later):
            _loaded(module)
