"""A blog's folder as the commands see it: its settings file and what that names.

The settings file is run, as Pelican runs it, but Pelican itself is not
imported: a command must answer at once.
"""

from __future__ import annotations

import runpy
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import settings
from .errors import SettingError, TipsblogError
from .settings import Settings

DEFAULT_FILE = "pelicanconf.py"


@dataclass(frozen=True, slots=True)
class Project:
    """One blog.

    file: its settings file. values: what that file sets, Pelican's defaults
    not among them. settings: the plugin's own, checked. content: `PATH`.
    """

    file: Path
    values: Mapping[str, Any]
    settings: Settings
    content: Path

    @property
    def root(self) -> Path:
        """The folder that holds the settings file."""
        return self.file.parent

    @property
    def comments(self) -> Path:
        """The folder of the comment files."""
        return self.content / self.settings.comments_path

    @property
    def addresses(self) -> tuple[str, ...]:
        """The blog's own, as far as the settings tell: Pelican's `SITEURL`."""
        return (str(self.values.get("SITEURL", "")),)

    @property
    def state(self) -> Path:
        """The folder of what the plugin keeps between two runs; never published."""
        return state_folder(self.content)


def state_folder(content: Path) -> Path:
    """Return the folder of what the plugin keeps between two runs of the blog
    with this content folder: beside it, or in it where it is the whole blog.
    """
    blog = content if (content / DEFAULT_FILE).exists() else content.parent
    return blog / ".tipsblog"


def load_project(file: Path | str = DEFAULT_FILE) -> Project:
    """Run the settings `file` and check the plugin's part of it.

    Raises `TipsblogError` where there is none or where it does not run, and
    `SettingError` for a setting that cannot be meant.
    """
    path = Path(file).resolve()
    if not path.is_file():
        raise TipsblogError(
            "there is no settings file here",
            path=file,
            way_out="go to the blog's folder, or name the file with -s",
        )
    try:
        with _importable(path.parent):
            ran = runpy.run_path(str(path))
    except Exception as error:
        raise TipsblogError(
            f"the settings file does not run: {type(error).__name__}: {error}",
            path=file,
            line=_line_in(path, error),
        ) from error
    values = {name: value for name, value in ran.items() if name.isupper()}
    where = values.get("PATH", ".")
    if not isinstance(where, str):
        raise SettingError(f"PATH is {where!r}", path=file, way_out="it must be a folder's name")
    return Project(path, values, settings.load(values), path.parent / where)


@contextmanager
def _importable(folder: Path) -> Iterator[None]:
    """Let a settings file import its neighbour (`from pelicanconf import *`),
    and forget the neighbour again: another blog has one of the same name.
    """
    known = set(sys.modules)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in set(sys.modules) - known:
            origin = getattr(sys.modules[name], "__file__", None)
            if origin and Path(origin).parent == folder:
                del sys.modules[name]


def _line_in(path: Path, error: Exception) -> int | None:
    if isinstance(error, SyntaxError):
        return error.lineno
    line = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
