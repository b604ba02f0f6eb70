"""Disqus: its export, which holds comments and where they stood, no articles."""

from __future__ import annotations

from typing import IO

from ..comments.model import Status
from .assemble import ArticleDraft, CommentDraft, Gathered, assemble
from .model import Grade, Kind, Loaded
from .reading import moment, path_of
from .xml import Broken, Child, Element, Grammar, Mended, events

GRAMMAR = Grammar(("disqus",), {"thread": 1, "post": 1, "category": 1})


def load(file: IO[bytes], path: str) -> Loaded:
    """Read an export. `path` only serves the errors.

    Disqus opens a thread for each spelling of an address; those with the same
    path become one.
    """
    found = Gathered()
    threads: dict[str, ArticleDraft] = {}
    owners: dict[str, str] = {}
    unused = 0
    for event in events(file, GRAMMAR, path):
        if isinstance(event, Child) and event.element.tag == "thread":
            _thread(event.element, threads, owners)
        elif isinstance(event, Child) and event.element.tag == "post":
            found.comments.append(_post(event.element, owners))
        elif isinstance(event, Broken):
            element = event.element or Element("")
            found.note(Grade.LEFT_OUT, f"{element.tag} {_id(element)}".strip(), event.cause)
        elif isinstance(event, Mended):
            found.note(Grade.MENDED, "", event.cause)
    found.articles.extend(threads.values())
    used = {comment.under for comment in found.comments}
    unused = sum(used.isdisjoint((draft.source, *draft.ids)) for draft in threads.values())
    if unused:
        found.note(Grade.INFO, "threads without comments", f"left out: {unused}")
    return assemble(found)


def _id(element: Element) -> str:
    return element.attributes.get("dsq:id", "")


def _thread(thread: Element, threads: dict[str, ArticleDraft], owners: dict[str, str]) -> None:
    id = _id(thread)
    path = path_of(thread.value("link"))
    if path.endswith("/index.html"):
        path = path.removesuffix("index.html")
    author = thread.find("author") or Element("author")
    if _is_person(author):
        owners[id] = _who(author)
    place = path.rstrip("/") or f"thread {id}"
    if place in threads:
        threads[place].ids += (id,)
        return
    threads[place] = ArticleDraft(
        source=id,
        kind=Kind.THREAD,
        title=thread.value("title"),
        path=path,
        slug=thread.value("id"),
        published=moment(thread.value("createdAt")),
        open=thread.value("isClosed") != "true",
    )


def _post(post: Element, owners: dict[str, str]) -> CommentDraft:
    author = post.find("author") or Element("author")
    thread, parent = post.find("thread"), post.find("parent")
    under = _id(thread) if thread is not None else ""
    status = None
    if post.value("isSpam") == "true":
        status = Status.SPAM
    elif post.value("isDeleted") == "true":
        status = Status.DELETED
    return CommentDraft(
        source=_id(post),
        under=under,
        id=_id(post),
        parent=_id(parent) if parent is not None else "",
        body=post.value("message"),
        published=moment(post.value("createdAt")),
        author=author.value("name"),
        email=author.value("email"),
        status=status,
        by_author=_is_person(author) and owners.get(under) == _who(author),
    )


def _is_person(author: Element) -> bool:
    return author.value("isAnonymous") == "false" and bool(author.value("username"))


def _who(author: Element) -> str:
    return author.value("username")
