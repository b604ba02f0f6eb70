"""The plugin in a theme that knows nothing of it: Pelican's own `simple`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from sites import XHTML, Site, build_site, parse, write
from web import serve

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAGE = "2026/03/brief.html"
HOSTILE = '"><script>alert(1)</script>'

ARTICLE = """\
Title: A brief
Date: 2026-03-05 08:00
Slug: brief
Summary: What it needs.

- [ ] Say what will be true at the end
- [ ] Make one yourself
"""
COMMENT = f"""\
Author: {HOSTILE}
Date: 2026-03-05T09:00:00Z
Status: published

I make three. {HOSTILE}
"""
#: As the README has it.
TEMPLATE = """\
{% extends "!simple/article.html" %}
{% block head %}
{{ super() }}
{% include "tipsblog/comments-head.html" %}
{% if article.checklists %}{% include "tipsblog/checklists-head.html" %}{% endif %}
{% endblock %}
{% block content %}
{{ super() }}
{% include "tipsblog/comments.html" %}
{% endblock %}
"""


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A blog in the `simple` theme, which does not escape, with one article."""
    root = write(
        tmp_path_factory.mktemp("plain"),
        {
            "content/articles/brief.md": ARTICLE,
            "content/comments/brief/c1.md": COMMENT,
            "content/extra/favicon.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>',
            "templates/article.html": TEMPLATE,
        },
    )
    with serve(root / "output") as url:
        yield build_site(
            root / "output",
            url,
            content=root / "content",
            PAGE_PATHS=[],
            THEME="simple",
            THEME_TEMPLATES_OVERRIDES=[str(root / "templates")],
            CSS_FILE="",
            DIRECT_TEMPLATES=["index"],
            JINJA_ENVIRONMENT={},
        )


def test_one_line_brings_the_comments_and_their_style(plain: Site) -> None:
    html = plain.pages[PAGE]

    assert "1 comment:" in html
    assert "I make three." in html
    assert (plain.folder / "theme/tipsblog/comments.css").is_file()
    assert f'href="{plain.url}/theme/tipsblog/comments.css"' in html


def test_one_line_brings_the_checklists_and_their_script(plain: Site) -> None:
    tree = parse(plain.pages[PAGE])

    boxes = [box for box in tree.iter(f"{XHTML}input") if box.get("type") == "checkbox"]
    assert len(boxes) == 2
    for name in ("checklists.css", "checklists.js"):
        assert (plain.folder / "theme/tipsblog" / name).is_file()
        assert f'"{plain.url}/theme/tipsblog/{name}"' in plain.pages[PAGE]


def test_a_comment_is_inert_though_the_theme_does_not_escape(plain: Site) -> None:
    tree = parse(plain.pages[PAGE])

    assert {script.get("type") for script in tree.iter(f"{XHTML}script")} <= {
        "module",
        "application/ld+json",
    }
    assert HOSTILE in "".join(tree.itertext())


@pytest.mark.browser
def test_the_page_is_accessible_and_quiet(plain: Site, browser: Browser) -> None:
    said: list[str] = []
    page = browser.new_page()
    page.on("console", lambda message: said.append(f"{message.location['url']}: {message.text}"))
    page.goto(f"{plain.url}/{PAGE}")
    found = Axe().run(page).response["violations"]
    page.close()

    # The theme names no icon, so the browser asks for this one.
    assert [line for line in said if not line.startswith(f"{plain.url}/favicon.ico")] == []
    assert [violation["id"] for violation in found] == []
