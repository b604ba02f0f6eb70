"""After a comment: the steps that bring it to the readers, once for many.

A step is a function that raises `PublishError` when it fails. What the steps
are is decided elsewhere; this module knows when to take them.
"""

from __future__ import annotations

import logging
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from time import monotonic, time

logger = logging.getLogger(__name__)

#: Seconds before the next try after a failure, the last one for ever.
RETRIES = (5.0, 30.0, 120.0, 600.0)
#: A build that hangs must not keep every later comment from the page, seconds.
TIMEOUT = 3600


class PublishError(Exception):
    """A step that did not work, in words for the author."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How publishing stands. trouble: why the last run failed, or ""."""

    waiting: bool
    done: int
    failed: int
    trouble: str


class Publisher:
    """Takes `steps` in a thread of its own, at once when it is asked after a
    while, but not within `delay` seconds of the last run: a lone comment need not
    wait, and a burst of them costs two runs. A run asked for while one is under
    way follows it. A failed run is tried again.

    mark: a file that stands while something waits, so that it outlives a crash.
    """

    def __init__(
        self,
        steps: Sequence[Callable[[], None]],
        mark: Path,
        *,
        delay: float = 1.0,
        retries: Sequence[float] = RETRIES,
    ) -> None:
        self._steps = steps
        self._mark = mark
        self._delay = delay
        self._retries = retries
        self._state = threading.Condition()
        self._asked = mark.exists()
        self._running = self._stopping = False
        self._done = self._failed = 0
        self._built = 0.0
        self._trouble = ""
        self._thread = threading.Thread(target=self._work, name="publisher", daemon=True)

    def start(self) -> None:
        """Begin; what an earlier process left to do is done first."""
        self._thread.start()

    def ask(self) -> None:
        """Say that something changed. Returns at once."""
        with self._state:
            if not self._asked:
                self._mark.parent.mkdir(parents=True, exist_ok=True)
                self._mark.touch()
                self._asked = True
            self._state.notify_all()

    def stop(self, timeout: float = 30) -> None:
        """End after the run under way; what waits is left to the next process."""
        with self._state:
            self._stopping = True
            self._state.notify_all()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def condition(self) -> Condition:
        """Tell how things stand."""
        with self._state:
            return Condition(self._asked or self._running, self._done, self._failed, self._trouble)

    def settled(self, now: float) -> float:
        """Return up to when (seconds since 1970, `now` at most) what was asked
        for stands on the page. Where something always waits, that moves on too.
        """
        with self._state:
            return min(now, self._built) if self._asked or self._running else now

    def _work(self) -> None:
        in_a_row, ended = 0, -inf
        while True:
            with self._state:
                self._state.wait_for(lambda: self._asked or self._stopping)
                wait = self._delay - (monotonic() - ended)
                if in_a_row:
                    wait = self._retries[min(in_a_row, len(self._retries)) - 1]
                self._state.wait_for(lambda: self._stopping, max(wait, 0))
                if self._stopping:
                    return
                self._asked, self._running = False, True
                begun = time()
            trouble = self._run()
            ended = monotonic()
            with self._state:
                self._running = False
                self._trouble = trouble
                if trouble:
                    in_a_row += 1
                    self._failed += 1
                    self._asked = True
                else:
                    in_a_row = 0
                    self._done += 1
                    self._built = begun
                    if not self._asked:
                        self._mark.unlink(missing_ok=True)

    def _run(self) -> str:
        try:
            for step in self._steps:
                step()
        except (PublishError, OSError) as error:
            logger.error("publishing failed, and will be tried again: %s", error)
            return str(error)
        return ""


def command(arguments: Sequence[str] | str, folder: Path) -> Callable[[], None]:
    """Return the step that runs a command in `folder`; a string goes to the shell."""

    def step() -> None:
        try:
            done = subprocess.run(
                arguments,
                shell=isinstance(arguments, str),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=TIMEOUT,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise PublishError(f"the build took longer than {TIMEOUT} s") from error
        if done.returncode:
            last = done.stdout.decode("utf-8", "replace").strip()[-500:]
            raise PublishError(f"exit code {done.returncode}: {last}")

    return step


def commit(comments: Path, *, push: bool) -> Callable[[], None]:
    """Return the step that commits every new or changed comment file by itself,
    and pushes if asked to. What a crash left uncommitted is found again.
    """

    def git(*arguments: str) -> str:
        try:
            done = subprocess.run(
                ["git", *arguments],
                cwd=comments,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=120,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise PublishError(f"git {arguments[0]} took longer than 2 minutes") from error
        if done.returncode:
            said = (done.stderr + done.stdout).decode("utf-8", "replace").strip()[-500:]
            raise PublishError(f"git {arguments[0]}: {said}")
        return done.stdout.decode("utf-8", "replace")

    def step() -> None:
        if not comments.is_dir():
            return
        names = {"A": "Add", "?": "Add", "D": "Remove"}
        listed = git("status", "--porcelain", "-z", "--no-renames", "-uall", "--", ".")
        top = Path(git("rev-parse", "--show-toplevel").strip())
        for line in filter(None, listed.split("\0")):
            path = top / line[3:]
            if path.suffix != ".md" or path.name.startswith("."):
                continue
            git("add", "--all", "--", str(path))
            verb = names.get(line[:2].strip()[:1], "Change")
            what = f"{verb} comment {path.parent.name}/{path.stem}"
            git("commit", "--quiet", "--message", what, "--only", "--", str(path))
        if push:
            git("push", "--quiet")

    return step
