"""How a moderator sees comments: a table, one comment in full, or JSON.

Comments are strangers' words: they are drawn as plain text, never as rich's
mark-up, and `clean_line` has taken the control characters that a terminal obeys.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..spam.model import Verdict
from . import markup
from .model import Comment, Role, Status, clean_line
from .moderation import Verdicts, state

_STYLES = {
    Status.PUBLISHED: "green",
    Status.HELD: "yellow",
    Status.SPAM: "red",
    Status.DELETED: "dim",
}


def table(comments: Iterable[Comment], verdicts: Verdicts) -> Table:
    """One row a comment: its state, name, text, and what the filter says."""
    drawn = Table(box=None, header_style="bold", pad_edge=False)
    drawn.add_column("State", no_wrap=True)
    drawn.add_column("Comment", overflow="fold", ratio=3)
    drawn.add_column("Says", overflow="fold", ratio=5)
    drawn.add_column("Filter", overflow="fold", ratio=4)
    for comment in comments:
        verdict = verdicts.get((comment.article, comment.id))
        text = clean_line(markup.to_text(comment))
        drawn.add_row(
            _state(comment, verdict),
            Text(f"{comment.article}/{comment.id}"),
            Text.assemble(
                (_name(comment), "bold"), ": ", text if len(text) <= 120 else f"{text[:119]}…"
            ),
            _verdict(verdict, comment.evidence),
        )
    return drawn


def full(comment: Comment, verdict: Verdict | None) -> RenderableType:
    """Everything about one comment, the filter's reasons with their weights."""
    facts = Table.grid(padding=(0, 2))
    facts.add_row("Comment", Text(f"{comment.article}/{comment.id}"))
    facts.add_row("State", _state(comment, verdict))
    facts.add_row("Author", Text(_name(comment)))
    for label, value in (
        ("Website", comment.website),
        ("Email", comment.email),
        ("Answers", comment.parent),
        ("Removed by", comment.removed_by or ""),
    ):
        if value:
            facts.add_row(label, Text(value))
    if comment.evidence:
        facts.add_row("Came in", Text(comment.evidence))
    facts.add_row("Date", comment.published.isoformat())
    facts.add_row("Filter", _verdict(verdict, weights=True))
    return Group(facts, "", Text(markup.to_text(comment)))


def as_json(comment: Comment, verdict: Verdict | None) -> dict[str, Any]:
    """The same as plain values. `status` is the person's decision or null;
    `state` is what follows from it and the verdict.
    """
    return {
        "article": comment.article,
        "id": comment.id,
        "state": state(comment, verdict),
        "status": comment.status,
        "author": comment.author,
        "website": comment.website,
        "email": comment.email,
        "role": comment.role,
        "published": comment.published.isoformat(),
        "parent": comment.parent,
        "body": comment.body,
        "evidence": comment.evidence,
        "verdict": None
        if verdict is None
        else {
            "outcome": verdict.outcome,
            "score": round(verdict.score, 4),
            "reasons": [
                {"feature": r.feature, "weight": round(r.weight, 4), "sentence": r.sentence}
                for r in verdict.reasons
            ],
        },
    }


def _name(comment: Comment) -> str:
    name = comment.author or "Anonymous"
    return f"{name} (author)" if comment.role is Role.AUTHOR else name


def _state(comment: Comment, verdict: Verdict | None) -> Text:
    word = state(comment, verdict)
    # A held one still waits for a decision, whoever held it.
    waits = comment.status in (None, Status.HELD)
    return Text(str(word) if waits else f"{word}, decided", _STYLES[word])


def _verdict(verdict: Verdict | None, evidence: str = "", *, weights: bool = False) -> Text:
    lines = [f"{verdict.outcome} {verdict.score:.0%}" if verdict else "not judged"]
    if evidence:
        lines.append(evidence)
    reasons = verdict.reasons if verdict else ()
    for reason in reasons if weights else reasons[:3]:
        sentence = clean_line(reason.sentence)
        lines.append(f"{reason.weight:+.1f} {sentence}" if weights else sentence)
    return Text("\n".join(lines))
