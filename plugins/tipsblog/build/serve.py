"""`tipsblog serve`: the site as it is written, in the browser at once.

Serves the built files with gzip and their own 404 page. What is added to a
page (a script that waits for the next build, and what went wrong in the last
one) is added on the way out and never stands in a file.
"""

from __future__ import annotations

import gzip
import html
import posixpath
import threading
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from . import front
from .changes import stamps
from .warm import Answer, Warm

_EVENTS, _SCRIPT, _STYLE = (f"/.tipsblog/{name}" for name in ("events", "serve.js", "serve.css"))
_RELOAD = f"""new EventSource("{_EVENTS}").addEventListener("built", () => location.reload());
"""
_LOOK = """#tipsblog-faults { position: sticky; top: 0; z-index: 9; margin: 0; padding: 1em;
background: #7a1020; color: #fff; font: 1rem/1.4 monospace; white-space: pre-wrap; }
"""
_PACKED = ("text/", "application/json", "application/xml", "application/atom", "image/svg")
#: How often files that stand alone are looked at, in milliseconds.
_LOOK_EVERY = 400
#: How long nothing must change before a build begins, in milliseconds.
_QUIET = 10
#: How often an idle browser is told that the server lives, in seconds.
_BEAT = 15.0


class Board:
    """What the browsers are to know: the number of builds, and what is wrong."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.builds = 0
        self.faults: list[str] = []

    def post(self, faults: list[str]) -> None:
        """Tell every browser that there was a build."""
        with self._changed:
            self.builds += 1
            self.faults = faults
            self._changed.notify_all()

    def wait(self, after: int) -> int:
        """Return the number of builds as soon as it is above `after`, or
        after a while.
        """
        with self._changed:
            self._changed.wait_for(lambda: self.builds > after, timeout=_BEAT)
            return self.builds


class Server(ThreadingHTTPServer):
    """Serves the folder `output`; `board` says what else to tell."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], output: Path, board: Board) -> None:
        self.output, self.board = output, board
        super().__init__(address, _Handler)


class _Handler(SimpleHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == _EVENTS:
            self._events()
        elif path == _SCRIPT:
            self._send(HTTPStatus.OK, "text/javascript", _RELOAD.encode())
        elif path == _STYLE:
            self._send(HTTPStatus.OK, "text/css", _LOOK.encode())
        else:
            self._file(path)

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the terminal is for builds."""

    def _file(self, path: str) -> None:
        root = self.server.output.resolve()
        name = posixpath.normpath(unquote(path)).lstrip("/")
        file = (root / name.replace("\0", "/")).resolve()
        if file.is_dir() and not path.endswith("/"):
            self.send_response(HTTPStatus.MOVED_PERMANENTLY)
            self.send_header("Location", f"{path}/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if file.is_dir():
            file /= "index.html"
        status = HTTPStatus.OK
        if not file.is_relative_to(root) or not file.is_file():
            status, file = HTTPStatus.NOT_FOUND, root / "404.html"
        kind = self.guess_type(str(file))
        try:
            body = file.read_bytes()
        except OSError:
            kind, body = "text/html", b"<!DOCTYPE html><title>404</title><h1>No such page</h1>"
        if kind == "text/html":
            body = self._with_news(body)
        self._send(status, kind, body)

    def _with_news(self, page: bytes) -> bytes:
        faults = "\n".join(self.server.board.faults)
        news = f'<script src="{_SCRIPT}" defer></script>'
        if faults:
            news += f'<link rel="stylesheet" href="{_STYLE}">'
            shown = f'<pre id="tipsblog-faults" role="alert">{html.escape(faults)}</pre>'.encode()
            start = page.find(b"<body")
            start = page.find(b">", start) + 1 if start >= 0 else 0
            page = page[:start] + shown + page[start:]
        end = page.rfind(b"</body>")
        end = end if end >= 0 else len(page)
        return page[:end] + news.encode() + page[end:]

    def _send(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        if kind.startswith("text/"):
            kind += "; charset=utf-8"
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        if kind.startswith(_PACKED) and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, 1)
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Vary", "Accept-Encoding")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def _events(self) -> None:
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        seen = self.server.board.builds
        try:
            while True:
                builds = self.server.board.wait(seen)
                self.wfile.write(b"event: built\ndata:\n\n" if builds > seen else b":\n\n")
                self.wfile.flush()
                seen = builds
        except OSError:
            return  # the browser left


def run_server(
    settings: str, output: str, bind: str, port: int, say: Callable[[str], None]
) -> None:
    """Build and serve until interrupted."""
    board, warm = Board(), Warm(settings, output)
    server = None
    try:
        answer = warm.build()
        _report(answer, say)
        board.post(answer.faults)
        folder = Path(answer.output or output or "output")
        server = Server((bind, port), folder, board)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        say(f"Serving {folder} on http://{bind}:{server.server_port}/ (Ctrl+C to stop)")
        _follow(settings, warm, answer, board, say)
    except KeyboardInterrupt:
        pass
    finally:
        warm.close()
        if server is not None:
            server.shutdown()
            server.server_close()


def _follow(
    settings: str, warm: Warm, answer: Answer, board: Board, say: Callable[[str], None]
) -> None:
    """Build whenever an input changes."""
    from watchfiles import watch

    while True:
        files = {path: stamps.stamp_of(path) for path in {*answer.files, settings}}
        roots = [path for path in answer.roots if Path(path).is_dir()]
        places = roots or [str(Path(settings).absolute().parent)]
        skip, unsure = answer.output or "\0", True
        for changes in watch(
            *places,
            watch_filter=partial(_counts, skip),
            step=_QUIET,
            rust_timeout=_LOOK_EVERY,
            yield_on_timeout=True,
            raise_interrupt=True,
        ):
            changed = {path for _, path in changes}
            changed |= {path for path, stamp in files.items() if stamps.stamp_of(path) != stamp}
            if unsure:
                # What changed before the watch began was not seen by it.
                unsure = False
                changed |= set() if front.is_current(settings, warm.output) else {settings}
            if not changed:
                continue
            if any(path.endswith(".py") for path in changed):
                warm.close()  # it holds the program as it was
            before, answer = answer, warm.build()
            _report(answer, say)
            if answer.changed or answer.faults != before.faults:
                board.post(answer.faults)
            answer.roots = answer.roots or before.roots
            answer.files = answer.files or before.files
            answer.output = answer.output or before.output
            files = {path: stamps.stamp_of(path) for path in {*answer.files, settings}}
            if answer.roots != before.roots:
                break  # and watch the new ones


def _counts(output: str, _: object, path: str) -> bool:
    parts = Path(path).parts
    return not (
        stamps.NEVER.intersection(parts)
        or path.startswith(output)
        or path.endswith((".swp", "~", ".tmp", ".pyc"))
    )


def _report(answer: Answer, say: Callable[[str], None]) -> None:
    for fault in answer.faults:
        say(fault)
    if answer.summary:
        say(answer.summary)
