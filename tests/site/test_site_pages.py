"""The built site, read as files: no browser needed."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from xml.etree import ElementTree

import feedparser
import pytest

from sites import ROOT, XHTML, Site, broken, build, parse

BUDGET_BYTES = 15_000
BUDGET_REQUESTS = 5


def test_every_address_leads_somewhere(site: Site) -> None:
    assert broken(site) == []


def test_every_address_leads_somewhere_under_a_sub_path(nested_site: Site) -> None:
    assert broken(nested_site) == []


def test_two_builds_are_the_same_to_the_byte(site: Site, tmp_path: Path) -> None:
    build(tmp_path, SITEURL=site.url, FEED_DOMAIN=site.url)

    assert contents(tmp_path) == contents(site.folder)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_no_page_has_script_or_style_of_its_own(site: Site) -> None:
    inline = []
    for path, html in site.pages.items():
        for element in parse(html).iter():
            tag = str(element.tag).removeprefix(XHTML)
            data = element.get("type") == "application/ld+json"
            if tag == "style" or (tag == "script" and "src" not in element.attrib and not data):
                inline.append(f"{path}: <{tag}>")
            inline += [
                f"{path}: {name}" for name in element.attrib if name[:2] == "on" or name == "style"
            ]

    assert inline == []


@pytest.mark.parametrize("which", ["site", "site_with_form"])
def test_every_page_is_small_and_asks_for_little(
    which: str, request: pytest.FixtureRequest
) -> None:
    """An author's images come on top."""
    site: Site = request.getfixturevalue(which)
    too_much = []
    for path, html in site.pages.items():
        tree = parse(html)
        wanted = {
            element.get("src") or element.get("href")
            for element in tree.iter()
            if element.tag in (f"{XHTML}script", f"{XHTML}iframe")
            or element.get("rel") in ("stylesheet", "icon", "modulepreload")
        } - {None}
        size = len(gzip.compress(html.encode(), mtime=0))
        for address in wanted:
            if address and address.endswith((".css", ".js")):
                file = site.folder / address.removeprefix(f"{site.url}/")
                size += len(gzip.compress(file.read_bytes(), mtime=0))
        if size > BUDGET_BYTES or 1 + len(wanted) > BUDGET_REQUESTS:
            too_much.append(f"{path}: {size} bytes, {1 + len(wanted)} requests")

    assert too_much == []


def test_the_one_stylesheet_holds_every_style_of_the_plugin(site: Site) -> None:
    whole = (site.folder / "theme/css/site.css").read_text()
    entry = (ROOT / "theme/static/css/site.css").read_text()

    assert "@import" not in whole
    for style in (ROOT / "plugins/tipsblog").glob("*/static/tipsblog/*.css"):
        assert f'"../tipsblog/{style.name}" layer(components)' in entry


def test_images_hold_their_place_while_they_load(site: Site) -> None:
    images = [
        (path, element)
        for path, html in site.pages.items()
        for element in parse(html).iter(f"{XHTML}img")
    ]

    assert images
    assert [path for path, image in images if not image.get("width", "").isdigit()] == []


def test_what_changes_with_each_comment_stands_on_the_first_page_only(site: Site) -> None:
    with_latest = [path for path, html in site.pages.items() if "latest-comments" in html]

    assert with_latest == ["index.html"]


def test_older_posts_follow_one_another_from_the_newest_to_the_first(site: Site) -> None:
    posts = {path: html for path, html in site.pages.items() if 'class="post-body"' in html}
    path: str | None = next(path for path, html in posts.items() if "Newer Post" not in html)

    walked = []
    while path is not None:
        walked.append(path)
        older = re.search(r'class="older" rel="prev" href="([^"]+)"', posts[path])
        path = older[1].removeprefix(f"{site.url}/") if older else None

    assert sorted(walked) == sorted(posts)


def test_lists_say_how_many_comments_there_are(site: Site) -> None:
    assert re.search(r"#comments\">\d+ comments<", site.pages["index.html"])
    assert "No comments<" in site.pages["index.html"]


def test_the_feed_is_well_formed_with_absolute_addresses(nested_site: Site) -> None:
    feeds = sorted(nested_site.folder.rglob("*.atom"))

    assert nested_site.folder / "feeds/posts.atom" in feeds
    for file in feeds:
        feed = feedparser.parse(file.read_bytes())
        assert not feed.bozo, (file, feed.get("bozo_exception"))
        assert feed.feed.title
        assert all(entry.link.startswith(nested_site.url) for entry in feed.entries)


def address_of(path: str) -> str:
    return re.sub(r"(^|/)index\.html$", r"\1", path)


def test_search_engines_find_every_page_meant_for_them(nested_site: Site) -> None:
    robots = (nested_site.folder / "robots.txt").read_text()
    sitemap = ElementTree.parse(nested_site.folder / "sitemap.xml")

    found = {
        str(loc.text).removeprefix(f"{nested_site.url}/")
        for loc in sitemap.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
    }

    assert f"Sitemap: {nested_site.url}/sitemap.xml" in robots
    expected = {
        address_of(path) for path, html in nested_site.pages.items() if '"noindex"' not in html
    }
    assert found == expected


def test_every_page_says_its_own_address_title_and_summary(nested_site: Site) -> None:
    seen: dict[str, str] = {}
    for path, html in nested_site.pages.items():
        if '"noindex"' in html:
            continue
        tree = parse(html)
        canonical = [link.get("href") for link in tree.iter() if link.get("rel") == "canonical"]
        title = "".join(next(tree.iter(f"{XHTML}title")).itertext())
        assert canonical == [f"{nested_site.url}/{address_of(path)}"]
        assert seen.setdefault(title, path) == path
        assert re.search(r'<meta name="description" content="[^"]+">', html), path


def test_the_archive_gives_month_and_day_of_every_post(site: Site) -> None:
    listed = [
        element.get("datetime") or "".join(element.itertext())
        for element in parse(site.pages["archive.html"]).iter()
        if element.tag == f"{XHTML}time" or element.get("class") == "by-month"
    ]

    assert listed[:4] == ["October 2026", "2026-10-20", "September 2026", "2026-09-01"]
    days = [one for one in listed if one[0] == "2"]
    assert days == sorted(days, reverse=True)
    assert len(days) == len(list((ROOT / "content/articles").glob("*.md")))


@pytest.mark.parametrize("path", ["archive.html", "labels.html", "topics.html", "authors.html"])
def test_every_list_can_be_reached_from_every_page(site: Site, path: str) -> None:
    strays = [
        page
        for page, html in site.pages.items()
        if f'"{site.url}/{path}"' not in html and not page.startswith("gadget/")
    ]

    assert strays == []
