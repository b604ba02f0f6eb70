"""The built site in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from sites import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

ARTICLE = "2026/03/time-zone-mistakes.html"
WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 360, "height": 740}


@contextmanager
def opened(browser: Browser, **how: Any) -> Iterator[Page]:
    context = browser.new_context(**how)
    try:
        yield context.new_page()
    finally:
        context.close()


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"viewport": WIDE, "color_scheme": "light"}, id="light"),
        pytest.param({"viewport": WIDE, "color_scheme": "dark"}, id="dark"),
        pytest.param({"viewport": WIDE, "forced_colors": "active"}, id="forced colours"),
        pytest.param({"viewport": NARROW, "color_scheme": "light"}, id="360 px"),
    ],
)
def test_every_page_is_accessible(site: Site, browser: Browser, how: dict[str, Any]) -> None:
    axe = Axe()
    violations = []
    with opened(browser, **how) as page:
        for path in site.pages:
            page.goto(f"{site.url}/{path}")
            for violation in axe.run(page).response["violations"]:
                nodes = [node["html"] for node in violation["nodes"]]
                violations.append(f"{path}: {violation['id']}: {nodes}")

    assert violations == []


def test_no_page_logs_an_error_or_asks_another_host(site: Site, browser: Browser) -> None:
    wrong: list[str] = []
    with opened(browser) as page:
        requests: list[str] = []
        page.on("console", lambda message: wrong.append(f"{page.url}: {message.text}"))
        page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
        page.on("request", lambda request: requests.append(request.url))
        for path in site.pages:
            requests.clear()
            page.goto(f"{site.url}/{path}")
            foreign = [url for url in requests if not url.startswith(f"{site.url}/")]
            wrong += [f"{path}: {url}" for url in foreign]
            if len(requests) > 5:
                wrong.append(f"{path}: {len(requests)} requests: {requests}")

    assert wrong == []


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_no_page_scrolls_sideways(site: Site, browser: Browser, width: int) -> None:
    """320 CSS pixels are a window of 1280 at 400 % zoom (WCAG 2.2, 1.4.10)."""
    wide = []
    with opened(browser, viewport={"width": width, "height": 600}) as page:
        for path in site.pages:
            page.goto(f"{site.url}/{path}")
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append(path)

    assert wide == []


def test_a_post_and_its_comments_are_read_without_script(site: Site, browser: Browser) -> None:
    with opened(browser, java_script_enabled=False) as page:
        page.goto(f"{site.url}/{ARTICLE}")

        assert page.locator("h1").inner_text() == "Five mistakes with the clock"
        assert page.locator(".post-body h2").first.is_visible()
        assert page.locator("#comments .comment").first.is_visible()


def test_print_keeps_the_post_and_drops_what_paper_cannot_do(site: Site, browser: Browser) -> None:
    with opened(browser) as page:
        page.goto(f"{site.url}/{ARTICLE}")
        page.emulate_media(media="print")

        for kept in ("h1", ".post-body img", "#comments .comment-body", ".post-meta"):
            assert page.locator(kept).first.is_visible(), kept
        for dropped in (".site-nav", ".sidebar", ".pager", ".post-a-comment"):
            assert not page.locator(dropped).first.is_visible(), dropped


def test_the_keyboard_comes_to_the_content_first(site: Site, browser: Browser) -> None:
    with opened(browser) as page:
        page.goto(f"{site.url}/{ARTICLE}")
        page.keyboard.press("Tab")
        skip = page.locator(".skip-link")
        assert skip.evaluate("link => link === document.activeElement")
        assert skip.bounding_box()["y"] >= 0  # type: ignore[index]

        page.keyboard.press("Enter")

        assert page.evaluate("document.activeElement.id") == "main"


def test_every_focused_link_is_outlined(site: Site, browser: Browser) -> None:
    with opened(browser) as page:
        page.goto(site.url)
        for _ in range(12):
            page.keyboard.press("Tab")
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline == "solid", page.evaluate("document.activeElement.outerHTML")


def test_right_to_left_text_has_the_line_on_its_right(site: Site, browser: Browser) -> None:
    with opened(browser, viewport=WIDE) as page:
        page.goto(f"{site.url}/{ARTICLE}")
        page.evaluate("document.documentElement.dir = 'rtl'")

        sidebar, main = page.locator(".sidebar"), page.locator("main")
        assert sidebar.bounding_box()["x"] < main.bounding_box()["x"]  # type: ignore[index]
        padding = "getComputedStyle(document.querySelector('.post-body')).paddingRight"
        assert float(page.evaluate(padding).removesuffix("px")) > 0


def test_nothing_moves_while_a_page_loads(site: Site, browser: Browser) -> None:
    shift = """new Promise(done => {
        let sum = 0;
        new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value; })
            .observe({ type: "layout-shift", buffered: true });
        setTimeout(() => done(sum), 300);
    })"""
    with opened(browser, viewport=NARROW) as page:
        for path in ("index.html", ARTICLE):
            page.goto(f"{site.url}/{path}", wait_until="load")
            assert page.evaluate(shift) == 0, path


def test_the_gadget_shows_the_latest_tips_in_a_frame(site: Site, browser: Browser) -> None:
    with opened(browser) as page:
        page.goto(f"{site.url}/gadget.html")
        snippet = page.locator(".snippet").inner_text()
        frame = page.frame_locator(".gadget-frame")

        assert f'<iframe src="{site.url}/gadget/latest.html"' in snippet
        page.locator(".gadget-frame").scroll_into_view_if_needed()
        assert frame.locator("li a").count() == 5

        frame.locator("li a").first.click()
        page.wait_for_url("**/2026/**")
