"""The comment feeds, against the library whose modules they do not load."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from feedgenerator import Atom1Feed, get_tag_uri
from hypothesis import given
from hypothesis import strategies as st

from strategies import comments
from tipsblog.comments import feeds
from tipsblog.comments.discussion import name_of, permalink
from tipsblog.comments.markup import safe_url, to_html

addresses = st.sampled_from(["", "https://tips.example", "https://tips.example:8000/a b/é"])
dates = st.sampled_from(
    [datetime(2024, 3, 5, 10, tzinfo=UTC), datetime(999, 1, 1, tzinfo=ZoneInfo("Asia/Tokyo"))]
)
words = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"))


@st.composite
def entries(draw: st.DrawFn) -> feeds.Entry:
    comment = draw(comments())
    url = draw(st.sampled_from(["a.html", "a/", "é b.html;c", "x.html#y"]))
    return feeds.Entry(comment, to_html(comment), draw(words), url, draw(dates))


@given(st.lists(entries(), max_size=4), addresses, words, dates)
def test_an_atom_feed_is_what_feedgenerator_makes_of_it(
    given: list[feeds.Entry], site: str, title: str, date: datetime
) -> None:
    feed = feeds.Feed(title, site, "a.html", "feeds/a.atom", "feeds/a.json", date, "pt-br")

    assert feeds.atom(feed, given) == with_feedgenerator(feed, given)


@given(st.sampled_from(["a.html", "a/#b", "x;y?z", "é"]), addresses, dates)
def test_the_id_of_an_article_is_the_one_in_pelicans_feeds(
    url: str, site: str, date: datetime
) -> None:
    assert feeds.tag_uri(f"{site}/{url}", date) == get_tag_uri(f"{site}/{url}", date)


class _Feed(Atom1Feed):  # type: ignore[misc]
    def root_attributes(self) -> dict[str, str]:
        return {**super().root_attributes(), "xmlns:thr": feeds.THREADING}

    def latest_post_date(self) -> datetime:
        moments = [item["updateddate"] or item["pubdate"] for item in self.items]
        latest: datetime = max(moments, default=self.feed["when_empty"])
        return latest

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("thr:in-reply-to", "", item["answers"])


def with_feedgenerator(feed: feeds.Feed, entries: list[feeds.Entry]) -> str:
    result = _Feed(
        title=feed.title,
        link=f"{feed.site}/{feed.page}",
        feed_url=f"{feed.site}/{feed.url}",
        feed_guid=f"{feed.site}/{feed.url}",
        description="",
        language=feed.language,
        when_empty=feed.updated,
    )
    for entry in feeds._newest_first(entries):
        comment = entry.comment
        result.add_item(
            title=f"{name_of(comment)} on {entry.article_title}",
            link=f"{feed.site}/{permalink(entry.article_url, comment)}",
            description=None,
            author_name=name_of(comment),
            author_link=safe_url(comment.website) or None,
            pubdate=comment.published,
            updateddate=comment.updated,
            unique_id=feeds.comment_id(feed.site, entry),
            content=entry.html,
            answers=feeds._in_reply_to(feed.site, entry),
        )
    return str(result.writeString("utf-8")) + "\n"
