"""Blogger: the classic backup, an Atom feed of all posts, pages and comments."""

from __future__ import annotations

import re
from typing import IO

from ..comments.model import Remover, Status
from .assemble import ArticleDraft, CommentDraft, Gathered, assemble
from .model import Grade, Kind, Loaded, State
from .reading import moment, path_of, plain, with_breaks
from .takeout import is_wanted
from .xml import Broken, Child, Element, Grammar, Mended, events

GRAMMAR = Grammar(("feed",), {"entry": 1})

_KIND = "http://schemas.google.com/g/2005#kind"
_NO_REPLY = "noreply@blogger.com"
_SELF = re.compile(r"/feeds/\d+/(?P<post>\d+)/comments/default/(?P<comment>\d+)")
_ID = re.compile(r"(?:^|\.)(?:post|page)-(?P<entry>[^.]+)(?:\.comment-(?P<comment>.+))?$")
#: Who removed it stands only in the sentence that replaced the text.
_ADMINISTRATOR = re.compile(r"admin|verwalt|beheerder|админ|管理", re.IGNORECASE)


def load(file: IO[bytes], path: str) -> Loaded:
    """Read a classic backup. `path` only serves the errors."""
    found = Gathered()
    for event in events(file, GRAMMAR, path):
        if isinstance(event, Child):
            if event.element.tag == "entry":
                _entry(event.element, found)
            else:
                _head(event.element, found)
        elif isinstance(event, Broken):
            _broken(event, found)
        elif isinstance(event, Mended):
            found.note(Grade.MENDED, "", event.cause)
    return assemble(found)


def _head(element: Element, found: Gathered) -> None:
    if element.tag == "title":
        found.title = _title(element)
    elif element.tag == "link" and element.attributes.get("rel") == "alternate":
        found.url = element.attributes.get("href", "")


def _entry(entry: Element, found: Gathered) -> None:
    id = entry.value("id")
    kind = _kind(entry)
    if kind in ("post", "page"):
        found.articles.append(_article(entry, id, Kind.PAGE if kind == "page" else Kind.ARTICLE))
    elif kind == "comment":
        comment = _comment(entry, id)
        found.comments.append(comment)
        for link in _links(entry, "alternate"):
            found.hints.setdefault(comment.under, path_of(link.partition("?showComment")[0]))
    elif kind == "settings":
        name = id.rpartition(".settings.")[2]
        value = entry.value("content")
        if is_wanted(name) and value:
            found.settings[name] = value
    elif kind == "template":
        found.note(Grade.LEFT_OUT, id, "the blog's template")
    else:
        found.note(Grade.LEFT_OUT, id or "an entry without id", f'is of unknown kind "{kind}"')


def _broken(event: Broken, found: Gathered) -> None:
    entry = event.element or Element("entry")
    id, kind = entry.value("id"), _kind(entry)
    draft = None
    if id and kind in ("post", "page"):
        draft = _article(entry, id, Kind.PAGE if kind == "page" else Kind.ARTICLE)
    found.broken(id, event.cause, draft)


def _kind(entry: Element) -> str:
    for category in entry.all("category"):
        if category.attributes.get("scheme") == _KIND:
            return category.attributes.get("term", "").rpartition("#")[2]
    return ""


def _title(element: Element | None) -> str:
    if element is None:
        return ""
    html = element.attributes.get("type") in ("html", "xhtml")
    return plain(element.text) if html else element.text


def _links(entry: Element, rel: str) -> list[str]:
    return [
        link.attributes.get("href", "")
        for link in entry.all("link")
        if link.attributes.get("rel") == rel
    ]


def _article(entry: Element, id: str, kind: Kind) -> ArticleDraft:
    author = entry.find("author") or Element("author")
    control = entry.find("app:control")
    draft = control is not None and control.value("app:draft") == "yes"
    content = entry.find("content")
    uri = author.value("uri")
    return ArticleDraft(
        source=id,
        ids=(_number(id),),
        kind=kind,
        title=_title(entry.find("title")),
        body=content.text if content is not None else "",
        published=moment(entry.value("published")),
        updated=moment(entry.value("updated")),
        author=author.value("name").removeprefix("Unknown"),
        author_ids=frozenset([_profile(uri)] if uri else ()),
        labels=tuple(
            category.attributes.get("term", "")
            for category in entry.all("category")
            if category.attributes.get("scheme") != _KIND
        ),
        path="" if draft else path_of(next(iter(_links(entry, "alternate")), "")),
        state=State.DRAFT if draft else State.PUBLISHED,
    )


def _comment(entry: Element, id: str) -> CommentDraft:
    author = entry.find("author") or Element("author")
    own = next(filter(None, map(_SELF.search, _links(entry, "self"))), None)
    reply = entry.find("thr:in-reply-to")
    under = reply.attributes.get("ref", "") if reply is not None else ""
    related = next(iter(_links(entry, "related")), "")
    content = entry.find("content")
    body = content.text if content is not None else ""
    properties = {
        p.attributes.get("name"): p.attributes.get("value")
        for p in entry.all("gd:extendedProperty")
    }
    removed = properties.get("blogger.contentRemoved") == "true"
    by_administrator = _ADMINISTRATOR.search(body) is not None
    name, uri, email = author.value("name"), author.value("uri"), author.value("email")
    return CommentDraft(
        source=id,
        under=under or (own["post"] if own else ""),
        id=_number(id),
        body="" if removed else with_breaks(body),
        published=moment(entry.value("published")),
        updated=moment(entry.value("updated")),
        author=name,
        author_ids=frozenset([_profile(uri)] if uri else ()),
        website=uri,
        email="" if email == _NO_REPLY else email,
        parent=related.rpartition("/")[2].partition("?")[0],
        status=Status.DELETED if removed else None,
        by_author=properties.get("tipsblog.role") == "author",
        removed_by=(Remover.ADMINISTRATOR if by_administrator else Remover.AUTHOR)
        if removed
        else None,
    )


def _number(id: str) -> str:
    """The part of an id that also stands in addresses: `post-17.comment-8` -> `8`."""
    found = _ID.search(id)
    return (found["comment"] or found["entry"]) if found else id


def _profile(uri: str) -> str:
    return re.sub(r"^https?://(www|draft)\.", "", uri)
