"""The shorter ways through Markdown lead to the same place."""

from __future__ import annotations

from xml.etree.ElementTree import Comment, Element, QName

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.toc import TocExtension
from markdown.inlinepatterns import SimpleTagInlineProcessor
from markdown.postprocessors import AndSubstitutePostprocessor
from markdown.serializers import to_html_string

from tipsblog.build.markdown import inline, written

EXTENSIONS = ["extra", "toc", "sane_lists", "tipsblog.checklists.extension"]
PIECES = [
    *"ab *_`\\[]()!<>&;:^{}#-\n\"'@|~=.1",
    *["  \n", "\n\n", "**", "__", "``", "![", "](", "[^1]", "[^1]: note\n", "[a]: /b\n"],
    *["<b>", "</b>", "<http://a.b>", "<a@b.c>", "&amp;", "&#38;", "- [ ] ", "*[ab]: c\n", "é漢"],
    *["\n   \n", "\t", "    ", "\r\n", "\n\n## ", "\n\n1. ", "\n\n> ", "\n```\n", "\n~~~ x\n"],
    *[
        "{#b}",
        "{ .c hidden d=e }",
        "{: #f data-toc-label='g'}",
        "\n\n[TOC]\n\n",
        "![a][a]",
        "[a][]",
    ],
    *[
        "<div>\n",
        "\n</div>\n",
        "<p markdown>",
        "</p>",
        "<!-- c -->",
        "\n----\n",
        "\n===\n",
        "a | b",
    ],
]
#: Blocks that articles are made of, whole.
BLOCKS = [
    *[
        "## Heading",
        "# Heading #",
        "## Heading {#b}",
        "Heading\n=======",
        "### *a* & `b` [^1]",
        "##",
    ],
    *["# A < B > C", "# \\*a\\*", "# <b>a</b>", "## Heading\nand text", "[TOC]", "## [TOC]", "---"],
    *[
        "- a\n- b\n    - c",
        "1. a\n\n    b\n2. c",
        "- # a\n  b",
        "> a\n> > b",
        "    code\n\n    more",
    ],
    *["a  \nb", "a | b\n--|--\n1 | 2", "Term\n: what", "- [ ] a {#c}", "```\na\n```", "a\n{: .b}"],
    *["[a]: http://b 'c'", "[a] [b][a] ![a] ![b][a]", "*[HTML]: b", "HTML[^1]", "[^1]: note"],
    *["<div>\na\n</div>", "<div markdown>\n# a\n</div>", "a <b c>d</b> &amp; e", "***a** b* __c__"],
]


def converted(text: str, *extensions: object, quickly: bool) -> str:
    md = Markdown(extensions=[*EXTENSIONS, *extensions], output_format="html")
    return (inline.quicken(md) if quickly else md).convert(text)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_text_becomes_what_markdown_alone_makes_of_it(text: str) -> None:
    assert converted(text, quickly=True) == converted(text, quickly=False)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(BLOCKS), max_size=12).map("\n\n".join))
def test_any_article_becomes_what_markdown_alone_makes_of_it(text: str) -> None:
    assert converted(text, quickly=True) == converted(text, quickly=False)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(BLOCKS), max_size=6).map("\n\n".join))
def test_links_and_levels_of_headings_are_those_of_the_settings(text: str) -> None:
    told = TocExtension(permalink=True, baselevel=2)

    assert converted(text, told, quickly=True) == converted(text, told, quickly=False)


def test_an_extension_that_may_want_the_table_of_contents_finds_it() -> None:
    class Other(Extension):
        def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (Markdown's name)
            md.postprocessors.register(Postprocessor(md), "other", 0)

    Postprocessor = type("Postprocessor", (AndSubstitutePostprocessor,), {})  # noqa: N806
    md = inline.quicken(Markdown(extensions=["toc", Other()]))
    md.convert("# One")

    assert md.toc_tokens[0]["id"] == "one"


def test_what_no_tag_or_attribute_of_html_is_called_by_is_written_all_the_same() -> None:
    element = Element("a", {"b": "c & d", "hidden": "hidden"})
    element.append(Comment("e"))
    element.append(Element(QName("{http://f}g"), {QName("h"): "i"}))

    assert written.to_html(element) == to_html_string(element)


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

    md = inline.quicken(Markdown(extensions=["toc"], output_format="html"))

    assert type(md.treeprocessors["inline"]).__module__ == "markdown.treeprocessors"
    assert md.serializer is to_html_string
    assert "run" not in vars(md.treeprocessors["toc"])
