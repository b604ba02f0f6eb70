"""`tipsblog check`, on small blogs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tipsblog.cli import cli

SETTINGS = 'PATH = "content"\nARTICLE_PATHS = ["articles"]\nSLUGIFY_SOURCE = "basename"\n'
HEADER = "Title: X\nDate: 2026-03-05\n"


class Blog:
    """A blog in a temporary folder, and what the check says of it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("pelicanconf.py", SETTINGS)

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def article(self, body: str, name: str = "x", header: str = HEADER) -> None:
        self.write(f"content/articles/{name}.md", f"{header}\n{body}\n")

    def check(self, *options: str) -> tuple[int, str]:
        settings = str(self.root / "pelicanconf.py")
        done = CliRunner().invoke(cli, ["check", "-s", settings, *options])
        return done.exit_code, done.output.replace(f"{self.root}/content/", "")

    @property
    def locked(self) -> dict[str, dict[str, str]]:
        data: dict[str, dict[str, str]] = json.loads(
            (self.root / "content/checklists.lock.json").read_text(encoding="utf-8")
        )
        return data


@pytest.fixture
def blog(tmp_path: Path) -> Blog:
    return Blog(tmp_path)


def test_a_blog_in_order_passes_and_its_keys_are_kept(blog: Blog) -> None:
    blog.article("- [ ] Agree on a price\n- [ ] Name a day {#day}")

    code, said = blog.check()

    assert code == 0
    assert "1 articles and pages with 1 checklists: no problems." in said
    assert blog.locked == {"x": {"agree-on-a-price": "Agree on a price", "day": "Name a day"}}


def test_a_second_run_changes_nothing(blog: Blog) -> None:
    blog.article("- [ ] Agree on a price")
    blog.check()

    code, said = blog.check()

    assert code == 0
    assert "is up to date" not in said


def test_a_reworded_item_is_told_the_key_that_keeps_its_ticks(blog: Blog) -> None:
    blog.article("- [ ] Agree on a price")
    blog.check()
    blog.article("- [ ] Agree on a fair price")

    code, said = blog.check()

    assert code == 1
    assert 'articles/x.md:4: "Agree on a fair price" was "Agree on a price"' in said
    assert "write `- [ ] Agree on a fair price {#agree-on-a-price}`" in said
    assert blog.locked == {"x": {"agree-on-a-price": "Agree on a price"}}


def test_the_advice_helps(blog: Blog) -> None:
    blog.article("- [ ] Agree on a price")
    blog.check()

    blog.article("- [ ] Agree on a fair price {#agree-on-a-price}")

    assert blog.check()[0] == 0
    assert blog.locked == {"x": {"agree-on-a-price": "Agree on a fair price"}}


def test_a_reworded_item_may_be_accepted_as_a_new_one(blog: Blog) -> None:
    blog.article("- [ ] Agree on a price")
    blog.check()
    blog.article("- [ ] Agree on a fair price")

    assert blog.check("--accept")[0] == 0
    assert blog.check()[0] == 0
    assert blog.locked == {"x": {"agree-on-a-fair-price": "Agree on a fair price"}}


def test_a_reworded_stop_is_told_its_key_too(blog: Blog) -> None:
    header = f"{HEADER}Checklist: headings\n"
    blog.article("## First stop: No price", header=header)
    blog.check()
    blog.article("## First stop: No fixed price", header=header)

    assert "write `## First stop: No fixed price {#no-price}`" in blog.check()[1]


def test_a_new_slug_is_told_how_to_keep_the_ticks(blog: Blog) -> None:
    blog.article("- [ ] Agree on a price", "old")
    blog.check()
    (blog.root / "content/articles/old.md").unlink()
    blog.article("- [ ] Agree on a price", "new")
    assert "add the line `Checklist-Key: old`" in blog.check()[1]

    blog.article("- [ ] Agree on a price", "new", header=f"{HEADER}Checklist-Key: old\n")

    assert blog.check()[0] == 0


