"""`tipsblog spam explain` and `report`, on a small blog."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from makers import START, comment
from tipsblog.cli import cli
from tipsblog.comments.model import Status
from tipsblog.comments.store import FileStore


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    (tmp_path / "pelicanconf.py").write_text('PATH = "content"\nARTICLE_PATHS = ["articles"]\n')
    articles = tmp_path / "content" / "articles"
    articles.mkdir(parents=True)
    (articles / "traps.md").write_text(
        f"Title: Traps\nDate: {START:%Y-%m-%d}\nSlug: traps\n\nWrite down what done looks like.\n"
    )
    FileStore(tmp_path / "content" / "comments").put_all(
        [
            comment("first", 1, body="We never wrote down what done looks like to us.\n\nWhy not?"),
            comment(
                "second",
                2,
                author="",
                body="We never wrote down what done looks like to us.\n"
                "[Outsourcing Services](https://services.example/)",
                status=Status.SPAM,
            ),
        ]
    )
    return tmp_path / "pelicanconf.py"


def _run(blog: Path, *arguments: str) -> str:
    ran = CliRunner().invoke(cli, ["spam", "-s", str(blog), *arguments])
    return ran.output


def test_explain_names_the_copied_comment_and_the_keywords(blog: Path) -> None:
    output = _run(blog, "explain", "second")

    assert 'copied from the comment of "Ann" (first)' in output
    assert 'signed with the keywords "Outsourcing Services"' in output
    assert "you decided: spam" in output


def test_explain_speaks_json(blog: Path) -> None:
    data = json.loads(_run(blog, "explain", "traps/second", "--json"))

    assert data["outcome"] == "spam"
    assert {"feature", "weight", "sentence"} == set(data["reasons"][0])


def test_an_unknown_comment_is_named_with_the_nearest(blog: Path) -> None:
    assert 'no comment "secnd" (did you mean "second"?)' in _run(blog, "explain", "secnd")


def test_report_compares_decisions_with_what_the_filter_said_before(blog: Path) -> None:
    output = _run(blog, "report")

    row = next(line for line in output.splitlines() if line.startswith("│ spam"))
    assert [cell.strip() for cell in row.strip("│").split("│")] == ["spam", "0", "0", "1"]
