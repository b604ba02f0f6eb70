"""Texts that are kept out of memory are there for whoever asks."""

from __future__ import annotations

import pickle
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pelican.contents import Article
from pelican.settings import DEFAULT_CONFIG

from builds import TEMPLATES, Blog, Builder
from tipsblog.build.whole import shortcuts, texts
from tipsblog.shelf import Shelf


def _article(text: str) -> Article:
    settings = {**DEFAULT_CONFIG, "PATH": "/blog/content", "DATE_FORMATS": {}}
    path = "/blog/content/articles/a.md"
    return Article(text, {"title": "a"}, settings, path, {"localsiteurl": ""})


@given(st.text(st.characters(exclude_categories=()), max_size=600))
def test_a_text_is_what_it_was_however_long(text: str) -> None:
    with closing(Shelf()) as shelf, texts.shelved(shelf):
        article = _article(text)
        article._content += "!"

        assert article._content == f"{text}!"
        assert article.content == f"{text}!"
        assert (vars(article)["_content"] == f"{text}!") == (len(text) < 256)


def test_a_content_is_packed_with_its_text() -> None:
    with closing(Shelf()) as shelf, texts.shelved(shelf):
        packed = pickle.dumps(vars(_article("x" * 1000)))

    assert pickle.loads(packed)["_content"] == "x" * 1000


def test_a_content_without_a_text_has_none() -> None:
    with closing(Shelf()) as shelf, texts.shelved(shelf):
        assert not hasattr(object.__new__(Article), "_content")


def test_with_another_pelican_texts_stay_where_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shortcuts, "COMPARED", ())

    with closing(Shelf()) as shelf, texts.shelved(shelf):
        article = _article("x" * 1000)

    assert vars(article)["_content"] == "x" * 1000


def test_a_template_may_look_at_all_that_an_article_has(blog: Blog, builder: Builder) -> None:
    blog.article("ant", "Words of it. " * 100)
    shown = TEMPLATES["article"].replace("article.content", "article.__dict__._content")
    blog.write("theme/templates/article.html", shown)

    assert not builder.build(blog)["error"]

    assert builder.differences(blog) == []
    assert "Words of it." in (blog.output / "ant.html").read_text("utf-8")
