"""The queue in a terminal: one comment at a time, one key a decision."""

from __future__ import annotations

import click
from rich.console import Console, Group
from rich.panel import Panel
from rich.rule import Rule
from rich.text import Text

from ..errors import TipsblogError
from . import listing, markup
from .desk import Desk, Judged
from .model import Comment, clean_line
from .moderation import Decision

_KEYS = {
    "a": Decision.APPROVE,
    "h": Decision.HOLD,
    "s": Decision.SPAM,
    "d": Decision.DELETE,
}
_HELP = "[a]pprove  [s]pam  [h]old  [d]elete  [r]eply  [n]ext  [u]ndo  [q]uit"


def walk(desk: Desk, blog: Judged, console: Console, author: str) -> None:
    """Show each of the comments in its thread and do what the key says."""
    comments = blog.comments
    position = 0
    decided_at: list[int] = []
    while position < len(comments):
        comment = comments[position]
        console.print(_screen(desk, blog, comment, position + 1, len(comments)))
        key = click.getchar().lower()
        if key in _KEYS:
            desk.decide((comment,), _KEYS[key])
            console.print(Text(f"→ {_KEYS[key]}", "bold"))
            decided_at.append(position)
            position += 1
        elif key == "r":
            words = click.edit("") or ""
            try:
                desk.reply(comment, words, author)
            except TipsblogError as error:
                console.print(Text(str(error)))
                continue
            decided_at.append(position)
            position += 1
        elif key == "n":
            position += 1
        elif key == "u" and decided_at:
            what, _, _ = desk.undo()
            console.print(Text(f"→ {what} undone", "bold"))
            position = decided_at.pop()
        elif key in ("q", "\x03", "\x04", "\x1b"):
            break
    console.print(f"{len(decided_at)} decided, {len(comments) - position} left")


def _screen(desk: Desk, blog: Judged, comment: Comment, number: int, total: int) -> Group:
    above: list[Text] = []
    seen = {comment.id}
    answered = _answered(desk, comment)
    while answered is not None and answered.id not in seen:
        words = clean_line(markup.to_text(answered))
        above.insert(0, Text(f"{answered.author or 'Anonymous'}: {words[:200]}", "dim"))
        seen.add(answered.id)
        answered = _answered(desk, answered)
    shown = listing.full(comment, blog.verdicts.get((comment.article, comment.id)))
    return Group(Rule(f"{number} of {total}"), *above, Panel(shown), Text(_HELP))


def _answered(desk: Desk, comment: Comment) -> Comment | None:
    try:
        return desk.store.get(comment.article, comment.parent) if comment.parent else None
    except TipsblogError:
        return None  # removed, or never here
