"""Spam in disguise is still spam, and no input costs more than it should."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makers import START, comment
from tipsblog.comments.model import clean_text
from tipsblog.spam import Article
from tipsblog.spam.evidence import gather, is_suspicious
from tipsblog.spam.judge import judge_all
from tipsblog.spam.labelled import LabelledSite, load
from tipsblog.spam.reading import read
from tipsblog.spam.site import Site
from tipsblog.spam.weights import probability, shipped

SHARED = Path(__file__).parents[2].parent / "shared" / "spam"
SPAM = (
    "Thanks for sharing this valuable information. We offer cheap essay writing service, "
    "order now at https://cheap-essays.example/order.php and get a discount.",
    "Great post! Visit my website for the best casino bonus, free spins every day "
    "http://best-casino-bonus.example/",
    "I got my loan of 50,000 dollars from this lender, contact him via email or WhatsApp "
    "+1 202 555 0143 if you need a loan today.",
)

LOOK_ALIKE = str.maketrans("aeopcxiy", "аеорсхіу")


def _tags_apart(text: str, change: Callable[[str], str]) -> str:
    """Change what a reader sees, and leave tags and addresses as they are."""
    parts = []
    for token in text.replace("<", " \x00<").replace(">", ">\x00 ").split("\x00"):
        if token.startswith("<"):
            parts.append(token)
        else:
            parts.append(
                " ".join(
                    word if "//" in word or "." in word[:-1] else change(word)
                    for word in token.split(" ")
                )
            )
    return "".join(parts)


def look_alikes(text: str, dice: random.Random) -> str:
    return _tags_apart(
        text,
        lambda word: "".join(c.translate(LOOK_ALIKE) if dice.random() < 0.5 else c for c in word),
    )


def zero_width(text: str, dice: random.Random) -> str:
    return _tags_apart(
        text, lambda word: "".join(c + "\u200b" if dice.random() < 0.3 else c for c in word)
    )


def spaces(text: str, dice: random.Random) -> str:
    return _tags_apart(
        text, lambda word: " ".join(word) if len(word) > 4 and dice.random() < 0.2 else word
    )


def case(text: str, dice: random.Random) -> str:
    return _tags_apart(
        text, lambda word: "".join(c.upper() if dice.random() < 0.5 else c.lower() for c in word)
    )


def entities(text: str, dice: random.Random) -> str:
    return _tags_apart(
        text,
        lambda word: "".join(
            f"&#x{ord(c):x};" if c.isalpha() and dice.random() < 0.3 else c for c in word
        ),
    )


DISGUISE = frozenset({"look_alikes", "hidden", "entities", "spaced"})
DISGUISES = (look_alikes, zero_width, spaces, case, entities)
ARTICLE = Article("traps", "Traps", "Write down what done looks like before you pay.", (), START)


def score(body: str) -> float:
    one = comment("x", 1, body=clean_text(body))
    return judge_all([one], {"traps": ARTICLE})["traps", "x"].score


@pytest.mark.parametrize("disguise", DISGUISES, ids=lambda disguise: disguise.__name__)
@pytest.mark.parametrize("spam", SPAM, ids=range(len(SPAM)))
def test_a_disguise_does_not_help_spam(
    spam: str, disguise: Callable[[str, random.Random], str]
) -> None:
    disguised = disguise(spam, random.Random(1))

    assert disguised != spam
    assert score(disguised) > score(spam) - 0.1


@pytest.mark.slow
@pytest.mark.parametrize("disguise", DISGUISES, ids=lambda disguise: disguise.__name__)
def test_known_spam_scores_no_lower_in_disguise(
    disguise: Callable[[str, random.Random], str],
) -> None:
    if not SHARED.exists():
        pytest.skip(f"{SHARED} is not here")
    dice = random.Random(7)
    kept = through = total = 0
    for site in load(SHARED / "comments.jsonl.gz", SHARED / "posts.jsonl.gz"):
        if site.name in ("sms", "dev-blog-a", "design-blog"):
            continue
        for before, after, seen_through in _scores(site, disguise, dice):
            total += 1
            kept += after > before - 0.1
            through += abs(seen_through - before) <= 0.1

    assert kept / total >= 0.95, f"{kept} of {total}"
    assert through / total >= 0.95, f"{through} of {total} but for what the disguise itself says"


def _scores(
    site: LabelledSite, disguise: Callable[[str, random.Random], str], dice: random.Random
) -> list[tuple[float, ...]]:
    """Return the score of each spam, that in disguise, and that without the evidence
    that the disguise itself is.
    """
    walked, weights = Site(site.articles), shipped()
    found: list[tuple[float, ...]] = []
    for one in site.comments:
        reading = read(one.comment.body)
        evidence = gather(one.comment, reading, walked.standing(one.comment, reading))
        if one.spam:
            hidden = read(disguise(one.comment.body, dice))
            changed = gather(one.comment, hidden, walked.standing(one.comment, hidden))
            plain = [one for one in changed if one.feature not in DISGUISE]
            sums = map(weights.log_odds, (evidence, changed, plain))
            found.append(tuple(map(probability, sums)))
        walked.add(one.comment, reading, is_suspicious(evidence))
    return found


ADVERSARIAL = {
    "letters": "a" * 10_000,
    "spaces": " " * 5_000 + "a" * 5_000,
    "letters apart": "a " * 5_000,
    "open tags": "<a href=" * 1_250,
    "unclosed tags": "<a " * 3_300,
    "closed tags": "</a>" * 2_500,
    "brackets": "[" * 10_000,
    "links cut short": "[a](http://" * 900,
    "bbcode": "[url=" * 2_000,
    "bbcode whole": "[url=x]y[/url]" * 700,
    "dots": "a." * 5_000,
    "hosts": "a.com " * 1_600,
    "deep hosts": "a-" * 4_990 + ".com",
    "digits": "1 " * 5_000,
    "digits and dashes": "12-" * 3_300,
    "entities": "&amp;" * 2_000,
    "odd entities": "&X74;" * 2_000,
    "braces": "{a|" * 3_300,
    "percent": "%anchor" * 1_400,
    "new lines": "\n" * 9_999 + "a",
    "quotes": "> " * 5_000,
    "at signs": "@" * 10_000,
    "mixed scripts": "aа" * 5_000,
    "zero widths": "a\u200b" * 5_000,
    "marks": "e\u0301" * 5_000,
    "wide": "ﷺ" * 10_000,
    "colons": ":-" * 5_000,
    "dot words": "x dot " * 1_600,
    "clauses": "one two three four five six. " * 345,
    "schemes": "http://" * 1_400,
}


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_ten_thousand_characters_are_judged_at_once(name: str) -> None:
    body = clean_text(ADVERSARIAL[name])
    score("Warm the word lists up.")

    best = 1.0
    for _ in range(3):
        began = time.process_time()
        score(body)
        best = min(best, time.process_time() - began)

    # Far above the 10 ms that it takes at most here: only quadratic work fails.
    assert best < 0.25


@given(st.text(max_size=500))
def test_any_text_can_be_read(text: str) -> None:
    reading = read(text)

    assert reading.whole == " ".join(reading.words)
    assert all(0 <= link.start <= link.end <= len(reading.text) for link in reading.links)
