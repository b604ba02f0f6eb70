"""What a reader can do, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from reader import FULL, SHORT, Desk, fresh, lay_out, ticked

from web import serve

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser

RECORD = "tipsblog:checklists:1:hiring"


@pytest.fixture
def desk(tmp_path: Path, browser: Browser) -> Iterator[Desk]:
    lay_out(tmp_path)
    with serve(tmp_path) as address:
        yield Desk(tmp_path, address, browser)


@pytest.fixture
def page(desk: Desk) -> Iterator[Page]:
    """A short list, open; the test fails on anything the console says."""
    desk.write(SHORT)
    with desk.reader(permissions=["clipboard-read", "clipboard-write"]) as reader:
        page = reader.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto("/")
        yield page
        assert said == []


def progress(page: Page) -> str:
    return page.locator(".checklist-progress").first.inner_text()


def note(page: Page) -> str:
    return page.locator(".checklist-note").first.inner_text()


def box(page: Page, name: str) -> Locator:
    return page.get_by_role("checkbox", name=name, exact=True)


def press(page: Page, name: str) -> None:
    """Press a button, wherever it is."""
    if page.locator(".checklist-more").first.get_attribute("open") is None:
        page.get_by_text("More", exact=True).first.click()
    page.get_by_role("button", name=name, exact=True).first.click()


def test_boxes_tick_without_script_and_enter_sends_nothing(desk: Desk) -> None:
    desk.write(SHORT)
    with desk.reader(java_script_enabled=False) as reader:
        page = fresh(reader)

        page.get_by_text("one").click()
        box(page, "one").press("Enter")
        box(page, "two").press("Space")

        assert box(page, "one").is_checked()
        assert box(page, "two").is_checked()
        assert page.url == f"{desk.address}/"


def test_ticks_are_still_there_after_a_reload(page: Page) -> None:
    box(page, "one").check()
    box(page, "three").uncheck()
    page.reload()

    assert ticked(page) == ["one"]


def test_progress_is_shown_as_words_and_as_a_bar(page: Page) -> None:
    assert progress(page) == "1 of 3"

    box(page, "two").check()

    assert progress(page) == "2 of 3"
    assert page.locator("progress").evaluate("bar => bar.value / bar.max") == pytest.approx(2 / 3)


def test_progress_is_spoken_once_for_each_change(page: Page) -> None:
    page.evaluate(
        """() => {
          window.spoken = [];
          for (const region of document.querySelectorAll("[role=status]"))
            new MutationObserver(() => window.spoken.push(region.textContent))
              .observe(region, { childList: true, characterData: true, subtree: true });
        }"""
    )

    box(page, "one").check()
    box(page, "one").uncheck()

    assert page.evaluate("window.spoken") == ["2 of 3", "1 of 3"]


def test_a_screen_reader_hears_a_list_of_named_boxes_and_the_progress(page: Page) -> None:
    box(page, "one").check()

    heard = page.locator("form").aria_snapshot()

    for line in (
        '- list:\n  - listitem:\n    - checkbox "one" [checked]',
        '- checkbox "two"\n',
        '- checkbox "three" [checked]',
        "- status: 2 of 3",
    ):
        assert line in heard


def test_everything_can_be_done_by_keyboard_alone(page: Page) -> None:
    keys = page.keyboard
    keys.press("Tab")
    keys.press("Space")
    assert ticked(page) == ["one", "three"]

    for _ in range(3):  # two, three, Undo
        keys.press("Tab")
    keys.press("Enter")
    assert ticked(page) == ["three"]
    assert page.evaluate("document.activeElement.textContent") == "Reset"

    keys.press("Tab")
    keys.press("Enter")
    expect(page.get_by_role("button", name="Link or leave out items")).to_be_visible()
    keys.press("Tab")
    keys.press("Enter")
    for _ in range(3):  # back over the menu and Reset to the last item
        keys.press("Shift+Tab")
    assert page.evaluate("document.activeElement.ariaLabel") == "Not for me: three"
    keys.press("Enter")

    assert progress(page) == "0 of 2"


def test_a_reset_can_be_undone(page: Page) -> None:
    box(page, "one").check()
    box(page, "three").uncheck()

    page.get_by_role("button", name="Reset").click()
    assert ticked(page) == ["three"]

    page.get_by_role("button", name="Undo").click()
    assert ticked(page) == ["one"]


def test_undo_goes_back_step_by_step(page: Page) -> None:
    for name in ("one", "two"):
        box(page, name).check()

    undo = page.get_by_role("button", name="Undo")
    undo.click()
    assert ticked(page) == ["one", "three"]
    undo.click()

    assert ticked(page) == ["three"]
    assert undo.is_disabled()
    assert page.evaluate("localStorage.length") == 0


def test_each_list_of_a_page_is_counted_undone_and_reset_alone(desk: Desk) -> None:
    desk.write("- [ ] one\n\nLater:\n\n- [ ] two\n")
    with desk.reader() as reader:
        page = fresh(reader)
        for name in ("one", "two"):
            box(page, name).check()

        page.get_by_role("button", name="Undo").first.click()
        assert ticked(page) == ["two"]
        page.get_by_role("button", name="Reset").first.click()

        assert ticked(page) == ["two"]
        assert page.locator(".checklist-progress").all_inner_texts() == ["0 of 1", "1 of 1"]


def test_an_item_that_is_not_for_me_leaves_the_count(page: Page) -> None:
    press(page, "Link or leave out items")
    skip = page.get_by_role("button", name="Not for me: three")
    skip.click()

    assert progress(page) == "0 of 2"
    assert skip.get_attribute("aria-pressed") == "true"
    page.reload()
    assert progress(page) == "0 of 2"
    assert box(page, "three").is_disabled()


def test_leaving_an_item_out_can_be_undone(page: Page) -> None:
    press(page, "Link or leave out items")
    skip = page.get_by_role("button", name="Not for me: three")
    skip.click()

    page.get_by_role("button", name="Undo").click()

    assert skip.get_attribute("aria-pressed") == "false"
    assert box(page, "three").is_enabled()
    assert progress(page) == "1 of 3"


def test_an_item_can_be_linked(page: Page) -> None:
    press(page, "Link or leave out items")
    page.get_by_role("link", name="Link to: two").click()

    assert page.url.endswith("#hiring.two")
    assert page.locator(":target").evaluate("box => box.labels[0].innerText") == "two"


def test_a_list_is_copied_as_markdown(desk: Desk) -> None:
    desk.write("- [ ] one\n    - [x] two *three*\n- [ ] four\n")
    with desk.reader(permissions=["clipboard-read", "clipboard-write"]) as reader:
        page = fresh(reader)
        press(page, "Copy as Markdown")

        expect(page.locator(".checklist-note").first).not_to_be_empty()
        assert note(page) == "Copied."
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == "- [ ] one\n    - [x] two three\n- [ ] four\n"


def test_where_the_clipboard_is_closed_the_text_is_shown(desk: Desk) -> None:
    desk.write(SHORT)
    with desk.reader() as reader:
        reader.add_init_script("navigator.clipboard.writeText = () => Promise.reject()")
        page = fresh(reader)
        press(page, "Copy as Markdown")

        assert page.locator("textarea").input_value().startswith("- [ ] one\n")


def link_with_ticks(page: Page) -> str:
    press(page, "Copy a link with my ticks")
    expect(page.locator(".checklist-note").first).not_to_be_empty()
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_a_link_takes_ticks_to_another_device(desk: Desk, page: Page) -> None:
    box(page, "one").check()
    box(page, "three").uncheck()
    link = link_with_ticks(page)
    assert link.endswith("/#c=one,-three")

    with desk.reader() as other:
        there = fresh(other, link)
        there.wait_for_url(f"{desk.address}/")

        assert ticked(there) == ["one"]
        assert there.url == f"{desk.address}/"
        assert there.locator(".checklist-offer").count() == 0


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("Keep mine", ["two", "three"]),
        ("Add to mine", ["one", "two", "three"]),
        ("Replace mine", ["one", "three"]),
    ],
)
def test_a_link_asks_before_it_replaces_anything(page: Page, answer: str, kept: list[str]) -> None:
    box(page, "two").check()

    page.goto("/#c=one")
    expect(page.locator(".checklist-offer")).to_be_focused()
    assert ticked(page) == ["two", "three"]
    assert "ticks in this link" in page.evaluate("document.activeElement.textContent")
    page.get_by_role("button", name=answer).click()

    assert ticked(page) == kept
    page.reload()
    assert ticked(page) == kept


def test_what_a_link_replaced_comes_back_by_undo(page: Page) -> None:
    box(page, "two").check()
    page.goto("/#c=one")
    page.get_by_role("button", name="Replace mine").click()

    page.get_by_role("button", name="Undo").click()

    assert ticked(page) == ["two", "three"]


def test_a_broken_link_changes_nothing(page: Page) -> None:
    page.goto("/#c=%E0%A4%A,unknown,__proto__,,~")
    page.wait_for_url(lambda url: "#" not in url)

    assert ticked(page) == ["three"]
    assert page.evaluate("localStorage.length") == 0


def test_ticks_go_into_a_file_and_come_back(desk: Desk, page: Page, tmp_path: Path) -> None:
    box(page, "one").check()
    with page.expect_download() as download:
        press(page, "Save my ticks to a file")
    file = tmp_path / "saved.json"
    download.value.save_as(file)
    assert json.loads(file.read_text()) == {
        "format": "tipsblog-ticks-1",
        "ticks": {"hiring": {"one": 1}},
    }

    with desk.reader() as other:
        there = fresh(other)
        with there.expect_file_chooser() as chooser:
            press(there, "Load ticks from a file")
        chooser.value.set_files(file)

        expect(box(there, "one")).to_be_checked()
        assert ticked(there) == ["one", "three"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": "x", "ticks": {"hiring": {"one": 1}}}',
             '{"format": "tipsblog-ticks-1", "ticks": {"other": {"one": 1}}}',
             '{"format": "tipsblog-ticks-1", "ticks": {"hiring": 7}}']
)  # fmt: skip
def test_a_file_without_ticks_says_so_and_changes_nothing(
    page: Page, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "bad.json"
    file.write_text(text)
    with page.expect_file_chooser() as chooser:
        press(page, "Load ticks from a file")
    chooser.value.set_files(file)

    expect(page.locator(".checklist-note").first).not_to_be_empty()
    assert note(page) == "This file holds no ticks for this page."
    assert ticked(page) == ["three"]


def test_several_tabs_stay_in_step_item_by_item(page: Page) -> None:
    other = page.context.new_page()
    other.goto("/")

    box(page, "one").check()
    box(other, "two").check()

    expect(page.locator(".checklist-box:checked")).to_have_count(3)
    expect(other.locator(".checklist-box:checked")).to_have_count(3)
    assert page.evaluate(f"localStorage['{RECORD}']") == '{"one":1,"two":1}'


def test_a_full_storage_is_told_once_and_everything_still_ticks(page: Page) -> None:
    page.evaluate(
        """() => {
          for (let size = 1 << 22; size >= 1; size >>= 1)
            try { for (let n = 0; ; n += 1) localStorage[`${size}-${n}`] = "x".repeat(size); }
            catch { /* full */ }
        }"""
    )

    box(page, "one").check()
    box(page, "two").check()

    assert ticked(page) == ["one", "two", "three"]
    assert note(page).startswith("Your ticks are not kept: this browser's storage is full")
    page.get_by_role("button", name="Undo").click()
    assert ticked(page) == ["one", "three"]


def test_a_blocked_storage_is_told_once_and_everything_still_ticks(desk: Desk) -> None:
    desk.write("- [ ] one\n\nLater:\n\n- [ ] two\n")
    with desk.reader() as reader:
        reader.add_init_script(
            "Object.defineProperty(window, 'localStorage',"
            " { get() { throw new DOMException('no', 'SecurityError'); } });"
        )
        page = fresh(reader)
        for name in ("one", "two"):
            box(page, name).check()

        assert ticked(page) == ["one", "two"]
        notes = page.locator(".checklist-note").all_inner_texts()
        assert [words[:23] for words in notes] == ["Your ticks are not kept", ""]
        page.get_by_role("button", name="Undo").first.click()
        assert ticked(page) == ["two"]


@pytest.mark.parametrize("text", ["{oops", "[1]", "null", '"x"', "7"])
def test_a_corrupt_storage_is_told_once_and_everything_still_ticks(page: Page, text: str) -> None:
    page.evaluate(f"localStorage['{RECORD}'] = {json.dumps(text)}")
    page.reload()
    assert note(page) == "Your ticks are not kept: what was stored cannot be read."

    box(page, "one").check()
    page.reload()

    assert ticked(page) == ["one", "three"]
    assert note(page) == ""


def test_a_record_with_foreign_values_counts_for_what_is_right(page: Page) -> None:
    page.evaluate(f"""localStorage['{RECORD}'] = '{{"one":1,"two":"<b>","three":[],"x":1}}'""")
    page.reload()

    assert ticked(page) == ["one", "three"]


def test_a_later_build_keeps_moves_and_drops_ticks_as_promised(desk: Desk, page: Page) -> None:
    for name in ("one", "two"):
        box(page, name).check()

    desk.write("- [ ] new\n- [ ] Two!\n    - [ ] three\n- [ ] The first {#one}\n- [ ] reworded\n")
    page.reload()

    assert ticked(page) == ["Two!", "The first"]
    desk.write("- [ ] three\n")
    page.reload()
    assert progress(page) == "0 of 1"
    desk.write(SHORT)
    page.reload()
    assert ticked(page) == ["one", "two", "three"]


def test_a_site_that_moves_under_a_sub_path_keeps_the_ticks(desk: Desk, page: Page) -> None:
    box(page, "one").check()
    desk.write(SHORT, "blog/2026/hiring.html")

    page.goto("/blog/2026/hiring.html")

    assert ticked(page) == ["one", "three"]


def test_two_articles_with_the_same_items_do_not_share_ticks(desk: Desk, page: Page) -> None:
    box(page, "one").check()
    desk.write(SHORT, "other.html", article="other")

    page.goto("/other.html")

    assert ticked(page) == ["three"]


def test_a_score_shows_its_result_and_counts_required_items_only(desk: Desk) -> None:
    desk.write(FULL)
    with desk.reader() as reader:
        page = fresh(reader)
        results = page.locator(".checklist-result:visible")
        assert results.all_inner_texts() == ["You make 1 of these 3 mistakes: sleep well."]

        box(page, "I agree on no price").check()
        box(page, "nor an hour (optional)").check()

        told = "You make 2 of these 3 mistakes: start with the first."
        assert results.all_inner_texts() == [told]
        assert progress(page) == "2 of 3 and 1 optional"


def test_without_script_every_result_says_for_which_scores_it_is(desk: Desk) -> None:
    desk.write(FULL)
    with desk.reader(java_script_enabled=False) as reader:
        page = fresh(reader)

        assert page.locator(".checklist-result:visible").all_inner_texts() == [
            "You make 0 to 1 of these 3 mistakes: sleep well.",
            "You make 2 to 3 of these 3 mistakes: start with the first.",
        ]


def test_a_stop_and_its_item_tick_together(desk: Desk) -> None:
    desk.write(FULL)
    with desk.reader() as reader:
        page = fresh(reader)
        heading = page.get_by_role("checkbox", name="First stop: No price")

        heading.check()
        assert page.get_by_role("checkbox", name="No price", exact=True).is_checked()
        page.get_by_role("button", name="Reset").last.click()

        assert not heading.is_checked()
        page.get_by_role("link", name="Read why: No price").click()
        assert page.locator(":target").inner_text() == "First stop: No price"


def test_a_list_in_order_shows_its_numbers(desk: Desk) -> None:
    desk.write(FULL)
    with desk.reader() as reader:
        style = fresh(reader).locator("ol.checklist-items").last
        assert style.evaluate("list => getComputedStyle(list).listStyleType") == "decimal"


def test_words_of_a_label_can_be_selected_without_a_tick(page: Page) -> None:
    box = page.locator("label", has_text="three").bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2

    page.mouse.move(box["x"] + 2, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 2, middle, steps=5)
    page.mouse.up()

    assert page.evaluate("String(getSelection())").strip()
    assert ticked(page) == ["three"]


def test_boxes_stand_on_the_right_of_right_to_left_text(desk: Desk) -> None:
    desk.write("- [ ] اكتب الموجز أولاً\n", direction="rtl")
    with desk.reader() as reader:
        page = fresh(reader)
        box = page.locator(".checklist-box").bounding_box()
        label = page.locator("label").bounding_box()

        assert box is not None
        assert label is not None
        assert box["x"] > label["x"] + label["width"] - 1
        page.get_by_text("الموجز").click()
        page.reload()
        assert page.locator(".checklist-box").is_checked()


def test_paper_gets_boxes_empty_or_ticked_and_no_buttons(page: Page) -> None:
    box(page, "one").check()
    page.emulate_media(media="print")

    marks = page.eval_on_selector_all(
        ".checklist-box", "boxes => boxes.map((box) => getComputedStyle(box, '::before').content)"
    )
    assert marks == ['"✓"', "none", '"✓"']
    assert page.locator("button:visible, progress:visible, summary:visible").count() == 0
    assert page.pdf().startswith(b"%PDF")


def test_pages_of_the_back_button_show_what_was_ticked_meanwhile(desk: Desk, page: Page) -> None:
    desk.write(SHORT, "blog/hiring.html")
    page.goto("/blog/hiring.html")
    box(page, "one").check()

    page.go_back()

    expect(box(page, "one")).to_be_checked()


def test_buttons_and_progress_speak_the_language_of_the_page(desk: Desk) -> None:
    desk.write(SHORT)
    page_file = desk.folder / "index.html"
    html = page_file.read_text(encoding="utf-8")
    html = html.replace(">{score} of {total}<", ">{score} von {total}<")
    page_file.write_text(html.replace(">Copy as Markdown<", ">Als Markdown<"), encoding="utf-8")
    with desk.reader() as reader:
        page = fresh(reader)

        assert progress(page) == "1 von 3"
        page.get_by_text("More", exact=True).click()
        expect(page.get_by_role("button", name="Als Markdown")).to_be_visible()


def test_a_menu_that_cannot_be_fetched_says_so_and_boxes_tick_on(desk: Desk) -> None:
    desk.write(SHORT)
    with desk.reader() as reader:
        page = fresh(reader)
        reader.set_offline(True)
        page.get_by_text("More", exact=True).click()

        expect(page.locator(".checklist-note")).to_have_text("This cannot be loaded at the moment.")
        box(page, "one").check()
        assert progress(page) == "2 of 3"
