"""What the table of cases cannot say: options, other extensions, any input."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import markdown
from hypothesis import given, settings
from hypothesis import strategies as st

from tipsblog import checklists
from tipsblog.checklists.model import Checklists, Problem
from tipsblog.checklists.state import WORDS

NAME = "tipsblog.checklists.extension"


def convert(
    text: str, extensions: Sequence[str] = ("extra",), **options: object
) -> tuple[str, Checklists]:
    md = markdown.Markdown(
        extensions=[*extensions, NAME], extension_configs={NAME: options}, output_format="html"
    )
    return md.convert(text), md.checklists  # type: ignore[attr-defined]


def keys(text: str) -> list[str]:
    return [item.key for checklist in convert(text)[1].lists for item in checklist.items]


def test_it_needs_no_other_extension() -> None:
    html, found = convert("- [ ] Agree on a *price* {#price}\n", extensions=())

    assert '<label for="tick-price">Agree on a <em>price</em></label>' in html
    assert found.problems == []


def test_the_key_of_the_article_keeps_ids_apart() -> None:
    html, _ = convert("- [ ] one\n", article="first")

    assert 'id="first.one"' in html
    assert 'data-article="first"' in html


def test_an_article_without_a_list_comes_out_as_without_the_extension() -> None:
    text = "- plain\n- [a link](x.html)\n\n/// x\n///\n\n```\n- [ ] code\n```\n"

    html, found = convert(text)

    assert html == markdown.markdown(text, extensions=["extra"], output_format="html")
    assert found == Checklists()


def test_one_converter_can_convert_many_articles() -> None:
    md = markdown.Markdown(extensions=["extra", NAME], output_format="html")
    texts = ["/// checklist | A\n\n- [ ] one\n\n///\n", "None.", "- [ ] two\n"]

    converted = [md.reset().convert(text) for text in texts]

    assert converted == [convert(text)[0] for text in texts]


def test_headings_can_be_asked_for_without_a_header() -> None:
    _, found = convert("## 1. No price\n\nText.\n", headings=True)

    assert [item.text for item in found.lists[0].items] == ["No price"]


def test_headings_keep_the_ids_that_a_table_of_contents_links_to() -> None:
    html, _ = convert("[TOC]\n\n## 1. No price\n", extensions=("extra", "toc"), headings=True)

    assert '<li><a href="#1-no-price">1. No price</a></li>' in html
    assert '<h2 id="1-no-price">' in html
    assert 'aria-labelledby="1-no-price"' in html


def test_stops_may_be_numbered_in_many_ways() -> None:
    headings = [
        "1. A",
        "2) B",
        "#3 C",
        "Mistake 4: D",
        "Tip #5. E",
        "Sixth stop: F",
        "7th trap – G",
    ]

    _, found = convert("".join(f"## {text}\n\n" for text in [*headings, "10 years"]), headings=True)

    assert [item.text for item in found.lists[0].items] == list("ABCDEFG")


def test_lines_are_counted_as_in_the_file() -> None:
    text = "Title: x\n\n```\n- [ ] no item\n```\n\n- [ ] one\n- [ ] two\n"

    _, found = convert(text, extensions=("extra", "meta"), lines=True)

    assert [item.line for item in found.lists[0].items] == [7, 8]


def test_every_problem_comes_with_a_line_and_a_correct_example() -> None:
    _, found = convert("- [ ] a {#a b}\n\n/// checklist | X\n    tick: maybe\n\ntext\n\n///\n")

    assert [problem.line for problem in found.problems] == [1, 4, 3]
    for problem in found.problems:
        assert re.search(r"- \[ \]|tick: I make this", problem.way_out)


def test_the_examples_that_errors_show_are_right_themselves() -> None:
    from tipsblog.checklists.items import EXAMPLE
    from tipsblog.checklists.state import BLOCK_EXAMPLE

    for example in (EXAMPLE.split("`")[1], BLOCK_EXAMPLE.partition("\n\n")[2]):
        _, found = convert(example)

        assert found.problems == []
        assert len(found.lists) == 1


# Words that keep their letters whatever Markdown does to them.
words = st.lists(
    st.text(st.sampled_from("abcdefghijäß中ا"), min_size=1, max_size=6), min_size=1, max_size=4
).map(" ".join)


@st.composite
def shuffled(draw: st.DrawFn) -> tuple[list[str], list[tuple[int, str]]]:
    """Items, and the same in another order, each at some depth."""
    texts = draw(st.lists(words, min_size=1, max_size=8, unique_by=str.casefold))
    depth, nested = -1, []
    for text in draw(st.permutations(texts)):
        depth = draw(st.integers(0, min(depth + 1, 4)))
        nested.append((depth, text))
    return texts, nested


def test_an_item_below_another_says_so() -> None:
    _, found = convert("- [ ] A\n    - [ ] B\n        - [ ] C\n- [ ] D\n\nText.\n\n- [ ] E\n")

    nested = [(item.text, item.nested) for one in found.lists for item in one.items]
    assert nested == [("A", False), ("B", True), ("C", True), ("D", False), ("E", False)]


@given(shuffled())
@settings(deadline=None)
def test_items_keep_their_keys_however_they_are_shuffled_and_nested(
    lists: tuple[list[str], list[tuple[int, str]]],
) -> None:
    texts, nested = lists

    flat = keys("".join(f"- [ ] {text}\n" for text in texts))
    moved = keys("".join(f"{'    ' * depth}- [ ] {text}\n" for depth, text in nested))

    assert sorted(moved) == sorted(flat)
    assert dict(zip((text for _, text in nested), moved, strict=True)) == dict(
        zip(texts, flat, strict=True)
    )


pieces = st.sampled_from(
    [
        *("- [ ] ", "- [x] ", "1. [ ] ", "- ", "    ", "> ", "\n", "\n\n", "\t", "[ ]", "[]"),
        *(" {#k}", " {#k .optional}", "{", "}", "{score}", "`", "*", "&amp;", "[^1]"),
        *("///", "/// checklist | T\n", "//// checklist\n    tick: I make this\n"),
        *("/// why\n", "/// result | 0 to 2\n", "Checklist: headings\n\n", "## 1. "),
        *("<b>", "</form>", "<input>", "\x00", "\u2028"),
    ]
)


# Half of the lines are something that the extension takes apart.
starts = st.sampled_from(
    ["- [ ] ", "    - [x] ", "1. [ ] ", "> - [ ] ", "## 1. ", "[", "/// why | "]
)
ends = st.sampled_from(["\n", " {#key}\n", " {#k .optional}\n", "\n\n", " {.x}\n\n    ", "\n///\n"])
lines = st.tuples(starts, words, ends).map("".join)


@given(st.lists(pieces | words | lines, max_size=30).map("".join))
@settings(deadline=None, max_examples=300)
def test_no_input_makes_it_raise_or_lose_text(text: str) -> None:
    extensions = ("extra", "meta")

    html, found = convert(text, extensions)

    plain = markdown.markdown(text, extensions=[*extensions], output_format="html")
    letters = re.compile(r"[äß中ا]|\b[a-j]{1,6}\b")
    assert set(letters.findall(_visible(plain))) <= set(letters.findall(_visible(html)))
    assert all(isinstance(problem, Problem) for problem in found.problems)


def _visible(html: str) -> str:
    return re.sub(r"<[^>]*>", " ", html)


EVERY_WORD = """Checklist: headings

//// checklist
    tick: I make this

- [ ] one {.optional}
- [ ] two {.required}

    /// why
    Because.
    ///

/// result | 0 to 1
You make {score}.
///
////

//// checklist
    tick: I avoid this

- [ ] three
////

## 1. No price

Text.
"""


def test_every_word_that_it_adds_can_be_said_in_another_language() -> None:
    others = {english: f"W&{number}" for number, english in enumerate(WORDS)}
    others["{low} to {high}"] += " {low}-{high}"
    others["Read why: {item}"] += " {item}"

    html, found = convert(EVERY_WORD, extensions=("extra", "meta"), words=others)

    assert found.problems == []
    said = set(re.findall(r"W&amp;(\d+)", html))
    assert said == {str(number) for number in range(len(WORDS))}
    assert " 0-1" in html
    assert " No price" in html


def test_a_translator_finds_them_in_the_documents() -> None:
    documented = Path(checklists.__file__).with_name("README.md").read_text("utf-8")

    assert [english for english in WORDS if f'"{english}": "' not in documented] == []
