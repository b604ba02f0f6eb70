"""Every form of a checklist by axe, and what others make of a task list beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import markdown
import pytest
from axe_playwright_python.sync_playwright import Axe
from reader import FULL, SHORT, Desk, lay_out, page_of

from web import serve

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

FORMS = {
    "short": SHORT,
    "everything": FULL,
    "loose": "1. [ ] one\n\n    Text.\n\n2. [x] two\n\n    - [ ] three\n",
    "right to left": "- [ ] اكتب الموجز أولاً\n- [x] قل من يقرر {.optional}\n",
}
SIGHTS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced colours": {"forced_colors": "active"},
    "dark forced colours": {"forced_colors": "active", "color_scheme": "dark"},
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("forms")
    lay_out(folder)
    with serve(folder) as address:
        yield Desk(folder, address, browser)


def violations(page: Page) -> list[str]:
    """The axe rules that the page breaks, each with the first element that does."""
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in found]


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_accessible(desk: Desk, form: str, sight: str) -> None:
    desk.write(FORMS[form], direction="rtl" if form == "right to left" else "ltr")
    how: dict[str, Any] = dict(SIGHTS[sight])
    with desk.reader(**how) as reader:
        page = reader.new_page()
        page.goto("/")
        found = violations(page)

        # And with all that a reader may bring out.
        page.get_by_role("checkbox").first.click()
        page.get_by_text("More", exact=True).first.click()
        page.get_by_role("button", name="Link or leave out items").first.click()
        page.get_by_role("button", name="Not for me").last.click()
        page.goto("/#c=x,one,price")
        found += violations(page)

    assert found == []


#: Task lists as others write them, with the version tried.
OTHERS = {
    "pymdownx.tasklist": lambda: markdown.markdown(SHORT, extensions=["pymdownx.tasklist"]),
    "pymdownx.tasklist, clickable": lambda: markdown.markdown(
        SHORT,
        extensions=["pymdownx.tasklist"],
        extension_configs={"pymdownx.tasklist": {"clickable_checkbox": True}},
    ),
    "markdown-checklist 0.4": lambda: (
        '<ul class="checklist"><li><input type="checkbox" disabled> one</li></ul>'
    ),
    "Hugo 0.111": lambda: '<ul><li><input disabled="" type="checkbox"> one</li></ul>',
}


@pytest.mark.parametrize("other", OTHERS)
def test_where_others_leave_a_box_without_a_name_ours_has_one(desk: Desk, other: str) -> None:
    html = page_of("").replace("<h1>Test</h1>", f"<h1>Test</h1>{OTHERS[other]()}")
    (desk.folder / "other.html").write_text(html, encoding="utf-8")
    desk.write(SHORT, "ours.html")
    with desk.reader() as reader:
        page = reader.new_page()
        page.goto("/other.html")
        theirs = [rule.partition(":")[0] for rule in violations(page)]
        page.goto("/ours.html")
        ours = violations(page)

    assert (theirs, ours) == (["label"], [])
