"""Verdicts on whole blogs."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makers import START, comment
from tipsblog.comments.model import Comment, Format, clean_line, clean_text
from tipsblog.spam import Article, Outcome
from tipsblog.spam.judge import judge_all

SOURCE = Path(__file__).parents[2].parent / "shared" / "source-blog" / "blog-export.xml"
ATOM = "{http://www.w3.org/2005/Atom}"

ARTICLE = Article(
    "traps",
    "Five traps of handing work to people far away",
    "Write down what done looks like. A person on another continent cannot look over your "
    "shoulder, and a task without a finish line comes back unfinished. Pay on time, every time. "
    "Agree the hours and the time zone before the first week, and keep one call a week.",
    published=START,
)


def test_a_copied_sentence_with_a_keyword_signature_is_spam_and_the_reasons_say_so() -> None:
    comments = [
        comment(
            "first",
            1,
            author="Priya",
            body="I learned this the hard way. My first assistant was eager, but we never wrote "
            "down what finished meant.\n\nHalf the invoices came back in the wrong format, and "
            "I blamed her for it.",
        ),
        comment("second", 2, author="Tomas", body="The weekly call saved us. What hours suit?"),
        comment(
            "third",
            3,
            author="",
            body="we never wrote down what finished meant.very informative.\n"
            "[Cheap Outsourcing Services](https://services.example/)",
        ),
    ]

    verdicts = judge_all(comments, {"traps": ARTICLE})

    assert verdicts["traps", "first"].outcome is Outcome.HAM
    assert verdicts["traps", "second"].outcome is Outcome.HAM
    assert verdicts["traps", "third"].outcome is Outcome.SPAM
    reasons = [reason.sentence for reason in verdicts["traps", "third"].reasons[:3]]
    assert any('copied from the comment of "Priya" (first)' in reason for reason in reasons)
    assert 'signed with the keywords "Cheap Outsourcing Services"' in reasons


def test_the_source_blogs_third_comment_is_spam_and_its_two_others_are_not() -> None:
    if not SOURCE.exists():
        pytest.skip(f"{SOURCE} is not here")
    articles, comments = _source_blog()

    verdicts = [verdict for _, verdict in sorted(judge_all(comments, articles).items())]

    assert [verdict.outcome for verdict in verdicts] == [Outcome.HAM, Outcome.HAM, Outcome.SPAM]
    reasons = [reason.sentence for reason in verdicts[2].reasons[:3]]
    assert any('copied from the comment of "virtual friend" (' in reason for reason in reasons)
    assert 'signed with the keywords "Outsourcing Services"' in reasons


def test_a_comment_is_judged_only_by_what_came_before_it() -> None:
    early = comment("early", 1, body="We never wrote down what finished meant for us.")
    late = comment("late", 2, body="We never wrote down what finished meant for us.")

    verdicts = judge_all([late, early], {"traps": ARTICLE})

    assert verdicts["traps", "early"] == judge_all([early], {"traps": ARTICLE})["traps", "early"]
    assert "same_text" in [reason.feature for reason in verdicts["traps", "late"].reasons]


def test_the_blogs_own_hosts_are_nobodys_advertising() -> None:
    spam = "Best loans: cheap pills, https://blog.example/a and https://made.example/b call now!"
    comments = [
        comment("a", 1, author="Best Loans", website="https://loans.example/", body=spam),
        comment("b", 2, author="Ida", body="As in https://blog.example/a, I tried it."),
        comment("c", 3, author="Bo", body="As in https://made.example/b, I tried it."),
        comment("d", 4, author="Cem", body="As in https://loans.example/, I tried it."),
    ]
    linking = {"traps": ARTICLE._replace(links=("https://www.made.example/x",))}

    def again(**known: Any) -> list[str]:
        verdicts = judge_all(comments, **known)
        return [
            id
            for (_, id), verdict in verdicts.items()
            if "host_again" in [reason.feature for reason in verdict.reasons]
        ]

    assert again(articles={}) == ["b", "c", "d"]
    assert again(articles={}, own=["https://blog.example"]) == ["c", "d"]
    assert again(articles=linking, own=["https://blog.example"]) == ["d"]


@given(st.permutations(range(5)), st.text(max_size=200))
def test_verdicts_do_not_depend_on_the_order_in_which_comments_are_handed_in(
    order: list[int], text: str
) -> None:
    comments = [
        comment(f"c{i}", i, body=clean_text(f"{text} some words {i % 2}")) for i in range(5)
    ]

    verdicts = judge_all([comments[i] for i in order], {"traps": ARTICLE})

    assert verdicts == judge_all(comments, {"traps": ARTICLE})


def _source_blog() -> tuple[dict[str, Article], list[Comment]]:
    articles: dict[str, Article] = {}
    comments: list[Comment] = []
    for entry in ElementTree.parse(SOURCE).getroot().iter(f"{ATOM}entry"):
        id = entry.findtext(f"{ATOM}id", "").rpartition("-")[2]
        moment = datetime.fromisoformat(entry.findtext(f"{ATOM}published", ""))
        body = clean_text(entry.findtext(f"{ATOM}content", ""))
        answered = entry.find("{http://purl.org/syndication/thread/1.0}in-reply-to")
        if answered is None:
            title = entry.findtext(f"{ATOM}title", "")
            articles[id] = Article(id, title, body, published=moment)
        else:
            comments.append(
                Comment(
                    id=id,
                    article=answered.attrib["ref"].rpartition("-")[2],
                    published=moment,
                    body=body,
                    author=clean_line(entry.findtext(f"{ATOM}author/{ATOM}name", "")),
                    format=Format.HTML,
                )
            )
    return articles, comments
