from __future__ import annotations

import io
from pathlib import Path

import pytest
from exports import real

from tipsblog.comments.model import Role, Status
from tipsblog.formats.disqus import load
from tipsblog.formats.importing import bring_in
from tipsblog.formats.memory import Memory
from tipsblog.formats.model import Loaded


def thread(number: int, link: str, author: str = "mara") -> str:
    return (
        f'<thread dsq:id="{number}"><id/><link>{link}</link><title>Traps</title>'
        "<createdAt>2013-02-12T16:29:45Z</createdAt><author><name>Mara</name>"
        f"<isAnonymous>false</isAnonymous><username>{author}</username></author></thread>"
    )


def post(number: int, under: int, *, parent: int = 0, user: str = "", more: str = "") -> str:
    above = f'<parent dsq:id="{parent}"/>' if parent else ""
    anonymous = "false" if user else "true"
    return (
        f'<post dsq:id="{number}"><message><![CDATA[<p>Yes.</p>]]></message>'
        f"<createdAt>2013-10-10T19:20:{number:02}Z</createdAt>{more}<author><name>Ann</name>"
        f"<isAnonymous>{anonymous}</isAnonymous><username>{user}</username></author>"
        f'<thread dsq:id="{under}"/>{above}</post>'
    )


def read(*elements: str) -> Loaded:
    text = (
        '<?xml version="1.0"?><disqus xmlns="http://disqus.com" '
        'xmlns:dsq="http://disqus.com/disqus-internals">' + "\n".join(elements) + "</disqus>"
    )
    return load(io.BytesIO(text.encode()), "disqus.xml")


def test_threads_of_one_path_are_one_and_unused_ones_stay_out() -> None:
    blog = read(
        thread(1, "https://a.example.org/2010/05/traps.html"),
        thread(2, "http://localhost:8000/2010/05/traps.html?x=1#y"),
        thread(3, "http://localhost:8000/2010/05/traps.html"),
        post(10, 1),
        post(11, 3, parent=10),
    ).blog

    assert [article.path for article in blog.articles] == ["/2010/05/traps.html"]
    assert [(c.article, c.parent) for c in blog.comments] == [("traps", ""), ("traps", "10")]


def test_statuses_and_the_authors_own_are_kept() -> None:
    blog = read(
        thread(1, "https://a.example.org/x.html"),
        post(10, 1, more="<isSpam>true</isSpam>"),
        post(11, 1, more="<isDeleted>true</isDeleted>"),
        post(12, 1, user="mara"),
    ).blog

    assert [c.status for c in blog.comments] == [Status.SPAM, Status.DELETED, None]
    assert blog.comments[2].role is Role.AUTHOR


@pytest.mark.parametrize(
    "header",
    ["Slug: other\nUrl: 2010/05/traps.html", "Slug: traps", "Slug: new\nComments: traps"],
)
def test_comments_go_under_the_article_that_is_there(header: str, tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles/any.md").write_text(f"Title: Any\nDate: 2010-05-01\n{header}\n\nText.\n")
    blog = read(thread(1, "https://a.example.org/2010/05/traps.html"), post(10, 1)).blog

    report = bring_in(blog, Memory(tmp_path))

    key = "other" if "other" in header else "traps"
    assert (tmp_path / f"comments/{key}/10.md").exists()
    assert report.unplaced == 0


@pytest.mark.parametrize(
    ("name", "comments", "replies", "deleted", "spam"),
    [("disqus-export.xml", 209, 118, 4, 1), ("disqus-export-small.xml", 6, 2, 1, 0)],
)
def test_real_exports_come_in_whole(
    name: str, comments: int, replies: int, deleted: int, spam: int
) -> None:
    with real(f"exports/{name}").open("rb") as file:
        blog = load(file, name).blog

    assert len(blog.comments) == comments
    assert sum(bool(c.parent) for c in blog.comments) == replies
    assert sum(c.status is Status.DELETED for c in blog.comments) == deleted
    assert sum(c.status is Status.SPAM for c in blog.comments) == spam
