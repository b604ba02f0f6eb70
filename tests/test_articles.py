from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipsblog.articles import parse_article, read_articles


def test_an_article_gives_its_key_title_text_and_links() -> None:
    article = parse_article(
        "Title: Traps & Tips\nDate: 2026-01-02\n\n## One\n\n"
        "See [this](https://example.org/a) and <https://example.net>.\n",
        "file",
    )

    assert article.key == "traps-tips"
    assert article.title == "Traps & Tips"
    assert article.text == "One\n\nSee this and ."
    assert article.links == ("https://example.org/a", "https://example.net")
    assert article.published is not None
    assert article.published.isoformat() == "2026-01-02T00:00:00+00:00"


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("Title: Crème brûlée!", "creme-brulee"),
        ("Title: X\nSlug: given", "given"),
        ("Title: X\nSlug: new\nComments: old", "old"),
        ("Title: X\nSlug: new\nComments: closed, old", "old"),
        ("Title: X\nSlug: new\nComments: closed", "new"),
    ],
)
def test_the_key_is_what_comments_names_else_the_slug(header: str, key: str) -> None:
    assert parse_article(f"{header}\n\nText.\n", "file").key == key


def test_a_blog_that_names_articles_by_their_files_is_understood(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "by-file.md").write_text("Title: Something else\n\nText.\n")
    (tmp_path / "articles" / "broken.md").write_bytes(b"Title: \xff\n")

    found = read_articles(tmp_path, {"ARTICLE_PATHS": ["articles"], "SLUGIFY_SOURCE": "basename"})

    assert list(found) == ["by-file"]


@given(st.text())
def test_no_text_makes_the_reader_raise(text: str) -> None:
    parse_article(text, "file")
