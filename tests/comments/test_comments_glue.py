"""Comments on pages built by Pelican, in a theme that knows nothing of them."""

from __future__ import annotations

import json
from pathlib import Path

import feedparser
import pytest

from blogs import Blog


@pytest.fixture
def blog(tmp_path: Path) -> Blog:
    blog = Blog(tmp_path)
    blog.article("traps")
    return blog


def test_a_page_without_comments_says_so_and_offers_nothing_that_does_not_work(
    blog: Blog,
) -> None:
    page = blog.build().read("traps.html")

    assert "No comments:" in page
    assert "New comments are not allowed." in page
    assert "<form" not in page


def test_comments_stand_under_their_article_as_on_blogger(blog: Blog) -> None:
    blog.comment("traps", "a", "Author: virtual friend\nWebsite: https://friend.example.org/")
    blog.comment("traps", "b", "Date: 2026-03-06T16:01:00+00:00\nParent: a", "No name.")
    blog.comment("traps", "c", "Author: Eve\nStatus: spam", "Buy pills.")
    blog.comment("traps", "d", "Author: Eve\nStatus: held", "Hold me.")

    page = blog.build().page("traps.html")

    section = page.find(".//section[@id='comments']")
    words = " ".join("".join(section.itertext()).split())
    assert words.startswith("2 comments: virtual friend said... Hello. March 5, 2026 at 2:22 PM")
    assert "Anonymous said... No name. March 6, 2026 at 4:01 PM" in words
    assert "Subscribe to: Post Comments (Atom)" in words
    assert "Buy pills" not in words
    assert "Hold me" not in words
    reply = section.find(".//li[@id='ca']//li[@id='cb']")
    assert reply is not None
    link = section.find(".//cite/a")
    assert link.attrib == {"href": "https://friend.example.org/", "rel": "nofollow ugc noopener"}


HOSTILE_NAMES = {
    "script": "<script>alert(1)</script>",
    "attribute": '"><img src=x onerror=alert(1)>',
    "right-to-left override": "\u202egnp.exe",
    "zero width": "Ad\u200bmin",
    "homoglyphs": "\u0410dmin",
    "the author's own": "Mara Lindqvist",
    "long": "x" * 10_000,
    "nul": "a\0b",
    "template": "{{ SITEURL }}{% raw %}",
}


@pytest.mark.parametrize("name", HOSTILE_NAMES.values(), ids=HOSTILE_NAMES.keys())
def test_a_hostile_name_renders_inert(blog: Blog, name: str) -> None:
    blog.comment("traps", "a", f"Author: {name}\nWebsite: javascript:alert(1)")

    page = blog.build().page("traps.html")

    section = page.find(".//section[@id='comments']")
    assert not section.findall(".//img")
    assert not section.findall(".//script")
    assert not section.findall(".//cite/a")
    assert "by-author" not in section.find(".//li").attrib["class"]
    shown = section.find(".//cite/bdi").text
    assert shown == name.replace("\u202e", "").replace("\0", "")


def test_a_theme_that_escapes_by_itself_shows_the_same(blog: Blog) -> None:
    blog.comment("traps", "a", "Author: A & <b>B</b>", "1 < 2 & *so* on")
    plain = blog.build().read("traps.html")

    blog.set('JINJA_ENVIRONMENT = {"autoescape": True}')
    escaped = blog.build().read("traps.html")

    def comments(page: str) -> str:
        return page[page.index("<section id") : page.index("</section>")]

    assert comments(plain) == comments(escaped)
    assert "A &amp; &lt;b&gt;B&lt;/b&gt;" in plain
    assert "1 &lt; 2 &amp; <em>so</em> on" in plain


def test_an_address_for_comments_makes_a_mail_link_and_closing_takes_it_away(
    blog: Blog,
) -> None:
    blog.set('TIPSBLOG_COMMENT_EMAIL = "me@example.org"')
    blog.article("shut", "Comments: closed")

    built = blog.build()

    assert 'href="mailto:me%40example.org?subject=Comment%20on%20About%20traps"' in built.read(
        "traps.html"
    )
    assert "New comments are not allowed." not in built.read("traps.html")
    assert "mailto:" not in built.read("shut.html")


def test_articles_close_after_their_days(blog: Blog) -> None:
    blog.set('TIPSBLOG_COMMENT_EMAIL = "me@example.org"\nTIPSBLOG_CLOSE_AFTER_DAYS = 14')

    before = blog.build(SOURCE_DATE_EPOCH="1773014400").read("traps.html")  # 2026-03-09
    after = blog.build(SOURCE_DATE_EPOCH="1774051200").read("traps.html")  # 2026-03-21

    assert "mailto:" in before
    assert "mailto:" not in after


