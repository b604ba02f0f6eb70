"""Checklists where nothing can be ticked."""

from __future__ import annotations

import markdown
from hypothesis import given
from hypothesis import strategies as st
from pelican.utils import truncate_html_words
from reader import FULL, NAME

from tipsblog.checklists.plain import to_plain


def convert(text: str) -> str:
    return markdown.markdown(text, extensions=["extra", "meta", NAME], output_format="html")


def test_boxes_become_signs_and_the_list_stays_a_list() -> None:
    assert to_plain(convert("Before.\n\n- [ ] one\n- [x] *two*\n\nAfter.")) == (
        "<p>Before.</p>\n"
        '<ul class="checklist-items">\n'
        '<li class="checklist-item">☐ one\n</li>\n'
        '<li class="checklist-item">☑ <em>two</em>\n</li>\n'
        "</ul>\n"
        "<p>After.</p>"
    )


def test_a_form_of_the_authors_own_is_left_alone() -> None:
    html = '<form action="/x"><input type="checkbox" name="a"> <label>b</label></form>'

    assert to_plain(html) == html
    assert html in to_plain(convert("- [ ] one\n") + html)


@given(st.integers(1, 80))
def test_a_summary_may_be_cut_after_any_word(count: int) -> None:
    plain = to_plain(truncate_html_words(convert(FULL), count))

    for control in ("<input", "<button", "<form", "<label"):
        assert control not in plain
