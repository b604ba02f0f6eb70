"""What a commenter typed, as HTML that is safe on any page."""

from __future__ import annotations

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from makers import comment
from tipsblog.comments.markup import (
    LINK_REL,
    TAGS,
    safe_url,
    sanitise,
    strip_tags,
    to_html,
    to_text,
)
from tipsblog.comments.model import Format, clean_text

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "event handler": '<b onmouseover="alert(1)">x</b>',
    "image event": "<img src=x onerror=alert(1)>",
    "javascript": '<a href="javascript:alert(1)">x</a>',
    "javascript with a tab": '<a href="java\tscript:alert(1)">x</a>',
    "javascript with entities": '<a href="&#106;avascript&colon;alert(1)">x</a>',
    "javascript with a zero-width space": '<a href="\u200bjavascript:alert(1)">x</a>',
    "data": '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    "protocol-relative": '<a href="//evil.example.net/">x</a>',
    "svg": '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
    "math": '<math><mtext><table><mglyph><style><img src=x onerror="alert(1)">',
    "noscript": '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "newline in an attribute": '<a href="https://ok.example.org/\n" onclick="alert(1)">x</a>',
    "unclosed": '<a href="https://ok.example.org/" onclick="alert(1)"',
    "clobbering": '<p id="comments" class="comment by-author">x</p>',
    "style": "<style>body{display:none}</style><p style='position:fixed'>x</p>",
    "form": '<form action="https://evil.example.net/"><input name=x></form>',
    "quotes in an address": "<a href='https://ok.example.org/\"onclick=\"alert(1)'>x</a>",
    "markdown javascript": "[x](javascript:alert(1))",
    "markdown data": "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "markdown title": '[x](https://ok.example.org/ "\\" onclick=alert(1)")',
    "markdown autolink": "<javascript:alert(1)>",
    "markdown reference": "[x]\n\n[x]: javascript:alert(1)",
}


def assert_inert(html: str) -> None:
    """Read `html` as a browser does and look at every element and attribute."""
    for element in html5lib.parseFragment(html, namespaceHTMLElements=False).iter():
        if not isinstance(element.tag, str) or element.tag == "DOCUMENT_FRAGMENT":
            continue
        assert element.tag in TAGS
        assert set(element.attrib) <= ({"href", "rel"} if element.tag == "a" else set())
        if "href" in element.attrib:
            assert element.attrib["href"].lower().startswith(("https://", "http://"))
            assert element.attrib["rel"] == LINK_REL


@pytest.mark.parametrize("format", Format)
@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_mark_up_is_inert(body: str, format: Format) -> None:
    html = to_html(comment(body=clean_text(body), format=format))

    assert_inert(html)
    assert "alert" not in html or "<script" not in html


@given(st.text(alphabet=st.sampled_from("<>\"'&/=a b\n\t[](){}*_`~>#-+.!:\\x"), max_size=60))
def test_no_text_makes_live_mark_up(text: str) -> None:
    for format in Format:
        assert_inert(to_html(comment(body=clean_text(text), format=format)))


@given(st.text(alphabet=st.sampled_from("ab 1.,;:!?()%/@=$€'\"\n-é漢"), max_size=60))
def test_plain_text_is_drawn_as_the_markdown_parser_would(text: str) -> None:
    from tipsblog.comments import markup

    body = clean_text(text)

    drawn = str(to_html(comment(body=body))).strip()

    assert drawn == str(sanitise(markup._markdown().render(body))).strip()


def test_markdown_gives_emphasis_links_quotes_lists_and_code_but_no_headings_or_images() -> None:
    html = to_html(
        comment(
            body="# no\n\n*em* **strong** `code` [link](https://ok.example.org/)\n\n"
            "> quote\n\n- item\n\n![no](https://ok.example.org/x.png)"
        )
    )

    for tag in ("<em>", "<strong>", "<code>", "<blockquote>", "<li>"):
        assert tag in html
    assert f'<a href="https://ok.example.org/" rel="{LINK_REL}">link</a>' in html
    assert "<h1" not in html
    assert "<img" not in html


def test_template_and_pelican_mark_up_stays_text() -> None:
    body = "{{ SITEURL }} {% include 'x' %} {filename}x.md {static}/y.png"

    assert to_text(comment(body=body)) == body


def test_two_breaks_part_paragraphs_in_an_imported_comment() -> None:
    html = to_html(comment(body="one<BR/><BR/>two<br>three", format=Format.HTML))

    assert html == "<p>one</p>\n<p>two<br>three</p>"


@pytest.mark.parametrize(
    "body",
    ["[" * 20_000, "`" * 3_000, "".join("`" * n + " " for n in range(300)), "> " * 4_000],
    ids=["brackets", "backticks", "backtick ramp", "deep quotes"],
)
def test_a_worst_case_ends(body: str) -> None:
    assert_inert(to_html(comment(body=clean_text(body))))


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example.net/",
        "/relative",
        "friend.example.org",
        "https://",
        "https://user@evil.example.net/",
        'https://ok.example.org/"onclick="x',
        "https://ok.example.org/a b",
        "https://ok.example.org/\u202egnp.exe",
        "https://[::1",
        "https://ok.example.org:notaport/",
        "",
    ],
)
def test_an_address_that_could_mislead_is_not_linked(address: str) -> None:
    assert safe_url(address) == ""


def test_an_absolute_web_address_is_linked() -> None:
    assert safe_url("https://friend.example.org/?a=1&b=2#c")


@given(st.text(st.sampled_from('ab <>!-/&;gtl\n\xa0"')))
def test_tags_are_stripped_as_markup_strips_them(html: str) -> None:
    assert strip_tags(html) == str(Markup(html).striptags())
