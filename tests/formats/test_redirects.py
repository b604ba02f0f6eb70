from __future__ import annotations

import pytest

from makers import article
from tipsblog.formats.model import Blog, Kind, State
from tipsblog.formats.redirects import files, rules

VALUES = {
    "FEED_ALL_ATOM": "feeds/posts.atom",
    "TAG_URL": "labels/{slug}.html",
    "MONTH_ARCHIVE_URL": "{date:%Y}/{date:%m}/",
}
BLOGGER = "tag:blogger.com,1999:blog-1.post-42"


def test_the_addresses_of_a_blogger_blog_lead_to_what_is_there_now() -> None:
    blog = Blog(
        url="https://x.example.org/sub/",
        articles=(article("traps", source=BLOGGER, labels=("my tips",), path="/a.html"),),
    )

    found = dict(rules(blog, VALUES))

    assert found["/feeds/posts/default"] == "/sub/feeds/posts.atom"
    assert found["/feeds/comments/default"] == "/sub/feeds/comments.atom"
    assert found["/feeds/42/comments/default"] == "/sub/feeds/comments/traps.atom"
    assert found["/search/label/my tips"] == "/sub/labels/my-tips.html"
    assert found["/2026_03_01_archive.html"] == "/sub/2026/03/"


def test_nothing_leads_to_a_month_or_a_label_that_only_a_draft_or_a_page_has() -> None:
    blog = Blog(
        articles=(
            article("draft", source=BLOGGER, labels=("later",), state=State.DRAFT),
            article("page", source=BLOGGER, labels=("about",), kind=Kind.PAGE),
        ),
    )

    assert [old for old, _ in rules(blog, VALUES) if "archive" in old or "label" in old] == []


def test_a_moved_article_is_found_at_its_old_path_and_one_that_stays_is_not() -> None:
    old = (("moved-from", "/2010/05/old.html"),)
    blog = Blog(
        articles=(
            article("traps", path="/traps.html", fields=old),
            article("other", path="/2010/06/other.html"),
        )
    )

    assert rules(blog, {}) == (("/2010/05/old.html", "/traps.html"),)


def test_each_server_gets_its_own_file() -> None:
    written = files((("/a b+.html", "/ü.html"),))

    assert written["_redirects"] == "/a%20b%2B.html /%C3%BC.html 301\n"
    assert written["redirects.nginx"] == 'location = "/a b+.html" { return 301 "/%C3%BC.html"; }\n'
    assert written["redirects.htaccess"] == 'RedirectMatch 301 "^/a b\\+\\.html$" "/ü.html"\n'


@pytest.mark.parametrize(
    "path", ['/a" { }', "/a\nb", "/$uri", "/%{x}", "/a;b", "//a\\b", "relative"]
)
def test_no_path_breaks_out_of_a_servers_file(path: str) -> None:
    assert set(files(((path, "/x"),)).values()) == {""}
