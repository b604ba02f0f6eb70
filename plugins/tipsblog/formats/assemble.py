"""From what an export says to a blog that hangs together.

Each format's `load` fills in drafts, with the ids of its own world. Here they
become articles and comments: keys are given, parents found, doubles named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..articles import slugify
from ..comments.model import (
    Comment,
    Format,
    Remover,
    Role,
    Status,
    clean_line,
    clean_text,
)
from .model import Article, Blog, Grade, Kind, Loaded, Note, State
from .reading import UNDATED, as_key, digest, first_words, safe_path


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
    """A comment in an export's own words. under: an article's id.

    alias: by which replies call it, where that is not `id`.
    """

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
    alias: str = ""


@dataclass(slots=True)
class Gathered:
    """What a `load` has found so far."""

    title: str = ""
    url: str = ""
    articles: list[ArticleDraft] = field(default_factory=list)
    comments: list[CommentDraft] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    #: id of an article -> its path, as its comments tell.
    hints: dict[str, str] = field(default_factory=dict)

    def note(self, grade: Grade, entry: str, text: str) -> None:
        self.notes.append(Note(grade, entry, text))

    def broken(self, id: str, cause: str, draft: ArticleDraft | None = None) -> None:
        """Take in what had been read of a broken entry: `draft`, if it is an
        article; anything else is left out.
        """
        if draft is None:
            self.note(Grade.LEFT_OUT, id or "an entry without id", cause)
            return
        draft.state = State.DRAFT
        self.articles.append(draft)
        self.note(Grade.MENDED, id, f"{cause}; what came before that is now a draft")


def assemble(gathered: Gathered) -> Loaded:
    """Make a blog of what was gathered; it is used up.

    An article that only its comments know of becomes a thread; a thread
    without comments is left out.
    """
    notes = gathered.notes
    commented = _add_threads(gathered)
    keys: dict[str, str] = {}
    authors: dict[str, frozenset[str]] = {}
    articles: list[Article] = []
    taken: set[str] = set()
    paths: set[str] = set()
    for draft in sorted(gathered.articles, key=_age):
        if draft.kind is Kind.THREAD and commented.isdisjoint((draft.source, *draft.ids)):
            continue
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


def _add_threads(gathered: Gathered) -> set[str]:
    """Add an article for each that is missing; return all that have comments."""
    known = {id for draft in gathered.articles for id in (draft.source, *draft.ids)}
    missing: dict[str, ArticleDraft] = {}
    counts: dict[str, int] = {}
    for comment in gathered.comments:
        under = comment.under
        counts[under] = counts.get(under, 0) + 1
        if under in known:
            continue
        draft = missing.setdefault(under, ArticleDraft(source=under, kind=Kind.THREAD))
        draft.path = draft.path or gathered.hints.get(under, "")
        if comment.published and (draft.published is None or comment.published < draft.published):
            draft.published = comment.published
    for under in missing:
        text = f"is not in this export; comments that stand under it: {counts[under]}"
        gathered.note(Grade.MENDED, under or "an article without name", text)
    gathered.articles.extend(missing.values())
    return set(counts)


def _age(draft: ArticleDraft) -> tuple[datetime, str]:
    return (draft.published or draft.updated or UNDATED, draft.source)


def _key(draft: ArticleDraft, taken: set[str]) -> str:
    """Return a slug that nobody has: its own, else of path or title.

    Drafts come oldest first, so a later export of the same blog gives the same.
    """
    last = draft.path.rstrip("/").rpartition("/")[2]
    month = f"{_age(draft)[0]:%Y-%m}"
    noun = "thread" if draft.kind is Kind.THREAD else "post"
    base = next(
        (
            key
            for key in (
                as_key(draft.slug),
                as_key(re.sub(r"\.(html?|php|aspx?)$", "", last)),
                as_key(slugify(clean_line(draft.title))),
                as_key(f"{noun}-{draft.source.rpartition('-')[2]}"),
            )
            if key
        ),
        f"{draft.kind}-{digest(draft.source)}",
    )
    for key in (base, f"{base}-{month}"):
        if key not in taken:
            return key
    number = 2
    while f"{base}-{month}-{number}" in taken:
        number += 1
    return f"{base}-{month}-{number}"


def _article(draft: ArticleDraft, key: str, paths: set[str], notes: list[Note]) -> Article:
    published = draft.published or draft.updated
    if published is None:
        published = UNDATED
        notes.append(Note(Grade.MENDED, draft.source, "has no date that can be read"))
    body = clean_text(draft.body)
    title = clean_line(draft.title)
    if not title and draft.kind is Kind.THREAD:
        title = clean_line(draft.path or draft.source) or key
    elif not title:
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
        article = keys[draft.under]
        id = as_key(draft.id) or digest(draft.source)
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
        ids.setdefault(article, {}).setdefault(draft.alias or draft.id, id)
        kept.append((draft, article, id))
    drafts.clear()
    comments = []
    for draft, article, id in kept:
        parent = ids[article].get(draft.parent, "") if draft.parent else ""
        if draft.parent and not parent:
            parent = as_key(draft.parent)
            notes.append(
                Note(Grade.INFO, draft.source, f"answers {draft.parent}, which is not there")
            )
        by_author = draft.by_author or bool(draft.author_ids & authors.get(article, frozenset()))
        comments.append(_comment(draft, article, id, parent, by_author, notes))
    return comments


def _comment(
    draft: CommentDraft, article: str, id: str, parent: str, by_author: bool, notes: list[Note]
) -> Comment:
    if draft.published is None:
        notes.append(Note(Grade.MENDED, draft.source, "has no date that can be read"))
    published = draft.published or draft.updated or UNDATED
    author = clean_line(draft.author)
    if author == "Anonymous" and not draft.website:
        author = ""  # a platform's word for it; ours is the theme's
    return Comment(
        id=id,
        article=article,
        published=published,
        body=clean_text(draft.body),
        author=author,
        website=clean_line(draft.website),
        email=clean_line(draft.email),
        parent=parent,
        format=draft.format,
        role=Role.AUTHOR if by_author else Role.READER,
        status=draft.status,
        removed_by=draft.removed_by if draft.status is Status.DELETED else None,
        updated=draft.updated if draft.updated != published else None,
    )
