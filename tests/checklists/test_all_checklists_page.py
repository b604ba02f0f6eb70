"""The page of all checklists, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from reader import Desk, ticked
from small_blog import build

from web import serve

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

HIRING = "Title: Hiring\nDate: 2026-03-05\nSlug: hiring\n\n- [ ] Write the brief\n- [ ] Pay\n"
TRAPS = (
    "Title: Traps\nDate: 2026-03-04\nSlug: traps\n\n"
    "//// checklist | Yours?\n    tick: I make this\n\n"
    "- [ ] I pay late\n- [ ] I never call\n\n////\n"
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Desk]:
    root = tmp_path_factory.mktemp("all")
    output = build(root, {"articles/hiring.md": HIRING, "articles/traps.md": TRAPS})
    with serve(output) as address:
        yield Desk(output, address, browser)


@pytest.fixture
def page(desk: Desk) -> Iterator[Page]:
    with desk.reader() as reader:
        page = reader.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto("/checklists/")
        yield page
        assert wrong == []


def tick(page: Page, name: str) -> None:
    page.get_by_role("checkbox", name=name, exact=True).check()


def open_items(page: Page) -> str:
    return page.locator(".checklists-open").inner_text()


def test_it_can_be_read_and_followed_without_script(desk: Desk) -> None:
    with desk.reader(java_script_enabled=False) as reader:
        page = reader.new_page()
        page.goto("/checklists/")

        assert page.locator("label").all_inner_texts() == [
            *("Write the brief", "Pay"),
            *("I pay late", "I never call"),
        ]
        page.get_by_role("link", name="Read: Pay").click()
        assert page.url.endswith("/hiring.html#hiring.pay")


def test_it_shows_the_progress_of_each_list_and_what_is_open_in_all(page: Page) -> None:
    assert open_items(page) == "2 still open in 1 of 2 lists"

    tick(page, "Pay")
    tick(page, "I pay late")

    # A mistake that one makes is still to be dealt with.
    assert open_items(page) == "2 still open in 2 of 2 lists"
    assert page.locator(".checklist-progress").all_inner_texts() == ["1 of 2", "1 of 2"]


def test_what_is_open_can_be_shown_alone(page: Page) -> None:
    tick(page, "Pay")
    page.get_by_role("button", name="Only what is open").click()
    assert page.locator("label:visible").all_inner_texts() == ["Write the brief"]
    assert page.locator("h2:visible").all_inner_texts() == ["Hiring"]

    tick(page, "Write the brief")  # stays under the finger until asked again
    assert page.locator("label:visible").all_inner_texts() == ["Write the brief"]

    page.get_by_role("button", name="Only what is open").click()
    assert page.locator("label:visible").count() == 4


def test_a_tick_there_is_a_tick_in_the_article(page: Page, desk: Desk) -> None:
    with_script = desk.folder / "article.html"
    html = (desk.folder / "hiring.html").read_text(encoding="utf-8")
    script = '<script type="module" src="/theme/tipsblog/checklists.js"></script></head>'
    with_script.write_text(html.replace("</head>", script), encoding="utf-8")
    article = page.context.new_page()
    article.goto("/article.html")

    tick(page, "Pay")

    expect(article.locator(".checklist-box:checked")).to_have_count(1)
    assert ticked(article) == ["Pay"]


def test_a_backup_holds_every_tick_and_brings_them_back(
    desk: Desk, page: Page, tmp_path: Path
) -> None:
    tick(page, "Pay")
    tick(page, "I never call")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save all ticks to a file").click()
    file = tmp_path / "backup.json"
    download.value.save_as(file)
    assert json.loads(file.read_text())["ticks"] == {
        "hiring": {"pay": 1},
        "traps": {"i-never-call": 1},
    }

    with desk.reader() as other:
        there = other.new_page()
        there.goto("/checklists/")
        tick(there, "I pay late")
        with there.expect_file_chooser() as chooser:
            there.get_by_role("button", name="Load ticks from a file").click()
        chooser.value.set_files(file)
        there.get_by_role("button", name="Replace mine").click()
        assert ticked(there) == ["Pay", "I never call"]

        there.get_by_role("button", name="Undo").first.click()

        assert ticked(there) == ["I pay late"]
