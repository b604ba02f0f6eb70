from __future__ import annotations

import io

import pytest
from exports import PROFILE, at, backup, label, post, real, reply

from tipsblog.comments.model import Remover, Role, Status
from tipsblog.errors import TipsblogError
from tipsblog.formats.blogger import load
from tipsblog.formats.model import Loaded, State


def loaded(*entries: str) -> Loaded:
    return load(io.BytesIO(backup(*entries)), "blog.xml")


def notes(result: Loaded) -> list[str]:
    return [f"{note.entry}: {note.text}" for note in result.notes]


def test_a_post_keeps_its_date_author_labels_and_path() -> None:
    blog = loaded(post(1, more=at("/2010/05/traps.html") + label("b, c") + label("a"))).blog

    (article,) = blog.articles
    assert article.key == "traps"
    assert article.title == "Traps"
    assert article.published.isoformat() == "2010-05-01T08:00:00-07:00"
    assert article.author == "Holly"
    assert article.labels == ("b, c", "a")
    assert article.path == "/2010/05/traps.html"
    assert (blog.title, blog.url) == ("Old tips", "http://old.example.org/")


def test_posts_at_paths_with_the_same_end_are_kept_apart() -> None:
    blog = loaded(
        post(2, more=at("/2010/06/blog-post.html")), post(1, more=at("/2010/05/blog-post.html"))
    ).blog

    assert [(a.key, a.path) for a in blog.articles] == [
        ("blog-post", "/2010/05/blog-post.html"),
        ("blog-post-2010-05", "/2010/06/blog-post.html"),
    ]


def test_a_comment_keeps_its_parent_author_and_id_and_is_left_to_the_filter() -> None:
    answers = "<link rel='related' href='https://www.blogger.com/feeds/1/1/comments/default/20'/>"
    blog = loaded(
        post(1), reply(21, 1, uri="http://ann.example.org/", more=answers), reply(20, 1)
    ).blog

    first, second = blog.comments
    assert (first.id, first.article, first.parent, first.website) == ("20", "traps", "", "")
    assert (second.id, second.parent, second.website) == ("21", "20", "http://ann.example.org/")
    assert second.status is None
    assert second.email == ""


def test_who_comments_on_their_own_article_is_its_author() -> None:
    blog = loaded(post(1), reply(20, 1, uri=PROFILE + "1"), reply(21, 1, uri=PROFILE + "2")).blog

    assert [comment.role for comment in blog.comments] == [Role.AUTHOR, Role.READER]


@pytest.mark.parametrize(
    ("sentence", "by"),
    [
        ("This comment has been removed by the author.", Remover.AUTHOR),
        ("This comment has been removed by a blog administrator.", Remover.ADMINISTRATOR),
        ("Ce commentaire a été supprimé par l'auteur.", Remover.AUTHOR),
    ],
)
def test_a_removed_comment_keeps_its_place_and_who_removed_it(sentence: str, by: Remover) -> None:
    gone = "<gd:extendedProperty name='blogger.contentRemoved' value='true'/>"
    (comment,) = loaded(post(1), reply(20, 1, body=sentence, more=gone)).blog.comments

    assert (comment.status, comment.removed_by, comment.body) == (Status.DELETED, by, "")


def test_a_comment_that_names_no_post_is_found_by_its_own_address() -> None:
    own = "<link rel='self' href='http://www.blogger.com/feeds/1/1/comments/default/20'/>"
    entry = reply(20, 1, more=own).replace(
        "<thr:in-reply-to ref='tag:blogger.com,1999:blog-1.post-1'/>", ""
    )

    assert loaded(post(1), entry).blog.comments[0].article == "traps"


def test_a_broken_entry_is_named_and_the_others_come_in() -> None:
    broken = reply(21, 1).replace("</content>", "</contents>")
    result = loaded(post(1), reply(20, 1), broken, reply(22, 1))

    assert [comment.id for comment in result.blog.comments] == ["20", "22"]
    assert notes(result) == [
        "tag:blogger.com,1999:blog-1.post-21: line 3: no well-formed XML: mismatched tag"
    ]


def test_undeclared_prefixes_and_a_stray_first_byte_do_no_harm() -> None:
    data = backup(post(1), reply(20, 1)).replace(
        b"xmlns:thr='http://purl.org/syndication/thread/1.0'", b""
    )

    assert len(load(io.BytesIO(b"\x7f\n" + data), "blog.xml").blog.comments) == 1


def test_a_truncated_backup_keeps_what_is_whole() -> None:
    data = backup(post(1), reply(20, 1), reply(21, 1))
    result = load(io.BytesIO(data[: data.rindex(b"<author>")]), "blog.xml")

    assert [comment.id for comment in result.blog.comments] == ["20"]
    assert notes(result) == [
        "tag:blogger.com,1999:blog-1.post-21: line 3: the file ends in the middle"
    ]


@pytest.mark.parametrize(
    "bomb",
    [
        "<!DOCTYPE a [<!ENTITY b 'c'><!ENTITY d '&b;&b;&b;&b;'>]>",
        "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>",
    ],
)
def test_a_file_that_declares_entities_is_refused(bomb: str) -> None:
    data = bomb.encode() + backup(post(1)).partition(b"?>")[2]

    with pytest.raises(TipsblogError, match=r"bomb\.xml: declares XML entities"):
        load(io.BytesIO(data), "bomb.xml")


@pytest.mark.parametrize(
    ("name", "articles", "pages", "drafts", "comments", "answers"),
    [
        ("exports/blogger-classic-long-threads.xml", 92, 0, 0, 112, 0),
        ("exports/blogger-classic-replies-drafts.xml", 9, 2, 2, 6, 3),
        ("exports/blogger-classic-french-small.xml", 4, 0, 0, 1, 0),
        ("exports/blogger-classic-minimal.xml", 3, 0, 0, 2, 0),
        ("source-blog/blog-export.xml", 2, 0, 0, 3, 0),
    ],
)
def test_real_backups_come_in_whole(
    name: str, articles: int, pages: int, drafts: int, comments: int, answers: int
) -> None:
    with real(name).open("rb") as file:
        blog = load(file, name).blog

    assert sum(article.kind == "article" for article in blog.articles) == articles
    assert sum(article.kind == "page" for article in blog.articles) == pages
    assert sum(article.state is State.DRAFT for article in blog.articles) == drafts
    assert len(blog.comments) == comments
    assert sum(bool(comment.parent) for comment in blog.comments) == answers
