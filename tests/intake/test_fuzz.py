"""Any bytes at all, sent to the running service: it answers, and answers well.

TIPSBLOG_FUZZ says how many requests; the default takes about half a minute.
"""

from __future__ import annotations

import json
import os
import re
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.parse import quote, urlencode

import html5lib
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running import Running
from services import SITE, make_blog

from makers import comment
from tipsblog.comments.model import Status, without_controls
from tipsblog.comments.store import FileStore
from tipsblog.intake.moderate import COOKIE, Passphrase
from tipsblog.intake.tokens import Tokens, secret_in

REQUESTS = int(os.environ.get("TIPSBLOG_FUZZ", "1500"))
PATIENCE = 20.0
#: The service gives up after this, of a body that does not come.
LONGEST = 15.0

PATHS = [
    *("comments", "preview", "form", "token", "edit", "delete", "health", "metrics", "decide"),
    *("confirm", "unsubscribe"),
    *("moderate", "moderate/login", "moderate/logout", "moderate/decide", "moderate/undo"),
    *("static/pages.css", "static/comment-form.css", "", "none"),
]
POSTED = {
    *("comments", "preview", "edit", "delete", "moderate/login", "moderate/logout"),
    *("moderate/decide", "moderate/undo"),
}
METHODS = [
    *("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "get"),
    *("\xff", "X" * 300),
]
FIELDS = [
    *("article", "author", "website", "body", "parent", "token", "work", "subject", "action"),
    *("edit_token", "csrf", "decision", "comment", "reply", "passphrase", "state", "page"),
    *("done", "email", "notify"),
]
WORDS = [
    *("traps", "over", "a", "held", "published", "approve", "spam", "delete", "hold", "restore"),
    *("reply", "preview", "post", "0", "-1", "9" * 30, "1e9", "..", "../../etc/passwd", "CON"),
    *("\0", "\ud800", "\u202e", "\u200b", "[" * 3000, "x" * 4097, "x\r\nSet-Cookie: a=b"),
    *("<script>alert(1)</script>", "{{ 7*7 }}", "javascript:alert(1)", "//evil.example", "é", ""),
]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    root = tmp_path_factory.mktemp("fuzz")
    blog = make_blog(root, comment_rate="", request_rate="")
    Passphrase(blog.state).set("correct horse battery")
    FileStore(blog.comments).put(comment("a", status=Status.HELD))
    service = Running(blog)
    yield service
    service.stop()


def percent(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


class Requests:
    """Makes requests; some bear what only this blog hands out."""

    def __init__(self, running: Running) -> None:
        self.port = running.port
        tokens, now = Tokens(secret_in(running.project.state)), time.time()
        kept = FileStore(running.project.comments).get("traps", "a")
        self.session = tokens.session(now)
        given = [
            *(tokens.form("traps", now - 60), tokens.place("edit", kept, now)),
            *(tokens.place("decide", kept, now), tokens.bound("csrf", self.session)),
        ]
        self.values = st.one_of(st.sampled_from([*WORDS, *given]), st.text(max_size=40))
        fields = st.dictionaries(st.sampled_from(FIELDS), self.values, max_size=7)
        aimed = st.fixed_dictionaries(
            {},
            optional={
                "article": st.just("traps"),
                "comment": st.just("a"),
                "csrf": st.just(tokens.bound("csrf", self.session)),
                "edit_token": st.just(tokens.place("edit", kept, now)),
                "token": st.sampled_from(given),
                "body": st.text(min_size=1, max_size=60),
                "decision": st.sampled_from(["approve", "hold", "spam", "restore", "reply"]),
            },
        )
        self.fields = st.tuples(aimed, fields).map(lambda both: {**both[0], **both[1]})

    def headers(self) -> st.SearchStrategy[dict[str, str]]:
        usual = st.fixed_dictionaries(
            {},
            optional={
                "Origin": st.sampled_from([SITE] * 8 + ["null", "https://evil.example"]),
                "Accept": st.sampled_from(["application/json", "text/html", "*/*"]),
                "Cookie": st.sampled_from(
                    [f"{COOKIE}={self.session}"] * 5 + [f"{COOKIE}=x", "=;=;"]
                ),
                "X-Forwarded-For": st.sampled_from(["10.0.0.1, x", "::1", "9" * 999]),
                "Connection": st.sampled_from(["close", "keep-alive"]),
            },
        )
        odd = st.sampled_from(
            [
                *(("Host", host) for host in ("blog.example.org", "", "[::1", "a b", "\xff")),
                *(("Origin", origin) for origin in ("x", "\xff", "")),
                *(("Accept", "\xe9"), ("Accept-Encoding", "br, *;q=0"), ("X\xff", "x")),
                *(("Cookie", "\xff=\xff"), ("Cookie", "a" * 5000), ("X-Forwarded-For", "\xff")),
                *(("X-Forwarded-Proto", word) for word in ("https", "javascript", "")),
                *(("Range", "bytes=9-1,x"), ("Expect", "100-continue"), ("Expect", "x")),
                *(("Upgrade", "websocket"), ("Upgrade", "h2c"), ("Connection", "upgrade")),
                *(("Content-Encoding", "gzip"), ("Transfer-Encoding", "gzip")),
            ]
        )
        rarely = st.sampled_from([False] * 6 + [True]).flatmap(
            lambda chosen: st.lists(odd, min_size=int(chosen), max_size=3 * chosen)
        )
        return st.tuples(usual, rarely).map(lambda both: {**both[0], **dict(both[1])})

    def bodies(self) -> st.SearchStrategy[tuple[str, bytes]]:
        forms = self.fields.map(
            lambda fields: "&".join(f"{name}={percent(value)}" for name, value in fields.items())
        )
        form = st.sampled_from(
            [
                "application/x-www-form-urlencoded",
                "application/x-www-form-urlencoded; charset=utf-16",
                "APPLICATION/X-WWW-FORM-URLENCODED",
            ]
        )
        parts = self.fields.map(
            lambda fields: "".join(
                f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
                for name, value in fields.items()
            ).encode("utf-8", "surrogatepass")
        )
        odd = st.one_of(
            st.tuples(form, st.binary(max_size=200)),
            st.tuples(
                form, st.sampled_from([b"a=b&" * 50, b"body=" + b"x" * 70_000, b"%", b"&;="])
            ),
            st.tuples(st.just("multipart/form-data; boundary=x"), parts),
            st.tuples(st.just("multipart/form-data"), st.binary(max_size=50)),
            st.tuples(st.sampled_from(["", "text/plain", "\xff"]), st.just(b"{}")),
        )
        right = st.tuples(form, forms.map(str.encode))
        return st.sampled_from([right] * 4 + [odd]).flatmap(lambda chosen: chosen)

    @st.composite
    @staticmethod
    def made(draw: st.DrawFn, self: Requests) -> tuple[bytes, bool]:
        """The bytes of a request, and whether it is whole, as HTTP has it."""
        path = draw(st.sampled_from(PATHS))
        method = "POST" if path in POSTED else "GET"
        if draw(st.sampled_from([False] * 5 + [True])):
            method = draw(st.sampled_from(METHODS))
        path = f"/intake/{path}"
        path += draw(
            st.sampled_from([""] * 40 + ["/", "/..", "%00", "%ED%A0%80", "%2e%2e", "\xff", "//x"])
        )
        query = urlencode(draw(self.fields), errors="surrogatepass") if draw(st.booleans()) else ""
        query += draw(st.sampled_from([""] * 20 + ["&&=%", "%ff=\xff", "?" * 50]))
        target = f"{path}?{query}" if query else path
        kind, body = draw(self.bodies())
        headers = {"Host": f"127.0.0.1:{self.port}", "Connection": "close", **draw(self.headers())}
        if kind:
            headers["Content-Type"] = kind
        framing = draw(
            st.sampled_from(["right"] * 20 + ["chunked"] * 3 + ["short", "long", "odd", "none"])
        )
        whole = framing in ("right", "chunked", "none") and method.isalpha() and method.isascii()
        if framing == "chunked":
            headers["Transfer-Encoding"] = "chunked"
            size = draw(st.integers(1, 9000))
            pieces = [body[at : at + size] for at in range(0, len(body), size)]
            body = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces) + b"0\r\n\r\n"
        elif framing != "none":
            wrong = {"short": len(body) // 2, "long": len(body) + 9, "odd": "-1"}
            headers["Content-Length"] = str(wrong.get(framing, len(body)))
        else:
            body = b""
        lines = [f"{method} {target} HTTP/1.1", *(f"{n}: {v}" for n, v in headers.items())]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
        return head + body, whole


def answered(port: int, data: bytes, *, whole: bool) -> int:
    """Send a request and hold the answer against what a browser can show; return
    its code, 0 for none to what is not whole.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        with suppress(ConnectionError):  # it need not read what it refuses
            connection.sendall(data)
            if not whole:
                connection.shutdown(socket.SHUT_WR)
        answer = HTTPResponse(connection, method=data.split(b" ")[0].decode("latin-1"))
        try:
            answer.begin()
            body = answer.read()
        except (HTTPException, ConnectionError):
            assert not whole
            return 0
    kind = (answer.getheader("content-type") or "").partition(";")[0]
    assert 200 <= answer.status < 500, body
    if answer.status == 400 and kind == "text/plain":
        return 400  # no HTTP at all: said before any of our code
    assert answer.getheader("x-content-type-options") == "nosniff"
    assert "frame-ancestors 'none'" in (answer.getheader("content-security-policy") or "")
    assert re.match(r"$|/(?!/)|https://blog\.example\.org/", answer.getheader("location") or "")
    if body and kind == "text/html":
        page = body.decode("utf-8")
        parser = html5lib.HTMLParser()
        parser.parse(page)
        # What Unicode calls no characters may stand in words; browsers draw a box.
        assert [e for e in parser.errors if e[1] != "invalid-codepoint"] == []
        assert without_controls(page) == page
        assert "<script" not in page
    elif body and kind == "application/json":
        json.loads(body)
    else:
        assert not body or kind in ("text/css", "text/plain"), kind
    return answer.status


def test_whatever_is_sent_the_running_service_answers_well_and_keeps_its_files_whole(
    running: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    requests = Requests(running)
    codes: Counter[int] = Counter()
    longest = 0.0

    @settings(
        max_examples=REQUESTS,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(Requests.made(requests))
    def attack(made: tuple[bytes, bool]) -> None:
        nonlocal longest
        data, whole = made
        begun = time.monotonic()
        codes[answered(running.port, data, whole=whole)] += 1
        longest = max(longest, time.monotonic() - begun)
        assert longest < LONGEST

    attack()

    assert running.process.poll() is None
    assert running.post(body="Still there.") == 201
    files = FileStore(running.project.comments)
    assert files.load().errors == ()
    assert [p for p in Path(files.root).rglob("*") if p.is_file() and p.suffix != ".md"] == []
    with capsys.disabled():
        total = sum(codes.values())
        print(f"\n{total} requests, the longest {longest:.2f} s: {dict(sorted(codes.items()))}")
