from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import lines, texts
from tipsblog.articles import for_filter, parse, read_articles, read_files, unparse

FILE = Path("file.md")


def test_an_article_gives_its_key_title_text_and_links() -> None:
    text = (
        "Title: Traps & Tips\nDate: 2026-01-02\n\n## One\n\n"
        "See [this](https://example.org/a) and <https://example.net>.\n"
    )

    article = for_filter(parse(text, FILE))

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
    assert parse(f"{header}\n\nText.\n", FILE).key == key


def test_a_blog_that_names_articles_by_their_files_is_understood(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "by-file.md").write_text("Title: Something else\n\nText.\n")
    (tmp_path / "articles" / "broken.md").write_bytes(b"Title: \xff\n")

    found = read_articles(tmp_path, {"ARTICLE_PATHS": ["articles"], "SLUGIFY_SOURCE": "basename"})

    assert list(found) == ["by-file"]


@given(st.text())
def test_no_text_makes_the_reader_raise(text: str) -> None:
    for_filter(parse(text, FILE))


def test_the_header_is_read_as_pelicans_markdown_reader_reads_it() -> None:
    file = parse("---\nTitle: A\nSummary: one\n    two\nComments: closed\n---\nText: no.\n", FILE)

    assert file.fields["summary"] == ("one", "two")
    assert file.body == "Text: no."
    assert not file.open


def test_a_file_that_is_not_utf8_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text("Title: Good\n\nText.\n")
    (tmp_path / "bad.md").write_bytes(b"Title: \xff\n")

    read = read_files(tmp_path)

    assert [file.title for file in read.files] == ["Good"]
    assert str(read.errors[0]).endswith("bad.md: not UTF-8 at byte 7 (save it as UTF-8)")


@given(
    st.dictionaries(st.from_regex(r"[A-Z][a-z_]{0,9}", fullmatch=True), lines.filter(bool)),
    texts.filter(lambda text: text == text.strip("\n")),
)
def test_what_is_written_reads_the_same(fields: dict[str, str], body: str) -> None:
    file = parse(unparse(fields.items(), body), FILE)

    assert file.fields == {key.lower(): (value,) for key, value in fields.items()}
    assert file.body == body
