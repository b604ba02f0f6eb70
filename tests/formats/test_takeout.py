from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from exports import real

from tipsblog.comments.model import Remover, Status
from tipsblog.errors import TipsblogError
from tipsblog.formats.importing import bring_in
from tipsblog.formats.memory import Memory
from tipsblog.formats.model import Blog, Kind, State
from tipsblog.formats.source import load
from tipsblog.formats.takeout import load as load_feed

SETTINGS = (
    "blog_name,blog_subdomain,blog_comment_message,blog_comment_email,blog_time_zone\n"
    'Tips,old-tips,"Hey, share!",me@example.org,Asia/Manila\n'
)


def feed(*entries: str) -> bytes:
    return (
        "<?xml version='1.0' encoding='utf-8'?><feed xmlns='http://www.w3.org/2005/Atom' "
        "xmlns:blogger='http://schemas.google.com/blogger/2018'><title>Old tips</title>\n"
        + "\n".join(entries)
        + "</feed>"
    ).encode()


def entry(number: int, kind: str, status: str = "LIVE", body: str = "Yes.", more: str = "") -> str:
    return (
        f"<entry><id>tag:blogger.com,1999:blog-1.post-{number}</id>"
        f"<blogger:type>{kind}</blogger:type><blogger:status>{status}</blogger:status>"
        "<author><name>Ann</name><uri></uri><blogger:type>BLOGGER</blogger:type></author>"
        f"<content type='html'>{escape(body)}</content>"
        "<published>2010-05-03T08:00:00Z</published><updated>2010-05-03T08:00:00Z</updated>"
        f"{more}</entry>"
    )


def under(number: int, answers: str = "") -> str:
    reply = f"tag:blogger.com,1999:blog-1.post-{answers}" if answers else ""
    return (
        f"<blogger:parent>tag:blogger.com,1999:blog-1.post-{number}</blogger:parent>"
        f"<blogger:inReplyTo>{reply}</blogger:inReplyTo>"
    )


POST = entry(
    9,
    "POST",
    body='<p>Words.</p><img src="https://host.example.org/s320/my+cat.jpg" alt="cat">',
    more="<title>Traps</title><blogger:filename>/2010/05/traps.html</blogger:filename>"
    "<category scheme='x' term='a'/><category/>",
)


def read(*entries: str) -> Blog:
    return load_feed(io.BytesIO(feed(*entries)), "feed.atom").blog


def test_posts_pages_and_drafts_come_in_whatever_their_order() -> None:
    blog = read(
        entry(1, "COMMENT", more=under(9)),
        POST,
        entry(10, "PAGE", more="<title>About</title>"),
        entry(11, "POST", "DRAFT", more="<title>Later</title>"),
        entry(12, "POST", "SOFT_TRASHED", more="<title>Gone</title>"),
    )

    by_title = {article.title: article for article in blog.articles}
    assert by_title["Traps"].labels == ("a",)
    assert by_title["Traps"].path == "/2010/05/traps.html"
    assert by_title["About"].kind is Kind.PAGE
    assert by_title["Later"].state is State.DRAFT
    assert by_title["Gone"].state is State.DRAFT
    assert blog.comments[0].article == "traps"


def test_what_the_platform_decided_is_kept_and_live_is_left_to_the_filter() -> None:
    blog = read(
        POST,
        entry(1, "COMMENT", "LIVE", more=under(9)),
        entry(2, "COMMENT", "SPAM_COMMENT", more=under(9)),
        entry(3, "COMMENT", "PENDING_MODERATION", more=under(9)),
        entry(4, "COMMENT", "GHOSTED_COMMENT", "", more=under(9)),
        entry(5, "COMMENT", "UNHEARD_OF", more=under(9)),
    )

    statuses = {comment.id: comment.status for comment in blog.comments}
    assert statuses == {
        "1": None,
        "2": Status.SPAM,
        "3": Status.HELD,
        "4": Status.DELETED,
        "5": Status.HELD,
    }
    assert blog.comments[3].removed_by is Remover.ADMINISTRATOR


def test_replies_keep_their_parent_and_newlines_become_breaks() -> None:
    blog = read(
        POST,
        entry(1, "COMMENT", more=under(9)),
        entry(2, "COMMENT", body="One\nTwo", more=under(9, "1")),
    )

    assert blog.comments[1].parent == "1"
    assert blog.comments[1].body == "One<br />\nTwo"


def folder(root: Path) -> Path:
    files = {
        "Takeout/Blogger/Blogs/Old tips/feed.atom": feed(POST),
        "Takeout/Blogger/Blogs/Old tips/settings.csv": SETTINGS.encode(),
        "Takeout/Blogger/Comments/Another blog/feed.atom": feed(
            entry(1, "COMMENT", more=under(77))
        ),
        "Takeout/Blogger/Albums/Old tips/my cat.jpg": b"cat",
    }
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root / "Takeout"


def zipped(root: Path) -> Path:
    takeout = folder(root)
    target = root / "takeout.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(takeout.rglob("*")):
            archive.write(path, path.relative_to(root))
    return target


@pytest.mark.parametrize("make", [folder, zipped])
def test_a_takeout_is_read_as_it_was_downloaded(
    make: Callable[[Path], Path], tmp_path: Path
) -> None:
    export = load(make(tmp_path))

    blog = export.loaded.blog
    assert [article.key for article in blog.articles] == ["traps"]
    assert blog.url == "https://old-tips.blogspot.com/"
    assert blog.settings == {
        "BLOG_COMMENT_MESSAGE": "Hey, share!",
        "BLOG_TIME_ZONE": "Asia/Manila",
    }
    assert "Comments/" in export.loaded.notes[-1].entry


@pytest.mark.parametrize("make", [folder, zipped])
def test_its_albums_pictures_are_taken_in(make: Callable[[Path], Path], tmp_path: Path) -> None:
    export = load(make(tmp_path))
    content = tmp_path / "content"

    report = bring_in(export.loaded.blog, Memory(content), images=export.images)

    assert (content / "images/my-cat.jpg").read_bytes() == b"cat"
    assert "{static}/images/my-cat.jpg" in (content / "articles/traps.md").read_text()
    assert not report.pictures


def test_of_several_blogs_one_must_be_named(tmp_path: Path) -> None:
    takeout = folder(tmp_path)
    other = takeout / "Blogger/Blogs/Other/feed.atom"
    other.parent.mkdir()
    other.write_bytes(feed())

    with pytest.raises(TipsblogError, match="choose one with --blog: Old tips, Other"):
        load(takeout)
    assert load(takeout, blog="Old tips").loaded.blog.articles


@pytest.mark.parametrize(
    ("name", "articles", "threads", "comments", "held"),
    [
        ("exports/blogger-takeout-held-comments.atom", 4, 0, 6, 5),
        ("exports/blogger-takeout-foreign-comments.atom", 0, 10, 58, 0),
    ],
)
def test_real_takeouts_come_in_whole(
    name: str, articles: int, threads: int, comments: int, held: int
) -> None:
    blog = load(real(name)).loaded.blog

    assert sum(article.kind is Kind.ARTICLE for article in blog.articles) == articles
    assert sum(article.kind is Kind.THREAD for article in blog.articles) == threads
    assert len(blog.comments) == comments
    assert sum(comment.status is Status.HELD for comment in blog.comments) == held
