"""How comments answer one another: flat values in, trees out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .model import Comment, Status


class Node(NamedTuple):
    """A comment, what stands under it, and whom it answers.

    in_reply_to: the comment answered, where the drawing does not show it
    (a deep reply drawn at a shallower level); else None.
    """

    comment: Comment
    replies: tuple[Node, ...] = ()
    in_reply_to: Comment | None = None


def build(comments: Iterable[Comment], *, depth: int = 2) -> tuple[Node, ...]:
    """Arrange `comments` of one article into threads, oldest first at every level.

    At most `depth` levels are drawn; a deeper reply moves up to the last one
    and says whom it answers.

    A reply whose parent is not among `comments` moves to the top level.
    Imported archives are full of such orphans, and a reader would rather see
    an answer out of place than not at all. So do the first of a loop and the
    second of one id is left out: `problems` reports them. A removed comment
    stays only while something under it is shown.
    """
    if depth < 1:
        raise ValueError("a thread has at least one level")
    ordered = sorted(comments, key=_age)
    known: dict[str, Comment] = {}
    for comment in ordered:
        known.setdefault(comment.id, comment)
    parents = _parents(known)
    order = _parents_first(parents)

    shown: set[str] = set()
    for id in reversed(order):
        if known[id].status is not Status.DELETED or id in shown:
            shown |= {id, parents[id]}

    level = {"": 0}
    above: dict[str, str] = {}
    for id in order:
        # A parent on the last level drawn has none below it: stand beside it.
        above[id] = parents[id] if level[parents[id]] < depth else above[parents[id]]
        level[id] = level[above[id]] + 1
    below: dict[str, list[str]] = {}
    for id in known:
        if id in shown:
            below.setdefault(above[id], []).append(id)

    def node(id: str) -> Node:
        moved = above[id] != parents[id]
        return Node(
            known[id],
            tuple(node(reply) for reply in below.get(id, ())),
            known[parents[id]] if moved else None,
        )

    return tuple(node(id) for id in below.get("", ()))


def problems(comments: Iterable[Comment]) -> Iterator[str]:
    """Say what `build` had to mend: orphans, loops, ids that stand twice."""
    known: dict[str, Comment] = {}
    for comment in sorted(comments, key=_age):
        if comment.id in known:
            yield f'two comments under "{comment.article}" have the id "{comment.id}"'
        known.setdefault(comment.id, comment)
    parents = _parents(known)
    for comment in known.values():
        if comment.parent and comment.parent not in known:
            yield (
                f'comment "{comment.id}" under "{comment.article}" answers '
                f'"{comment.parent}", which is not there'
            )
        elif comment.parent and not parents[comment.id]:
            yield f'comment "{comment.id}" under "{comment.article}" answers itself in a loop'


def _age(comment: Comment) -> tuple[float, str]:
    return (comment.published.timestamp(), comment.id)


def _parents(known: dict[str, Comment]) -> dict[str, str]:
    """Map each id to its parent's, or "" for the top level, with loops cut."""
    parents = {id: c.parent if c.parent in known else "" for id, c in known.items()}
    safe: set[str] = {""}
    for start in known:  # oldest first, so that a loop is cut at its oldest
        path: list[str] = []
        on_path: set[str] = set()
        id = start
        while id not in safe and id not in on_path:
            path.append(id)
            on_path.add(id)
            id = parents[id]
        if id in on_path:
            loop = path[path.index(id) :]
            parents[min(loop, key=lambda member: _age(known[member]))] = ""
        safe.update(path)
    return parents


def _parents_first(parents: dict[str, str]) -> list[str]:
    children: dict[str, list[str]] = {}
    for id, parent in parents.items():
        children.setdefault(parent, []).append(id)
    order = list(children.get("", ()))
    for id in order:  # grows while it is walked: breadth first, no recursion
        order.extend(children.get(id, ()))
    return order
