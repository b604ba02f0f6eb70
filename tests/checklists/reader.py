"""A reader at a page with checklists: what the browser tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import markdown
from jinja2 import Template

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

FEATURE = Path(__file__).resolve().parents[2] / "plugins/tipsblog/checklists"
STATIC = FEATURE / "static/tipsblog"
WORDS = (FEATURE / "templates/tipsblog/checklists-words.html").read_text(encoding="utf-8")
NAME = "tipsblog.checklists.extension"

SHORT = "- [ ] one\n- [ ] two\n- [x] three\n"
FULL = """\
Checklist: headings

## First stop: No *price*

Text.

## Second stop: No day

Text.

//// checklist | Which of these are yours?
    tick: I make this

Be honest.

- [ ] I agree on no price {#price}

    /// why
    Whoever agrees later pays more.
    ///

- [ ] I name no day {#day}
    - [ ] nor an hour {.optional}
- [x] I read [contracts](#x) late

/// result | 0 to 1
You make {score} of these {total} mistakes: sleep well.
///
/// result | 2 to 3
You make {score} of these {total} mistakes: start with the first.
///
////

1. [ ] A plain list
2. [ ] in order
"""


def lay_out(folder: Path) -> None:
    """Put into `folder` what every page asks for."""
    for file in STATIC.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "icon.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    # axe takes the canvas for white, also where a dark scheme makes it dark.
    (folder / "page.css").write_text("html { background: Canvas; color: CanvasText; }")


def page_of(text: str, article: str = "hiring", direction: str = "ltr") -> str:
    """A bare page around what the extension makes of `text`."""
    content = markdown.markdown(
        text,
        extensions=["extra", "meta", NAME],
        extension_configs={NAME: {"article": article}},
        output_format="html",
    )
    return (
        f'<!DOCTYPE html><html lang="en" dir="{direction}"><head><meta charset="utf-8">'
        '<title>Test</title><meta name="color-scheme" content="light dark">'
        '<link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/page.css">'
        '<link rel="stylesheet" href="/checklists.css">'
        '<script type="module" src="/checklists.js"></script>'
        f"{Template(WORDS).render()}</head>"
        f"<body><main><h1>Test</h1>\n{content}\n</main></body></html>"
    )


@dataclass
class Desk:
    """Pages that are served, and the readers who open them."""

    folder: Path
    address: str
    browser: Browser
    writes: int = 10**9

    def write(self, text: str, name: str = "index.html", **how: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page_of(text, **how), encoding="utf-8")
        # A new time, or a browser asking "changed since?" within a second hears no.
        self.writes += 1
        os.utime(path, (self.writes, self.writes))

    @contextmanager
    def reader(self, **how: Any) -> Iterator[BrowserContext]:
        """A browser of its own, with nothing stored in it."""
        context = self.browser.new_context(base_url=self.address, **how)
        try:
            yield context
        finally:
            context.close()


def fresh(context: BrowserContext, path: str = "/") -> Page:
    """Open `path` in a new tab; an error on the page fails the test."""
    page = context.new_page()
    page.on("pageerror", lambda error: page.evaluate("wrong => { throw wrong }", str(error)))
    page.goto(path)
    return page


def ticked(page: Page) -> list[str]:
    """The labels of the ticked items, in order."""
    return page.eval_on_selector_all(
        "form .checklist-box:checked", "boxes => boxes.map((box) => box.labels[0].innerText.trim())"
    )
