"""How a text is read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tipsblog.spam import disguise, reading


@given(st.text(st.one_of(st.characters(), st.sampled_from("ab'’ _-1\x1f\x85"))))
def test_the_short_way_finds_the_words_that_the_pattern_finds(text: str) -> None:
    assert reading.words_of(text) == reading._WORD.findall(text)


@given(st.text(st.sampled_from("ab é1 .-_*\n'"), max_size=30))
def test_a_word_pulled_apart_has_the_sign_of_one(text: str) -> None:
    assert not disguise._SPACED.search(text) or disguise._SPACED_SIGN.search(text)
