"""What the filter learns from a blog's own decisions."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from makers import comment
from tipsblog.comments.model import Comment, Status
from tipsblog.spam import Verdict
from tipsblog.spam.judge import judge_all

TOPICS = ("pigeon racing results", "loft cleaning", "feed mixtures", "ring numbers")


def _decided(count: int) -> list[Comment]:
    """Genuine talk about pigeons, and unwanted talk about horoscopes."""
    comments = []
    for i in range(count):
        if i % 2:
            body = f"Your horoscope for sign {i}: Mercury rises, the stars favour you."
            status = Status.SPAM
        else:
            body = f"About {TOPICS[i // 2 % 4]}: mine came home after {i} minutes."
            status = Status.PUBLISHED
        comments.append(comment(f"d{i}", i, author=f"Name{i}", body=body, status=status))
    return comments


NEW = comment("new", 9999, author="Zed", body="Mercury and the stars favour your sign.")


def _verdict(decided: list[Comment], one: Comment = NEW) -> Verdict:
    return judge_all([*decided, one], {})[one.article, one.id]


def test_decisions_make_what_is_like_them_more_likely() -> None:
    cold = _verdict([])
    taught = _verdict(_decided(20))

    assert taught.score > cold.score + 0.2
    sentence = next(r.sentence for r in taught.reasons if r.feature == "learned")
    assert sentence.startswith("like comments that you marked as spam: ")


def test_undoing_a_decision_undoes_what_it_taught() -> None:
    decided = _decided(12)
    undecided = [replace(one, status=None) for one in decided]

    assert _verdict(undecided).score == judge_all([*undecided, NEW], {})["traps", "new"].score
    assert _verdict([*decided[:-1], undecided[-1]]) == _verdict([*decided[:-1], undecided[-1]])
    assert _verdict([*decided[:-1], undecided[-1]]).score != _verdict(decided).score


def test_having_seen_only_spam_does_not_make_everything_spam() -> None:
    spam = [one for one in _decided(60) if one.status is Status.SPAM]
    genuine = comment("g", 9999, author="Ida", body="Which feed do you mix for young birds?")

    assert _verdict(spam, genuine).score < _verdict([], genuine).score + 0.1


def test_a_known_author_is_helped_but_cannot_do_as_he_likes() -> None:
    friend = {"author": "Ida", "website": "https://ida.example/"}
    published = [
        comment(f"p{i}", i, body=f"Mine took {i} minutes home.", status=Status.PUBLISHED, **friend)
        for i in range(5)
    ]
    other = comment("o", 99, body="Nice birds. See mine here: https://birds.example/")
    hers = replace(other, **friend)
    selling = replace(hers, body="Cheap pills, buy viagra now: https://pills.example/buy.php")

    helped = _verdict(published, hers)

    assert "you published 5 of this author's comments" in [r.sentence for r in helped.reasons]
    assert helped.score < _verdict(published, replace(other, author="Someone")).score
    assert _verdict(published, selling).score > 0.5


def test_a_decided_comment_shows_the_verdict_that_stood_before_the_decision() -> None:
    decided = _decided(8)
    for kept in (1, 4, 8):
        earlier = decided[:kept]

        verdicts = judge_all(decided, {})

        for one in earlier:
            assert verdicts["traps", one.id] == judge_all(earlier, {})["traps", one.id]


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(10)))
def test_what_was_learned_does_not_depend_on_the_order_of_the_files(order: list[int]) -> None:
    decided = _decided(10)

    assert _verdict([decided[i] for i in order]) == _verdict(decided)
