"""WordPress: its extended RSS (WXR), versions 1.0 to 1.2."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import IO

from ..comments.model import Remover, Status
from .assemble import ArticleDraft, CommentDraft, Gathered, assemble
from .model import Grade, Kind, Loaded, State
from .reading import path_of, plain
from .wordpress import paragraphs
from .xml import Broken, Child, Close, Element, Grammar, Mended, Open, events

GRAMMAR = Grammar(("rss", "channel", "item"), {"item": 2, "comment": 3, "post_id": 3})

_COMMENTS = {
    "1": None,
    "approved": None,
    "0": Status.HELD,
    "hold": Status.HELD,
    "spam": Status.SPAM,
    "trash": Status.DELETED,
    "post-trashed": Status.DELETED,
}
_KINDS = {"post": Kind.ARTICLE, "page": Kind.PAGE, "": Kind.ARTICLE}
#: What only steers WordPress.
_MACHINERY = re.compile(r"nav_menu_item|revision|custom_css|customize_changeset|wp_.*|oembed_cache")


def load(file: IO[bytes], path: str) -> Loaded:
    """Read a WXR file. `path` only serves the errors."""
    reader = _Reader()
    for event in events(file, GRAMMAR, path):
        reader.take(event)
    return reader.finish()


class _Reader:
    def __init__(self) -> None:
        self.found = Gathered()
        self.item: Element | None = None
        self.comments: list[CommentDraft] = []
        self.broken = False
        self.users: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.machinery: Counter[str] = Counter()
        self.pings = 0

    def take(self, event: object) -> None:
        match event:
            case Open("item", _):
                self.item, self.comments, self.broken = Element("item"), [], False
            case Close("item"):
                self._item()
            case Child("item", element) if self.item is not None:
                if element.tag == "wp:comment":
                    self._comment(element)
                elif element.tag != "wp:postmeta":
                    self.item.children.append(element)
            case Child("channel", element):
                self._head(element)
            case Broken(under, element, cause):
                self._broken(under, element, cause)
            case Mended(cause):
                self.found.note(Grade.MENDED, "", cause)

    def finish(self) -> Loaded:
        for kind, count in sorted(self.machinery.items()):
            text = f"only steers WordPress; left out: {count}"
            self.found.note(Grade.LEFT_OUT, f"post type {kind}", text)
        if self.pings:
            text = f"came in as comments: {self.pings}"
            self.found.note(Grade.INFO, "pingbacks and trackbacks", text)
        for draft in self.found.articles:
            draft.author_ids = frozenset(
                id for id in (self.users.get(draft.author, ""), f"name {draft.author}") if id
            )
            draft.author = self.names.get(draft.author, draft.author)
        return assemble(self.found)

    def _head(self, element: Element) -> None:
        if element.tag == "title":
            self.found.title = element.text
        elif element.tag == "wp:base_blog_url" or (element.tag == "link" and not self.found.url):
            self.found.url = element.text.strip().rstrip("/") + "/" if element.text.strip() else ""
        elif element.tag == "wp:author":
            login = element.value("wp:author_login")
            if element.value("wp:author_id") not in ("", "0"):
                self.users[login] = f"user {element.value('wp:author_id')}"
            self.names[login] = element.value("wp:author_display_name") or login

    def _broken(self, under: str, element: Element | None, cause: str) -> None:
        where = _entry(self.item) if under == "item" and self.item is not None else ""
        if element is not None and element.tag == "wp:comment":
            name = f"comment {element.value('wp:comment_id') or 'without id'} of {where}"
            self.found.note(Grade.LEFT_OUT, name, cause)
        elif where:
            if element is not None and self.item is not None:
                self.item.children.append(element)
            self.broken = True
            self.found.note(Grade.MENDED, where, f"{cause}; what could be read is now a draft")
        else:
            self.found.note(Grade.LEFT_OUT, "the file's head", cause)

    def _item(self) -> None:
        item, self.item = self.item, None
        if item is None:
            return
        kind, status, entry = item.value("wp:post_type"), item.value("wp:status"), _entry(item)
        if kind == "attachment":
            url = item.value("wp:attachment_url") or entry
            self.found.note(Grade.INFO, url, "is an attachment; the export does not hold its file")
            return
        if _MACHINERY.fullmatch(kind):
            self.machinery[kind] += 1
            return
        if kind not in _KINDS:
            self.found.note(Grade.MENDED, entry, f'is of type "{kind}"; it is now a draft page')
        id = item.value("wp:post_id") or item.value("guid") or item.value("link")
        if not id:
            self.found.note(Grade.LEFT_OUT, entry, "has no id")
            return
        draft = _article(item, id)
        if self.broken or kind not in _KINDS:
            draft.state = State.DRAFT
        if status not in ("publish", "draft", ""):
            self.found.note(Grade.MENDED, entry, f'its status is "{status}"; it is now a draft')
        if item.value("wp:post_password"):
            draft.state = State.DRAFT
            self.found.note(Grade.MENDED, entry, "is behind a password; it is now a draft")
        self.found.articles.append(draft)
        for comment in self.comments:
            comment.under = draft.source
        self.found.comments.extend(self.comments)

    def _comment(self, element: Element) -> None:
        id = element.value("wp:comment_id")
        approved = element.value("wp:comment_approved") or "1"
        status = _COMMENTS.get(approved, Status.HELD)
        if approved not in _COMMENTS:
            self.found.note(
                Grade.MENDED, f"comment {id}", f'its status is "{approved}"; it is held'
            )
        meta = {
            data.value("wp:meta_key"): data.value("wp:meta_value")
            for data in element.all("wp:commentmeta")
        }
        if status is None and meta.get("akismet_result") == "true":
            status = Status.PUBLISHED  # somebody said so against the filter
        if element.value("wp:comment_type") in ("pingback", "trackback"):
            self.pings += 1
        name, user = element.value("wp:comment_author"), element.value("wp:comment_user_id")
        known = user not in ("", "0")
        self.comments.append(
            CommentDraft(
                source=f"comment {id}",
                under="",
                id=meta.get("tipsblog_id") or id,
                alias=id,
                parent=_not_zero(element.value("wp:comment_parent")),
                body=paragraphs(element.value("wp:comment_content")),
                published=_moment(element, "wp:comment_date"),
                author=name,
                author_ids=frozenset((f"user {user}", f"name {name}") if known else ()),
                website=element.value("wp:comment_author_url"),
                email=element.value("wp:comment_author_email"),
                status=status,
                removed_by=Remover.ADMINISTRATOR if status is Status.DELETED else None,
            )
        )


def _article(item: Element, id: str) -> ArticleDraft:
    link = item.value("link")
    published = _moment(item, "wp:post_date") or _rfc_822(item.value("pubDate"))
    live = item.value("wp:status") in ("publish", "")
    return ArticleDraft(
        source=f"post {id}",
        ids=(id,),
        kind=_KINDS.get(item.value("wp:post_type"), Kind.PAGE),
        state=State.PUBLISHED if live else State.DRAFT,
        title=plain(item.value("title")),
        body=paragraphs(item.value("content:encoded")),
        published=published,
        updated=_moment(item, "wp:post_modified"),
        author=item.value("dc:creator"),
        labels=tuple(
            category.text
            for category in item.all("category")
            if category.attributes.get("domain") in ("category", "post_tag", "tag")
            and category.attributes.get("nicename", "") != "uncategorized"
        ),
        path=path_of(link) if live else "",
        slug=item.value("wp:post_name") or item.value("dsq:thread_identifier"),
        open=item.value("wp:comment_status") != "closed",
        summary=plain(item.value("excerpt:encoded")),
    )


def _entry(item: Element) -> str:
    return f"post {item.value('wp:post_id') or item.value('link') or 'without id'}"


def _not_zero(id: str) -> str:
    return "" if id == "0" else id


def _moment(element: Element, tag: str) -> datetime | None:
    """Read a local time with the offset that its twin in GMT tells."""
    local, gmt = _plain_moment(element.value(tag)), _plain_moment(element.value(f"{tag}_gmt"))
    if gmt is None or local is None:
        found = gmt or local
        return found.replace(tzinfo=UTC) if found else None
    offset = timedelta(minutes=round((local - gmt).total_seconds() / 60))
    if abs(offset) > timedelta(hours=14):
        return gmt.replace(tzinfo=UTC)
    return (gmt + offset).replace(tzinfo=timezone(offset) if offset else UTC)


def _plain_moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None) if text[:4] != "0000" else None
    except ValueError:
        return None


def _rfc_822(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return found if found.utcoffset() is not None else found.replace(tzinfo=UTC)
