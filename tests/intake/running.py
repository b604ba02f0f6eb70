"""The service as a process of its own, on a port of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPException
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from tipsblog.project import Project

PLUGINS = Path(__file__).parents[2] / "plugins"
PATIENCE = 20


class Running:
    """`tipsblog intake` for `project`; `kill` and `start` it again at will."""

    def __init__(self, project: Project, *options: str, user: int | None = None) -> None:
        self.project = project
        self._options = options
        self._user = user
        self.process: subprocess.Popen[bytes]
        self.start()

    def start(self) -> None:
        for _ in range(5):
            # Another program may take the port before the service does.
            with socket.create_server(("127.0.0.1", 0)) as free:
                self.port = free.getsockname()[1]
            self.url = f"http://127.0.0.1:{self.port}"
            if self._started():
                return
        raise AssertionError("the service did not start")

    def _started(self) -> bool:
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tipsblog", "intake"),
                *("--bind", f"127.0.0.1:{self.port}", *self._options),
            ],
            cwd=self.project.root,
            env={**os.environ, "PYTHONPATH": str(PLUGINS)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=self._user,
        )
        for _ in range(PATIENCE * 50):
            if self.process.poll() is not None:
                return False
            try:
                with urlopen(f"{self.url}/intake/health", timeout=5):
                    return True
            except URLError as error:
                if getattr(error, "code", None):
                    return True  # it answers: that is all
            except (HTTPException, OSError):
                pass  # another program's answer
            time.sleep(0.02)
        self.kill()
        return False

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)

    def memory(self) -> int:
        """Resident bytes."""
        import psutil

        return int(psutil.Process(self.process.pid).memory_info().rss)

    def post(self, **fields: str) -> int:
        """Send a comment; return the code of the answer, 0 for none."""
        data = {"article": "traps", "author": "Ann", "body": "Words."} | fields
        request = Request(
            f"{self.url}/intake/comments",
            urlencode(data).encode(),
            {"origin": self.url, "accept": "application/json"},
        )
        try:
            with urlopen(request, timeout=PATIENCE) as answer:
                return int(answer.status)
        except URLError as error:
            return int(getattr(error, "code", 0))
        except OSError:
            return 0

    def raw(self, data: bytes, *, limit: int = 65536, patience: float = PATIENCE) -> bytes:
        """Send bytes as they are; return what comes back until the end."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=patience) as connection:
            connection.sendall(data)
            received = b""
            try:
                while len(received) < limit and (chunk := connection.recv(4096)):
                    received += chunk
                    if b"\r\n\r\n" in received and b"content-length: 0" in received.lower():
                        break
            except TimeoutError:
                pass
            return received
