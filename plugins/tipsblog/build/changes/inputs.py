"""Where a site's inputs are, and when the clock is one.

Takes Pelican's settings as a mapping; knows nothing else of Pelican.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from . import surroundings
from .surroundings import PACKAGE


@dataclass(frozen=True, slots=True)
class Inputs:
    """Where a site's inputs are.

    roots: folders, with all below them. code: those among them that hold
    program text. look: those that hold templates. skip: folders below the roots
    that are none. files: single files elsewhere. variables: of the environment.
    exact: see `Note`.
    """

    roots: tuple[str, ...]
    code: tuple[str, ...]
    look: tuple[str, ...]
    skip: tuple[str, ...]
    files: tuple[str, ...]
    variables: tuple[str, ...] = ()
    exact: bool = False


def find(
    values: Mapping[str, Any],
    *,
    output: str,
    plugins: Iterable[Any],
    settings: str = "",
    reads: Iterable[str] = (),
) -> Inputs:
    """Return where the inputs of a site with the settings `values` are.

    plugins: the modules. settings: path of the settings file; reads: what was
    opened while it was read; where both are not known, they are no inputs.
    """
    theme = [str(Path(values["THEME"]).absolute())]
    theme += [path for path in values["THEME_STATIC_PATHS"] if Path(path).is_absolute()]
    theme += [str(Path(path).absolute()) for path in values["THEME_TEMPLATES_OVERRIDES"]]
    code = {PACKAGE, *(str(Path(path).absolute()) for path in values["PLUGIN_PATHS"])}
    code |= {
        str(Path(module.__file__).parent)
        for module in plugins
        if getattr(module, "__file__", None) and not _installed(str(module.__file__))
    }
    files = {
        str(Path(str(module.__file__)).absolute())
        for module in list(sys.modules.values())
        if getattr(module, "__file__", None) and not _installed(str(module.__file__))
    }
    files |= {path for path in reads if not _installed(path)}
    if settings:
        files.add(str(Path(settings).absolute()))
    below = tuple(f"{path}{os.sep}" for path in code)
    return Inputs(
        roots=tuple(
            sorted({os.path.abspath(values["PATH"]), *filter(_own, theme), *filter(_own, code)})
        ),
        code=tuple(sorted(code)),
        look=tuple(theme),
        skip=(output, os.path.abspath(values["CACHE_PATH"])),
        files=tuple(sorted(path for path in files if not path.startswith(below))),
        variables=tuple(sorted(surroundings.Watched.asked)) if settings else (),
        exact=values.get("DEFAULT_DATE") == "fs",
    )


def _own(path: str) -> bool:
    return not _installed(path)


def _installed(path: str) -> bool:
    return str(path).startswith((sys.prefix + os.sep, sys.base_prefix + os.sep)) or (
        "__pycache__" in path
    )


def is_inside(path: str, folder: str) -> bool:
    real = os.path.realpath(folder)
    return os.path.commonpath([real]) == os.path.commonpath([real, os.path.realpath(path)])


def next_change(values: Mapping[str, Any], now: float) -> float:
    """Return the next moment after `now` at which the clock alone changes the
    site; 0 for never. `values`: the context.
    """
    moments: list[float] = []
    for content in values["generated_content"].values():
        date = getattr(content, "date", None)
        if date is None:
            continue
        written = date if date.tzinfo else date.replace(tzinfo=ZoneInfo(values["TIMEZONE"]))
        if not values["WITH_FUTURE_DATES"]:
            moments.append(_timestamp(written))
        days = values.get("TIPSBLOG_CLOSE_AFTER_DAYS", 0)
        if days and "SOURCE_DATE_EPOCH" not in os.environ:
            moments.append(_timestamp(written) + timedelta(days=days).total_seconds())
    return min((moment for moment in moments if moment > now), default=0.0)


def _timestamp(moment: Any) -> float:
    try:
        return float(moment.timestamp())
    except (OverflowError, ValueError):
        return 0.0  # a draft without a date has the last moment there is
