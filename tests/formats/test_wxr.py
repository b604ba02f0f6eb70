from __future__ import annotations

import io

import pytest
from exports import real

from tipsblog.comments.model import Role, Status
from tipsblog.formats.model import Kind, Loaded, State
from tipsblog.formats.wordpress import paragraphs
from tipsblog.formats.wxr import load


def wxr(*items: str, version: str = "1.2", head: str = "") -> bytes:
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        f'xmlns:wp="http://wordpress.org/export/{version}/"><channel><title>Old</title>'
        f"<link>https://old.example.org</link>{head}\n" + "\n".join(items) + "\n</channel></rss>"
    ).encode()


def item(number: int, more: str = "", *, kind: str = "post", status: str = "publish") -> str:
    return (
        f"<item><title>Post {number}</title><link>https://old.example.org/2011/{number}/</link>"
        "<dc:creator>mara</dc:creator><content:encoded><![CDATA[One\n\nTwo\nthree]]>"
        f"</content:encoded><wp:post_id>{number}</wp:post_id>"
        "<wp:post_date>2011-02-23 14:00:00</wp:post_date>"
        "<wp:post_date_gmt>2011-02-23 12:00:00</wp:post_date_gmt>"
        f"<wp:post_name>post-{number}</wp:post_name><wp:status>{status}</wp:status>"
        f"<wp:post_type>{kind}</wp:post_type>{more}</item>"
    )


def comment(
    number: int, approved: str = "1", parent: int = 0, user: int = 0, more: str = ""
) -> str:
    return (
        f"\n<wp:comment><wp:comment_id>{number}</wp:comment_id>"
        "<wp:comment_author><![CDATA[Ann]]></wp:comment_author>"
        "<wp:comment_author_email>ann@example.org</wp:comment_author_email>"
        "<wp:comment_author_IP>192.0.2.1</wp:comment_author_IP>"
        f"<wp:comment_date_gmt>2011-03-01 10:00:{number:02}</wp:comment_date_gmt>"
        "<wp:comment_content><![CDATA[Some]]></wp:comment_content>"
        f"<wp:comment_approved>{approved}</wp:comment_approved>"
        f"<wp:comment_parent>{parent}</wp:comment_parent>"
        f"<wp:comment_user_id>{user}</wp:comment_user_id>{more}</wp:comment>"
    )


def read(*items: str, **given: str) -> Loaded:
    return load(io.BytesIO(wxr(*items, **given)), "wp.xml")


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
def test_each_version_is_read(version: str) -> None:
    blog = read(item(7, comment(1)), version=version).blog

    (article,) = blog.articles
    assert article.body == "<p>One</p>\n<p>Two<br />\nthree</p>"
    assert article.published.isoformat() == "2011-02-23T14:00:00+02:00"
    assert article.path == "/2011/7/"
    assert blog.comments[0].email == "ann@example.org"


def test_comments_keep_status_parent_and_the_authors_own() -> None:
    head = (
        "<wp:author><wp:author_id>3</wp:author_id><wp:author_login>mara</wp:author_login>"
        "<wp:author_display_name>Mara L.</wp:author_display_name></wp:author>"
    )
    allowed = (
        "<wp:commentmeta><wp:meta_key>akismet_result</wp:meta_key>"
        "<wp:meta_value>true</wp:meta_value></wp:commentmeta>"
    )
    thread = (
        *(comment(1), comment(2, "0", 1), comment(3, "spam"), comment(4, "trash")),
        *(comment(5, user=3), comment(6, more=allowed)),
    )
    blog = read(item(7, "".join(thread)), head=head).blog

    assert [c.status for c in blog.comments] == [
        *(None, Status.HELD, Status.SPAM, Status.DELETED),
        *(None, Status.PUBLISHED),
    ]
    assert blog.comments[1].parent == "1"
    assert blog.comments[4].role is Role.AUTHOR
    assert blog.articles[0].author == "Mara L."


def test_what_was_not_public_becomes_a_draft_and_machinery_stays_out() -> None:
    result = read(
        item(1, status="private"),
        item(2, status="trash"),
        item(3, kind="page"),
        item(
            4,
            kind="attachment",
            more="<wp:attachment_url>https://a.example.org/b.png</wp:attachment_url>",
        ),
        item(5, kind="nav_menu_item"),
        item(6, more="<wp:post_password>x</wp:post_password>"),
    )

    states = {article.source: article.state for article in result.blog.articles}
    assert states == {
        "post 1": State.DRAFT,
        "post 2": State.DRAFT,
        "post 3": State.PUBLISHED,
        "post 6": State.DRAFT,
    }
    assert result.blog.articles[2].kind is Kind.PAGE
    assert any(note.entry == "https://a.example.org/b.png" for note in result.notes)


def test_a_broken_comment_costs_only_itself() -> None:
    broken = comment(2).replace("</wp:comment_content>", "</wp:content>")
    result = read(item(7, comment(1) + broken + comment(3)), item(8, comment(4)))

    assert [c.id for c in result.blog.comments] == ["1", "3", "4"]
    assert [article.state for article in result.blog.articles] == [State.PUBLISHED] * 2
    assert [note.entry for note in result.notes] == ["comment 2 of post 7"]


def test_a_broken_post_is_a_draft_with_its_comments() -> None:
    broken = item(7, comment(1)).replace("<title>Post 7</title>", "<title>Post & 7</title>")
    result = read(broken, item(8))

    by_source = {article.source: article for article in result.blog.articles}
    assert by_source["post 7"].state is State.DRAFT
    assert by_source["post 8"].state is State.PUBLISHED
    assert result.blog.comments[0].article == by_source["post 7"].key


PARAGRAPHS = {
    "text": ("a\n\nb\nc", "<p>a</p>\n<p>b<br />\nc</p>"),
    "blocks": ("a\n<ul>\n<li>b</li>\n</ul>\nc", "<p>a</p>\n<ul>\n<li>b</li>\n</ul>\n<p>c</p>"),
    "code": ("<pre>a\n\nb</pre>", "<pre>a\n\nb</pre>"),
    "the block editor": (
        "<!-- wp:paragraph -->\n<p>a</p>\n<!-- /wp:paragraph -->",
        "<p>a</p>",
    ),
    "a quote": ("<blockquote>a\n\nb</blockquote>", "<blockquote>a\n<p>b</p></blockquote>"),
    "nothing": ("\n ", ""),
}


@pytest.mark.parametrize(("stored", "shown"), PARAGRAPHS.values(), ids=PARAGRAPHS.keys())
def test_newlines_become_paragraphs_as_in_wordpress(stored: str, shown: str) -> None:
    assert paragraphs(stored) == shown


@pytest.mark.parametrize(
    ("name", "articles", "comments", "replies"),
    [("wordpress-wxr-threads.xml", 98, 136, 54), ("wordpress-wxr-small.xml", 3, 8, 3)],
)
def test_real_exports_come_in_whole(name: str, articles: int, comments: int, replies: int) -> None:
    with real(f"exports/{name}").open("rb") as file:
        blog = load(file, name).blog

    assert len(blog.articles) == articles
    assert len(blog.comments) == comments
    assert sum(bool(c.parent) for c in blog.comments) == replies
