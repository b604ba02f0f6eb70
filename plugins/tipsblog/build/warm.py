"""A process that has Pelican loaded and builds in a fresh child each time.

Started by `tipsblog serve`, so that a change does not wait for imports, and
nothing that a build leaves in memory reaches the next one.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ..errors import TipsblogError
from . import front
from .changes.surroundings import SYSTEM
from .report import summary
from .whole import lean

_STOPPED = "the build was stopped"


@dataclass(slots=True)
class Answer:
    """What came of a build. faults: what was said, a line each."""

    faults: list[str] = field(default_factory=list)
    summary: str = ""
    changed: bool = False
    output: str = ""
    roots: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


class Warm:
    """The process; `build` waits for its answer."""

    def __init__(self, settings: str, output: str) -> None:
        self.settings, self.output = settings, output
        self._process: subprocess.Popen[str] | None = None

    def build(self) -> Answer:
        """Build; whatever goes wrong is in the answer."""
        process = self._process or self._start()
        assert process.stdin is not None  # noqa: S101 - asked for below
        assert process.stdout is not None  # noqa: S101
        try:
            process.stdin.write(json.dumps([self.settings, self.output]) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = ""
        if not line:
            self.close()
            return Answer(faults=["the build was stopped from outside"])
        return Answer(**json.loads(line))

    def close(self) -> None:
        """End the process; the next build starts another."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _start(self) -> subprocess.Popen[str]:
        # Not by PYTHONPATH: the environment is an input, and `tipsblog build`
        # is to find what was built here as it should be.
        here = str(Path(__file__).parents[2])
        code = f"import sys; sys.path.append({here!r}); import {__name__} as warm; warm.main()"
        self._process = subprocess.Popen(  # noqa: S603 - this very program
            [sys.executable, "-P", "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self._process


def main() -> None:
    """Read requests from standard input, a line each, and answer them."""
    lean.defer()
    from . import glue

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a plugin prints must not be taken for an answer
    for line in sys.stdin:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            settings, output = json.loads(line)
            with os.fdopen(writing, "w") as pipe:
                json.dump([asdict(_build(glue, settings, output)), _loaded()], pipe)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            text = pipe.read()
        os.waitpid(pid, 0)
        answer, modules = json.loads(text) if text else [asdict(Answer([_STOPPED])), []]
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
        for name in modules:
            if name not in sys.modules:
                with contextlib.suppress(Exception):
                    importlib.import_module(name)


def _loaded() -> list[str]:
    """Return the modules of the program and of installed packages that a build
    has loaded: the next one is to find them there.
    """
    return [
        name
        for name, module in list(sys.modules.items())
        if name.startswith("tipsblog.") or str(getattr(module, "__file__", "")).startswith(SYSTEM)
    ]


def _build(glue, settings: str, output: str) -> Answer:  # type: ignore[no-untyped-def]
    answer = Answer()
    seen = front.changes(settings, output)
    report = front.attempt(settings, output)
    if seen is not None and report is not None:
        note = seen.note
        answer.summary = summary(report)
        answer.changed = bool(report.written)
        answer.output, answer.roots, answer.files = note.output, note.roots, list(note.files)
        return answer
    glue.speak(answer.faults.append, fatal=False)
    try:
        report = glue.build(glue.Request(settings, output, seen=seen))
        answer.summary = summary(report)
        answer.changed = bool(report.written or report.removed)
    except TipsblogError as error:
        answer.faults.append(str(error))
    except Exception as error:  # noqa: BLE001 - the server lives on, whatever it was
        answer.faults.append(f"{type(error).__name__}: {error}")
    place = glue.place()
    if place is not None:
        answer.output, answer.roots = place.output, list(place.roots)
        answer.files = list(place.files)
    return answer
