"""Comment feeds: Atom with threading (RFC 4685) and JSON Feed 1.1.

Values in, text out: whoever calls this says where a feed stands and writes it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlparse, urlsplit

from markupsafe import Markup

from . import xml
from .discussion import name_of, permalink
from .markup import safe_url
from .model import Comment

ATOM = "http://www.w3.org/2005/Atom"
THREADING = "http://purl.org/syndication/thread/1.0"


class Entry(NamedTuple):
    """A comment in a feed, with the article it stands under.

    html: the comment's text, sanitised. article_url: relative to the site's
    root. article_date: when the article was published; part of every id, so
    that an id never changes with its comment.
    """

    comment: Comment
    html: Markup
    article_title: str
    article_url: str
    article_date: datetime


class Feed(NamedTuple):
    """What a feed says of itself.

    site: the site's root, absolute, or "" while it has no address. page, url,
    json_url: the page it belongs to and its own two addresses, relative to the
    site's root. updated: used while there is no entry.
    """

    title: str
    site: str
    page: str
    url: str
    json_url: str
    updated: datetime
    language: str = "en"


def comment_id(site: str, entry: Entry, id: str = "") -> str:
    """Return the id of an entry, or of the comment `id` under the same article:
    a tag URI (RFC 4151), which outlives a move of the article to another path.
    """
    comment = entry.comment
    start = _start(site, entry.article_date.date())  # Pelican's own dates format slowly
    return f"{start}:{comment.article}/{id or comment.id}"


@lru_cache(maxsize=64)  # a feed's comments share theirs
def _start(site: str, day: date) -> str:
    return f"tag:{urlsplit(site).hostname or 'localhost'},{day:%Y-%m-%d}"


def atom(feed: Feed, entries: Sequence[Entry]) -> str:
    """Return `entries`, newest first, as an Atom feed."""
    newest = _newest_first(entries)
    moments = [entry.comment.updated or entry.comment.published for entry in newest]
    address = xml.to_uri(f"{feed.site}/{feed.url}")
    root = {"xmlns": ATOM, "xml:lang": feed.language, "xmlns:thr": THREADING}
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>\n',
        xml.opening("feed", root),
        xml.element("title", feed.title),
        _link("alternate", xml.to_uri(f"{feed.site}/{feed.page}")),
        _link("self", address),
        xml.element("id", f"{feed.site}/{feed.url}"),
        xml.element("updated", max(moments, default=feed.updated).isoformat()),
        *(_atom_entry(feed.site, entry) for entry in newest),
        "</feed>\n",
    ]
    return "".join(parts)


def _atom_entry(site: str, entry: Entry) -> str:
    comment, name = entry.comment, name_of(entry.comment)
    address = xml.to_uri(f"{site}/{permalink(entry.article_url, comment)}")
    website = safe_url(comment.website)
    author = xml.element("name", name) + (
        xml.element("uri", xml.to_uri(website)) if website else ""
    )
    parts = [
        xml.element("title", f"{name} on {entry.article_title}"),
        _link("alternate", address),
        xml.element("published", comment.published.isoformat()),
        xml.element("updated", (comment.updated or comment.published).isoformat()),
        f"<author>{author}</author>",
        xml.element("id", comment_id(site, entry)),
        xml.element("content", str(entry.html), {"type": "html"}),
        xml.element("thr:in-reply-to", "", _in_reply_to(site, entry)),
    ]
    return f"<entry>{''.join(parts)}</entry>"


def _link(relation: str, address: str) -> str:
    return xml.element("link", "", {"rel": relation, "href": address})


def json_feed(feed: Feed, entries: Sequence[Entry]) -> str:
    """Return `entries`, newest first, as a JSON Feed 1.1."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": f"{feed.site}/{feed.page}",
        "feed_url": f"{feed.site}/{feed.json_url}",
        "language": feed.language,
        "items": [_json_item(feed, entry) for entry in _newest_first(entries)],
    }
    return json.dumps(document, ensure_ascii=False) + "\n"


def _json_item(feed: Feed, entry: Entry) -> dict[str, Any]:
    comment = entry.comment
    author = {"name": name_of(comment)}
    if website := safe_url(comment.website):
        author["url"] = website
    item: dict[str, Any] = {
        "id": comment_id(feed.site, entry),
        "url": f"{feed.site}/{permalink(entry.article_url, comment)}",
        "title": f"{name_of(comment)} on {entry.article_title}",
        "content_html": str(entry.html),
        "date_published": comment.published.isoformat(),
        "authors": [author],
        "_in_reply_to": _in_reply_to(feed.site, entry),
    }
    if comment.updated is not None:
        item["date_modified"] = comment.updated.isoformat()
    return item


def _in_reply_to(site: str, entry: Entry) -> dict[str, str]:
    """What a comment answers: another comment, else the article."""
    article = f"{site}/{entry.article_url}"
    parent = entry.comment.parent
    if not parent:
        ref = tag_uri(article, entry.article_date.date())
        return {"ref": ref, "href": article, "type": "text/html"}
    return {
        "ref": comment_id(site, entry, parent),
        "href": f"{article}#c{parent}",
        "type": "text/html",
    }


def replies(site: str, feed_url: str, count: int, updated: str) -> dict[str, str]:
    """Return the attributes of the `link` that tells of an article's comments
    (RFC 4685 section 4). updated: of the last one, as ISO text, or "".
    """
    found = {
        "rel": "replies",
        "type": "application/atom+xml",
        "href": f"{site}/{feed_url}",
        "thr:count": str(count),
    }
    if updated:
        found["thr:updated"] = updated
    return found


def replies_element(site: str, feed_url: str, count: int, updated: str) -> str:
    """Return that `link` as it stands in a feed."""
    return xml.element("link", "", replies(site, feed_url, count, updated))


@lru_cache(maxsize=64)
def tag_uri(address: str, day: date) -> str:
    """Return the id that Pelican's own feed gives an article."""
    parts = urlparse(address)
    fragment = f"/{parts.fragment}" if parts.fragment else ""
    return f"tag:{parts.hostname},{day:%Y-%m-%d}:{parts.path}{fragment}"


def _newest_first(entries: Sequence[Entry]) -> list[Entry]:
    return sorted(
        entries,
        key=lambda entry: (entry.comment.published.timestamp(), entry.comment.id),
        reverse=True,
    )
