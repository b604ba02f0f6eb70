"""Posts of every kind, on a blog that is not ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from sites import XHTML, Site, broken, build_site, parse, write

FILES = {
    "extra/favicon.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>',
    "articles/draft.md": "Title: Not yet\nDate: 2026-01-01\nStatus: draft\n\nWords.\n",
    "articles/hidden.md": "Title: Aside\nDate: 2026-01-01\nStatus: hidden\n\nWords.\n",
    "articles/two.md": "Title: Two tongues\nSlug: two\nDate: 2026-01-02\nLang: en\n\nWords.\n",
    "articles/two-he.md": "Title: שתי לשונות\nSlug: two\nDate: 2026-01-02\nLang: he\n\nמילים.\n",
    "articles/changed.md": (
        "Title: Changed\nDate: 2026-01-03\nModified: 2026-02-04\nComments: closed\n\nWords.\n"
    ),
    "articles/bare.md": (
        "Title: Bare\nDate: 2026-01-04\n\n"
        "# A heading\n\nFirst words & <b>bold</b> ones.\n\n- [ ] An item\n"
    ),
}


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Site:
    content = write(tmp_path_factory.mktemp("content"), FILES)
    folder = tmp_path_factory.mktemp("kinds")
    return build_site(folder, "https://example.org", content=content, PAGE_PATHS=[])


def test_every_address_leads_somewhere_on_a_small_blog(kinds: Site) -> None:
    assert broken(kinds) == []


@pytest.mark.parametrize("path", ["drafts/not-yet.html", "2026/01/aside.html"])
def test_search_engines_are_kept_from_what_is_not_published(kinds: Site, path: str) -> None:
    assert '<meta name="robots" content="noindex">' in kinds.pages[path]


def test_translations_name_each_other(kinds: Site) -> None:
    english, hebrew = kinds.pages["2026/01/two.html"], kinds.pages["2026/01/two-he.html"]

    assert 'hreflang="he" href="https://example.org/2026/01/two-he.html"' in english
    assert 'hreflang="en" href="https://example.org/2026/01/two.html"' in hebrew


def test_a_page_runs_in_the_direction_of_its_language(kinds: Site) -> None:
    assert '<html lang="he" dir="rtl">' in kinds.pages["2026/01/two-he.html"]
    assert '<html lang="en">' in kinds.pages["2026/01/two.html"]


def test_a_changed_post_says_when(kinds: Site) -> None:
    assert "Last changed:" in kinds.pages["2026/01/changed.html"]
    assert "New comments are not allowed." in kinds.pages["2026/01/changed.html"]


def test_a_post_without_a_summary_is_listed_by_its_first_words_alone(kinds: Site) -> None:
    tree = parse(kinds.pages["index.html"])

    first = next(e for e in tree.iter(f"{XHTML}article"))
    assert "First words & bold ones." in "".join(first.itertext())
    assert [e.tag for e in first.iter() if e.tag in (f"{XHTML}h1", f"{XHTML}input")] == []


def test_the_menu_offers_all_checklists_only_where_there_is_one(
    kinds: Site, tmp_path: Path
) -> None:
    files = {"extra/favicon.svg": FILES["extra/favicon.svg"]}
    files["articles/plain.md"] = "Title: Plain\nDate: 2026-01-01\n\nWords.\n"
    content = write(tmp_path / "content", files)

    plain = build_site(tmp_path / "plain", "https://example.org", content=content, PAGE_PATHS=[])

    link = '<a href="https://example.org/checklists/index.html">Checklists</a>'
    assert link in kinds.pages["index.html"]
    assert "checklists" not in plain.pages["index.html"]
    assert broken(plain) == []


def test_no_id_stands_twice_on_a_page(kinds: Site) -> None:
    for path, html in kinds.pages.items():
        ids = [element.get("id") for element in parse(html).iter() if element.get("id")]
        assert sorted(ids) == sorted(set(ids)), path
