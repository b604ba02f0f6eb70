"""The owner's lists, in WordPress's format."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from makers import comment
from tipsblog.spam import Outcome
from tipsblog.spam.judge import judge_all
from tipsblog.spam.lists import Lists, Matcher, parse
from tipsblog.spam.policy import Policy

ORDINARY = "We tried the paid week with two people, and I think that the second was better."


def test_a_list_has_one_term_a_line_and_ignores_case_comments_and_blanks() -> None:
    text = "# community list\r\n\r\nCheap Pills\r\n  casino.example  \n\ncheap pills\n"

    assert parse(text) == ["cheap pills", "casino.example"]


def test_a_term_is_found_inside_words_as_wordpress_does() -> None:
    assert Matcher(["press"]).find("i use wordpress") == ["press"]


@given(
    st.lists(st.text("abc .", min_size=1, max_size=7), max_size=20),
    st.text("abc .", max_size=60),
)
def test_one_pass_finds_what_looking_for_each_term_finds(terms: list[str], text: str) -> None:
    unique = list(dict.fromkeys(terms))

    assert Matcher(unique).find(text) == sorted(term for term in unique if term in text)


def test_a_comment_with_a_held_term_in_any_field_waits_for_its_owner() -> None:
    lists = Lists(held=Matcher(["rival.example"]))
    said = comment("said", 1, body=f"{ORDINARY} As on rival.example.")
    given_as_address = comment("address", 2, body=ORDINARY, website="https://rival.example/")
    other = comment("other", 3, body="No idea how long such a week should be, do you know?")

    verdicts = judge_all([said, given_as_address, other], {}, Policy(lists=lists))

    assert verdicts["traps", "said"].outcome is Outcome.UNSURE
    assert verdicts["traps", "address"].outcome is Outcome.UNSURE
    assert verdicts["traps", "other"].outcome is Outcome.HAM
    assert verdicts["traps", "said"].reasons[0].sentence == (
        "on your list of what is held: rival.example"
    )


def test_a_friend_is_published_whatever_the_filter_thinks() -> None:
    spam = comment(
        "s", 1, author="", body="Cheap pills, order now! [buy viagra](https://p.example/)"
    )
    friends = Lists(never_held=Matcher(["p.example"]))

    assert judge_all([spam], {})["traps", "s"].outcome is Outcome.SPAM
    assert judge_all([spam], {}, Policy(lists=friends))["traps", "s"].outcome is Outcome.HAM


def test_what_is_on_both_lists_waits() -> None:
    both = Lists(held=Matcher(["trial"]), never_held=Matcher(["week"]))
    one = comment("a", 1, body="A trial week, I think.")

    assert judge_all([one], {}, Policy(lists=both))["traps", "a"].outcome is Outcome.UNSURE
