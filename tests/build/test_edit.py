"""What follows an edited body without Pelican is what Pelican would have made."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import Any

import pytest

from builds import NOW, TEMPLATES, Blog, Builder, build, check_killed, explained, read
from following import CHECKLISTS, LIST, LONG, PARTS, Walk, left, records, swiftly
from tipsblog.build.markdown import source

NAMES = ["ant", "bee", "cat", "dog", "elk", "fox"]
DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="3" height="2"/>'


def header(name: str) -> dict[str, str]:
    day = NAMES.index(name) + 1
    fields = {"date": f"2024-03-{day:02} 10:00", "tags": "red, blue", "slug": name}
    return fields | ({"summary": f"Of the *{name}*."} if name in ("dog", "elk") else {})


def rewrite(blog: Blog, name: str, body: str, **fields: str) -> None:
    blog.article(name, body, **{**header(name), **fields})


@pytest.fixture
def built(blog: Blog, builder: Builder) -> Blog:
    """A blog of six articles with comments that somebody has decided on, built."""
    blog.set(FEED_ALL_RSS="feeds/all.rss", RSS_FEED_SUMMARY_ONLY=False)
    blog.write("theme/templates/checklists.html", CHECKLISTS)
    blog.write("content/images/dot.svg", DOT)
    for name in NAMES:
        rewrite(blog, name, f"Words of {name}.\n\n{LONG}")
        blog.comment(name, "one")
    rewrite(blog, "fox", f"{LIST}\n{LONG}")
    rewrite(blog, "elk", f"![a dot]({{static}}/images/dot.svg)\n\n{LONG}")
    blog.page("about", f"See [the cat]({{filename}}/articles/cat.md).\n\n{LONG}")
    build(builder, blog)
    return blog


def test_an_edited_body_is_on_the_pages_that_show_it(built: Blog, builder: Builder) -> None:
    rewrite(built, "cat", f"Words of cat.\n\n{LONG}\n\nIt *purrs*.")

    written = set(swiftly(builder, built)["written"])

    assert "<em>purrs</em>" in read(built, "cat.html")
    assert "&lt;em&gt;purrs" in read(built, "feeds/all.atom")
    assert "&lt;em&gt;purrs" in read(built, "feeds/all.rss")
    assert written == {
        *("cat.html", "feeds/all.atom", "feeds/all.rss"),
        *("feeds/tag-red.atom", "feeds/tag-blue.atom"),
    }


def test_lists_show_the_new_summary(built: Blog, builder: Builder) -> None:
    rewrite(built, "fox", f"{LIST}\nBegins in another way. {LONG}")

    written = set(swiftly(builder, built)["written"])

    assert "Begins in another way" in read(built, "index.html")
    assert {"index.html", "tag/red.html", "2024/03/index.html"} <= written
    assert not {"cat.html", "archives.html", "checklists/index.html"} & written


def test_a_summary_of_its_own_stays(built: Blog, builder: Builder) -> None:
    rewrite(built, "dog", f"{LONG} Otherwise.")

    assert "index.html" not in swiftly(builder, built)["written"]


def test_a_page_is_followed_too(built: Blog, builder: Builder) -> None:
    built.page("about", f"Ask [the dog]({{filename}}/articles/dog.md).\n\n{LONG}")

    assert set(swiftly(builder, built)["written"]) == {"pages/about.html"}

    assert 'href="https://tips.example/dog.html"' in read(built, "pages/about.html")


def test_it_can_be_edited_again_and_again(built: Blog, builder: Builder) -> None:
    for number in range(4):
        rewrite(built, "bee", f"Edit {number}.")
        swiftly(builder, built)
        built.comment("bee", f"n{number}", date=f"2024-04-02T10:0{number}:00+00:00")
        swiftly(builder, built)

    before = records(built)
    built.write("content/images/line.svg", DOT)
    result = build(builder, built)

    assert result["written"] == ["images/line.svg"]
    assert records(built) == before
    assert builder.differences(built, now=NOW) == []


def test_several_edits_and_comments_are_followed_at_once(built: Blog, builder: Builder) -> None:
    for name in ("ant", "bee", "elk"):
        rewrite(built, name, f"![a dot]({{static}}/images/dot.svg)\n\nNew for {name}.")
    rewrite(built, "ant", "New.")
    built.page("about", "New.")
    built.comment("ant", "two", "On *ants*.", date="2024-04-02T10:00:00+00:00")
    built.comment("cat", "two", "On *cats*.", date="2024-04-02T10:00:00+00:00")
    rewrite(built, "bee", "New, too.")

    swiftly(builder, built)

    assert "<em>ants</em>" in read(built, "ant.html")
    assert "New." in read(built, "ant.html")


def test_items_of_a_checklist_are_followed(built: Blog, builder: Builder) -> None:
    rewrite(built, "fox", f"{LIST}- [ ] Thank them\n\n{LONG}")

    assert "checklists/index.html" in swiftly(builder, built)["written"]

    assert "Thank them" in read(built, "checklists/index.html")
    assert 'id="fox.thank-them"' in read(built, "fox.html")


def test_tables_images_and_code_are_made_as_ever(built: Blog, builder: Builder) -> None:
    body = f"""Text[^1] and | signs.