def test_a_renamed_article_keeps_its_comments_by_its_comments_field(blog: Blog) -> None:
    blog.comment("old-name", "a")
    blog.article("new-name", "Comments: old-name")

    assert "1 comment:" in blog.build().read("new-name.html")


def test_comments_without_an_article_are_an_error_that_names_both(blog: Blog) -> None:
    blog.comment("trap", "a")

    built = blog.build()

    assert built.code != 0
    assert 'content/comments/trap/: no article has the key "trap"' in built.log
    assert 'renamed to "traps"' in built.log
    assert 'write "Comments: trap"' in built.log


def test_a_bad_comment_file_is_named_and_the_others_stand(blog: Blog) -> None:
    blog.comment("traps", "a")
    blog.write("content/comments/traps/b.md", "Staus: spam\n\nHi.")

    strict, lenient = blog.build(), blog.build("--ignore-cache")

    assert strict.code != 0
    assert 'b.md:1: unknown field "Staus" (did you mean "Status"?)' in strict.log
    assert lenient.code == 0
    assert "1 comment:" in lenient.read("traps.html")


def test_a_misspelt_setting_is_an_error(blog: Blog) -> None:
    blog.set("TIPSBLOG_THREAD_DEPHT = 3")

    built = blog.build()

    assert built.code != 0
    assert 'did you mean "TIPSBLOG_THREAD_DEPTH"' in built.log


def test_the_feeds_tell_who_answers_whom(blog: Blog) -> None:
    blog.comment("traps", "a", "Author: Ann\nWebsite: https://ann.example.org/")
    blog.comment("traps", "b", "Date: 2026-03-06T16:01:00+00:00\nParent: a", "An *answer*.")

    built = blog.build()

    for name in ("feeds/comments.atom", "feeds/comments/traps.atom"):
        feed = feedparser.parse(built.read(name))
        assert not feed.bozo
        newer, older = feed.entries
        assert older.id == "tag:blog.example.org,2026-03-01:traps/a"
        assert older.link == "https://blog.example.org/traps.html#ca"
        assert older.author_detail == {"name": "Ann", "href": "https://ann.example.org/"}
        assert older["thr_in-reply-to"]["href"] == "https://blog.example.org/traps.html"
        assert newer["thr_in-reply-to"]["ref"] == older.id
        assert newer.content[0].value == "<p>An <em>answer</em>.</p>"
        assert newer.author == "Anonymous"
        assert feed.feed.updated == "2026-03-06T16:01:00+00:00"
    posts = feedparser.parse(built.read("feeds/posts.atom"))
    (replies,) = (link for link in posts.entries[0].links if link.rel == "replies")
    assert replies["thr:count"] == "2"
    assert replies["thr:updated"] == "2026-03-06T16:01:00+00:00"
    assert replies.href == "https://blog.example.org/feeds/comments/traps.atom"
    assert older["thr_in-reply-to"]["ref"] == posts.entries[0].id


def test_the_json_feeds_say_the_same(blog: Blog) -> None:
    blog.comment("traps", "a", "Author: Ann", "A **word**.")

    built = blog.build()

    for name in ("feeds/comments.json", "feeds/comments/traps.json"):
        feed = json.loads(built.read(name))
        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        assert feed["feed_url"] == f"https://blog.example.org/{name}"
        (item,) = feed["items"]
        assert item["id"] == "tag:blog.example.org,2026-03-01:traps/a"
        assert item["url"] == "https://blog.example.org/traps.html#ca"
        assert item["content_html"] == "<p>A <strong>word</strong>.</p>\n"
        assert item["authors"] == [{"name": "Ann"}]


def test_translations_share_their_comments(blog: Blog) -> None:
    blog.write(
        "content/articles/traps-de.md",
        "Title: Fallen\nDate: 2026-03-01 09:30\nSlug: traps\nLang: de\n\nWorte.\n",
    )
    blog.comment("traps", "a")

    built = blog.build()

    assert "1 comment:" in built.read("traps.html")
    assert "1 comment:" in built.read("traps-de.html")


def test_two_builds_give_the_same_bytes(blog: Blog) -> None:
    for number in range(6):
        blog.comment("traps", f"c{number}", f"Author: Reader {number}")
    blog.article("empty")

    def files() -> dict[str, bytes]:
        output = blog.build(PYTHONHASHSEED="random").output
        return {
            str(path.relative_to(output)): path.read_bytes()
            for path in sorted(output.rglob("*"))
            if path.is_file()
        }

    assert files() == files()
