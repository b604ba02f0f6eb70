"""Every built page by the Nu HTML checker (https://validator.github.io/validator/)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from sites import Site

HERE = Path(__file__).parent
JAR = Path("node_modules/vnu-jar/build/dist/vnu.jar")


@pytest.fixture(scope="session")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    missing = [tool for tool in ("java", "npm") if shutil.which(tool) is None]
    if missing:
        words = f"NO PAGE WAS VALIDATED: there is no {' and no '.join(missing)}"
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)
    folder = tmp_path_factory.mktemp("npm")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    return folder / JAR


def test_no_page_has_an_error_or_a_warning(site: Site, checker: Path) -> None:
    command = ["java", "-jar", checker, "--skip-non-html", "--format", "json"]
    done = subprocess.run(
        [*command, "--exit-zero-always", site.folder], capture_output=True, text=True, check=True
    )

    messages = json.loads(done.stderr)["messages"]
    assert [
        f"{message['url'].removeprefix(f'file:{site.folder}/')}:{message.get('lastLine')}: "
        f"{message['message']}"
        for message in messages
    ] == []
