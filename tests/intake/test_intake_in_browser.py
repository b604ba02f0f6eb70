"""From the form to the page in a real browser, on the real theme."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as NotInTime
from running import Running

from tipsblog.comments.model import Status
from tipsblog.comments.store import FileStore
from tipsblog.intake.moderate import Passphrase
from tipsblog.project import Project, load_project

ROOT = Path(__file__).parents[2]
WORD = "correct horse battery"
PHONE = {"width": 360, "height": 740}

pytestmark = pytest.mark.browser

#: Words that the filter publishes; the same under two articles would be held.
WORDS = {
    "plain": "We gave the newcomer a week of trial work, and the brief was what failed.",
    "plain-answer": "Same here. After we wrote it together, the second week went well.",
    "script": "Our trial lasted two weeks. I would not make it shorter than that.",
    "script-edited": "Our trial lasted three weeks, and I regret none of them.",
    "reply": "Did anyone try a trial without pay? We did, once, and felt bad about it.",
    "reply-answer": "Never. Whoever works should be paid, newcomer or not.",
    "held": "What would you put into the brief for somebody who answers the phone?",
    "reload": "A week is too short for bookkeeping: the month has to end in between.",
    "draft": "I kept the first brief I ever wrote. It is two lines long.",
}


def make_site(root: Path, articles: Iterable[str], words: str = "", **settings: object) -> Project:
    """A blog with the real theme and these articles. words: what the form says."""
    for name in ("theme", "plugins"):
        (root / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "pelicanconf.py", root)
    folder = root / "content" / "articles"
    folder.mkdir(parents=True)
    for name in ("extra", "images", "pages"):
        shutil.copytree(ROOT / "content" / name, root / "content" / name)
    for n in articles:
        (folder / f"{n}.md").write_text(
            f"Title: The {n} trial\nDate: 2026-01-02 10:00\nSlug: {n}\n\n"
            "A newcomer needs a brief before the trial week begins.\n"
        )
    given = {"on_comment_delay": 0, "comment_rate": ""} | settings
    lines = [f"TIPSBLOG_{name.upper()} = {value!r}" for name, value in given.items()]
    if words:
        own = root / "own" / "tipsblog"
        own.mkdir(parents=True)
        (own / "comment-form-words.html").write_text(words, "utf-8")
        lines.append('THEME_TEMPLATES_OVERRIDES = ["own"]')
    file = root / "pelicanconf.py"
    file.write_text("\n".join([file.read_text(), *lines, ""]))
    return load_project(file)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    articles = ("script", "plain", "reply", "held", "draft", "reload")
    project = make_site(tmp_path_factory.mktemp("blog"), articles)
    Passphrase(project.state).set(WORD)
    service = Running(project, "--try")
    yield service
    service.stop()


@pytest.fixture
def store(running: Running) -> FileStore:
    return FileStore(running.project.comments)


@contextmanager
def opened(browser: Browser, running: Running, slug: str, **how: Any) -> Iterator[Page]:
    """The page of an article; at the end nothing may have gone wrong in it."""
    context = browser.new_context(**how)
    context.set_default_timeout(15_000)
    expect.set_options(timeout=15_000)
    page = context.new_page()
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
    page.on(
        "request",
        lambda asked: None if asked.url.startswith(running.url) else trouble.append(asked.url),
    )
    page.goto(f"{running.url}/2026/01/{slug}.html")
    yield page
    context.close()
    # A page that is fetched while it is written may be cut off; a browser logs
    # the answer to a form that must be mended.
    fine = ("ERR_CONTENT_LENGTH", "422")
    assert [said for said in trouble if not any(word in said for word in fine)] == []


def fill(page: Page, body: str, name: str = "Ann Reader") -> None:
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Comment", exact=True).fill(body)


def comes_to_stand(page: Page, words: str) -> None:
    """Reload, as a reader would, until the comment stands under the article."""
    for _ in range(40):
        page.wait_for_timeout(500)
        with suppress(NotInTime):  # the file may be half written at this moment
            page.reload(timeout=3000)
        stands = page.locator("li.comment .comment-body", has_text=words).count()
        if stands and page.get_by_role("link", name="Back to the top").count():
            return
    raise AssertionError("the comment never stood on the page")


def accessible(page: Page) -> None:
    assert [v["id"] for v in Axe().run(page).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_script_a_comment_and_an_answer_come_to_stand_on_the_page(
    browser: Browser, running: Running
) -> None:
    with opened(browser, running, "plain", java_script_enabled=False) as page:
        expect(page.locator("#comment-published")).to_be_hidden()
        fill(page, WORDS["plain"])
        page.get_by_role("button", name="Post comment").click()

        assert page.url.endswith("/2026/01/plain.html#comment-published")
        expect(page.locator("#comment-published")).to_be_visible()
        comes_to_stand(page, WORDS["plain"])

        page.get_by_role("link", name="Reply to Ann Reader").click()
        expect(page.locator("blockquote")).to_contain_text(WORDS["plain"])
        fill(page, WORDS["plain-answer"], "Ben")
        page.get_by_role("button", name="Post comment").click()
        comes_to_stand(page, WORDS["plain-answer"])
        expect(page.locator(".comment .comment", has_text=WORDS["plain-answer"])).to_be_visible()


def test_without_script_a_mistake_keeps_everything_typed(
    browser: Browser, running: Running
) -> None:
    with opened(browser, running, "plain", java_script_enabled=False) as page:
        fill(page, "A long thought <b> & more")
        page.get_by_label("Website").fill("not an address")
        page.get_by_role("button", name="Preview").click()
        expect(page.locator(".comment-preview")).to_contain_text("A long thought <b> & more")
        page.get_by_role("button", name="Post comment").click()

        expect(page.get_by_label("Website")).to_have_value("not an address")
        expect(page.get_by_label("Comment", exact=True)).to_have_value("A long thought <b> & more")
        expect(page.get_by_text("Please give a whole address")).to_be_visible()


def test_with_script_a_comment_stands_in_place_and_can_be_changed_and_deleted(
    browser: Browser, running: Running, store: FileStore
) -> None:
    with opened(browser, running, "script") as page:
        fill(page, WORDS["script"])
        page.get_by_role("button", name="Preview").click()
        expect(page.locator(".comment-status .comment-body")).to_contain_text(WORDS["script"])
        page.get_by_label("Website").focus()
        page.wait_for_timeout(3100)  # a person does not write a comment faster
        page.get_by_role("button", name="Post comment").click()
        expect(page.get_by_role("status")).to_contain_text("Your comment is published")
        mine = page.locator("li.comment", has_text=WORDS["script"])
        expect(mine).to_be_visible()
        expect(page.locator("#comments-heading")).to_have_text("1 comment:")
        assert store.load("script").comments[0].evidence == ""

        mine.get_by_role("button", name="Edit").click()
        mine.get_by_label("Your comment").fill(WORDS["script-edited"])
        mine.get_by_role("button", name="Save").click()
        expect(page.get_by_role("status")).to_contain_text(WORDS["script-edited"])
        comes_to_stand(page, WORDS["script-edited"])
        delete = page.locator("li.comment").get_by_role("button", name="Delete")
        for _ in range(4):  # the site is built at this moment; a reader reloads
            with suppress(NotInTime):
                delete.wait_for(timeout=3000)
                break
            page.reload()
        delete.click()
        expect(page.get_by_role("status")).to_contain_text("deleted")
        expect(page.locator("#comments-heading")).to_have_text("No comments:")
        assert store.load("script").comments == ()


def test_after_a_reload_ones_own_comment_comes_to_stand_by_itself_and_can_be_deleted(
    browser: Browser, running: Running, store: FileStore
) -> None:
    with opened(browser, running, "reload") as page:
        fill(page, WORDS["reload"])
        page.wait_for_timeout(3100)
        page.get_by_role("button", name="Post comment").click()
        expect(page.get_by_role("status")).to_contain_text("Your comment is published")
        page.reload()  # most likely before the site is built

        mine = page.locator("li.comment", has_text=WORDS["reload"])
        mine.get_by_role("button", name="Delete").click(timeout=30_000)
        expect(page.get_by_role("button", name="Delete")).to_have_count(0)
        assert store.load("reload").comments == ()


def test_with_script_the_form_moves_under_the_comment_answered_and_back(
    browser: Browser, running: Running, store: FileStore
) -> None:
    with opened(browser, running, "reply") as page:
        fill(page, WORDS["reply"])
        page.wait_for_timeout(3100)
        page.get_by_role("button", name="Post comment").click()
        expect(page.locator("li.comment")).to_be_visible()

        page.get_by_role("link", name="Reply to Ann Reader").click()
        expect(page.locator("li.comment form.comment-form")).to_be_visible()
        page.get_by_role("button", name="Not a reply").click()
        expect(page.locator("li.comment form.comment-form")).to_have_count(0)
        page.get_by_role("link", name="Reply to Ann Reader").click()
        fill(page, WORDS["reply-answer"], "Ben")
        page.wait_for_timeout(3100)
        page.get_by_role("button", name="Post comment").click()

        expect(
            page.locator("li.comment li.comment", has_text=WORDS["reply-answer"])
        ).to_be_visible()
        accessible(page)


def test_a_held_comment_is_approved_on_a_phone_and_comes_to_stand(
    browser: Browser, running: Running, store: FileStore
) -> None:
    with opened(browser, running, "held") as reader:
        fill(reader, WORDS["held"], "Admin")
        reader.get_by_role("button", name="Post comment").click()
        expect(reader.get_by_role("status")).to_contain_text("visible after approval")

        with opened(browser, running, "held", viewport=PHONE, has_touch=True) as phone:
            phone.goto(f"{running.url}/intake/moderate")
            accessible(phone)
            phone.get_by_label("Passphrase").fill(WORD)
            phone.get_by_role("button", name="Sign in").tap()
            expect(phone.get_by_text("the name is the blog's own")).to_be_visible()
            accessible(phone)
            size = phone.get_by_role("button", name="Approve").bounding_box()
            assert size
            assert size["height"] >= 44
            phone.get_by_role("button", name="Approve").tap()
            expect(phone.get_by_text("Nothing is held.")).to_be_visible()

        assert store.load("held").comments[0].status is Status.PUBLISHED
        comes_to_stand(reader, WORDS["held"])


def test_what_was_typed_is_there_after_a_reload_until_it_is_posted(
    browser: Browser, running: Running
) -> None:
    with opened(browser, running, "draft") as page:
        fill(page, WORDS["draft"])
        for _ in range(100):  # the script comes when the form is first touched
            if page.evaluate("localStorage.length"):
                break
            page.wait_for_timeout(50)
        page.reload()
        expect(page.get_by_label("Comment", exact=True)).to_have_value(WORDS["draft"])
        page.wait_for_timeout(3100)
        page.get_by_role("button", name="Post comment").click()
        expect(page.locator("li.comment")).to_be_visible()
        page.reload()
        expect(page.get_by_label("Comment", exact=True)).to_have_value("")
        expect(page.get_by_label("Name", exact=True)).to_have_value("")


def test_a_theme_says_the_words_of_the_form_in_its_own_language(
    browser: Browser, tmp_path: Path
) -> None:
    words = """<template id="comment-words">
    <data value="Preview">Vorschau</data>
    <data value="Edit">Ändern</data>
    <data value="Please use at most {} characters; these are {}.">{} von {} Zeichen!</data>
    <data value="Thank you. Your comment will be visible after approval.">Danke, bald.</data>
    </template>"""
    running = Running(make_site(tmp_path, ["other"], words, moderation="always"), "--try")
    try:
        with opened(browser, running, "other") as page:
            fill(page, "x")
            page.evaluate("document.querySelector('[name=body]').maxLength = 9999")
            page.get_by_label("Comment", exact=True).fill("x" * 4097)
            page.get_by_role("button", name="Post comment").click()
            expect(page.locator("#comment-body-problem")).to_have_text("4,096 von 4,097 Zeichen!")

            fill(page, WORDS["held"])
            page.get_by_role("button", name="Preview").click()
            expect(page.locator(".comment-status > p")).to_have_text("Vorschau")
            page.get_by_role("button", name="Post comment").click()
            expect(page.locator(".comment-status > p")).to_have_text("Danke, bald.")
            expect(page.get_by_role("button", name="Ändern")).to_be_visible()
            expect(page.get_by_role("button", name="Delete")).to_be_visible()
    finally:
        running.stop()


@pytest.mark.parametrize(
    "how",
    [
        {"color_scheme": "light"},
        {"color_scheme": "dark"},
        {"forced_colors": "active"},
        {"viewport": PHONE},
    ],
    ids=str,
)
def test_the_form_is_accessible_on_the_page_and_by_itself(
    browser: Browser, running: Running, how: dict[str, Any]
) -> None:
    with opened(browser, running, "draft", **how) as page:
        accessible(page)
        page.goto(f"{running.url}/intake/form?article=draft")
        accessible(page)
