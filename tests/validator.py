"""The Nu HTML checker (https://validator.github.io/validator/), from npm."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

#: Takes a folder; gives what is wrong with its pages.
Checker = Callable[[Path], list[str]]

HERE = Path(__file__).parent
JAR = Path("node_modules/vnu-jar/build/dist/vnu.jar")


def install(folder: Path) -> Checker:
    """Put the checker into `folder`; skips the test where that cannot be, never in CI."""
    missing = [tool for tool in ("java", "npm") if shutil.which(tool) is None]
    if missing:
        words = f"NO PAGE WAS VALIDATED: there is no {' and no '.join(missing)}"
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / "site" / name, folder)
    subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    command = ["java", "-jar", str(folder / JAR), "--skip-non-html", "--format", "json"]

    def check(pages: Path) -> list[str]:
        done = subprocess.run(
            [*command, "--exit-zero-always", str(pages)],
            capture_output=True,
            text=True,
            check=True,
        )
        return [
            f"{message['url'].removeprefix(f'file:{pages}/')}:{message.get('lastLine')}: "
            f"{message['message']}"
            for message in json.loads(done.stderr)["messages"]
        ]

    return check
