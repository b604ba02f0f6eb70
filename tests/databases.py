"""A PostgreSQL server of the tests' own, in a temporary folder, on a socket file."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

ROOT_USER = 0


def binaries() -> Path | None:
    """Where Debian keeps the newest server; None if there is none."""
    found = shutil.which("postgres")
    if found:
        return Path(found).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return versions[-1].parent if versions else None


class Server:
    """A server that can be stopped and started again."""

    def __init__(self) -> None:
        folder = binaries()
        if folder is None:
            if os.environ.get("CI"):
                pytest.fail("CI needs PostgreSQL")
            pytest.skip("NO DATABASE TEST RAN: there is no PostgreSQL")
        self._binaries = folder
        # Not below pytest's own folder: that is closed to other users.
        self.folder = Path(tempfile.mkdtemp(prefix="tipsblog-db-"))
        # The server refuses to run as root.
        self._user = "postgres" if os.geteuid() == ROOT_USER else None
        if self._user:
            shutil.chown(self.folder, self._user)
        self._run("initdb", "-A", "trust", "-U", "tester", "-D", str(self.folder / "data"), "-N")
        self.address = f"postgresql://tester@/postgres?host={self.folder}"
        self.start()

    def start(self) -> None:
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder}"
        data = str(self.folder / "data")
        self._run(
            "pg_ctl", "-D", data, "-l", str(self.folder / "log"), "-o", options, "-w", "start"
        )

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", mode, "-w", "stop")

    def destroy(self) -> None:
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.with_suffix(".out").unlink()

    def _run(self, program: str, *arguments: str) -> None:
        said = self.folder.with_suffix(".out")
        with said.open("a") as output:  # not a pipe: the server would hold it open
            done = subprocess.run(
                [str(self._binaries / program), *arguments],
                user=self._user,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        assert done.returncode == 0, said.read_text()
