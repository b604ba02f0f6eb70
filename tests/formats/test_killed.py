"""An import killed at any moment is completed by the next."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import big
import pytest
from test_importing import files


def run(export: Path, folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tipsblog", "import", str(export), "--into", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=export.parent,
    )


@pytest.mark.slow
def test_killed_at_twenty_points_a_second_run_completes_to_the_same_files(tmp_path: Path) -> None:
    export = tmp_path / "blog.xml"
    big.write(export, 60, 300)
    whole = tmp_path / "whole"
    assert run(export, whole).wait() == 0
    expected = files(whole)
    chance = random.Random(7)
    found_part_way = 0

    for number in range(20):
        folder = tmp_path / f"killed-{number}"
        wanted = chance.randrange(len(expected))
        process = run(export, folder)
        # Killed by how far it has come, not by the clock.
        while process.poll() is None and len(list(folder.rglob("*.md"))) < wanted:
            time.sleep(0.001)
        process.kill()
        process.wait()
        found_part_way += 0 < len(list(folder.rglob("*.md"))) < len(expected) - 1
        assert run(export, folder).wait() == 0

        assert files(folder) == expected
    assert found_part_way >= 10
