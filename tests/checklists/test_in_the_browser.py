"""What a reader can do, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import markdown
import pytest

from conftest import serve

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

STATIC = Path(__file__).resolve().parents[2] / "plugins/tipsblog/checklists/static/tipsblog"


def page_of(text: str, article: str = "hiring") -> str:
    """A bare page around what the extension makes of `text`."""
    content = markdown.markdown(
        text,
        extensions=["extra", "tipsblog.checklists.extension"],
        extension_configs={"tipsblog.checklists.extension": {"article": article}},
        output_format="html",
    )
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Test</title>'
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="checklists.css">'
        '<script type="module" src="checklists.js"></script></head>'
        f"<body><main><h1>Test</h1>{content}</main></body></html>"
    )


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder that is served, and its address."""
    for file in STATIC.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    with serve(tmp_path) as address:
        yield tmp_path, address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def test_ticks_are_still_there_after_a_reload(site: tuple[Path, str], page: Page) -> None:
    folder, address = site
    (folder / "index.html").write_text(page_of("- [ ] one\n- [ ] two\n- [x] three\n"))
    page.goto(address)

    page.get_by_label("one").check()
    page.get_by_label("three").uncheck()
    page.reload()

    assert page.get_by_label("one").is_checked()
    assert not page.get_by_label("two").is_checked()
    assert not page.get_by_label("three").is_checked()
    assert page.get_by_text("1 of 3").is_visible()


def test_boxes_tick_without_script(site: tuple[Path, str], browser: Browser) -> None:
    folder, address = site
    (folder / "index.html").write_text(page_of("- [ ] one\n"))
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)

    page.get_by_text("one").click()
    page.get_by_label("one").press("Enter")

    assert page.get_by_label("one").is_checked()
    context.close()
