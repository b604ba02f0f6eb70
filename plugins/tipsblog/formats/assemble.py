"""From what an export says to a blog that hangs together.

Each format's `load` fills in drafts, with the ids of its own world. Here they
become articles and comments: keys are given, parents found, doubles named.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from urllib.parse import unquote, urlsplit

import nh3

from ..articles import slugify
from ..comments.model import (
    Comment,
    Format,
    Remover,
    Role,
    Status,
    clean_line,
    clean_text,
    is_key,
)
from .model import Article, Blog, Grade, Kind, Loaded, Note, State

#: What stands for a date that an export does not tell.
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class ArticleDraft:
    """An article in an export's own words. ids: by which comments may call it.

    author_ids: what tells its author apart from others, never empty strings.
    """

    source: str
    title: str = ""
    body: str = ""
    published: datetime | None = None
    ids: tuple[str, ...] = ()
    kind: Kind = Kind.ARTICLE
    state: State = State.PUBLISHED
    updated: datetime | None = None
    author: str = ""
    author_ids: frozenset[str] = frozenset()
    labels: tuple[str, ...] = ()
    path: str = ""
    slug: str = ""
    open: bool = True
    summary: str = ""
    format: Format = Format.HTML


@dataclass(slots=True)
class CommentDraft:
    """A comment in an export's own words. under: an article's id."""

    source: str
    under: str
    id: str
    body: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    author: str = ""
    author_ids: frozenset[str] = frozenset()
    website: str = ""
    email: str = ""
    parent: str = ""
    format: Format = Format.HTML
    status: Status | None = None
    removed_by: Remover | None = None
    by_author: bool = False


@dataclass(slots=True)
class Gathered:
    """What a `load` has found so far."""

    title: str = ""
    url: str = ""
    articles: list[ArticleDraft] = field(default_factory=list)
    comments: list[CommentDraft] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def note(self, grade: Grade, entry: str, text: str) -> None:
        self.notes.append(Note(grade, entry, text))


def assemble(gathered: Gathered) -> Loaded:
    """Make a blog of what was gathered; it is used up."""
    notes = gathered.notes
    keys: dict[str, str] = {}
    authors: dict[str, frozenset[str]] = {}
    articles: list[Article] = []
    taken: set[str] = set()
    paths: set[str] = set()
    for draft in sorted(gathered.articles, key=_age):
        if draft.source in keys:
            notes.append(Note(Grade.LEFT_OUT, draft.source, "stands in the export twice"))
            continue
        key = _key(draft, taken)
        taken.add(key)
        for id in (draft.source, *draft.ids):
            keys.setdefault(id, key)
        authors[key] = draft.author_ids
        articles.append(_article(draft, key, paths, notes))
    comments = _comments(gathered.comments, keys, authors, notes)
    blog = Blog(
        title=clean_line(gathered.title),
        url=clean_line(gathered.url),
        articles=tuple(articles),
        comments=tuple(comments),
        settings=dict(sorted(gathered.settings.items())),
    )
    return Loaded(blog, tuple(notes))


def _age(draft: ArticleDraft) -> tuple[datetime, str]:
    return (draft.published or draft.updated or UNDATED, draft.source)


def _key(draft: ArticleDraft, taken: set[str]) -> str:
    """Return a slug that nobody has: of the path, else the slug, else the title.

    Drafts come oldest first, so a later export of the same blog gives the same.
    """
    last = draft.path.rstrip("/").rpartition("/")[2]
    month = f"{_age(draft)[0]:%Y-%m}"
    base = next(
        (
            key
            for key in (
                as_key(re.sub(r"\.(html?|php|aspx?)$", "", last)),
                as_key(draft.slug),
                as_key(slugify(clean_line(draft.title))),
                as_key(f"post-{draft.source.rpartition('-')[2]}"),
            )
            if key
        ),
        f"{draft.kind}-{_digest(draft.source)}",
    )
    for key in (base, f"{base}-{month}"):
        if key not in taken:
            return key
    number = 2
    while f"{base}-{month}-{number}" in taken:
        number += 1
    return f"{base}-{month}-{number}"


def as_key(text: str) -> str:
    """Return the valid key that is nearest to `text`, at most 100 long, or ""."""
    key = re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip("-._")[:100].strip("-._")
    return key if is_key(key) else ""


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def _article(draft: ArticleDraft, key: str, paths: set[str], notes: list[Note]) -> Article:
    published = draft.published or draft.updated
    if published is None:
        published = UNDATED
        notes.append(Note(Grade.MENDED, draft.source, "has no date that can be read"))
    body = clean_text(draft.body)
    title = clean_line(draft.title)
    if not title:
        title = first_words(body) or "Untitled"
        notes.append(Note(Grade.MENDED, draft.source, f'has no title; it is called "{title}"'))
    path = safe_path(draft.path)
    if draft.path and not path:
        notes.append(Note(Grade.MENDED, draft.source, f"its path {draft.path!r} cannot be kept"))
    elif path and path in paths:
        notes.append(Note(Grade.MENDED, draft.source, f"its path {path} is another article's too"))
        path = ""
    paths.add(path)
    labels = (clean_line(label) for label in draft.labels)
    return Article(
        key=key,
        title=title,
        published=published,
        body=body,
        format=draft.format,
        kind=draft.kind,
        state=draft.state,
        updated=draft.updated if draft.updated != published else None,
        author=clean_line(draft.author),
        labels=tuple(dict.fromkeys(label for label in labels if label)),
        path=path,
        open=draft.open,
        summary=clean_line(draft.summary),
        source=clean_line(draft.source),
    )


def _comments(
    drafts: list[CommentDraft],
    keys: Mapping[str, str],
    authors: Mapping[str, frozenset[str]],
    notes: list[Note],
) -> Iterable[Comment]:
    """Give each comment its article and its id there; oldest first."""
    drafts.sort(key=lambda draft: (draft.published or UNDATED, draft.source))
    ids: dict[str, dict[str, str]] = {}
    seen: dict[tuple[str, str], int] = {}
    kept: list[tuple[CommentDraft, str, str]] = []
    for draft in drafts:
        article = keys.get(draft.under) or _missing(draft.under)
        id = as_key(draft.id) or _digest(draft.source)
        same = hash((draft.body, draft.author, draft.published))
        if (article, id) in seen:
            if seen[article, id] == same:
                notes.append(Note(Grade.LEFT_OUT, draft.source, "stands in the export twice"))
                continue
            number = 2
            while (article, f"{id}-{number}") in seen:
                number += 1
            notes.append(
                Note(Grade.MENDED, draft.source, f"its id is another's; it becomes {id}-{number}")
            )
            id = f"{id}-{number}"
        seen[article, id] = same
        ids.setdefault(article, {}).setdefault(draft.id, id)
        kept.append((draft, article, id))
    drafts.clear()
    orphans: dict[str, int] = {}
    comments = []
    for draft, article, id in kept:
        if draft.under not in keys:
            orphans[draft.under] = orphans.get(draft.under, 0) + 1
        parent = ids[article].get(draft.parent, "") if draft.parent else ""
        if draft.parent and not parent:
            parent = as_key(draft.parent)
            notes.append(
                Note(Grade.INFO, draft.source, f"answers {draft.parent}, which is not there")
            )
        by_author = draft.by_author or bool(draft.author_ids & authors.get(article, frozenset()))
        comments.append(_comment(draft, article, id, parent, by_author, notes))
    for under, count in orphans.items():
        text = f"is not in this export; comments that stand under it: {count}"
        notes.append(Note(Grade.MENDED, under or "an article without name", text))
    return comments


def _missing(under: str) -> str:
    """The key of an article that the export does not hold."""
    return f"missing-{as_key(under.rpartition('.')[2]) or _digest(under)}"


def _comment(
    draft: CommentDraft, article: str, id: str, parent: str, by_author: bool, notes: list[Note]
) -> Comment:
    if draft.published is None:
        notes.append(Note(Grade.MENDED, draft.source, "has no date that can be read"))
    published = draft.published or draft.updated or UNDATED
    return Comment(
        id=id,
        article=article,
        published=published,
        body=clean_text(draft.body),
        author=clean_line(draft.author),
        website=clean_line(draft.website),
        email=clean_line(draft.email),
        parent=parent,
        format=draft.format,
        role=Role.AUTHOR if by_author else Role.READER,
        status=draft.status,
        removed_by=draft.removed_by if draft.status is Status.DELETED else None,
        updated=draft.updated if draft.updated != published else None,
    )


def moment(text: str) -> datetime | None:
    """Read an ISO time; None where it is none. Without an offset, it is UTC."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found.utcoffset() is not None else found.replace(tzinfo=UTC)


def path_of(url: str) -> str:
    """Return the path of an absolute address, decoded; "" where it has none."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return unquote(parts.path) if parts.path not in ("", "/") and not parts.query else ""


def safe_path(path: str) -> str:
    """Return `path` if it can be a page's place in the built site, else ""."""
    parts = path.split("/")
    if (
        not path.startswith("/")
        or path != clean_line(path)
        or len(path.encode()) > 800
        or any(part in (".", "..") or len(part.encode()) > 240 for part in parts)
        or any(part == "" for part in parts[1:-1])
        or any(c in path for c in '\\:*?"<>|{}#%')
    ):
        return ""
    return path


def plain(html: str) -> str:
    """Return the text of `html`, one line."""
    return clean_line(unescape(nh3.clean(html, tags=set())))


def first_words(html: str, length: int = 50) -> str:
    """Return how `html` begins, as Blogger names a comment: whole words."""
    text = plain(re.sub(r"<[^>]*>", " ", html[:4000]))
    if len(text) <= length:
        return text
    return text[: length + 1].rpartition(" ")[0] or text[:length]
