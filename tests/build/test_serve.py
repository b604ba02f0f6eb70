"""`tipsblog serve` as a browser and an author meet it."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from builds import PLUGINS, Blog


@dataclass
class Served:
    blog: Blog
    port: int
    said: list[str]

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        result = (answer.status, dict(answer.headers), answer.read())
        connection.close()
        return result

    @contextlib.contextmanager
    def events(self) -> Iterator[http.client.HTTPResponse]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", "/.tipsblog/events")
        with connection.getresponse() as answer:
            yield answer
        connection.close()

    def wait_for(self, path: str, text: bytes, *, there: bool = True) -> bytes:
        """Follow the events until the page at `path` has, or lacks, `text`."""
        with self.events() as events:
            for _ in range(20):
                page = self.get(path)[2]
                if (text in page) == there:
                    break
                events.readline()
        return page


@pytest.fixture
def served(blog: Blog) -> Iterator[Served]:
    blog.article("ant", "First words.")
    blog.write("content/pages/404.md", "Title: Lost\nSave_as: 404.html\n\nNot here.\n")
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "tipsblog", "serve", "--port", "0"],
        cwd=blog.root,
        env={**os.environ, "PYTHONPATH": str(PLUGINS)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    said: list[str] = []
    port = 0
    for line in process.stdout:
        said.append(line)
        if found := re.search(r"http://127\.0\.0\.1:(\d+)/", line):
            port = int(found[1])
            break
    assert port, said
    reader = threading.Thread(target=said.extend, args=(process.stdout,))
    reader.start()
    yield Served(blog, port, said)
    process.kill()
    process.wait()
    reader.join()
    process.stdout.close()


def test_a_saved_change_is_built_and_the_browser_told(served: Served) -> None:
    assert b"First words." in served.get("/ant.html")[2]

    with served.events() as events:
        served.blog.article("ant", "Second words.")

        assert events.readline() == b"event: built\n"
    assert b"Second words." in served.get("/ant.html")[2]


def test_a_bad_file_is_shown_and_the_others_live_on(served: Served) -> None:
    bad = served.blog.write("content/comments/ant/x.md", "Autor: Bo\n\nHello\n")
    served.blog.article("ant", "Second words.")

    assert b"x.md:1: unknown field" in served.wait_for("/ant.html", b"x.md:1")
    assert b"Second words." in served.wait_for("/ant.html", b"Second words.")

    bad.unlink()

    assert b"tipsblog-faults" not in served.wait_for("/ant.html", b"faults", there=False)


def test_what_is_served_is_built_once_and_found_current_by_a_build(served: Served) -> None:
    build = [sys.executable, "-m", "tipsblog", "build"]
    environment = {**os.environ, "PYTHONPATH": str(PLUGINS)}

    time.sleep(1)  # time enough for one more
    said = subprocess.run(
        build, cwd=served.blog.root, env=environment, capture_output=True, text=True, check=True
    ).stdout

    assert sum("outputs written" in line for line in served.said) == 1
    assert said == "Nothing has changed.\n"


def test_what_is_added_to_a_page_stands_in_no_file(served: Served) -> None:
    assert b"/.tipsblog/serve.js" in served.get("/ant.html")[2]

    assert "/.tipsblog" not in (served.blog.output / "ant.html").read_text("utf-8")


def test_pages_are_packed_for_who_can_unpack_them(served: Served) -> None:
    _, headers, body = served.get("/ant.html", **{"Accept-Encoding": "gzip"})

    assert headers["Content-Encoding"] == "gzip"
    assert b"First words." in gzip.decompress(body)


def test_a_lost_page_gets_the_sites_own_404(served: Served) -> None:
    status, _, body = served.get("/nowhere.html")

    assert status == 404
    assert b"Not here." in body


@pytest.mark.parametrize("path", ["/../pelicanconf.py", "/%2e%2e/pelicanconf.py", "/a%00b", "//x"])
def test_nothing_outside_of_the_output_is_served(served: Served, path: str) -> None:
    status, _, body = served.get(path)

    assert status == 404
    assert b"SITENAME" not in body
