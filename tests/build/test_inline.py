"""The shorter way through Markdown's inline patterns leads to the same place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import SimpleTagInlineProcessor

from tipsblog.build.markdown import inline

EXTENSIONS = ["extra", "toc", "sane_lists", "tipsblog.checklists.extension"]
PIECES = [
    *"ab *_`\\[]()!<>&;:^{}#-\n\"'@|~=.1",
    *["  \n", "\n\n", "**", "__", "``", "![", "](", "[^1]", "[^1]: note\n", "[a]: /b\n"],
    *["<b>", "</b>", "<http://a.b>", "<a@b.c>", "&amp;", "&#38;", "- [ ] ", "*[ab]: c\n", "é漢"],
]


def converted(text: str, *extensions: object, quickly: bool) -> str:
    md = Markdown(extensions=[*EXTENSIONS, *extensions])
    return (inline.quicken(md) if quickly else md).convert(text)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_text_becomes_what_markdown_alone_makes_of_it(text: str) -> None:
    assert converted(text, quickly=True) == converted(text, quickly=False)


def test_the_shorter_way_is_taken() -> None:
    md = inline.quicken(Markdown())

    assert type(md.treeprocessors["inline"]).__module__ == "tipsblog.build.markdown.inline"


def test_a_pattern_that_is_not_known_is_always_tried() -> None:
    class Struck(Extension):
        def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (Markdown's name)
            md.inlinePatterns.register(SimpleTagInlineProcessor("(~)(.*?)~", "del"), "del", 65)

    assert converted("~gone~ *here*", Struck(), quickly=True) == (
        "<p><del>gone</del> <em>here</em></p>"
    )


def test_with_a_version_that_was_not_compared_markdown_goes_its_own_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("markdown.__version__", "9.0")

    md = inline.quicken(Markdown())

    assert type(md.treeprocessors["inline"]).__module__ == "markdown.treeprocessors"
