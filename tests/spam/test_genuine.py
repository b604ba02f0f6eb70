"""Genuine comments of kinds that filters get wrong, one case for each in the table."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from makers import START, comment
from tipsblog.comments.model import Comment, clean_text
from tipsblog.spam import Article, Outcome
from tipsblog.spam.judge import judge_all

TABLE = tomllib.loads((Path(__file__).parent / "data" / "genuine.toml").read_text("utf-8"))
CASES: list[dict[str, Any]] = TABLE["comment"]
ARTICLE = Article("traps", published=START, **TABLE["article"])


def _comments() -> list[Comment]:
    return [
        comment(
            case.get("id", f"c{number}"),
            number,
            author=case["author"],
            website=case.get("website", ""),
            parent=case.get("answers", ""),
            body=clean_text(case["body"]),
        )
        for number, case in enumerate(CASES)
    ]


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case["kind"] for case in CASES])
def test_a_genuine_comment_is_published(number: int) -> None:
    one = _comments()[number]

    verdict = judge_all(_comments(), {"traps": ARTICLE})[one.article, one.id]

    assert verdict.outcome is Outcome.HAM, verdict.reasons


def test_there_are_twenty_of_them_at_least() -> None:
    assert len({case["kind"] for case in CASES}) >= 20