| a | b |
|---|--:|
| 1 | 2 |

![again](/images/dot.svg) ![a dot]({{static}}/images/dot.svg)

    code {{filename}}

[^1]: A note.

{LONG}"""
    rewrite(built, "elk", body)

    swiftly(builder, built)

    assert 'width="3" height="2"' in read(built, "elk.html")


def test_lines_may_end_as_on_windows(built: Blog, builder: Builder) -> None:
    path = built.root / "content/articles/cat.md"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    swiftly(builder, built)

    path.write_bytes(path.read_bytes() + b"\r\nMore.\r\n")
    swiftly(builder, built)


def test_equal_bodies_are_told_apart_in_feeds(built: Blog, builder: Builder) -> None:
    for name in ("ant", "bee"):
        rewrite(built, name, "The same.")
    swiftly(builder, built)

    rewrite(built, "bee", "Another.")
    swiftly(builder, built)

    rewrite(built, "bee", "The same.")
    swiftly(builder, built)


@pytest.mark.parametrize("body", ["", "Short.", LONG, "<!-- -->"])
def test_a_body_may_become_empty_and_shorter_than_its_summary(
    built: Blog, builder: Builder, body: str
) -> None:
    for one in (body, "Short, too.", body):
        rewrite(built, "cat", one)
        swiftly(builder, built)


def test_a_sitemap_does_not_hang_on_bodies(built: Blog, builder: Builder) -> None:
    built.set(PLUGINS=["tipsblog", "sitemap"], SITEMAP={"format": "xml"})
    build(builder, built)

    rewrite(built, "dog", f"{LONG} Otherwise.")

    assert "sitemap.xml" not in swiftly(builder, built)["written"]


def test_links_in_bars_bring_files_too(built: Blog, builder: Builder) -> None:
    built.write("content/extra/line.svg", DOT)
    rewrite(built, "cat", "![a line](|static|/extra/line.svg)")
    left(builder, built)

    rewrite(built, "cat", "None.")

    assert "links to other files" in left(builder, built)
    assert not (built.output / "extra/line.svg").exists()


def test_drafts_and_hidden_articles_are_followed(built: Blog, builder: Builder) -> None:
    rewrite(built, "ant", "Some.", status="draft")
    rewrite(built, "bee", "Some.", status="hidden")
    left(builder, built)

    rewrite(built, "ant", "Other.", status="draft")
    rewrite(built, "bee", "Other.", status="hidden")

    assert set(swiftly(builder, built)["written"]) == {"drafts/ant.html", "bee.html"}


def test_a_translation_and_its_original_are_followed(built: Blog, builder: Builder) -> None:
    template = TEMPLATES["article"].replace("{{ article.content }}", "{{ article.summary }}\\g<0>")
    built.write("theme/templates/article.html", template.replace("\\g<0>", "{{ article.content }}"))
    built.article("cat-fr", "Mots.", **header("cat"), lang="fr")
    built.comment("cat", "two", status="", date="2024-04-02T10:00:00+00:00")
    left(builder, built)

    for name, fields in (("cat", {}), ("cat-fr", {"lang": "fr"})):
        for body in ("Other words.", "Other words again."):
            built.article(name, body, **header("cat"), **fields)
            swiftly(builder, built)


def test_the_filter_looks_again_at_what_nobody_decided_on(built: Blog, builder: Builder) -> None:
    texts = ["I did so, too.", "Words of ant are many words.", "See https://spam.example/ant !!!"]
    for number, text in enumerate(texts):
        date = f"2024-04-02T10:0{number}:00+00:00"
        built.comment("ant", f"n{number}", text, status="", date=date)
    swiftly(builder, built)  # from here on the filter is asked

    taken, why = [], []
    for number, text in enumerate([*texts, "[here](https://other.example/)", "Nothing."]):
        rewrite(built, "ant", f"{text} {LONG}" if number % 2 else text)
        result = build(builder, built)
        taken.append(result["swift"])
        why.append(result["why"])
        assert builder.differences(built, now=NOW) == []
    built.comment("bee", "two", "Thank you.", status="", date="2024-04-03T10:00:00+00:00")

    swiftly(builder, built)
    assert any(taken), why


def test_an_article_and_its_comments_may_change_at_once(built: Blog, builder: Builder) -> None:
    built.comment("ant", "two", "Thank you.", status="", date="2024-04-02T10:00:00+00:00")
    swiftly(builder, built)  # from here on the filter is asked

    built.comment("bee", "two", "Thank you.", status="", date="2024-04-03T10:00:00+00:00")
    swiftly(builder, built)
    rewrite(built, "bee", f"Words of bee.\n\n{LONG}\n\nMore words.")
    swiftly(builder, built)

    built.comment("bee", "three", "Thank you.", status="", date="2024-04-04T10:00:00+00:00")
    rewrite(built, "bee", f"Words of bee.\n\n{LONG}\n\nMost words.")
    swiftly(builder, built)


def other_draft(blog: Blog) -> None:
    rewrite(blog, "cat", LONG, status="draft")


def first_checklist(blog: Blog) -> None:
    rewrite(blog, "cat", LIST)


def no_checklist(blog: Blog) -> None:
    rewrite(blog, "fox", LONG)


def new_file_link(blog: Blog) -> None:
    rewrite(blog, "cat", "[a dot]({static}/images/dot.svg)")


def lost_file_link(blog: Blog) -> None:
    rewrite(blog, "elk", LONG)


def other_file(blog: Blog) -> None:
    rewrite(blog, "cat", "More.")
    blog.write("content/images/dot.svg", DOT.replace("3", "4"))


def other_output(blog: Blog) -> None:
    rewrite(blog, "cat", "More.")
    (blog.output / "dog.html").write_text("spoilt", "utf-8")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (other_draft, "cat.md is draft"),
        (first_checklist, "gets or loses its checklists"),
        (no_checklist, "gets or loses its checklists"),
        (new_file_link, "links to other files"),
        (lost_file_link, "links to other files"),
        (other_file, "dot.svg changed"),
        (other_output, ""),
    ],
)
def test_what_is_more_than_a_body_is_left_to_pelican(
    built: Blog, builder: Builder, change: Callable[[Blog], None], why: str
) -> None:
    change(built)

    assert why in left(builder, built)

    rewrite(built, "bee", "One more.")
    swiftly(builder, built)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("[gone]({filename}gnu.md)", "gnu.md"),
        ("[a dot]({filename}/images/dot.svg)", "dot.svg"),
        ('<img alt="" src="/images/dot.svg">', "image without a text"),
        ("- [x]done\n- [ ] {#not a key} x", "checklist"),
        ("![gone](/images/bad.svg)", "the size of"),
        ("[tag]({labels}red)", "not recognized"),
    ],
)
def test_what_pelican_complains_of_is_left_to_pelican(
    built: Blog, builder: Builder, body: str, why: str
) -> None:
    if "bad" in body:
        built.write("content/images/bad.svg", "<svg/>")
        build(builder, built)
    rewrite(built, "cat", body)

    first, second = builder.build(built, now=NOW), builder.build(built, now=NOW)

    assert first["error"]
    assert second["error"]
    assert why in first["why"]
    rewrite(built, "cat", "All is well.")
    build(builder, built)
    assert builder.differences(built, now=NOW) == []


def test_a_link_that_only_pelican_knows_is_left_to_pelican(built: Blog, builder: Builder) -> None:
    rewrite(built, "cat", "[red]({tag}red)")

    left(builder, built)

    assert "tag/red.html" in read(built, "cat.html")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("OUTPUT_SOURCES = True", "sources are published"),
        ("ARTICLE_ORDER_BY = 'author'", "may look at bodies"),
        ("PAGE_ORDER_BY = lambda page: page.content", "may look at bodies"),
        ("RELATIVE_URLS = True", "not kept"),
        ("STATIC_PATHS = ['images', 'articles']; STATIC_EXCLUDE_SOURCES = False", "cat.md changed"),
        ("import notes; MARKDOWN = {'extensions': [notes.Notes()]}", "plain values"),
        (
            "import notes; from pelican.plugins import signals; "
            "signals.content_object_init.connect(notes.shout)",
            "notes.shout takes part in content_object_init",
        ),
    ],
)
def test_a_blog_of_which_not_all_is_known_is_left_to_pelican(
    built: Blog, builder: Builder, line: str, why: str
) -> None:
    built.write("notes.py", NOTES)
    built.set()
    with (built.root / "pelicanconf.py").open("a") as file:
        file.write(f"import sys; sys.path.insert(0, {str(built.root)!r})\n{line}\n")
    build(builder, built)

    rewrite(built, "cat", "Very *new*.")

    assert why in left(builder, built)
    assert "<em>new</em>" in read(built, "cat.html").lower()


NOTES = """
from pathlib import Path
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

