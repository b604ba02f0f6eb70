"""The table of cases: Markdown in, HTML out. Add yours to `cases.md`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import markdown
import pytest

CASES = Path(__file__).with_name("cases.md")
_CASE = re.compile(
    r"^## (?P<name>.+?)\n+`{6}markdown\n(?P<text>.*?)`{6}\n+`{6}html\n(?P<html>.*?)`{6}\n"
    r"(?:\n+`{6}problems\n(?P<problems>.*?)`{6}\n)?",
    re.DOTALL | re.MULTILINE,
)


def cases() -> list[Any]:
    found = [
        pytest.param(case["text"], case["html"], case["problems"] or "", id=case["name"])
        for case in _CASE.finditer(CASES.read_text(encoding="utf-8"))
    ]
    assert len(found) == CASES.read_text(encoding="utf-8").count("``````markdown\n")
    return found


def convert(text: str) -> tuple[str, str]:
    """The HTML of `text`, and what is wrong with it, as `cases.md` writes both."""
    md = markdown.Markdown(
        extensions=["extra", "meta", "tipsblog.checklists.extension"], output_format="html"
    )
    html = md.convert(text)
    problems = md.checklists.problems  # type: ignore[attr-defined]
    return html + "\n", "".join(f"{problem.line}: {problem.cause}\n" for problem in problems)


@pytest.mark.parametrize(("text", "html", "problems"), cases())
def test_a_case_of_the_table(text: str, html: str, problems: str) -> None:
    converted = convert(text)

    assert converted == (html, problems)
