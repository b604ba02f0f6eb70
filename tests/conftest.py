"""What several folders of tests share: a real browser and the built site."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from builds import Blog, Builder
from databases import Server
from sites import Site, build_site
from validator import Checker, install
from web import serve

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# How long an example takes says something of the machine, not of the code.
settings.register_profile("tipsblog", deadline=None)
settings.load_profile("tipsblog")

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; each makes its own context."""
    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            pytest.fail("CI needs a Chromium at /usr/bin/chromium")
        pytest.skip("NO BROWSER TEST RAN: there is no Chromium at /usr/bin/chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def database_server() -> Iterator[Server]:
    """One PostgreSQL for all tests of a process."""
    server = Server()
    yield server
    server.destroy()


@pytest.fixture
def database(database_server: Server) -> str:
    """The address of an empty database."""
    import psycopg

    with psycopg.connect(database_server.address, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return database_server.address


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The blog of this repository, as it is published."""
    folder = tmp_path_factory.mktemp("site")
    with serve(folder) as url:
        yield build_site(folder, url)


@pytest.fixture(scope="session")
def site_with_form(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The same while readers can post comments."""
    return build_site(
        tmp_path_factory.mktemp("form"),
        "https://example.org",
        TIPSBLOG_INTAKE_URL="https://comments.example.org",
    )


@pytest.fixture(scope="session")
def nested_site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The same under a sub-path."""
    return build_site(
        tmp_path_factory.mktemp("nested") / "our" / "tips", "https://example.org/our/tips"
    )


@pytest.fixture(scope="session")
def builder() -> Iterator[Builder]:
    """A process that builds blogs."""
    made = Builder()
    yield made
    made.close()


@pytest.fixture
def blog(tmp_path: Path) -> Blog:
    """A blog without any article, with plain templates."""
    return Blog(tmp_path)


@pytest.fixture(scope="session")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Checker:
    """Says what is wrong with the HTML of a folder's pages."""
    return install(tmp_path_factory.mktemp("npm"))
