"""What an article says to search engines."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from makers import comment
from strategies import comments
from tipsblog.comments.discussion import Discussion, draw
from tipsblog.comments.model import Comment, Status
from tipsblog.pages.structured import posting


class Term(SimpleNamespace):
    def __str__(self) -> str:
        return str(self.name)


def article(*written: Comment, removed: tuple[Comment, ...] = (), **fields: Any) -> Any:
    return SimpleNamespace(
        title="Five mistakes",
        summary="<p>What a <em>brief</em> needs.</p>",
        url="2026/05/x.html",
        lang="en",
        date=datetime(2026, 5, 1, 8, 30, tzinfo=UTC),
        authors=[Term(name="Mara", url="authors/mara.html")],
        discussion=Discussion(
            key="x",
            comments=written,
            drawing=lambda: draw(written, removed, url="2026/05/x.html", zone=UTC, depth=2),
        ),
        **fields,
    )


def test_an_article_is_a_blog_posting() -> None:
    said = posting(
        article(tags=[Term(name="briefs", url="labels/briefs.html")]), "Tips", "https://a.example"
    )

    assert said == {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "@id": "https://a.example/2026/05/x.html",
        "url": "https://a.example/2026/05/x.html",
        "headline": "Five mistakes",
        "description": "What a brief needs.",
        "inLanguage": "en",
        "datePublished": "2026-05-01T08:30:00+00:00",
        "author": [
            {"@type": "Person", "name": "Mara", "url": "https://a.example/authors/mara.html"}
        ],
        "isPartOf": {"@type": "Blog", "name": "Tips", "url": "https://a.example/"},
        "commentCount": 0,
        "keywords": ["briefs"],
    }


def test_a_change_is_dated() -> None:
    changed = datetime(2026, 6, 1, tzinfo=UTC)

    assert posting(article(modified=changed), "", "")["dateModified"] == changed.isoformat()


def test_replies_stand_in_the_comment_that_they_answer() -> None:
    said = posting(article(comment("a", 1), comment("b", 2, parent="a")), "", "")

    (only,) = said["comment"]
    assert only["@id"].endswith("2026/05/x.html#ca")
    assert [reply["@id"] for reply in only["comment"]] == ["/2026/05/x.html#cb"]


def test_a_removed_comment_is_not_said_but_its_replies_are() -> None:
    gone = comment("a", 1, status=Status.DELETED, body="my address")

    said = posting(article(comment("b", 2, parent="a"), removed=(gone,)), "", "")

    assert "my address" not in str(said)
    assert [reply["@id"] for reply in said["comment"]] == ["/2026/05/x.html#cb"]


@given(st.lists(comments(), unique_by=lambda one: one.id, max_size=8))
def test_every_published_comment_is_said_once(every: list[Comment]) -> None:
    written = [one for one in every if one.status is not Status.DELETED]
    removed = tuple(one for one in every if one.status is Status.DELETED)

    said = posting(article(*written, removed=removed), "", "")

    assert sorted(ids(said.get("comment", []))) == sorted(
        f"/2026/05/x.html#c{c.id}" for c in written
    )


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [id for one in found for id in [one["@id"], *ids(one.get("comment", []))]]
