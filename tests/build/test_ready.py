"""Contents kept whole are those that Pelican would make again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pelican.contents import Article
from pelican.settings import DEFAULT_CONFIG
from pelican.urlwrappers import Tag

from builds import Blog, Builder, build
from tipsblog.build.whole import ready

NOW = datetime(2024, 5, 10, tzinfo=UTC)
SETTINGS = {
    **DEFAULT_CONFIG,
    "PATH": "/blog/content",
    "TIMEZONE": "UTC",
    "WITH_FUTURE_DATES": False,
}
CONTEXT: dict[str, Any] = {"generated_content": {}, "static_content": {}, "localsiteurl": ""}


def _article(text: str = "words", **metadata: Any) -> Article:
    return Article(
        text,
        {"title": "x", "slug": "x", "date": NOW - timedelta(days=1), **metadata},
        settings=SETTINGS,
        source_path="/blog/content/articles/x.md",
        context=CONTEXT,
    )


@given(text=st.text(), title=st.text(), tags=st.lists(st.text("ab é", min_size=1)))
def test_a_content_comes_back_with_all_that_it_says(text: str, title: str, tags: list[str]) -> None:
    packing = ready.Packing(SETTINGS, CONTEXT)
    article = _article(text, title=title, tags=[Tag(tag, SETTINGS) for tag in tags])

    again = packing.load(packing.dump(article))

    assert again.settings is SETTINGS
    assert again._context is CONTEXT
    assert {**vars(again), "tags": again.tags} == {**vars(article), "tags": article.tags}


@pytest.mark.parametrize(
    ("article", "steady"),
    [
        (_article(), True),
        (_article(date=NOW + timedelta(seconds=1)), False),
        (_article('<IMG src="/dot.svg" alt="a dot">'), False),
        (_article(status="draft"), True),
    ],
    ids=["past", "future", "image", "draft"],
)
def test_what_the_clock_or_an_image_has_a_say_in_is_not_kept_whole(
    article: Article, steady: bool
) -> None:
    assert (ready.is_whole(article) and ready.is_steady(article, NOW)) == steady


@pytest.mark.parametrize(
    "changes",
    [
        {"DEFAULT_DATE": "fs"},
        {"DATE_FORMATS": {"de": ("de_DE.utf8", "%d.%m.")}},
        {"DEFAULT_DATE_FORMAT": ("C", "%d")},
    ],
    ids=str,
)
def test_nothing_is_kept_whole_where_files_or_the_locale_date_it(changes: dict[str, Any]) -> None:
    assert ready.may_keep(SETTINGS)
    assert not ready.may_keep({**SETTINGS, **changes})


@pytest.mark.parametrize("signal", ["content_object_init", "article_generator_write_article"])
def test_who_listens_to_pelicans_signals_hears_of_every_article(
    signal: str, blog: Blog, builder: Builder
) -> None:
    """In the settings file: no plugin, so that pages are still shared out."""
    for name in ("ant", "bee"):
        blog.article(name)
    with (blog.root / "pelicanconf.py").open("a") as file:
        file.write(
            "import os\n"
            "from pelican import signals\n"
            "def mark(sender, content=None):\n"
            "    content = content or sender\n"
            "    size = os.stat('content/words.txt').st_size\n"
            "    content._content = f'{content._content or str()}<p>Size {size}.</p>'\n"
            f"signals.{signal}.connect(mark)\n"
        )

    for size in (1, 2, 3, 4):  # what was told too early would be found out by and by
        blog.write("content/words.txt", "x" * size)
        build(builder, blog, shared=True)

        for name in ("ant", "bee"):
            assert f"Size {size}." in (blog.output / f"{name}.html").read_text()
