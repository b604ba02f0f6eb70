"""With work asked for, a browser's script does it; without script a person decides."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from running import Running

from tipsblog.comments.model import Status
from tipsblog.comments.store import FileStore
from tipsblog.project import load_project

ROOT = Path(__file__).parents[2]
WORDS = "Our first brief was two lines long, and the trial week failed because of it."

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    root = tmp_path_factory.mktemp("blog")
    for name in ("theme", "plugins"):
        (root / name).symlink_to(ROOT / name)
    for name in ("extra", "images", "pages"):
        shutil.copytree(ROOT / "content" / name, root / "content" / name)
    (root / "content" / "articles").mkdir()
    (root / "content" / "articles" / "trial.md").write_text(
        "Title: The trial week\nDate: 2026-01-02 10:00\nSlug: trial\n\nA newcomer needs a brief.\n"
    )
    settings = (ROOT / "pelicanconf.py").read_text()
    (root / "pelicanconf.py").write_text(
        f"{settings}\nTIPSBLOG_PROOF_OF_WORK = 12\nTIPSBLOG_ON_COMMENT = ''\n"
    )
    service = Running(load_project(root / "pelicanconf.py"), "--try")
    yield service
    service.stop()


def write(page: Page, running: Running, body: str) -> None:
    page.goto(f"{running.url}/2026/01/trial.html")
    page.get_by_label("Name", exact=True).fill("Ann")
    page.get_by_label("Comment", exact=True).fill(body)


def kept(running: Running) -> dict[str, tuple[Status | None, str]]:
    comments = FileStore(running.project.comments).load().comments
    return {one.body: (one.status, one.evidence) for one in comments}


def test_the_forms_script_does_the_work_and_the_comment_is_published(
    browser: Browser, running: Running
) -> None:
    page = browser.new_page()

    write(page, running, WORDS)
    page.wait_for_timeout(3100)  # a person does not write a comment faster
    page.get_by_role("button", name="Post comment").click()

    expect(page.get_by_role("status")).to_contain_text("Your comment is published", timeout=20_000)
    assert kept(running)[WORDS] == (None, "")
    page.close()


def test_without_script_the_form_says_that_a_comment_waits_and_it_does(
    browser: Browser, running: Running
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    words = f"{WORDS} Never again."

    write(page, running, words)
    said = page.locator("noscript .comment-message")
    expect(said).to_be_visible()
    expect(said).to_contain_text("a comment waits for approval")
    page.get_by_role("button", name="Post comment").click()

    expect(page.locator("#comment-held")).to_be_visible()
    assert kept(running)[words] == (
        Status.HELD,
        "sent without script; the work asked for was not done",
    )
    context.close()
