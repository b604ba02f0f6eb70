"""A whole Pelican build with checklists, in Pelican's own theme."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import feedparser
import html5lib
import pytest
from reader import FULL, STATIC, WORDS
from small_blog import build

HEAD_IN_SIMPLE = (
    '{% extends "!simple/article.html" %}{% block head %}{{ super() }}'
    '{% if article.checklists %}{% include "tipsblog/checklists-head.html" %}{% endif %}'
    "{% endblock %}"
)
ARTICLE = "Title: Hiring\nDate: 2026-03-05\nSlug: hiring\n\n- [ ] Write the brief\n"


PLAIN = "Title: Plain\nDate: 2026-03-05\n\nNo list.\n"
OTHER = "Title: Other\nDate: 2026-03-04\nSlug: other\n\n- [x] Write the brief\n- [ ] Pay\n"


@pytest.fixture
def overrides(tmp_path: Path) -> str:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "article.html").write_text(HEAD_IN_SIMPLE, encoding="utf-8")
    return str(folder)


def read(output: Path, name: str) -> str:
    return (output / name).read_text(encoding="utf-8")


def test_pelicans_simple_theme_shows_checklists_with_one_include(
    tmp_path: Path, overrides: str
) -> None:
    files = {"articles/hiring.md": ARTICLE, "articles/plain.md": PLAIN}

    output = build(tmp_path, files, THEME_TEMPLATES_OVERRIDES=[overrides])

    page = read(output, "hiring.html")
    assert '<label for="hiring.write-the-brief">Write the brief</label>' in page
    assert '<script type="module" src="/theme/tipsblog/checklists.js"></script>' in page
    assert '<link rel="stylesheet" href="/theme/tipsblog/checklists.css">' in page
    assert (output / "theme/tipsblog/checklists.js").is_file()
    assert "checklists.js" not in read(output, "plain.html")


def test_what_readers_load_of_the_script_is_small_and_whole(tmp_path: Path) -> None:
    output = build(tmp_path, {"articles/hiring.md": ARTICLE})

    script = (output / "theme/tipsblog/checklists.js").read_bytes()
    style = (output / "theme/tipsblog/checklists.css").read_bytes()
    assert len(gzip.compress(script)) < 2048
    assert len(gzip.compress(style)) < 1536
    assert script.endswith(b'addEventListener("pageshow",refresh);\n')


def test_every_word_of_the_scripts_is_in_the_template_and_no_other() -> None:
    scripts = "".join(file.read_text(encoding="utf-8") for file in sorted(STATIC.glob("*.js")))
    asked = re.findall(r'\b(?:say|button|warn|answer)\((?:more \? )?"([\w-]+)"', scripts)
    asked += re.findall(r'"(in-[\w-]+|progress)"', scripts)

    assert sorted(re.findall(r'<data value="([\w-]+)">', WORDS)) == sorted(set(asked))


def test_a_theme_says_the_words_of_the_script_in_its_own_language(
    tmp_path: Path, overrides: str
) -> None:
    own = Path(overrides, "tipsblog/checklists-words.html")
    own.parent.mkdir()
    own.write_text(WORDS.replace(">Undo<", ">Zurück<"), encoding="utf-8")

    output = build(tmp_path, {"articles/hiring.md": ARTICLE}, THEME_TEMPLATES_OVERRIDES=[overrides])

    assert '<data value="undo">Zurück</data>' in read(output, "hiring.html")


def test_a_mistake_in_a_list_is_logged_with_file_and_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    build(tmp_path, {"articles/x.md": ARTICLE + "- [ ] Write the brief\n"})

    assert 'x.md:6: two items of this article have the key "write-the-brief"' in caplog.text


def test_a_misspelt_kind_of_checklist_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    build(tmp_path, {"articles/x.md": "Title: X\nDate: 2026-03-05\nChecklist: headngs\n\nText.\n"})

    assert 'x.md:3: unknown kind of checklist "headngs"' in caplog.text


def test_feeds_show_signs_and_no_control(tmp_path: Path) -> None:
    text = FULL.replace("Checklist:", "Title: Full\nDate: 2026-03-05\nSlug: full\nChecklist:", 1)

    output = build(
        tmp_path,
        {"articles/full.md": text, "articles/other.md": OTHER},
        SITEURL="https://example.org",
        FEED_ALL_ATOM="all.atom",
        FEED_ALL_RSS="all.rss",
        RSS_FEED_SUMMARY_ONLY=False,
    )

    for name in ("all.atom", "all.rss"):
        entries = feedparser.parse(read(output, name), sanitize_html=False).entries
        shown = [e.content[0].value if "content" in e else e.summary for e in entries]
        for html in shown:
            for control in ("<input", "<button", "<form", "<label", "<details"):
                assert control not in html
        other = next(html for html in shown if "Pay" in html)
        assert "☑ Write the brief" in other
        assert "☐ Pay" in other
        full = next(html for html in shown if "I agree" in html)
        assert "<em>Why?</em>" in full
        assert "You make 0 to 1 of these 3 mistakes: sleep well." in full
        assert "<h2" in full


def test_lists_of_articles_show_summaries_without_controls(tmp_path: Path) -> None:
    output = build(tmp_path, {"articles/hiring.md": ARTICLE, "articles/other.md": OTHER})

    index = read(output, "index.html")
    assert "☐ Write the brief" in index
    assert "☑ Write the brief" in index
    assert "<input" not in index


def test_search_engines_are_told_of_a_list(tmp_path: Path, overrides: str) -> None:
    text = ARTICLE + "- [ ] Mind </script> & <b>tags</b>\n"

    output = build(
        tmp_path,
        {"articles/hiring.md": text},
        SITEURL="https://example.org",
        THEME_TEMPLATES_OVERRIDES=[overrides],
    )

    tree = html5lib.parse(read(output, "hiring.html"), namespaceHTMLElements=False)
    (script,) = [s for s in tree.iter("script") if s.get("type") == "application/ld+json"]
    data = json.loads(script.text or "")
    assert data["@type"] == "ItemList"
    assert data["url"] == "https://example.org/hiring.html"
    assert data["itemListElement"] == [
        {"@type": "ListItem", "position": 1, "name": "Write the brief"},
        {"@type": "ListItem", "position": 2, "name": "Mind & tags"},
    ]


def test_one_page_holds_every_list_of_the_site(tmp_path: Path) -> None:
    page = 'Title: About <b>us</b>\nSlug: about\nChecklist-Key: us\n\n- [ ] Say "hello" <3\n'
    files = {"articles/a.md": ARTICLE, "articles/b.md": OTHER, "pages/about.md": page}

    output = build(tmp_path, files, PAGE_PATHS=["pages"])

    tree = html5lib.parse(read(output, "checklists/index.html"), namespaceHTMLElements=False)
    forms = [form.get("data-article") for form in tree.iter("form")]
    assert forms == ["hiring", "other", "page/us"]
    boxes = [(box.get("id"), box.get("checked")) for box in tree.iter("input")]
    assert boxes[:3] == [
        ("hiring.write-the-brief", None),
        ("other.write-the-brief", ""),
        ("other.pay", None),
    ]
    assert boxes[3][0].startswith("page/us.say-hello-3-")
    links = [a.get("href") for a in tree.iter("a") if a.text == "Read"]
    assert links[:2] == ["/hiring.html#hiring.write-the-brief", "/other.html#other.write-the-brief"]
    assert 'Say "hello" <3' in "".join(tree.itertext())


@pytest.mark.parametrize(
    ("files", "settings"),
    [
        ({"articles/a.md": PLAIN}, {}),
        ({"articles/a.md": ARTICLE}, {"TIPSBLOG_CHECKLISTS_PAGE": ""}),
    ],
)
def test_there_is_no_such_page_where_nobody_wants_one(
    tmp_path: Path, files: dict[str, str], settings: dict[str, str]
) -> None:
    output = build(tmp_path, files, **settings)

    assert not (output / "checklists").exists()


def test_a_theme_may_draw_that_page_itself(tmp_path: Path, overrides: str) -> None:
    Path(overrides, "checklists.html").write_text("{{ contents[0].checklists[0].items[0].text }}")

    output = build(tmp_path, {"articles/a.md": ARTICLE}, THEME_TEMPLATES_OVERRIDES=[overrides])

    assert read(output, "checklists/index.html") == "Write the brief"


def test_the_slug_of_an_article_may_hold_anything(tmp_path: Path) -> None:
    text = ARTICLE.replace("Slug: hiring", 'Slug: a "b" <c>\nSave_as: x.html')

    output = build(tmp_path, {"articles/a.md": text})

    for name in ("x.html", "checklists/index.html"):
        tree = html5lib.parse(read(output, name), namespaceHTMLElements=False)
        assert [box.get("id") for box in tree.iter("input")] == ['a-"b"-<c>.write-the-brief']


def test_two_builds_give_the_same_bytes(tmp_path: Path) -> None:
    files = {"articles/a.md": ARTICLE, "articles/b.md": OTHER}

    one, two = (build(tmp_path / name, files) for name in ("one", "two"))

    pages = {path.relative_to(one): path.read_bytes() for path in one.rglob("*.html")}
    assert pages == {path.relative_to(two): path.read_bytes() for path in two.rglob("*.html")}
