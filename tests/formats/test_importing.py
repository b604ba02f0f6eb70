from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from exports import real

from blogs import Blog as Site
from makers import article, comment
from tipsblog.formats import blogger
from tipsblog.formats.importing import Report, bring_in
from tipsblog.formats.memory import Memory, Outcome
from tipsblog.formats.model import Article, Blog, Kind, State
from tipsblog.formats.render import renderer


def into(folder: Path, blog: Blog, *, dry_run: bool = False) -> Report:
    render = renderer({}, checklists=True)
    return bring_in(blog, Memory(folder, dry_run=dry_run), render=render)


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


BLOG = Blog(
    articles=(article("traps"), article("about", kind=Kind.PAGE)),
    comments=(comment("c1", article="traps"), comment("c2", article="gone")),
)


def test_each_article_page_and_comment_becomes_a_file(tmp_path: Path) -> None:
    report = into(tmp_path, BLOG)

    assert sorted(files(tmp_path)) == [
        ".tipsblog-import.json",
        "articles/traps.md",
        "comments/traps/c1.md",
        "pages/about.md",
        "unplaced/gone/c2.md",
    ]
    assert report.outcomes[Outcome.NEW] == 4


def test_importing_twice_changes_nothing(tmp_path: Path) -> None:
    into(tmp_path, BLOG)
    before = files(tmp_path)

    report = into(tmp_path, BLOG)

    assert files(tmp_path) == before
    assert {outcome for outcome, count in report.outcomes.items() if count} == {Outcome.SAME}


def test_a_dry_run_writes_nothing_and_counts_the_same(tmp_path: Path) -> None:
    report = into(tmp_path / "content", BLOG, dry_run=True)

    assert report.outcomes[Outcome.NEW] == 4
    assert not (tmp_path / "content").exists()


def test_what_a_person_edited_or_took_away_stays_so(tmp_path: Path) -> None:
    into(tmp_path, BLOG)
    edited, removed = tmp_path / "articles/traps.md", tmp_path / "comments/traps/c1.md"
    edited.write_text("Title: Mine\n\nMy own words.\n")
    removed.unlink()

    report = into(tmp_path, BLOG)

    assert edited.read_text() == "Title: Mine\n\nMy own words.\n"
    assert not removed.exists()
    assert report.kept == [Path("articles/traps.md")]
    assert report.removed == [Path("comments/traps/c1.md")]


def test_a_later_export_changes_what_nobody_edited(tmp_path: Path) -> None:
    into(tmp_path, BLOG)
    later = replace(BLOG, articles=(article("traps", body="<p>Better.</p>"), BLOG.articles[1]))

    report = into(tmp_path, later)

    assert report.outcomes[Outcome.CHANGED] == 1
    assert "Better." in (tmp_path / "articles/traps.md").read_text()


def test_an_article_that_was_there_before_keeps_its_file(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles/traps.md").write_text("Title: Older\n\nMine.\n")

    report = into(tmp_path, BLOG)
    again = into(tmp_path, BLOG)

    assert (tmp_path / "articles/traps.md").read_text() == "Title: Older\n\nMine.\n"
    assert "Words." in (tmp_path / "articles/traps-2.md").read_text()
    assert (tmp_path / "comments/traps-2/c1.md").exists()
    assert report.moved == again.moved == [("traps", "traps-2")]
    assert again.outcomes[Outcome.SAME] == 4


HOSTILE = {
    "called Tags": article(title="Tags", path="/2010/05/tags.html"),
    "a title of mark-up": article(title='<script>alert(1)</script> & "x" [a](b) *c* {{ d }}'),
    "a title like a field": article(title="Status: draft"),
    "an author without letters": article(author="☃ ***"),
    "an author with commas": article(author="Day, Holly; & Sons"),
    "labels with commas": article(labels=("a, b", "c; d", "C++", "???", "e")),
    "one label with a comma": article(labels=("a, b",)),
    "no body": article(body=""),
    "unclosed elements": article(body="<div><b>One<p>Two</b></div></div></p> <td>Three"),
    "Pelican's own links": article(body='<a href="{filename}x.md">x</a> <img src="|static|y">'),
    "an image without text": article(body='<img src="http://a.example.org/b.png" alt="">'),
    "a script with templates": article(body="<script>x='<a href=\"{{url}}\">'</script>"),
    "Markdown's own marks": article(body="<p>* a\n\n    b\n\n# c</p>\n\n[x]: y\n\n- [ ] z"),
    "a comment in the text": article(body="<p>a</p><!-- <div> --><p>b</p>"),
    "a draft": article(state=State.DRAFT, path="/x.html"),
    "a draft page": article(state=State.DRAFT, kind=Kind.PAGE),
    "a page": article(kind=Kind.PAGE, path="/p/x y.html"),
    "letters outside ASCII": article(title="Гири", path="/2013/02/гири.html", labels=("спорт",)),
}


@pytest.mark.parametrize("given", HOSTILE.values(), ids=HOSTILE.keys())
def test_whatever_comes_in_can_be_built(given: Article, tmp_path: Path) -> None:
    site = Site(tmp_path)
    into(tmp_path / "content", Blog(articles=(given,), comments=(comment("c1"),)))

    built = site.build()

    assert built.code == 0, built.log


def test_an_article_is_built_at_its_old_path_with_its_text_whole(tmp_path: Path) -> None:
    site = Site(tmp_path)
    body = '<p>One <b>two</b></p>\n\n    <p>{{ x }} *three*</p><div><img alt="" src="/a.png"></div>'
    into(tmp_path / "content", Blog(articles=(article(body=body, path="/2010/05/x.html"),)))

    page = site.build().page("2010/05/x.html")

    assert [p.text for p in page.iter("p")][:2] == ["One ", "{{ x }} *three*"]
    assert {"alt": "", "src": "/a.png"}.items() <= page.find(".//img").attrib.items()


def test_the_source_blog_builds_at_its_old_paths(tmp_path: Path) -> None:
    data = real("source-blog/blog-export.xml").read_bytes()
    site = Site(tmp_path)
    into(tmp_path / "content", blogger.load(io.BytesIO(data), "blog-export.xml").blog)

    built = site.build()

    assert built.code == 0, built.log
    assert "No comments:" in built.read("2010/04/outsourcing-traps.html")
    second = built.read("2010/05/5-outsourcing-mistakes-you-should-never.html")
    assert "2 comments:" in second
    assert "virtual friend" in second
    assert "Jayson" in second
