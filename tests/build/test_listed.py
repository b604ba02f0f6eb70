"""What follows new, removed and re-headed articles without a build is what Pelican
would have made.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from builds import NOW, PLUGINS, TEMPLATES, Blog, Builder, build, check_killed, explained, read
from following import CHECKLISTS, LIST, LONG, PARTS, Walk, left, records, swiftly
from tipsblog.build.changes.state import Store
from tipsblog.build.record import listed

NAMES = ["ant", "bee", "cat", "dog", "elk", "fox", "gnu", "hen"]


def write(blog: Blog, name: str, body: str = "Some words.", **fields: str) -> None:
    day = ([*NAMES, name]).index(name) + 1
    values = {"date": f"2024-03-{day:02} 10:00", "tags": "red, blue", "slug": name, **fields}
    blog.article(name, f"{body}\n\n{LONG}", **values)


def remove(blog: Blog, name: str) -> None:
    (blog.root / f"content/articles/{name}.md").unlink()


def date_of(minute: int) -> str:
    return f"2024-04-02T{10 + minute // 60:02}:{minute % 60:02}:00+00:00"


@pytest.fixture
def built(blog: Blog, builder: Builder) -> Blog:
    """A blog of eight articles, the first six of them with comments, built."""
    blog.set(
        FEED_ALL_RSS="feeds/all.rss",
        CATEGORY_FEED_ATOM="feeds/of-{slug}.atom",
        YEAR_ARCHIVE_SAVE_AS="{date:%Y}/index.html",
    )
    blog.write("theme/templates/checklists.html", CHECKLISTS)
    for name in NAMES:
        write(blog, name, LIST if name == "fox" else f"Words of {name}.")
        if name not in ("gnu", "hen"):
            blog.comment(name, "one")
    blog.page("about", f"See [the cat]({{filename}}/articles/cat.md).\n\n{LIST}")
    build(builder, blog)
    return blog


def test_a_new_article_is_on_every_page_that_shows_it(built: Blog, builder: Builder) -> None:
    write(built, "ibis", "It *wades*.")

    written = set(swiftly(builder, built)["written"])

    assert "<em>wades</em>" in read(built, "ibis.html")
    assert "Ibis" in read(built, "hen.html")
    assert "&lt;em&gt;wades" in read(built, "feeds/all.atom")
    assert {"tag/red.html", "archives.html", "2024/03/index.html", "feeds/tag-blue.atom"} <= written
    assert {"feeds/comments/ibis.atom", "feeds/comments/ibis.json"} <= written


def test_what_does_not_show_it_is_left_alone(built: Blog, builder: Builder) -> None:
    built.write("theme/templates/nav.html", "")
    write(built, "ant", tags="green")
    build(builder, built)

    write(built, "ibis")
    written = set(swiftly(builder, built)["written"])

    assert not {"ant.html", "tag/green.html", "feeds/tag-green.atom"} & written


@pytest.mark.parametrize("date", ["2024-03-05 12:00", "2024-03-05 10:00", "2023-01-05 10:00"])
def test_an_older_article_gets_its_place(built: Blog, builder: Builder, date: str) -> None:
    write(built, "ibis", date=date, tags="blue")

    swiftly(builder, built)


def test_labels_topics_authors_and_periods_may_be_new(built: Blog, builder: Builder) -> None:
    fields = {"tags": "Red, green", "category": "Birds", "authors": "Zoe; Ada Moss"}
    write(built, "ibis", date="2022-01-01 10:00", **fields)

    written = set(swiftly(builder, built)["written"])

    assert {"tag/green.html", "category/birds.html", "author/zoe.html"} <= written
    assert {"2022/index.html", "2022/01/index.html", "feeds/of-birds.atom"} <= written


def test_what_came_with_an_article_goes_with_it(built: Blog, builder: Builder) -> None:
    fields = {"tags": "green", "category": "Birds", "authors": "Zoe"}
    write(built, "ibis", date="2022-01-01 10:00", **fields)
    swiftly(builder, built)

    remove(built, "ibis")
    removed = set(swiftly(builder, built)["removed"])

    assert {"ibis.html", "tag/green.html", "2022/01/index.html", "feeds/of-birds.atom"} <= removed
    assert not (built.output / "2022").exists()


def test_lists_that_get_shorter_lose_their_last_pages(built: Blog, builder: Builder) -> None:
    remove(built, "gnu")
    remove(built, "hen")

    assert "index3.html" in swiftly(builder, built)["removed"]


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Another"},
        {"tags": "red"},
        {"tags": "Blue, green"},
        {"summary": "Of *another* one."},
        {"category": "Other"},
        {"authors": "Zoe"},
        {"date": "2024-03-20 10:00"},
        {"date": "2021-03-20 10:00"},
        {"modified": "2024-04-20 10:00"},
        {"colour": "grey"},
    ],
)
def test_an_edited_header_is_followed(
    built: Blog, builder: Builder, fields: dict[str, str]
) -> None:
    for name in ("bee", "gnu", "fox"):
        write(built, name, LIST if name == "fox" else "Other words.", **fields)
        swiftly(builder, built)


def test_an_article_may_be_renamed(built: Blog, builder: Builder) -> None:
    write(built, "gnu", slug="wildebeest")
    swiftly(builder, built)

    articles = built.root / "content/articles"
    (articles / "gnu.md").rename(articles / "wildebeest.md")
    swiftly(builder, built)


def test_checklists_come_and_go(built: Blog, builder: Builder) -> None:
    write(built, "ibis", LIST)
    swiftly(builder, built)
    assert "Ibis" in read(built, "checklists/index.html")

    write(built, "ibis", title="Egret")
    swiftly(builder, built)
    assert "Egret" not in read(built, "checklists/index.html")


def test_the_link_to_all_checklists_goes_with_the_last_one(built: Blog, builder: Builder) -> None:
    built.page("about")
    write(built, "fox")
    write(built, "gnu", LIST)
    build(builder, built)
    assert ">Lists<" in read(built, "ant.html")

    remove(built, "gnu")
    swiftly(builder, built)
    assert ">Lists<" not in read(built, "ant.html")

    built.comment("ant", "two", date=date_of(1))
    swiftly(builder, built)
    assert ">Lists<" not in read(built, "ant.html")

    write(built, "ibis", LIST)
    assert "no page is drawn as" in left(builder, built)
    assert ">Lists<" in read(built, "ant.html")


def test_all_at_once_and_again(built: Blog, builder: Builder) -> None:
    for number in range(3):
        write(built, f"new{number}", date=f"2024-03-0{number + 1} 10:00")
        write(
            built, f"more{number}", f"[gnu]({{filename}}gnu.md) [new]({{filename}}new{number}.md)"
        )
        write(built, "dog", f"Number {number}.", title=f"Dog {number}")
        write(built, "elk", f"Number {number}.")
        built.comment("cat", f"n{number}", date=date_of(number))
        built.comment(f"new{number}", "first", date=date_of(number))
        if number:
            remove(built, f"more{number - 1}")
        swiftly(builder, built)


def test_a_comment_afterwards_is_followed_without_pelican(built: Blog) -> None:
    environment = {**os.environ, "PYTHONPATH": str(built.settings["PLUGIN_PATHS"][0])}
    code = "import sys; from tipsblog.build import front; "
    code += "assert front.attempt('pelicanconf.py', ''); print('pelican' in sys.modules)"

    def loaded() -> str:
        command = [sys.executable, "-c", code]
        done = subprocess.run(
            command, cwd=built.root, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    # The clock of this process is not pinned.
    subprocess.run(
        [sys.executable, "-m", "tipsblog", "build"],
        cwd=built.root,
        env=environment,
        capture_output=True,
        check=True,
    )
    write(built, "ibis")
    assert loaded() == "True"

    built.comment("ibis", "one", date=date_of(1))

    assert loaded() == "False"


def test_a_whole_build_afterwards_has_nothing_to_draw(built: Blog, builder: Builder) -> None:
    write(built, "ibis", LIST, tags="green", date="2024-03-04 10:00")
    swiftly(builder, built)
    write(built, "bee", title="Another", date="2024-03-30 10:00")
    swiftly(builder, built)
    remove(built, "hen")
    swiftly(builder, built)

    before = records(built)
    built.write("content/images/line.svg", "<svg/>")
    result = build(builder, built)

    assert not result["swift"]
    assert result["written"] == ["images/line.svg"]
    assert records(built) == before
    assert builder.differences(built, now=NOW) == []


def test_outputs_that_are_gone_are_put_back(built: Blog, builder: Builder) -> None:
    write(built, "ibis")
    remove(built, "hen")
    swiftly(builder, built)
    shutil.rmtree(built.output)

    assert build(builder, built)["current"]

    assert builder.differences(built, now=NOW) == []


def test_copies_of_what_no_longer_stands_do_not_pile_up(built: Blog, builder: Builder) -> None:
    folder = Path(Store(str(built.root)).spares(str(built.output)))
    before = len(list(folder.iterdir()))

    for _ in range(2):
        write(built, "ibis", tags="green")
        swiftly(builder, built)
        remove(built, "ibis")
        swiftly(builder, built)

    assert len(list(folder.iterdir())) == before


def test_new_and_edited_articles_may_link_to_each_other(built: Blog, builder: Builder) -> None:
    write(built, "ibis", "[gnu]({filename}gnu.md) [page]({filename}/pages/about.md)")
    write(built, "gnu", "[ibis]({filename}ibis.md)", slug="wildebeest")
    swiftly(builder, built)

    assert 'href="https://tips.example/wildebeest.html"' in read(built, "ibis.html")


@pytest.mark.parametrize("known", [False, True])
def test_a_link_to_what_is_gone_is_left_to_pelican(
    built: Blog, builder: Builder, known: bool
) -> None:
    remove(built, "hen")
    write(built, "bee" if known else "ibis", "[hen]({filename}hen.md)")

    result = builder.build(built, now=NOW)

    assert result["error"]
    assert "hen.md" in result["why"]


def test_the_service_is_told(built: Blog, builder: Builder) -> None:
    write(built, "ibis", title="An <em>ibis</em>")
    remove(built, "hen")
    swiftly(builder, built)
    file = built.root / ".tipsblog/articles.json"
    told = json.loads(file.read_text("utf-8"))

    built.write("content/images/line.svg", "<svg/>")
    left(builder, built)

    assert json.loads(file.read_text("utf-8")) == told
    assert "ibis" in {entry["key"] for entry in told["articles"]}


def test_the_filter_is_told_of_another_title(built: Blog, builder: Builder) -> None:
    text = "The wombat digs, and the wombat sleeps. Wombats!"
    built.comment("ant", "two", text, status="", date=date_of(0))
    build(builder, built)

    for title in ("Wombats dig and sleep", "Ant"):
        write(built, "ant", title=title)
        swiftly(builder, built)


def test_folders_may_come_and_go(built: Blog, builder: Builder) -> None:
    built.write("content/articles/far/off/ibis.md", "Title: Ibis\nDate: 2024-03-20 10:00\n\nFar.\n")
    swiftly(builder, built)

    shutil.rmtree(built.root / "content/articles/far")
    swiftly(builder, built)


@pytest.fixture
def mapped(built: Blog, builder: Builder) -> Blog:
    """The same blog with a sitemap, and pages of every kind."""
    built.set(
        PLUGINS=["tipsblog", "sitemap"],
        SITEMAP={"exclude": ["^tag/"], "changefreqs": {"indexes": "monthly"}},
        FEED_ALL_ATOM=None,  # which shows translations, and no page keeps their summaries
        FEED_ALL_RSS=None,
    )
    built.write("content/pages/one.md", "Title: One\nDate: 2024-01-01\nPriority: 0.9\n\nOne.\n")
    built.write("content/pages/un.md", "Title: Un\nSlug: one\nLang: fr\n\nUn.\n")
    built.write("content/pages/off.md", "Title: Off\nStatus: hidden\n\nOff.\n")
    write(built, "bee", changefreq="daily", modified="2024-04-20 10:00")
    write(built, "ours", status="hidden", private="True")
    write(built, "un", slug="ant", lang="fr", date="2024-03-01 10:00")
    build(builder, built)
    return built


def test_the_sitemap_follows_articles(mapped: Blog, builder: Builder) -> None:
    write(mapped, "ibis", date="2024-05-01 10:00", category="Birds")
    assert "sitemap.xml" in swiftly(builder, mapped)["written"]
    assert "category/birds.html" in read(mapped, "sitemap.xml")
    write(mapped, "ibis", category="Animals", priority="0.7", private="True")
    swiftly(builder, mapped)
    write(mapped, "gnu", modified="2024-05-02 10:00")
    swiftly(builder, mapped)
    remove(mapped, "hen")
    remove(mapped, "gnu")

    assert "sitemap.xml" in swiftly(builder, mapped)["written"]

    assert "hen.html" not in read(mapped, "sitemap.xml")
    mapped.write("content/images/line.svg", "<svg/>")
    assert build(builder, mapped)["written"] == ["images/line.svg"]


def test_the_sitemap_may_be_plain_text(mapped: Blog, builder: Builder) -> None:
    mapped.set(SITEMAP={"format": "txt"})
    build(builder, mapped)
    write(mapped, "ibis")

    assert "sitemap.txt" in swiftly(builder, mapped)["written"]


def test_comments_and_bodies_leave_the_sitemap_alone(mapped: Blog, builder: Builder) -> None:
    mapped.comment("cat", "two", date=date_of(1))
    write(mapped, "cat", "Other words.")

    assert "sitemap.xml" not in swiftly(builder, mapped)["written"]


def test_a_sitemap_that_hangs_on_an_order_is_left_to_pelican(
    mapped: Blog, builder: Builder
) -> None:
    mapped.set(ARTICLE_SAVE_AS="{slug}.html", ARTICLE_URL="same.html")
    build(builder, mapped)
    write(mapped, "ibis")

    assert "sitemap" in left(builder, mapped)


def draft(blog: Blog) -> None:
    write(blog, "ibis", status="draft")


def no_draft_any_more(blog: Blog) -> None:
    write(blog, "zebu")


def future(blog: Blog) -> None:
    write(blog, "ibis", date="2025-01-01 10:00")


def address(blog: Blog) -> None:
    write(blog, "ibis", save_as="x.html", url="x.html")


def featured(blog: Blog) -> None:
    write(blog, "ibis", featured="yes")


def key(blog: Blog) -> None:
    write(blog, "hen", comments="dog")


def file_link(blog: Blog) -> None:
    blog.write("content/images/dot.svg", "<svg/>")
    write(blog, "ibis", "[a dot]({static}/images/dot.svg)")


def static_file(blog: Blog) -> None:
    write(blog, "ibis")
    blog.write("content/images/dot.svg", "<svg/>")


def page(blog: Blog) -> None:
    blog.page("more")


def page_title(blog: Blog) -> None:
    blog.write("content/pages/about.md", "Title: Of us\n\nSome words.\n")


def linked_address(blog: Blog) -> None:
    write(blog, "cat", slug="tiger", comments="cat")


def other_output(blog: Blog) -> None:
    write(blog, "ibis")
    (blog.output / "dog.html").write_text("spoilt", "utf-8")


def in_the_way(blog: Blog) -> None:
    write(blog, "ibis")
    (blog.output / "ibis.html").write_text("spoilt", "utf-8")


def comments_elsewhere(blog: Blog) -> None:
    remove(blog, "ant")
    shutil.rmtree(blog.root / "content/comments/ant")


def comments_too(blog: Blog) -> None:
    write(blog, "ant", title="Another")
    blog.comment("ant", "two", date=date_of(1))


def no_comments(blog: Blog) -> None:
    write(blog, "hen", comments="closed")


def other_template(blog: Blog) -> None:
    blog.write("theme/templates/special.html", TEMPLATES["article"])
    write(blog, "ibis", template="special")


def odd_name(blog: Blog) -> None:
    blog.write("content/articles/a%20b.md", "Title: Odd\nDate: 2024-03-20 10:00\n\nOdd.\n")


def restructured(blog: Blog) -> None:
    text = "Odd\n###\n\n:date: 2024-03-20 10:00\n\nOdd.\n"
    blog.write("content/articles/odd.rst", text)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (draft, "is draft"),
        (no_draft_any_more, "was draft"),
        (future, "is draft"),
        (address, "an address of its own"),
        (featured, "is featured"),
        (key, "there are comments, or translations"),
        (file_link, "dot.svg is new"),
        (static_file, "dot.svg is new"),
        (page, "more.md is no article"),
        (page_title, "about.md is no article"),
        (linked_address, "may link to"),
        (other_output, ""),
        (in_the_way, ""),
        (comments_elsewhere, "there are comments, or translations"),
        (comments_too, "comments changed, too"),
        (no_comments, "get or lose a feed"),
        (other_template, "special.html"),
        (odd_name, "links may be meant for"),
        (restructured, "odd.rst is new"),
    ],
)
def test_what_is_not_certain_is_left_to_pelican(
    built: Blog, builder: Builder, change: Callable[[Blog], None], why: str
) -> None:
    write(built, "zebu", status="draft")
    build(builder, built)
    if change is key:
        shutil.rmtree(built.root / "content/comments/dog")
        write(built, "dog", slug="wolf")
        build(builder, built)
        built.comment("hen", "one")
        build(builder, built)
        shutil.rmtree(built.root / "content/comments/hen")
        built.comment("dog", "one")

    change(built)

    assert why in left(builder, built)

    write(built, "jay")
    swiftly(builder, built)


@pytest.mark.parametrize("change", [draft, address, featured, page, page_title])
def test_what_is_certain_to_take_a_build_is_told_before_pelican_is_loaded(
    built: Blog, change: Callable[[Blog], None]
) -> None:
    explained(built)  # the clock of this process is not pinned
    change(built)
    code = "import sys; from tipsblog.build import front; from tipsblog.build.swift import follow; "
    code += "print(front.attempt('pelicanconf.py', ''), 'pelican' in sys.modules, follow.why_not)"

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=built.root,
        env={**os.environ, "PYTHONPATH": str(PLUGINS)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.startswith("None False")
    assert ".md is" in done.stdout or "an address of its own" in done.stdout


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"PLUGINS": ["tipsblog", "own"], "PLUGIN_PATHS": [str(PLUGINS), "plugins"]}, "not kept"),
        ({"ARTICLE_ORDER_BY": "author"}, "ARTICLE_ORDER_BY"),
        ({"ARTICLE_TRANSLATION_ID": None}, "ARTICLE_TRANSLATION_ID"),
        ({"TIPSBLOG_CLOSE_AFTER_DAYS": 300}, "close by the clock"),
        ({"DATE_FORMATS": {"fr": ("C.UTF-8", "%d %B")}}, "in several languages"),
        ({"OUTPUT_SOURCES": True}, "sources are published"),
        ({"RELATIVE_URLS": True}, "not kept"),
        ({"STATIC_PATHS": ["articles"], "STATIC_EXCLUDE_SOURCES": False}, "may be static files"),
    ],
)
def test_a_blog_of_which_not_all_is_known_is_left_to_pelican(
    built: Blog, builder: Builder, settings: dict[str, Any], why: str
) -> None:
    built.write("plugins/own.py", "def register(): pass")
    built.set(**settings)
    build(builder, built)

    write(built, "ibis")

    assert why in left(builder, built)


@pytest.mark.parametrize(
    "settings",
    [
        {"ARTICLE_ORDER_BY": "title"},
        {"ARTICLE_ORDER_BY": "date", "NEWEST_FIRST_ARCHIVES": False},
        {"FEED_MAX_ITEMS": 2, "RSS_FEED_SUMMARY_ONLY": False, "FEED_APPEND_REF": True},
        {"DEFAULT_PAGINATION": False},
        {"DEFAULT_ORPHANS": 2, "REVERSE_CATEGORY_ORDER": True},
        {"WITH_FUTURE_DATES": True, "DEFAULT_METADATA": {"tags": "red"}},
        {"TIMEZONE": "Europe/Paris", "DAY_ARCHIVE_SAVE_AS": "{date:%Y}/{date:%m}/{date:%d}.html"},
        {"TRANSLATION_FEED_ATOM": "feeds/{lang}.atom", "AUTHOR_FEED_RSS": "feeds/by-{slug}.rss"},
        {"FILENAME_METADATA": "(?P<slug>.*)", "USE_FOLDER_AS_CATEGORY": True},
    ],
)
def test_settings_are_followed(built: Blog, builder: Builder, settings: dict[str, Any]) -> None:
    built.set(**settings)
    build(builder, built)

    write(built, "ibis", date="2024-03-05 12:00")
    swiftly(builder, built)
    write(built, "ibis", date="2024-03-01 10:00", title="Ant")
    swiftly(builder, built)
    remove(built, "hen")
    swiftly(builder, built)


def test_a_page_that_is_not_kept_is_left_to_pelican(built: Blog, builder: Builder) -> None:
    nav = TEMPLATES["nav"] + "{% include 'n' ~ 'one.html' ignore missing %}"
    built.write("theme/templates/nav.html", nav)
    build(builder, built)

    write(built, "ibis")

    assert left(builder, built)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("[gone]({filename}gone.md)", "gone.md"),
        ("[tag]({labels}red)", "not recognized"),
        ('<img alt="" src="/images/dot.svg">', "ibis.md"),
    ],
)
def test_what_pelican_complains_of_is_left_to_pelican(
    built: Blog, builder: Builder, body: str, why: str
) -> None:
    write(built, "ibis", body)

    first, second = builder.build(built, now=NOW), builder.build(built, now=NOW)

    assert first["error"]
    assert second["error"]
    assert why in first["why"]
    write(built, "ibis")
    build(builder, built)
    assert builder.differences(built, now=NOW) == []


def test_a_translation_is_left_to_pelican(built: Blog, builder: Builder) -> None:
    write(built, "ibis", slug="hen", lang="fr")
    assert "another article has the slug" in left(builder, built)

    write(built, "hen", title="Another")
    assert "has a translation" in left(builder, built)


@pytest.mark.parametrize("name", ["drafts", "articles", "period_archives", "authors"])
def test_lists_may_stand_on_every_page(built: Blog, builder: Builder, name: str) -> None:
    what = f"{{{{ {name}|length }}}}" + "{% for a in dates[:2] %}{{ a.title }}{% endfor %}"
    built.write("theme/templates/nav.html", TEMPLATES["nav"] + what)
    build(builder, built)

    write(built, "ibis")

    assert "about.html" in str(swiftly(builder, built)["written"])


def test_a_list_of_all_on_pages_that_are_not_looked_at_is_left_to_pelican(
    built: Blog, builder: Builder
) -> None:
    built.write("theme/templates/nav.html", "{{ all_articles|length }}")
    write(built, "jay", tags="green")
    build(builder, built)

    write(built, "kea", tags="red")

    assert "may show any article" in left(builder, built)


def test_it_is_explained(built: Blog) -> None:
    explained(built)  # the clock of this process is not pinned
    write(built, "ibis")
    followed = explained(built)
    remove(built, "ibis")
    gone = explained(built)
    write(built, "ibis", status="draft")
    whole = explained(built)

    path = str(built.root / "content/articles/ibis.md")
    assert "without a build of Pelican's" in followed
    assert f"changed: {path}" in followed
    assert f"changed: {path}" in gone
    assert "removed: ibis.html" in gone
    assert "ibis.md is draft" in whole


#: More by hand: TIPSBLOG_KILLS=50
@pytest.mark.parametrize("seed", range(int(os.environ.get("TIPSBLOG_KILLS", "5"))))
def test_a_follow_killed_at_any_moment_is_made_right_by_the_next_build(
    built: Blog, builder: Builder, seed: int
) -> None:
    def change() -> None:
        write(built, "ibis", tags="green", date="2022-01-01 10:00")
        write(built, "bee", title="Another")
        remove(built, "hen")

    check_killed(built, builder, random.Random(seed).randrange(140), change)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("[a]({filename}/articles/cat.md#x)", {"cat.md"}),
        ('<a href="|filename|my%20cat.md">', {"my%20cat.md", "my cat.md"}),
        ("{static}/images/dot.svg and filename", set()),
    ],
)
def test_links_are_found(text: str, names: set[str]) -> None:
    assert {one.partition("#")[0].rstrip(")") for one in listed.links_in([text])} == names


class Articles(Walk):
    """Most changes are of which articles there are, and of their headers."""

    def changes(self) -> list[Callable[[], str]]:
        changes = [self.add] * 3 + [self.head] * 3 + [self.remove] * 2
        return [*changes, self.body, self.comment, self.both, self.both, self.other]

    def mend(self) -> None:
        """Take away links to what is gone."""
        for path in (self.blog.root / "content/articles").glob("*.md"):
            text = path.read_text("utf-8")
            if "{filename}" in text:
                path.write_text(text.replace("{filename}", ""), "utf-8")
        self.blog.page("about")

    def fields(self) -> dict[str, str]:
        chance = self.chance
        fields = {
            "title": chance.choice(["A", "Ü & <b>b</b>", f"Title {self.count}", "Same"]),
            "date": f"202{chance.randrange(2, 5)}-0{chance.randrange(1, 4)}-01 10:00",
            "tags": ", ".join(chance.sample(["red", "Red", "blue", "green", f"t{self.count}"], 2)),
        }
        if chance.random() < 0.3:
            fields["category"] = chance.choice(["Other", "other", "Birds"])
        if chance.random() < 0.3:
            fields["authors"] = chance.choice(["Zoe", "Ada Moss; Zoe"])
        if chance.random() < 0.3:
            fields["summary"] = f"Of *{self.count}*."
        if chance.random() < 0.2:
            fields["modified"] = f"2024-04-{self.count % 28 + 1:02} 10:00"
        if chance.random() < 0.2:
            fields["priority"] = chance.choice(["0.1", "0.9"])
        if chance.random() < 0.1:
            fields["status"] = chance.choice(["draft", "hidden"])
        if chance.random() < 0.05:
            fields["lang"] = "fr"
        return fields

    def words(self) -> str:
        link = self.chance.choice(self.names())
        words = [LIST, "Thanks.", LONG, f"[it]({{filename}}{link}.md)", f"*{self.count}*"]
        return self.chance.choice(words)

    def add(self) -> str:
        name = f"n{self.count}"
        self.blog.article(name, self.words(), **self.fields(), slug=name)
        return f"add {name}"

    def head(self) -> str:
        path = self.article()
        body = path.read_text("utf-8").partition("\n\n")[2]
        self.blog.article(path.stem, body, **self.fields(), slug=path.stem)
        return f"head of {path.stem}"

    def remove(self) -> str:
        name = self.chance.choice(self.names())
        if len(self.names()) < 5:
            return self.add()
        remove(self.blog, name)
        shutil.rmtree(self.blog.root / f"content/comments/{name}", ignore_errors=True)
        return f"remove {name}"

    def body(self) -> str:
        path = self.article()
        head = path.read_text("utf-8").partition("\n\n")[0]
        path.write_text(f"{head}\n\n{self.words()}\n", "utf-8")
        return f"body of {path.stem}"

    def both(self) -> str:
        done = [self.chance.choice([self.add, self.head, self.remove])()]
        self.count += 1
        return f"{done[0]} and {self.chance.choice([self.add, self.body, self.comment])()}"

    def other(self) -> str:
        kind = self.chance.randrange(4)
        if kind == 0:
            self.blog.write("theme/templates/nav.html", f"{TEMPLATES['nav']}{self.count}")
        elif kind == 1:
            self.blog.page("about", self.words().replace("{filename}", "{filename}/articles/"))
        elif kind == 2:
            self.blog.write(f"content/images/{self.count}.svg", "<svg/>")
        else:
            self.touch_all()
        return f"other {kind}"


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_becomes_of_articles_the_site_is_what_pelican_makes(
    built: Blog, builder: Builder, part: int
) -> None:
    if part > 1:
        built.set(SUMMARY_MAX_LENGTH=3, FEED_MAX_ITEMS=3, DEFAULT_ORPHANS=1)
    if part % 3:
        built.set(PLUGINS=["tipsblog", "sitemap"], SITEMAP={"exclude": ["^tag/"]})

    taken = Articles(built, part).walk(builder)

    assert 5 * (taken[True, True] + taken[False, True]) > taken.total()