def test_two_items_with_one_key_are_an_error(blog: Blog) -> None:
    blog.article("- [ ] Agree on a price\n- [ ] agree on a price!")

    code, said = blog.check()

    assert code == 1
    assert 'articles/x.md:5: two items of this article have the key "agree-on-a-price"' in said
    assert not (blog.root / "content/checklists.lock.json").exists()


def test_a_draft_has_no_readers_and_no_keys_to_keep(blog: Blog) -> None:
    blog.article("- [ ] Agree on a price", header=f"{HEADER}Status: draft\n")

    assert blog.check()[0] == 0
    assert not (blog.root / "content/checklists.lock.json").exists()


def test_an_article_and_a_page_of_one_name_keep_apart(blog: Blog) -> None:
    blog.article("- [ ] Agree on a price", "about")
    blog.write("content/pages/about.md", "Title: About\n\n- [ ] Name a day\n")

    assert blog.check()[0] == 0
    assert sorted(blog.locked) == ["about", "page/about"]


def test_a_broken_lock_file_is_named_and_left_as_it_is(blog: Blog) -> None:
    blog.article("- [ ] Agree on a price")
    blog.write("content/checklists.lock.json", "{oops")

    code, said = blog.check()

    assert code == 1
    assert "checklists.lock.json: no lock file of checklists" in said
    assert (blog.root / "content/checklists.lock.json").read_text() == "{oops"


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (f"{HEADER}Staus: draft\n", 'x.md:3: unknown field "Staus" (did you mean "Status"?)'),
        (f"{HEADER}Checlist: headings\n", 'x.md:3: unknown field "Checlist" (did you mean'),
        (f"{HEADER}Status: drafft\n", 'x.md:3: unknown status "drafft" (did you mean "draft"?)'),
        ("Title: X\n", "x.md: has no date (add a line such as `Date: 2026-03-05 09:00`)"),
        ("Date: 2026-03-05\n", "x.md: has no title (begin the file with `Title: ...`)"),
    ],
)
def test_a_slip_in_the_header_is_named_with_its_line(blog: Blog, header: str, told: str) -> None:
    blog.article("Text.", header=header)

    code, said = blog.check()

    assert code == 1
    assert told in said


def test_a_field_of_another_plugin_is_nobodys_slip(blog: Blog) -> None:
    blog.article("Text.", header=f"{HEADER}Cover: x.jpg\nSeries: One\n")

    assert blog.check()[0] == 0


def test_a_link_to_no_file_is_named_with_a_suggestion(blog: Blog) -> None:
    blog.article("[a]({filename}y.md) and [b]({filename}/articles/x.md#a)\n\n`[c]({filename}z.md)`")
    blog.article("![d]({static}/images/no.png)", "yy")

    _, said = blog.check()

    assert 'x.md:4: the link {filename}y.md leads to no file (did you mean "yy.md"?)' in said
    assert "yy.md:4: the link {static}/images/no.png leads to no file" in said
    assert said.count("leads to no file") == 2


def test_a_slug_that_is_taken_is_named_with_the_other_file(blog: Blog) -> None:
    blog.article("Text.", "a", header=f"{HEADER}Slug: same\n")
    blog.article("Text.", "b", header=f"{HEADER}Slug: same\n")
    blog.article("Text.", "c", header=f"{HEADER}Slug: same\nLang: de\n")

    _, said = blog.check()

    assert 'b.md:3: the slug "same" is taken by a.md' in said
    assert said.count("is taken by") == 1


def test_an_article_called_tags_would_fall_on_the_page_of_tags(blog: Blog) -> None:
    blog.article("Text.", "tags")

    assert 'the slug "tags" is that of a page which the theme writes' in blog.check()[1]


def test_a_file_that_does_not_read_is_named_and_costs_no_key(blog: Blog) -> None:
    blog.article("- [ ] Agree on a price")
    blog.check()
    (blog.root / "content/articles/x.md").write_bytes(b"Title: \xff\n")

    code, said = blog.check()

    assert code == 1
    assert "articles/x.md: not UTF-8" in said
    assert blog.locked == {"x": {"agree-on-a-price": "Agree on a price"}}
