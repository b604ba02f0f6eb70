"""Pelican without rich: nobody notices, whoever prints something and when."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from builds import PLUGINS

_PROGRAM = f"""
import sys
sys.path.insert(0, {str(PLUGINS)!r})
from tipsblog.build.whole import lean, silent
{{compared}}
if {{deferred}}:
    lean.defer()
import logging, pelican, pelican.log
print("rich" in sys.modules)
{{code}}
"""


def said(code: str, *, deferred: bool = True, compared: bool = True) -> list[str]:
    """Run `code`; return whether rich was loaded before it, and what was printed."""
    other = "" if compared else "silent.COMPARED = frozenset()"
    program = _PROGRAM.format(compared=other, deferred=deferred, code=code)
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "COLUMNS": "80", "TERM": "dumb"},
    )
    first, *others = done.stdout.splitlines()
    return [first, *others, *done.stderr.splitlines()]


@pytest.mark.parametrize(
    "code",
    [
        "pelican.console.print('[bold]Done[/bold]: all', 7)",
        "pelican.console.quiet = True; pelican.console.print('Done')",
        "pelican.console.quiet = True; print(pelican.console.quiet, pelican.console.width)",
        "pelican.log.init(logging.INFO); "
        "odd = {'levelno': 30, 'levelname': 'WARNING', 'msg': 'It is *odd*', 'created': 0.0}; "
        "logging.getLogger().handle(logging.makeLogRecord(odd))",
        "from pelican.log import Console, RichHandler; print(Console, RichHandler)",
        "print(hasattr(pelican.log, 'nothing'))",
        "with pelican.console.status('Working'): print('there')",
    ],
)
def test_what_is_printed_is_what_pelican_prints(code: str) -> None:
    without, plain = said(code), said(code, deferred=False)

    assert (without[0], plain[0]) == ("False", "True")
    assert without[1:] == plain[1:]


def test_who_prints_nothing_loads_nothing() -> None:
    code = "pelican.console.quiet = True; pelican.console.print('x'); print('rich' in sys.modules)"

    assert said(code) == ["False", "False"]


def test_another_pelican_is_left_alone() -> None:
    assert said("", compared=False) == ["True"]
