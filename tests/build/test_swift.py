"""What follows a comment without Pelican is what Pelican would have made."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from builds import NOW, TEMPLATES, Blog, Builder, build, check_killed, compare, read
from following import PARTS, Walk
from tipsblog.build.changes.state import Store

NAMES = ["ant", "bee", "cat", "dog", "elk", "fox"]


@pytest.fixture
def built(blog: Blog, builder: Builder) -> Blog:
    """A blog of six articles with comments that somebody has decided on, built."""
    for day, name in enumerate(NAMES, start=1):
        blog.article(name, f"Words of {name}.", date=f"2024-03-{day:02} 10:00", tags="red, blue")
        blog.comment(name, "one", date=f"2024-04-01T10:{day:02}:00+00:00")
    blog.page("about")
    build(builder, blog)
    return blog


def test_a_new_comment_is_on_every_page_that_shows_it_without_pelican(
    built: Blog, builder: Builder
) -> None:
    built.comment("cat", "two", "It *works*.", date="2024-04-02T10:00:00+00:00")

    result = build(builder, built)

    assert result["swift"], result["why"]
    assert {"cat.html", "index.html", "feeds/all.atom", "feeds/comments/cat.json"} <= {
        *result["written"]
    }
    assert "dog.html" not in result["written"]
    assert "<em>works</em>" in read(built, "cat.html")
    assert builder.differences(built, now=NOW) == []
    assert build(builder, built)["current"]


def test_what_is_undecided_is_judged_without_looking_at_the_rest(
    built: Blog, builder: Builder
) -> None:
    built.comment("ant", "two", "I did so, too.", status="", date="2024-04-02T10:00:00+00:00")
    assert build(builder, built)["swift"]  # from here on the filter is asked

    built.comment("bee", "two", "Thank you all.", status="", date="2024-04-03T10:00:00+00:00")
    result = build(builder, built)

    assert result["swift"], result["why"]
    assert builder.differences(built, now=NOW) == []


ADVERTISEMENT = "Buy cheap watches at https://watches.example/sale now!!!"


def undecided(blog: Blog) -> None:
    """Four comments that nobody has decided on, on three articles."""
    texts = {"ant": "I did so, too.", "bee": ADVERTISEMENT, "cat": ADVERTISEMENT + " Really."}
    for number, (name, text) in enumerate(texts.items()):
        date = f"2024-04-02T10:{number:02}:00+00:00"
        blog.comment(name, "two", text, author="Zoe", status="", date=date)
    date = "2024-04-02T11:00:00+00:00"
    blog.comment("ant", "three", "Words of ant, words of bee.", status="", date=date)


def publish(blog: Blog) -> None:
    path = blog.root / "content/comments/bee/two.md"
    path.write_text(path.read_text("utf-8").replace("Status: \n", "Status: published\n"), "utf-8")


def publish_all(blog: Blog) -> None:
    for path in (blog.root / "content/comments").rglob("*.md"):
        text = path.read_text("utf-8").replace("Status: \n", "Status: published\n")
        path.write_text(text, "utf-8")


def edit(blog: Blog) -> None:
    path = blog.root / "content/comments/bee/two.md"
    path.write_text(path.read_text("utf-8").replace(ADVERTISEMENT, "A fine read."), "utf-8")


def remove(blog: Blog) -> None:
    (blog.root / "content/comments/bee/two.md").unlink()


def come_late(blog: Blog) -> None:
    blog.comment("bee", "old", ADVERTISEMENT, status="", date="2024-04-02T09:00:00+00:00")


def reword_and_decide(blog: Blog) -> None:
    blog.article("bee", "Watches.", date="2024-03-02 10:00", tags="red, blue")
    publish(blog)


@pytest.mark.parametrize(
    "change", [publish, publish_all, edit, remove, come_late, reword_and_decide]
)
def test_what_may_change_any_verdict_is_followed_by_asking_about_all(
    built: Blog, builder: Builder, change: Callable[[Blog], None]
) -> None:
    undecided(built)
    build(builder, built)

    change(built)
    result = build(builder, built)

    assert result["swift"], result["why"]
    assert builder.differences(built, now=NOW) == []
    assert build(builder, built)["current"]


@pytest.mark.parametrize(
    ("text", "decision"),
    [
        ("Nice post. More tips on https://watches.example/", "published"),
        ("Thanks, this helped me a lot with the roof of my shed.", "spam"),
    ],
)
def test_what_a_decision_teaches_is_seen_on_other_articles(
    built: Blog, builder: Builder, text: str, decision: str
) -> None:
    built.comment("cat", "two", text, author="Zoe", status="", date="2024-04-02T10:00:00+00:00")
    build(builder, built)
    assert (text[:16] in read(built, "cat.html")) == (decision == "spam")
    for number in range(3):
        date = f"2024-04-03T10:{number:02}:00+00:00"
        more = f"{text} {number}"
        built.comment("dog", f"n{number}", more, author="Zoe", status=decision, date=date)

    result = build(builder, built)

    assert result["swift"], result["why"]
    assert (text[:16] in read(built, "cat.html")) == (decision == "published")
    assert "cat.html" in result["written"]
    assert builder.differences(built, now=NOW) == []


def test_a_whole_build_after_swift_ones_has_nothing_to_draw(built: Blog, builder: Builder) -> None:
    for number in range(3):
        date = f"2024-04-02T10:{number:02}:00+00:00"
        built.comment(NAMES[number], "two", f"Number {number}.", date=date)
        assert build(builder, built)["swift"]

    built.write("content/images/dot.svg", '<svg width="1" height="1"/>')
    result = build(builder, built)

    assert not result["swift"]
    assert result["written"] == ["images/dot.svg"]
    assert builder.differences(built, now=NOW) == []


def test_outputs_of_a_swift_build_are_put_back_when_they_are_gone(
    built: Blog, builder: Builder
) -> None:
    built.comment("cat", "two", "It *works*.", date="2024-04-02T10:00:00+00:00")
    assert build(builder, built)["swift"]
    shutil.rmtree(built.output)

    result = build(builder, built)

    assert result["current"]
    assert "<em>works</em>" in read(built, "cat.html")
    assert builder.differences(built, now=NOW) == []


def test_copies_of_what_no_longer_stands_do_not_pile_up(built: Blog, builder: Builder) -> None:
    folder = Path(Store(str(built.root)).spares(str(built.output)))
    before = len(list(folder.iterdir()))

    for number in range(5):
        date = f"2024-04-02T10:{number:02}:00+00:00"
        built.comment("elk", f"n{number}", f"Number {number}.", date=date)
        assert build(builder, built)["swift"]

    assert len(list(folder.iterdir())) == before
    assert builder.differences(built, now=NOW) == []


def test_pages_that_were_drawn_again_can_be_drawn_again(built: Blog, builder: Builder) -> None:
    for number in range(4):
        date = f"2024-04-02T10:{number:02}:00+00:00"
        built.comment("elk", f"n{number}", f"Number {number}.", date=date)
        assert build(builder, built)["swift"]

    assert builder.differences(built, now=NOW) == []


def test_a_comment_that_was_only_touched_changes_nothing(built: Blog, builder: Builder) -> None:
    for path in (built.root / "content").rglob("*.md"):
        path.touch()

    result = build(builder, built)

    assert result["current"]
    assert build(builder, built)["current"]


def other_header(blog: Blog) -> None:
    blog.article("dog", "Words of dog.", status="draft", date="2024-03-04 10:00", tags="red, blue")


def other_template(blog: Blog) -> None:
    blog.write("theme/templates/nav.html", TEMPLATES["nav"] + "!")


def other_setting(blog: Blog) -> None:
    blog.set(SITENAME="Other")


def spoilt_page(blog: Blog) -> None:
    (blog.output / "cat.html").write_text("spoilt", "utf-8")


def stray_file(blog: Blog) -> None:
    blog.write("content/comments/notes.txt", "Remember the milk.")


def folder_in_folder(blog: Blog) -> None:
    blog.write("content/comments/cat/old/one.txt", "Old.")


def lost_memory(blog: Blog) -> None:
    for path in (blog.root / ".tipsblog/build").glob("drawn-*"):
        path.unlink()


def damaged_memory(blog: Blog) -> None:
    for path in (blog.root / ".tipsblog/build").glob("drawn-*"):
        path.write_bytes(b"no database" * 1000)


@pytest.mark.parametrize(
    "also",
    [
        *(other_header, other_template, other_setting, spoilt_page, stray_file, folder_in_folder),
        *(lost_memory, damaged_memory),
    ],
)
def test_more_than_a_comment_is_left_to_pelican(
    built: Blog, builder: Builder, also: Callable[[Blog], None]
) -> None:
    built.comment("cat", "two", date="2024-04-02T10:00:00+00:00")
    also(built)

    result = build(builder, built)

    assert not result["swift"]
    assert result["why"] or also in (spoilt_page,)
    assert builder.differences(built, now=NOW) == []
    assert build(builder, built)["current"]


@pytest.mark.parametrize(
    "line",
    [
        "RELATIVE_URLS = True",
        "PLUGINS = ['tipsblog', 'stranger']",
        "JINJA_FILTERS = {'shout': lambda text: text.upper()}",
        "DEFAULT_DATE = 'fs'",
    ],
)
def test_a_blog_of_which_not_all_is_known_is_left_to_pelican(
    built: Blog, builder: Builder, line: str
) -> None:
    built.write("strange/stranger.py", "def register():\n    pass\n")
    built.set(PLUGIN_PATHS=[*built.settings["PLUGIN_PATHS"], str(built.root / "strange")])
    with (built.root / "pelicanconf.py").open("a") as file:
        file.write(line)
    build(builder, built)

    built.comment("cat", "two", "Very *new*.", date="2024-04-02T10:00:00+00:00")
    result = build(builder, built)

    assert not result["swift"]
    assert "<em>new</em>" in read(built, "cat.html")
    assert builder.differences(built, now=NOW) == []


def test_what_no_page_read_before_is_left_to_pelican(blog: Blog, builder: Builder) -> None:
    more = "{% if article.discussion.count > 1 %}{{ article.relative_source_path }}{% endif %}"
    template = TEMPLATES["article"].replace("{% include", f"{more}{{% include")
    blog.write("theme/templates/article.html", template)
    blog.article("ant")
    blog.comment("ant", "one")
    build(builder, blog)

    blog.comment("ant", "two", date="2024-04-02T10:00:00+00:00")
    first = build(builder, blog)
    blog.comment("ant", "three", date="2024-04-03T10:00:00+00:00")
    second = build(builder, blog)

    assert not first["swift"]
    assert "relative_source_path" in first["why"]
    assert second["swift"]
    assert "articles/ant.md" in read(blog, "ant.html")
    assert builder.differences(blog, now=NOW) == []


def test_the_first_comment_on_a_closed_article_brings_a_feed(built: Blog, builder: Builder) -> None:
    built.article("gnu", date="2024-03-08 10:00", comments="closed")
    build(builder, built)

    built.comment("gnu", "one", date="2024-04-02T10:00:00+00:00")
    result = build(builder, built)

    assert not result["swift"]
    assert "feeds/comments/gnu.atom" in result["written"]
    assert builder.differences(built, now=NOW) == []


@pytest.mark.parametrize(
    "text", ["Author Bo\n\nNo colon.\n", "Author: Bo\n\nNo date.\n", "Staus: held\n\nx\n"]
)
def test_a_comment_that_does_not_read_is_named_as_ever(
    built: Blog, builder: Builder, text: str
) -> None:
    path = built.write("content/comments/cat/bad.md", text)

    first, second = builder.build(built, now=NOW), builder.build(built, now=NOW)

    assert "bad.md" in str(first)
    assert first["error"]
    assert second["error"]
    path.unlink()
    assert not build(builder, built)["written"]
    assert builder.differences(built, now=NOW) == []


def test_comments_on_no_article_are_named_as_ever(built: Blog, builder: Builder) -> None:
    built.comment("nobody", "one")

    result = builder.build(built, now=NOW)

    assert result["error"]
    assert "nobody" in str(result["messages"])


def test_after_a_full_build_one_more_takes_pelican(built: Blog, builder: Builder) -> None:
    build(builder, built, full=True)

    taken = []
    for number in range(3):
        date = f"2024-04-02T10:{number:02}:00+00:00"
        built.comment("fox", f"n{number}", date=date)
        taken.append(build(builder, built)["swift"])

    assert taken == [False, True, True]
    assert builder.differences(built, now=NOW) == []


def test_each_output_folder_follows_by_itself(built: Blog, builder: Builder) -> None:
    other = str(built.root / "other")
    build(builder, built, output=other)
    built.comment("cat", "two", date="2024-04-02T10:00:00+00:00")

    assert build(builder, built)["swift"]
    assert build(builder, built, output=other)["swift"]

    assert compare(built.output, built.root / "other") == []
    assert builder.differences(built, now=NOW) == []


def test_the_clock_is_asked_first(built: Blog, builder: Builder) -> None:
    built.set(TIPSBLOG_CLOSE_AFTER_DAYS=100)
    build(builder, built)
    built.comment("cat", "two", date="2024-04-02T10:00:00+00:00")

    later = NOW + 60 * 86400
    result = builder.build(built, now=later)

    assert not result["swift"]
    assert builder.differences(built, now=later) == []


#: More by hand: TIPSBLOG_KILLS=50
@pytest.mark.parametrize("seed", range(int(os.environ.get("TIPSBLOG_KILLS", "5"))))
def test_a_swift_build_killed_at_any_moment_is_made_right_by_the_next(
    built: Blog, builder: Builder, seed: int
) -> None:
    def change() -> None:
        for name in NAMES:
            built.comment(name, "two", date="2024-04-02T10:00:00+00:00")

    check_killed(built, builder, random.Random(seed).randrange(60), change)


class Comments(Walk):
    """Most changes are of comments."""

    def changes(self) -> list[Callable[[], str]]:
        changes = [self.add, self.add, self.add, self.change, self.decide, self.remove, self.other]
        return [*changes, *[self.add] * 8] if self.judged else changes

    def comments(self) -> list[Path]:
        return sorted((self.blog.root / "content/comments").glob("*/*.md"))

    def add(self) -> str:
        name = self.chance.choice(NAMES)
        here = [path.stem for path in self.comments() if path.parent.name == name]
        words = ["Thanks.", "I *did* it so, too.", "# No head\n\n- a\n- b", "é <b>語</b>", "`x`\ny"]
        fields = {
            "author": self.chance.choice(["Bo", "", "Ada & <Co>", "Mia"]),
            "date": self.date(),
            "status": self.chance.choice(["published", "published", "held", "deleted"]),
            "parent": self.chance.choice(["", *here]),
        }
        if self.judged and self.chance.random() < 0.9:
            fields["status"] = ""
        elif self.chance.random() < 0.2:
            fields["date"] = "2024-04-01T09:00:00+00:00"
        self.blog.comment(name, f"c{self.count}", self.chance.choice(words), **fields)
        return f"add to {name}: {fields}"

    def change(self) -> str:
        if paths := self.comments():
            path = self.chance.choice(paths)
            path.write_text(path.read_text("utf-8") + f"\nMore {self.count}.\n", "utf-8")
            return f"change {path.parent.name}/{path.stem}"
        return "change nothing"

    def decide(self) -> str:
        if paths := self.comments():
            path = self.chance.choice(paths)
            status = self.chance.choice(["published", "held", "spam", "deleted"])
            lines = path.read_text("utf-8").split("\n")
            rest = [line for line in lines if not line.startswith("Status:")]
            path.write_text("\n".join([f"Status: {status}", *rest]), "utf-8")
            return f"decide {path.parent.name}/{path.stem}: {status}"
        return "decide nothing"

    def remove(self) -> str:
        if paths := self.comments():
            path = self.chance.choice(paths)
            path.unlink()
            if self.chance.random() < 0.5 and not list(path.parent.iterdir()):
                path.parent.rmdir()
            return f"remove {path.parent.name}/{path.stem}"
        return "remove nothing"

    def other(self) -> str:
        name, kind = self.chance.choice(NAMES), self.chance.randrange(5)
        day = NAMES.index(name) + 1
        if kind == 0:
            self.blog.article(name, f"Text {self.count}.", date=f"2024-03-{day:02} 10:00")
        elif kind == 1:
            self.rework_a_template()
        elif kind == 2:
            self.touch_all()
        elif kind == 3:
            for path in self.comments():
                text = path.read_text("utf-8").replace("Status: \n", "Status: published\n")
                path.write_text(text, "utf-8")
        else:
            self.spoil(name)
        return f"other {kind} {name}"


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_becomes_of_comments_the_site_is_what_pelican_makes(
    built: Blog, builder: Builder, part: int
) -> None:
    taken = Comments(built, part).walk(builder)

    assert taken[True, True] > taken[True, False] // 2
