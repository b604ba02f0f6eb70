"""Blogger, as Google Takeout gives it: `feed.atom` and what lies beside it."""

from __future__ import annotations

import csv
import io
from typing import IO

from ..comments.model import Remover, Status
from .assemble import ArticleDraft, CommentDraft, Gathered, assemble
from .model import Grade, Kind, Loaded, State
from .reading import moment, with_breaks
from .xml import Broken, Child, Element, Grammar, Mended, events

GRAMMAR = Grammar(("feed",), {"entry": 1})

_COMMENTS = {
    # Shown on the blog, which does not say that somebody looked at it.
    "LIVE": None,
    "SPAM_COMMENT": Status.SPAM,
    "PENDING_MODERATION": Status.HELD,
    # Its content was taken out by an administrator.
    "GHOSTED_COMMENT": Status.DELETED,
}


def load(file: IO[bytes], path: str, settings: bytes = b"") -> Loaded:
    """Read a `feed.atom`. settings: the `settings.csv` beside it.

    `path` only serves the errors.
    """
    found = Gathered()
    _settings(settings, found)
    for event in events(file, GRAMMAR, path):
        if isinstance(event, Child):
            if event.element.tag == "entry":
                _entry(event.element, found)
            elif event.element.tag == "title" and not found.title:
                found.title = event.element.text
        elif isinstance(event, Broken):
            _broken(event, found)
        elif isinstance(event, Mended):
            found.note(Grade.MENDED, "", event.cause)
    return assemble(found)


def _settings(data: bytes, found: Gathered) -> None:
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig", "replace"))))
    for name, value in (rows[0] if rows else {}).items():
        if not isinstance(name, str) or not isinstance(value, str) or not value:
            continue
        if name == "blog_subdomain":
            found.url = (
                f"https://{value}.blogspot.com/" if "." not in value else f"https://{value}/"
            )
        elif is_wanted(name.upper()):
            found.settings[name.upper()] = value


def is_wanted(setting: str) -> bool:
    """Whether a setting of a Blogger blog says something here; no addresses."""
    known = "COMMENT" in setting or setting in ("BLOG_TIME_ZONE", "BLOG_LOCALE")
    return known and not setting.endswith("_EMAIL")


def _entry(entry: Element, found: Gathered) -> None:
    id, status = entry.value("id"), entry.value("blogger:status")
    kind = entry.value("blogger:type")
    if kind in ("POST", "PAGE"):
        draft = _article(entry, id)
        found.articles.append(draft)
        if status not in ("LIVE", "DRAFT"):
            found.note(Grade.MENDED, id, f'its status is "{status}"; it is now a draft')
    elif kind == "COMMENT":
        found.comments.append(_comment(entry, id, status))
        if status not in _COMMENTS:
            found.note(
                Grade.MENDED, id, f'its status is "{status}", which nobody knows; it is held'
            )
    else:
        found.note(Grade.LEFT_OUT, id or "an entry without id", f'is of unknown type "{kind}"')


def _broken(event: Broken, found: Gathered) -> None:
    entry = event.element or Element("entry")
    id = entry.value("id")
    is_article = id and entry.value("blogger:type") in ("POST", "PAGE")
    found.broken(id, event.cause, _article(entry, id) if is_article else None)


def _article(entry: Element, id: str) -> ArticleDraft:
    author = entry.find("author") or Element("author")
    content = entry.find("content")
    live = entry.value("blogger:status") == "LIVE"
    name = author.value("name")
    return ArticleDraft(
        source=id,
        kind=Kind.PAGE if entry.value("blogger:type") == "PAGE" else Kind.ARTICLE,
        state=State.PUBLISHED if live else State.DRAFT,
        title=entry.value("title"),
        body=content.text if content is not None else "",
        published=moment(entry.value("published")) or moment(entry.value("blogger:created")),
        updated=moment(entry.value("updated")),
        author=name,
        # Takeout tells no profile: a name that Blogger vouches for must do.
        author_ids=_identity(author, name),
        labels=tuple(category.attributes.get("term", "") for category in entry.all("category")),
        path=entry.value("blogger:filename") if live else "",
        summary=entry.value("blogger:metaDescription"),
    )


def _comment(entry: Element, id: str, status: str) -> CommentDraft:
    author = entry.find("author") or Element("author")
    content = entry.find("content")
    name = author.value("name")
    decided = _COMMENTS.get(status, Status.HELD)
    return CommentDraft(
        source=id,
        under=entry.value("blogger:parent"),
        id=id.rpartition("-")[2],
        parent=entry.value("blogger:inReplyTo").rpartition("-")[2],
        body=with_breaks(content.text) if content is not None else "",
        published=moment(entry.value("published")) or moment(entry.value("blogger:created")),
        updated=moment(entry.value("updated")),
        author=name,
        author_ids=_identity(author, name),
        website=author.value("uri"),
        status=decided,
        removed_by=Remover.ADMINISTRATOR if decided is Status.DELETED else None,
    )


def _identity(author: Element, name: str) -> frozenset[str]:
    known = author.value("blogger:type") == "BLOGGER" and name not in ("", "Unknown")
    return frozenset([f"{name} {author.value('uri')}"] if known else ())
