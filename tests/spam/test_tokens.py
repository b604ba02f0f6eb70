"""What a comment is learned by."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from makers import comment
from tipsblog.comments.model import clean_text
from tipsblog.spam.survey import survey
from tipsblog.spam.tokens import Kind, tokens_of


def _tokens(body: str, **fields: str) -> list[Kind]:
    (one,) = survey([comment("one", 1, body=body, **fields)], {})
    return tokens_of(one)


def _every(kinds: list[Kind]) -> set[str]:
    return {token for kind in kinds for token in kind.tokens}


def test_words_pairs_pieces_addresses_names_and_looks_are_tokens() -> None:
    kinds = _tokens(
        "GREAT pigeons!!! https://www.loft.example/racing/birds",
        author="Ida Lund",
        website="https://ida.example/",
    )

    assert _every(kinds) >= {
        "w:pigeons",
        "b:great pigeons",
        "b:^ great",
        "pige",
        "u:racing",
        "h:loft.example",
        "s:ida",
        "h:ida.example",
        "n:lund",
        "a:ida lund",
        "x:!!!",
        "c:GREAT",
    }


def test_a_long_comment_says_no_more_than_a_short_one() -> None:
    for body in ("Hello there", "many different words here " * 90 + "end"):
        lengths = [kind.value**2 * len(kind.tokens) for kind in _tokens(body)]

        assert max(lengths) < 1.0001


@given(st.text(max_size=300))
def test_tokens_are_the_same_each_time_and_each_stands_once(text: str) -> None:
    kinds = _tokens(clean_text(text))

    assert kinds == _tokens(clean_text(text))
    tokens = [token for kind in kinds for token in kind.tokens]
    assert len([token for token in tokens if not token.startswith("f:")]) == len(
        {token for token in tokens if not token.startswith("f:")}
    )
