"""One Markdown for many articles says what a new one says of each."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown import Markdown

from tipsblog.build.markdown import inline
from tipsblog.build.markdown.reused import Reused

EXTENSIONS = [
    *("markdown.extensions.meta", "markdown.extensions.codehilite", "markdown.extensions.extra"),
    *("markdown.extensions.toc", "tipsblog.checklists.extension"),
]
SETTINGS: dict[str, Any] = {"extensions": EXTENSIONS, "output_format": "html"}
ARTICLES = [
    "Title: A\nChecklist: headings\n\n# 1. One\n\n# 2. Two\n",
    "Plain *text*, a [link], a note[^1] and an HTML thing.\n\n[^1]: The note.",
    "[link]: https://example.org/\n\n*[HTML]: Language\n\nHTML and a [link].",
    "- [ ] Agree on a price {#price}\n- [ ] Pay\n",
    "//// checklist | Which?\n- [ ] Agree\n\n    /// why\n    Because.\n    ///\n\n////",
    "/// why\nnever closed\n\n- [ ] Agree",
    "```python\nprint(1)\n```\n\n<div markdown>\n*in*\n</div>\n\na | b\n--|--\n1 | 2",
    "# Twice\n\n# Twice\n\n[TOC]\n\nTerm\n: what it is\n\n***\n\n> said\n\nTitle\n=====",
]


def read(md: Any, text: str) -> tuple[str, str, str]:
    """Parse an article as Pelican does: its text, then its summary without `meta`."""
    content = md.convert(text)
    found = repr(md.checklists)
    md.preprocessors.deregister("meta")
    md.reset()
    return content, found, md.convert("A *summary* with a [link] of HTML.")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(ARTICLES), max_size=8))
def test_what_went_before_an_article_cannot_be_told_from_it(texts: list[str]) -> None:
    reused = Reused(lambda **given: inline.quicken(Markdown(**given)))

    found = [read(reused(**SETTINGS), text) for text in texts]

    assert found == [read(Markdown(**SETTINGS), text) for text in texts]


def test_the_same_markdown_is_used_again() -> None:
    reused = Reused(Markdown)

    assert reused(**SETTINGS) is reused(**SETTINGS)


@pytest.mark.parametrize(
    "given",
    [
        {"extensions": ["pymdownx.tilde"]},
        {"extensions": ["footnotes"], "extension_configs": {"footnotes": {"UNIQUE_IDS": True}}},
    ],
)
def test_an_extension_that_may_remember_gets_a_new_one(given: dict[str, Any]) -> None:
    reused = Reused(Markdown)

    assert reused(**given) is not reused(**given)


def test_after_an_error_in_the_middle_of_an_article_there_is_a_new_one() -> None:
    reused = Reused(Markdown)
    before = reused(**SETTINGS)
    before.parser.state.set("list")

    assert reused(**SETTINGS) is not before


def test_what_cannot_be_read_ahead_is_left_to_whoever_reads_it() -> None:
    def fail(**_: Any) -> Any:
        raise ValueError

    Reused(fail).warm(SETTINGS, ["```python\nprint(1)\n```"])
