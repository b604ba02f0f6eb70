"""Everything outside of the project's files that a build's result may hang on."""

from __future__ import annotations

import os
import sys

from .stamps import digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

#: Read by Python, Pelican, the C library or this plugin.
VARIABLES = (
    "LANG",
    "LANGUAGE",
    "LC_ALL",
    "LC_CTYPE",
    "LC_TIME",
    "PYTHONPATH",
    "SOURCE_DATE_EPOCH",
    "TZ",
)
#: Changes with every terminal or shell and says nothing about a site.
_IDLE = frozenset(
    ["PWD", "OLDPWD", "SHLVL", "_", "TERM", "COLUMNS", "LINES", "MAKELEVEL", "MAKEFLAGS", "MFLAGS"]
)
ALL = "*"
#: The program.
PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
#: Where a change of the packages or the system would be.
SYSTEM = tuple(
    {
        sys.prefix + os.sep,
        sys.base_prefix + os.sep,
        *("/usr/", "/proc/", "/dev/", "/sys/", "/etc/"),
    }
)


def describe(variables: Iterable[str] = ()) -> str:
    """Return a digest of the Python, the installed packages and the
    environment's `variables`; `ALL` stands for all of them.
    """
    names = {*VARIABLES, *variables}
    if ALL in names:
        names |= set(os.environ) - _IDLE
    parts = [
        sys.version,
        sys.prefix,
        *packages(),
        *(f"{name}={os.environ.get(name)}" for name in sorted(names)),
    ]
    return digest("\0".join(parts).encode("utf-8", "surrogateescape")).hex()


def packages() -> list[str]:
    """Return name and version of every installed package."""
    found: set[str] = set()
    for folder in sys.path:
        if folder.endswith(("site-packages", "dist-packages")):
            try:
                names = os.listdir(folder)
            except OSError:
                continue
            found.update(name for name in names if name.endswith(("-info", ".pth", ".egg-link")))
    return sorted(found)


class Watched(os._Environ):  # type: ignore[type-arg]
    """`os.environ` that remembers which variables were asked for."""

    asked: set[str] = set()  # noqa: RUF012 - there is one environment

    def __getitem__(self, key: str) -> str:
        Watched.asked.add(key)
        return str(super().__getitem__(key))

    def __iter__(self):  # type: ignore[no-untyped-def]
        Watched.asked.add(ALL)
        return super().__iter__()
