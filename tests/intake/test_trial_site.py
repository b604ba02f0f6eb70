"""The site that `tipsblog intake --site` serves while builds replace its files."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tipsblog.intake.files import WholeFiles
from tipsblog.intake.http import WithHeaders

LONG, SHORT = b"<p>long</p>" * 20_000, b"<p>short</p>"


@pytest.fixture
def changing(tmp_path: Path) -> Iterator[TestClient]:
    """A site whose one page is replaced all the time, as a build does it."""
    page, new, done = tmp_path / "page.html", tmp_path / "new", threading.Event()
    page.write_bytes(LONG)

    def replace() -> None:
        while not done.is_set():
            for content in (SHORT, LONG):
                new.write_bytes(content)
                new.replace(page)

    thread = threading.Thread(target=replace)
    thread.start()
    try:
        yield TestClient(WholeFiles(directory=tmp_path, html=True))
    finally:
        done.set()
        thread.join()


def test_a_page_that_is_replaced_meanwhile_comes_whole(changing: TestClient) -> None:
    for _ in range(200):
        answer = changing.get("/page.html")

        assert answer.content in (LONG, SHORT)
        assert answer.headers["content-length"] == str(len(answer.content))


def test_the_blogs_own_pages_may_be_framed_as_the_gadget_is(tmp_path: Path) -> None:
    (tmp_path / "gadget.html").write_text("Tips.")
    client = TestClient(WithHeaders(WholeFiles(directory=tmp_path)))

    headers = client.get("/gadget.html").headers

    assert headers["content-security-policy"] == "default-src 'self'"
    assert headers["x-content-type-options"] == "nosniff"


def test_a_lost_page_gets_the_sites_own_404(tmp_path: Path) -> None:
    (tmp_path / "404.html").write_text("Not here.")
    client = TestClient(WholeFiles(directory=tmp_path, html=True))

    answer = client.get("/nowhere.html")

    assert answer.status_code == 404
    assert answer.text == "Not here."
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
