"""Task lists become lists that a reader can tick."""

from __future__ import annotations

import markdown

from tipsblog.checklists.extension import Checklists


def convert(text: str, **options: object) -> tuple[str, Checklists]:
    md = markdown.Markdown(
        extensions=["extra", "tipsblog.checklists.extension"],
        extension_configs={"tipsblog.checklists.extension": options},
        output_format="html",
    )
    return md.convert(text), md.checklists  # type: ignore[attr-defined]


def test_each_item_has_a_native_box_with_a_label_of_its_own() -> None:
    html, _ = convert("- [ ] Write the *brief* first\n- [x] Pay on time\n")

    assert '<label for="tick-write-the-brief-first">Write the <em>brief</em> first</label>' in html
    assert '<input checked id="tick-pay-on-time" name="pay-on-time"' in html


def test_loose_ordered_and_nested_items_belong_to_one_list() -> None:
    html, found = convert("1. [ ] one\n\n    More.\n\n2. [ ] two\n\n    - [ ] three\n")

    assert html.count("<form") == 1
    assert [item.key for item in found.lists[0].items] == ["one", "two", "three"]
    assert "<p>More.</p>" in html


def test_a_key_that_the_author_writes_wins_over_the_text() -> None:
    _, found = convert("- [ ] Write `a < b` & so on {#brief}\n")

    assert found.lists[0].items[0].key == "brief"
    assert found.lists[0].items[0].text == "Write a < b & so on"


def test_braces_that_are_no_attribute_list_stay_text() -> None:
    html, _ = convert("- [ ] Fill in {name}\n")

    assert "Fill in {name}</label>" in html


def test_a_key_that_stands_twice_is_named_with_its_line() -> None:
    html, found = convert("Text.\n\n- [ ] one {#a}\n- [ ] two {#a}\n")

    assert [problem.line for problem in found.problems] == [4]
    assert 'key "a"' in found.problems[0].cause
    assert 'id="tick-a-2"' in html


def test_the_key_of_the_article_keeps_ids_apart() -> None:
    html, _ = convert("- [ ] one\n", article="first")

    assert 'id="first.one"' in html
    assert 'data-article="first"' in html


def test_other_lists_are_left_alone() -> None:
    text = "- plain\n- [a link](x.html)\n\n```\n- [ ] code\n```\n"

    html, found = convert(text)

    assert html == markdown.markdown(text, extensions=["extra"], output_format="html")
    assert found == Checklists()
