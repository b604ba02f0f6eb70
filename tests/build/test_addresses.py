"""Shorter ways to addresses say what Pelican says."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import pytest
from dateutil import tz
from hypothesis import given
from hypothesis import strategies as st
from pelican import contents
from pelican.contents import Article
from pelican.settings import DEFAULT_CONFIG
from pelican.urlwrappers import Author, Category
from pelican.utils import SafeDatetime

from tipsblog.build.whole import addresses, shortcuts

_FORMS = (
    *("{date:%Y}/{date:%m}/{slug}.html", "{date:%Y-%-d-%j}-{slug}/", "{slug:>9}.html"),
    *("{date:%B}/{slug}.html", "{date}/{slug}.html", "{category}/{author}/{slug}-{lang}.html"),
    *("{path}/{slug}", "{series}/{slug}.html", "{slug!r}.html", "{{{slug}}}.html", "same.html"),
)
_WORD = st.text("abé-{", min_size=1, max_size=3)


def _article(form: str, **metadata: Any) -> Article:
    settings = {
        **DEFAULT_CONFIG,
        "PATH": "/blog/content",
        "TIMEZONE": "Europe/Oslo",
        "DATE_FORMATS": {},
        "ARTICLE_URL": form,
        "ARTICLE_LANG_URL": form,
    }
    return Article(
        "words",
        {
            "title": "x",
            "category": Category(metadata.pop("category", "a"), settings),
            "author": Author(metadata.pop("author", "b"), settings),
            "series": metadata.pop("series", "s"),
            **metadata,
        },
        settings=settings,
        source_path=f"/blog/content/articles/{metadata['slug']}.md",
        context={"generated_content": {}, "static_content": {}, "localsiteurl": ""},
    )


@given(
    st.sampled_from(_FORMS),
    st.lists(
        st.fixed_dictionaries(
            {
                "slug": _WORD,
                "category": st.sampled_from(["a", "b c"]),
                "author": st.sampled_from(["a", "b c"]),
                "series": st.sampled_from(["a", "b"]),
                "lang": st.sampled_from(["en", "no"]),
                "date": st.builds(
                    SafeDatetime,
                    st.integers(2000, 2001),
                    st.integers(1, 3),
                    st.integers(1, 2),
                    st.sampled_from([0, 23]),
                    tzinfo=st.sampled_from([None, tz.tzlocal(), tz.tzoffset(None, 3600)]),
                ),
            }
        ),
        max_size=6,
    ),
)
def test_an_address_is_what_pelican_makes_of_it(form: str, given: list[dict[str, Any]]) -> None:
    articles = [_article(form, **metadata) for metadata in given]
    said = [article.url for article in articles]

    with addresses.quick_addresses():
        first, again = ([article.url for article in articles] for _ in range(2))

    assert first == again == said


def test_an_address_follows_a_slug_that_changes_during_a_build() -> None:
    article = _article("{slug}.html", slug="before", date=SafeDatetime(2024, 1, 2))

    with addresses.quick_addresses():
        before, article.slug = article.url, "after"
        after = article.url

    assert (before, after) == ("before.html", "after.html")


def test_a_date_in_words_follows_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    article = _article("{date:%B}", slug="x", date=SafeDatetime(2024, 1, 2))

    with addresses.quick_addresses():
        before = article.url
        monkeypatch.setattr(SafeDatetime, "strftime", lambda self, form, safe=True: "januar")
        after = article.url

    assert (before, after) == ("January", "januar")


@given(
    st.lists(
        st.sampled_from(
            [
                *('<a href="{filename}b.md">', "<img src='|static|c.png'>", '<a href="x">', "{"),
                *('"{', "<a href= '{category}x'>", "<a href={filename}b.md>", "words ", "|"),
            ]
        )
    ).map("".join)
)
def test_links_in_a_text_are_what_pelican_makes_of_them(text: str) -> None:
    article = _article("{slug}.html", slug="x", date=SafeDatetime(2024, 1, 2))
    article._content = text
    said = article._update_content(text, "https://x.example"), article.get_static_links()

    with addresses.quick_links():
        found = article._update_content(text, "https://x.example"), article.get_static_links()

    assert found == said


def test_another_pelican_goes_its_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = vars(contents.Content).copy()
    monkeypatch.setattr(shortcuts, "COMPARED", ("0.",))

    with ExitStack() as stack:
        stack.enter_context(addresses.quick_addresses())
        stack.enter_context(addresses.quick_links())
        stack.enter_context(addresses.quick_paths())
        stack.enter_context(addresses.frozen_addresses())
        within = vars(contents.Content).copy()

    assert within == plain


def test_pelican_is_as_it_was_afterwards() -> None:
    plain = vars(contents.Content).copy()

    with addresses.quick_addresses(), addresses.quick_links(), addresses.quick_paths():
        pass

    assert vars(contents.Content).copy() == plain
