"""HTML to Markdown and back, as pairs that anybody can add to."""

from __future__ import annotations

import pytest
from hypothesis import example, given

from strategies import html
from tipsblog.formats.html import embed, extract, tidy
from tipsblog.formats.markdown import as_body, to_markdown
from tipsblog.formats.render import renderer
from tipsblog.formats.tree import canonical

render = renderer({}, checklists=True)

PAIRS = {
    "paragraphs": ("<p>One</p><p>Two</p>", "One\n\nTwo"),
    "Blogger's paragraphs": ("One<br /><br />Two<br />three", "One\n\nTwo  \nthree"),
    "Blogger's divs": ("<div>One</div><div><br></div><div>Two</div>", "One\n\nTwo"),
    "what the editor says of everything": ('<p style="text-align: left;">One</p>', "One"),
    "bold and italic": ("<b>a </b>b <i>c</i>", "**a** b *c*"),
    "a heading": ("<h3>One</h3>", "### One"),
    "a link": (
        '<a href="https://a.example.org/" title="A">a</a>',
        '[a](https://a.example.org/ "A")',
    ),
    "a link with more": (
        '<a href="/a" target="_blank">a <b>b</b></a>',
        '<a href="/a" target="_blank">a **b**</a>',
    ),
    "a picture": ('<img src="/a.png" alt="A b">', "![A b](/a.png)"),
    "a picture without words": ('<img src="/a.png" alt="">', '<img alt src="/a.png">'),
    "a list": ("<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>", "- a\n- b\n    1. c"),
    "a quote": ("<blockquote>a<br><br>b</blockquote>", "> a\n>\n> b"),
    "code": ("<code>a < b</code>", "`a < b`"),
    "a rule": ("<p>a</p><hr><p>b</p>", "a\n\n---\n\nb"),
    "Markdown's own marks": (
        "<p>*a* [b] _c_ d_e `f` {g} \\h</p>",
        r"\*a\* \[b\] \_c\_ d_e \`f\` \{g\} \\h",
    ),
    "what would start a block": (
        "<p># a<br>1. b<br>- c<br>&gt; d</p>",
        "\\# a  \n1\\. b  \n\\- c  \n\\> d",
    ),
    "a task list that is none": ("<ul><li>[ ] a</li></ul>", "- \\[ \\] a"),
    "an entity": ("<p>&amp;amp; &lt;b&gt; a&nbsp;b</p>", "&amp;amp; &lt;b> a&nbsp;b"),
    "a block of its own": (
        '<p>a</p><div class="x">b *c*</div><p>d is a longer text</p>',
        'a\n\n<div class="x">b *c*</div>\n\nd is a longer text',
    ),
}


@pytest.mark.parametrize(("given", "markdown"), PAIRS.values(), ids=PAIRS.keys())
def test_html_becomes_clean_markdown(given: str, markdown: str) -> None:
    assert to_markdown(given, render) == markdown


@pytest.mark.parametrize(
    "given",
    [
        '<div style="color: red">a</div>',
        "<table><tr><td>a</td></tr></table>",
        '<p><span style="color: red">a</span></p>',
        "<script>a()</script>",
        "<div>" * 200 + "a",
    ],
)
def test_what_markdown_cannot_say_stays_html(given: str) -> None:
    assert to_markdown(given, render) is None
    body, is_markdown = as_body(given, render)
    assert not is_markdown
    assert extract(body) == tidy(given)


@given(html)
@example("<p>a</p>\n<p>- b</p>")
def test_a_reader_sees_no_difference(given: str) -> None:
    body, _ = as_body(given, render)

    assert canonical(render(body)) == canonical(given)


@given(html)
def test_embedded_html_comes_out_as_it_went_in(given: str) -> None:
    assert extract(embed(given)) == tidy(given)


@given(html)
def test_the_normal_form_is_its_own(given: str) -> None:
    assert canonical(canonical(given)) == canonical(given)
