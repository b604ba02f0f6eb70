"""A key depends on an item's own text and on nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tipsblog.checklists import keys


def test_case_space_and_light_punctuation_do_not_change_a_key() -> None:
    assert keys.derive("Write the brief first") == "write-the-brief-first"
    assert keys.derive("write  the “brief” — first!") == "write-the-brief-first"


def test_signs_that_a_key_cannot_hold_still_tell_items_apart() -> None:
    assert len({keys.derive(text) for text in ("C++", "C#", "C", "C/C")}) == 4


def test_every_script_keeps_its_words() -> None:
    assert keys.derive("اكتب الموجز أولا") == "اكتب-الموجز-أولا"
    assert keys.derive("हिन्दी में लिखें") == "हिन्दी-में-लिखें"


def test_a_long_text_has_a_short_key_of_its_own() -> None:
    long = "one and the same beginning of a very long item " * 3

    one, two = keys.derive(long + "a"), keys.derive(long + "b")

    assert one != two
    assert one.startswith("one-and-the-same-beginning-of-a-very-")
    assert max(len(one), len(two)) <= keys.MAX_LENGTH


@given(st.text())
def test_whatever_the_text_its_key_may_also_be_written_by_hand(text: str) -> None:
    key = keys.derive(text)

    assert keys.is_key(key)
    assert keys.derive(key) == key
