"""Told by mail, from the box in the form to the button that ends it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from running import Running
from test_intake_in_browser import PHONE, accessible, comes_to_stand, fill, make_site, opened

pytestmark = pytest.mark.browser

ANN = "ann@example.org"
ASKS = "We gave the newcomer a week of trial work, and the brief was what failed."
NEWS = "Same here. After we wrote it together, the second week went well."


@pytest.fixture
def mailing(tmp_path_factory: pytest.TempPathFactory, smtp: Any) -> Iterator[Running]:
    project = make_site(
        tmp_path_factory.mktemp("blog"),
        ["trial", "draft"],
        smtp=smtp.address,
        mail_from="blog@example.org",
        notify_delay=0,
    )
    service = Running(project, "--try")
    yield service
    service.stop()


def link(mail: Any, what: str) -> str:
    found = re.search(rf"http://\S+/intake/{what}\?token=\S+", mail.get_content())
    assert found
    return found[0]


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_a_reader_asks_confirms_is_told_and_leaves(
    browser: Browser, mailing: Running, smtp: Any, script: bool
) -> None:
    with opened(browser, mailing, "trial", java_script_enabled=script) as page:
        fill(page, ASKS)
        page.get_by_label("E-mail").fill("Ann@example.org")
        page.get_by_label("Notify me of follow-up comments").check()
        if script:
            page.wait_for_timeout(3100)  # a person does not write a comment faster
        page.get_by_role("button", name="Post comment").click()
        if script:
            expect(page.get_by_role("status")).to_contain_text("open the link in the mail")
        comes_to_stand(page, ASKS)
        (asked,) = smtp.wait_for(1)
        assert ANN not in page.content()

        page.goto(link(asked, "confirm"))
        page.get_by_role("button", name="Notify me").click()
        expect(page.get_by_text("You will get a mail")).to_be_visible()

    with opened(browser, mailing, "trial", java_script_enabled=script) as page:
        fill(page, NEWS, "Ben")
        if script:
            page.wait_for_timeout(3100)
        page.get_by_role("button", name="Post comment").click()
        told = smtp.wait_for(2)[1]
        assert NEWS in " ".join(told.get_content().replace("> ", "").split())
        to_comment = re.search(r"http://\S+#c\S+", told.get_content())
        assert to_comment
        page.goto(to_comment[0])
        page.reload()  # it was only another place on the same page
        expect(page.locator(":target")).to_contain_text(NEWS)  # it stands there already

        page.goto(link(told, "unsubscribe"))
        page.get_by_role("button", name="Stop for all articles").click()
        expect(page.get_by_text("no more of these mails")).to_be_visible()


def test_what_was_typed_is_there_after_a_reload(browser: Browser, mailing: Running) -> None:
    with opened(browser, mailing, "draft") as page:
        fill(page, ASKS)
        page.get_by_label("E-mail").fill(ANN)
        page.get_by_label("Notify me").check()
        page.wait_for_function("Object.values(localStorage).some((kept) => kept.includes('@'))")
        page.reload()

        expect(page.get_by_label("E-mail")).to_have_value(ANN)
        expect(page.get_by_label("Notify me")).to_be_checked()
        page.get_by_label("E-mail").fill("")
        page.wait_for_timeout(3100)
        page.get_by_role("button", name="Post comment").click()
        expect(page.get_by_label("E-mail")).to_have_attribute("aria-invalid", "true")
        expect(page.get_by_text("or untick the box")).to_be_visible()
        accessible(page)


def test_form_and_pages_are_accessible(browser: Browser, mailing: Running, smtp: Any) -> None:
    mailing.post(article="draft", body=ASKS, email=ANN, notify="on")
    (asked,) = smtp.wait_for(1)
    leave = ""
    for how in (
        {"color_scheme": "light"},
        {"color_scheme": "dark"},
        {"forced_colors": "active"},
        {"viewport": PHONE},
    ):
        with opened(browser, mailing, "draft", **how) as page:
            accessible(page)
            page.goto(f"{mailing.url}/intake/form?article=draft")
            accessible(page)
            page.goto(link(asked, "confirm"))
            accessible(page)
            if not leave:
                page.get_by_role("button", name="Notify me").click()
                accessible(page)
                mailing.post(article="draft", body=NEWS, author="Ben")
                leave = link(smtp.wait_for(2)[1], "unsubscribe")
            page.goto(leave)
            accessible(page)
            size = page.get_by_role("button", name="Stop for this article").bounding_box()
            assert size
            assert size["height"] >= 44
