"""Repairs to an article's HTML."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from tipsblog.pages.markup import box_tables, shorten_slug, size_images


def known(address: str) -> tuple[int, int] | None:
    return {"a.png": (640, 480)}.get(address)


def test_an_image_gets_its_size_so_that_the_text_does_not_jump() -> None:
    html = size_images('<p><img alt="A" src="a.png"></p>', known)

    assert html == '<p><img alt="A" src="a.png" width="640" height="480" decoding="async"></p>'


def test_images_after_the_first_wait_until_they_come_near() -> None:
    html = size_images('<img src="a.png"><img src="a.png">', known)

    assert html.index("loading") > html.index("<img", 1)
    assert html.count('loading="lazy"') == 1


def test_what_the_author_wrote_stays() -> None:
    html = size_images('<img src="a.png" width="10" decoding="sync">', known)

    assert html == '<img src="a.png" width="10" decoding="sync">'


def test_an_image_of_unknown_size_is_left_without() -> None:
    assert "width" not in size_images('<img src="https://example.com/x.png">', known)


def test_the_end_of_a_tag_may_stand_in_its_alt_text() -> None:
    html = size_images("<img alt='a > b' src='a.png' />", known)

    assert html == '<img alt=\'a > b\' src=\'a.png\' width="640" height="480" decoding="async">'


def test_an_image_in_a_code_sample_is_text() -> None:
    sample = "<pre>&lt;img src=a.png&gt;</pre>"

    assert size_images(sample, known) == sample


def test_each_table_scrolls_in_a_box_that_the_keyboard_reaches() -> None:
    html = box_tables("<table><tr><td>1</td></tr></table><p>and</p><TABLE class=x></TABLE>")

    assert html == (
        '<div class="table-box" role="region" aria-label="Table 1" tabindex="0">'
        "<table><tr><td>1</td></tr></table></div><p>and</p>"
        '<div class="table-box" role="region" aria-label="Table 2" tabindex="0">'
        "<TABLE class=x></TABLE></div>"
    )


def test_a_column_is_aligned_by_a_class_for_style_attributes_may_be_forbidden() -> None:
    html = box_tables('<table><td style="text-align: right;">1</td></table>')

    assert '<td class="align-right">1</td>' in html


def test_an_empty_corner_is_no_header() -> None:
    assert "<thead><tr><td></td><th>A</th>" in box_tables(
        "<table><thead><tr><th></th><th>A</th></tr></thead></table>"
    )


PIECES = st.lists(
    st.sampled_from(
        [
            "<p>",
            "</p>",
            "<img ",
            "src=a.png",
            ">",
            '"',
            "'",
            " alt=",
            "/",
            "<table>",
            "</table>",
            "x",
        ]
    )
)


@given(PIECES.map("".join))
def test_all_that_was_written_is_kept(html: str) -> None:
    mended = box_tables(size_images(html, known))

    added = r' width="640" height="480"| decoding="async"| loading="lazy"'
    box = r'<div class="table-box" role="region" aria-label="Table \d+" tabindex="0">|</div>'
    assert solid(re.sub(f"{added}|{box}", "", mended)) == solid(html)


def solid(html: str) -> str:
    """The end of an image's tag may lose its slash and white space."""
    return re.sub(r"[\s/]", "", html)


@given(st.text("ab-é", min_size=1, max_size=400), st.integers(20, 200))
def test_a_slug_cut_short_fits_and_differs_from_others_cut_alike(slug: str, longest: int) -> None:
    cut = shorten_slug(slug, longest)

    assert len(cut.encode()) <= longest
    assert cut != shorten_slug(f"{slug}x", longest)
