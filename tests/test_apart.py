"""Work done by a process of its own, and what is left of it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tipsblog.apart import LostError, done_apart

PLUGINS = Path(__file__).parent.parent / "plugins"
IMPORTS = "import threading, time; from tipsblog.apart import done_apart; "
SLEEPS = f"{IMPORTS}done_apart(time.sleep, 60)"
ENDS = f"{IMPORTS}threading.Thread(target=done_apart, args=(time.sleep, 60), daemon=True).start()"


def test_another_process_does_it() -> None:
    assert done_apart(os.getpid) != os.getpid()


def test_what_it_raises_is_raised_here() -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        done_apart(os.listdir, "nowhere")


def test_a_process_that_is_stopped_is_told_of() -> None:
    with pytest.raises(LostError):
        done_apart(os._exit, 3)


def worker_of(process: subprocess.Popen[bytes]) -> psutil.Process:
    """Wait for the process that works for this one."""
    for _ in range(500):
        for child in psutil.Process(process.pid).children():
            if "spawn_main" in " ".join(child.cmdline()):
                return child
        time.sleep(0.02)
    raise AssertionError("no other process works")


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="there is no /proc here")
def test_nothing_is_left_where_the_one_that_waits_is_killed() -> None:
    environment = {**os.environ, "PYTHONPATH": str(PLUGINS)}
    with subprocess.Popen([sys.executable, "-c", SLEEPS], env=environment) as process:
        worker = worker_of(process)
        time.sleep(0.5)  # until it works
        named = [one.path for one in worker.memory_maps() if "sem.mp-" in one.path]
        process.kill()

    assert named == []
    worker.wait(10)


def test_a_program_that_ends_meanwhile_neither_waits_nor_complains() -> None:
    environment = {**os.environ, "PYTHONPATH": str(PLUGINS)}
    command = [sys.executable, "-c", f"{ENDS}; time.sleep(1)"]

    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=30, check=True
    )

    assert done.stderr == ""
