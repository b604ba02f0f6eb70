"""There and back, for every format and every field that it can carry."""

from __future__ import annotations

import io
from dataclasses import fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from carried import ARTICLE, COMMENT, articles, comments
from exports import real
from hypothesis import HealthCheck, assume, given, settings

from strategies import blogs
from tipsblog.comments.model import Comment, Status
from tipsblog.formats import blogger, blogger_out, directory, native, wxr, wxr_out
from tipsblog.formats.importing import bring_in
from tipsblog.formats.leaving import resolved
from tipsblog.formats.memory import Memory
from tipsblog.formats.model import Article, Blog, Kind, State
from tipsblog.formats.render import article_renderer, renderer
from tipsblog.formats.source import load, recognise

slow = settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow], deadline=None)
render = renderer({}, checklists=True)


def through_json(blog: Blog) -> Blog:
    file = io.StringIO()
    native.dump(blog, file)
    return native.load(io.BytesIO(file.getvalue().encode()), "blog.json").blog


def through_files(blog: Blog, *, markdown: bool = False) -> directory.Folder:
    with TemporaryDirectory() as folder:
        bring_in(blog, Memory(Path(folder)), render=render if markdown else None)
        return directory.read(Path(folder), {"SITEURL": blog.url, "PAGE_PATHS": ["pages"]} | HERE)


HERE = {"ARTICLE_PATHS": ["articles"], "SITENAME": "Tips"}
DUMPS = {
    "blogger": (blogger_out.dump, blogger.load),
    "wordpress": (wxr_out.dump, wxr.load),
    "disqus": (wxr_out.dump_for_disqus, wxr.load),
}


def through(format: str, folder: directory.Folder) -> Blog:
    dump, read = DUMPS[format]
    blog = replace(folder.blog, comments=tuple(resolved(folder.blog.comments, {})))
    file = io.StringIO()
    dump(blog, file, article_renderer(replace(folder, blog=blog), HERE))
    data = file.getvalue().encode()
    assert recognise(data, "x")[1] is read
    return read(io.BytesIO(data), "x").blog


def leaving(format: str, blog: Blog) -> Blog:
    """What of a blog `format` has a place for at all."""
    blog = replace(blog, comments=tuple(resolved(blog.comments, {})))
    if format == "wordpress":
        return blog
    gone = {Status.HELD, Status.SPAM} if format == "blogger" else {Status.SPAM, Status.DELETED}
    kept = [comment for comment in blog.comments if comment.status not in gone]
    if format == "blogger":
        return replace(blog, comments=tuple(kept))
    kept = [comment for comment in kept if len(wxr_out.in_lines(comment)) >= 3]
    public = {a.key for a in blog.articles if a.state is State.PUBLISHED and a.path}
    kept = [comment for comment in kept if comment.article in public]
    used = {comment.article for comment in kept}
    known = tuple(article for article in blog.articles if article.key in used)
    return replace(blog, articles=known, comments=tuple(kept))


@given(blogs())
def test_our_json_loses_nothing(blog: Blog) -> None:
    assert through_json(blog) == blog


@slow
@given(blogs())
def test_files_lose_nothing(blog: Blog) -> None:
    back = through_files(blog).blog

    assert articles(back, "files") == articles(through_tidy(blog), "files")
    assert comments(back, "files") == comments(blog, "files")


def through_tidy(blog: Blog) -> Blog:
    from tipsblog.formats.html import tidy

    tidied = tuple(replace(article, body=tidy(article.body)) for article in blog.articles)
    return replace(blog, articles=tidied)


@pytest.mark.parametrize("format", DUMPS)
@slow
@given(blog=blogs())
def test_what_a_format_carries_comes_back(format: str, blog: Blog) -> None:
    assume(all(comment.author != "Anonymous" for comment in blog.comments))
    folder = through_files(blog, markdown=True)

    back = through(format, folder)

    expected = leaving(format, folder.blog)
    assert articles(back, format) == articles(expected, format)
    assert comments(back, format) == comments(expected, format)


REAL = (
    "exports/blogger-classic-long-threads.xml",
    "exports/blogger-classic-replies-drafts.xml",
    "exports/blogger-classic-french-small.xml",
    "exports/blogger-classic-minimal.xml",
    "exports/blogger-takeout-held-comments.atom",
    "exports/wordpress-wxr-threads.xml",
    "exports/wordpress-wxr-small.xml",
    "source-blog/blog-export.xml",
)


@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize("format", [*DUMPS, "json"])
def test_real_blogs_come_back_from_files_and_from_every_format(name: str, format: str) -> None:
    blog = load(real(name)).loaded.blog
    # What no article shows stays behind.
    shown = {article.key for article in blog.articles if article.kind is Kind.ARTICLE}
    kept = tuple(comment for comment in blog.comments if comment.article in shown)
    blog = replace(
        blog,
        url=blog.url or "https://old.example.org/",
        articles=tuple(article for article in blog.articles if article.kind is not Kind.THREAD),
        comments=tuple(replace(c, status=c.status or Status.PUBLISHED) for c in kept),
    )
    folder = through_files(blog, markdown=True)

    back = through_json(folder.blog) if format == "json" else through(format, folder)

    if format == "json":
        assert back == folder.blog
    else:
        expected = leaving(format, folder.blog)
        assert articles(back, format) == articles(expected, format)
        assert comments(back, format) == comments(expected, format)


def test_the_readmes_table_says_what_these_tests_check() -> None:
    text = (Path(native.__file__).parent / "README.md").read_text(encoding="utf-8")
    formats = ("json", "blogger", "wordpress", "disqus")
    rows = {}
    for line in text.splitlines():
        cells = [cell.strip(" `") for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == len(formats) + 1:
            rows[cells[0]] = [cell.startswith("yes") for cell in cells[1:]]
    assert set(ARTICLE["json"].split()) == {f.name for f in fields(Article)} - {"format"}
    assert set(COMMENT["json"].split()) == {f.name for f in fields(Comment)}
    for kind, table in (("article", ARTICLE), ("comment", COMMENT)):
        for name in table["json"].split():
            carried = [name in table[format].split() for format in formats]
            assert rows[f"{kind} {name}"] == carried, f"{kind} {name}"
