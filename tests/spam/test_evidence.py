"""What is found on a comment in its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makers import START, comment
from tipsblog.comments.model import Comment, clean_line, clean_text
from tipsblog.spam import Article
from tipsblog.spam.evidence import Evidence
from tipsblog.spam.features import FEATURES
from tipsblog.spam.reading import host_of, read
from tipsblog.spam.survey import survey

ARTICLE = Article(
    "traps",
    "Traps of outsourcing services",
    "Write down what done looks like. We sell outsourcing services ourselves, at a fixed price.",
    ("https://docs.example/traps",),
    START,
)


def found(*comments: Comment) -> dict[str, Evidence]:
    """Return the evidence on the last of `comments`, by feature."""
    surveyed = list(survey(comments, {"traps": ARTICLE}))
    return {one.feature: one for one in surveyed[-1].evidence}


def on(body: str, **fields: str) -> dict[str, Evidence]:
    return found(comment("x", 1, body=body, **fields))


@pytest.mark.parametrize(
    ("body", "hosts"),
    [
        ("see https://www.a.example/x.", ["a.example"]),
        ('see <a href="http://b.example/">this</a>', ["b.example"]),
        ("see [this](https://c.example/x)", ["c.example"]),
        ("see [url=http://d.example]this[/url]", ["d.example"]),
        ("visit goodthings.com today", ["goodthings.com"]),
        ("visit goodthings dot com today", ["goodthings.com"]),
        ("written in ASP.NET", []),
        ("It is done.in fact, twice", []),
        ("mail me at ann@goodthings.com", []),
    ],
)
def test_a_link_is_seen_however_it_is_written(body: str, hosts: list[str]) -> None:
    assert [link.host for link in read(body).links] == hosts


def test_a_host_is_lower_case_without_port_user_or_www() -> None:
    assert host_of("HTTP://me@www.Example.com:80/x?y") == "example.com"
    assert host_of("no host") == ""


def test_a_sentence_copied_is_a_quotation_until_something_is_sold_with_it() -> None:
    first = comment("a", 1, author="Ann", body="We never wrote down what finished meant.")
    quoting = comment("b", 2, body="We never wrote down what finished meant. Same here.")
    selling = comment("c", 2, body=f"{quoting.body}\nhttps://x.example/")

    assert "copied" in found(first, quoting)
    assert "copied_to_sell" in found(first, selling)
    assert found(first, selling)["copied_to_sell"].what.startswith('the comment of "Ann" (a): ')


def test_words_that_the_article_uses_itself_do_not_advertise() -> None:
    assert "trade" in on("They have a casino.")
    assert "trade" not in on("They have outsourcing services.")


def test_a_link_to_where_the_article_links_speaks_for_a_comment() -> None:
    evidence = on("As https://docs.example/other says.")

    assert "link_known" in evidence
    assert "link" not in evidence


def test_a_site_on_which_nobody_gives_a_name_does_not_hold_it_against_anybody() -> None:
    named = [comment(f"n{i}", i, author="Ann") for i in range(20)]
    nameless = [comment(f"n{i}", i, author="") for i in range(20)]
    last = comment("x", 99, author="")

    assert found(*named, last)["no_author"].value > 0.9
    assert found(*nameless, last)["no_author"].value < 0.1


def test_disguises_are_named_and_seen_through() -> None:
    evidence = on("Cheap viаgra, c a s i n o and &#x70;ills, buy n\u200bow")

    assert {"look_alikes", "spaced", "entities", "hidden"} <= set(evidence)
    assert "viagra" in evidence["trade"].what
    assert "casino" in evidence["trade"].what


def test_a_host_that_looked_like_spam_counts_against_others_but_not_against_its_owner() -> None:
    bad = comment("a", 1, author="Best Casino", body="Casino bonus! https://c.example/play.php")
    again = comment("b", 2, author="Other Name", body="Nice. https://c.example/")

    assert "host_again" in found(bad, again)
    assert "host_again" not in found(bad, comment("c", 2, author=bad.author, body=again.body))


@given(st.text(max_size=300), st.text(max_size=40), st.text(max_size=40))
def test_evidence_is_known_and_lies_between_nothing_and_one(
    body: str, author: str, website: str
) -> None:
    one = comment(
        "x", 1, body=clean_text(body), author=clean_line(author), website=clean_line(website)
    )

    for evidence in found(one).values():
        assert evidence.feature in FEATURES
        assert 0 <= evidence.value <= 1
