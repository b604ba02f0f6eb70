from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from exports import at, backup, label, post, reply

from blogs import Blog as Site
from tipsblog.cli import cli

PILLS = '<a href="https://pills.example.net/">buy cheap pills online</a> buy cheap pills'


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    site = Site(tmp_path)
    (tmp_path / "blog.xml").write_bytes(
        backup(
            post(1, more=at("/2010/05/traps.html")),
            reply(20, 1, "I agree with that."),
            reply(21, 1, PILLS, author="Pills"),
        )
    )
    monkeypatch.chdir(tmp_path)
    return site


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    return result


def test_an_import_ends_with_a_report(site: Site) -> None:
    output = run("import", "blog.xml", "--into", "content").output

    assert "Blogger, classic backup: 1 articles; comments 2 left to the filter." in output
    assert "comment traps/21: the filter would" in output
    assert "SITENAME = 'Old tips'" in output
    assert "Files: 3 new, 0 changed, 0 unchanged" in output


def test_a_label_that_can_have_no_address_is_named(site: Site) -> None:
    (site.root / "blog.xml").write_bytes(
        backup(post(1, more=label("???") + label("C++")), post(2, "More", more=label("???")))
    )

    output = run("import", "blog.xml", "--into", "content").output

    told = [line for line in output.splitlines() if line.startswith("label")]
    assert told == ['label "???": no letter or digit to make an address of; left out of 2 articles']


def test_a_dry_run_says_the_same_and_writes_nothing(site: Site) -> None:
    dry = run("import", "blog.xml", "--into", "content", "--dry-run").output

    assert not (site.root / "content").exists()
    assert dry == run("import", "blog.xml", "--into", "content").output


def test_a_file_that_cannot_be_read_is_an_error_in_one_line(site: Site) -> None:
    site.write("odd.xml", "no export")

    result = CliRunner().invoke(cli, ["import", "odd.xml"])

    assert result.exit_code == 1
    assert result.output.startswith("Error: odd.xml: is no export that this program knows (known")


def test_only_published_comments_leave_unless_more_are_asked_for(site: Site) -> None:
    run("import", "blog.xml", "--into", "content")

    run("export", "json", "--to", "out/blog.json")
    run("export", "json", "--to", "all.json", "--include", "held,spam")

    clean = json.loads((site.root / "out/blog.json").read_text(encoding="utf-8"))
    assert [c["id"] for c in clean["comments"]] == ["20"]
    everything = json.loads((site.root / "all.json").read_text(encoding="utf-8"))
    assert [c["id"] for c in everything["comments"]] == ["20", "21"]


def test_what_the_blogs_own_lists_hold_back_stays_here(site: Site) -> None:
    run("import", "blog.xml", "--into", "content")
    site.write("held.txt", "agree\n")
    settings = (site.root / "pelicanconf.py").read_text(encoding="utf-8")
    site.write("pelicanconf.py", settings + 'TIPSBLOG_SPAM_HELD_LIST = "held.txt"\n')

    run("export", "json", "--to", "blog.json")

    clean = json.loads((site.root / "blog.json").read_text(encoding="utf-8"))
    assert clean["comments"] == []


def test_an_article_with_a_key_of_its_own_keeps_its_comments(site: Site) -> None:
    run("import", "blog.xml", "--into", "content")
    file = next((site.root / "content/articles").glob("*.md"))
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("Slug: traps", "Slug: new\nComments: traps"), encoding="utf-8")

    run("export", "json", "--to", "blog.json")

    clean = json.loads((site.root / "blog.json").read_text(encoding="utf-8"))
    assert [(c["article"], c["id"]) for c in clean["comments"]] == [("new", "20")]


@pytest.mark.parametrize("format", ["blogger", "wordpress", "disqus", "json"])
def test_what_was_exported_can_be_imported_again(format: str, site: Site) -> None:
    run("import", "blog.xml", "--into", "content")
    run("export", format, "--to", "out.xml")

    output = run("import", "out.xml", "--into", "again").output

    assert "1 articles; comments 1 " in output
    assert "2010/05/traps.html" in next(site.root.glob("again/articles/*.md")).read_text()


def test_redirects_are_written_where_the_build_takes_them(site: Site) -> None:
    run("import", "blog.xml", "--into", "content", "--new-paths")

    run("redirects")

    lines = (site.root / "content/extra/_redirects").read_text().splitlines()
    assert "/2010/05/traps.html /traps.html 301" in lines
    assert "/feeds/posts/default /feeds/posts.atom 301" in lines


def test_e_mail_addresses_can_be_left_behind(site: Site) -> None:
    named = reply(30, 1).replace("noreply@blogger.com", "ann@example.org")
    site.root.joinpath("blog.xml").write_bytes(backup(post(1), named))

    kept = run("import", "blog.xml", "--into", "kept").output
    run("import", "blog.xml", "--into", "dropped", "--without-emails")

    assert "Comments with an e-mail address in their file: 1" in kept
    assert "Email: ann@example.org" in (site.root / "kept/comments/traps/30.md").read_text()
    assert "Email" not in (site.root / "dropped/comments/traps/30.md").read_text()