class Notes(Extension):
    def extendMarkdown(self, md):
        md.preprocessors.register(Include(md), "notes", 1)

class Include(Preprocessor):
    def run(self, lines):
        name = Path(__file__).with_name("note.txt")
        return [name.read_text() if line == "NOTE" else line for line in lines]

def makeExtension(**options):
    return Notes(**options)

def shout(content):
    if content._content:
        content._content = content._content.replace("new", "NEW")
"""


def test_a_body_that_reads_another_file_is_left_to_pelican(built: Blog, builder: Builder) -> None:
    built.write("notes.py", NOTES)
    built.write("note.txt", "Noted once.")
    built.set(MARKDOWN={"extensions": ["notes"]})
    with (built.root / "pelicanconf.py").open("a") as file:
        file.write(f"import sys; sys.path.insert(0, {str(built.root)!r})\nimport notes\n")
    build(builder, built)
    rewrite(built, "bee", "Without.")
    swiftly(builder, built)

    rewrite(built, "cat", "NOTE")
    result = build(builder, built)
    built.write("note.txt", "Noted twice.")
    build(builder, built)

    assert "reads more than its file" in result["why"]
    assert "Noted twice" in read(built, "cat.html")


def test_a_body_that_no_page_shows_as_feeds_do_is_left_to_pelican(
    built: Blog, builder: Builder
) -> None:
    template = TEMPLATES["article"].replace("{{ article.content }}", "{{ article._content }}")
    built.write("theme/templates/article.html", template)
    build(builder, built)

    rewrite(built, "cat", "In another way.")
    assert "what feeds say of it" in left(builder, built)

    built.page("about", "In another way.")
    swiftly(builder, built)


def test_it_is_explained(built: Blog) -> None:
    explained(built)  # the clock of this process is not pinned
    rewrite(built, "cat", "Other.")
    followed = explained(built)
    rewrite(built, "cat", "Other.", status="draft")
    whole = explained(built)

    assert "without a build" in followed
    assert "changed: " + str(built.root / "content/articles/cat.md") in followed
    assert "1 of 7 sources parsed" in followed
    assert "cat.md is draft" in whole


#: More by hand: TIPSBLOG_KILLS=50
@pytest.mark.parametrize("seed", range(int(os.environ.get("TIPSBLOG_KILLS", "5"))))
def test_an_edit_killed_at_any_moment_is_made_right_by_the_next_build(
    built: Blog, builder: Builder, seed: int
) -> None:
    def change() -> None:
        for name in ("ant", "dog", "fox"):
            rewrite(built, name, f"{LIST if name == 'fox' else ''}\nShort words of {name}.")

    check_killed(built, builder, random.Random(seed).randrange(40), change)


@pytest.mark.parametrize(
    "said", [[("title", "A")], [("title", "A"), ("tags", ["a", "b"])], [("summary", "<p>A</p>")]]
)
def test_a_mark_tells_headers_apart(said: list[tuple[str, Any]]) -> None:
    assert source.mark_of(said) == source.mark_of(list(said))
    assert source.mark_of(said) != source.mark_of([*said, ("lang", "fr")])
    assert source.mark_of(said) == source.mark_of([*said, ("checklists", object())])


class Bodies(Walk):
    """Most changes are of bodies."""

    remarks = ("Thanks.", "Hyper words.", "https://site1.example/ !!!")

    def changes(self) -> list[Callable[[], str]]:
        changes = [self.append] * 3 + [self.replace] * 3 + [self.cut, self.page, self.both]
        return [*changes, self.comment, self.comment, self.other]

    def mend(self) -> None:
        for name in NAMES:
            rewrite(self.blog, name, f"{LIST}\nWell again.")

    def words(self) -> str:
        return self.chance.choice(
            [
                "Thanks.",
                LONG,
                "# No head\n\n- a\n- b",
                "é <b>語</b> & more",
                "`x`\ny",
                LIST,
                f"- [x] Item {self.count}",
                f"[dog]({{filename}}{self.chance.choice(NAMES)}.md)",
                "![a dot]({static}/images/dot.svg)",
                "![a dot](/images/dot.svg)",
                "| a | b |\n|---|---|\n| 1 | 2 |",
                "*[HTML]: Hyper\n\nHTML[^1]\n\n[^1]: Note",
                f"[site](https://site{self.chance.randrange(3)}.example/)",
                "<div>{{ SITENAME }}</div>",
                "1. Stop\n2. Look",
            ]
        )

    def append(self) -> str:
        path, words = self.article(), self.words()
        path.write_text(path.read_text("utf-8") + f"\n{words}\n", "utf-8")
        return f"append to {path.stem}: {words[:40]!r}"

    def replace(self) -> str:
        path, words = self.article(), f"{self.words()}\n\n{self.words()}"
        head = path.read_text("utf-8").partition("\n\n")[0]
        path.write_text(f"{head}\n\n{words}\n", "utf-8")
        return f"replace {path.stem}: {words[:40]!r}"

    def cut(self) -> str:
        path = self.article()
        head, _, body = path.read_text("utf-8").partition("\n\n")
        path.write_text(f"{head}\n\n{body[: len(body) // 2]}\n", "utf-8")
        return f"cut {path.stem}"

    def page(self) -> str:
        words = self.words().replace("{filename}", "{filename}/articles/")
        self.blog.page("about", words)
        return f"page: {words[:40]!r}"

    def both(self) -> str:
        return f"{self.append()} and {self.chance.choice([self.append, self.comment])()}"

    def other(self) -> str:
        path, kind = self.article(), self.chance.randrange(5)
        text = path.read_text("utf-8")
        if kind == 0:
            path.write_text(f"Colour: {self.count}\n{text}", "utf-8")
        elif kind == 1:
            self.rework_a_template()
        elif kind == 2:
            self.touch_all()
        elif kind == 3:
            path.write_text(f"{text}\n{self.count}", "utf-8")
            self.spoil(path.stem)
        else:
            rewrite(self.blog, path.stem, self.words(), title=f"{path.stem} {self.count}")
        return f"other {kind} {path.stem}"


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_becomes_of_bodies_the_site_is_what_pelican_makes(
    built: Blog, builder: Builder, part: int
) -> None:
    if part > 1:
        built.set(SUMMARY_MAX_LENGTH=3, RSS_FEED_SUMMARY_ONLY=True, SUMMARY_MAX_PARAGRAPHS=1)

    taken = Bodies(built, part).walk(builder)

    assert 5 * (taken[True, True] + taken[False, True]) > taken.total()
