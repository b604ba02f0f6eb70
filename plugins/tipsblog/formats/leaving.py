"""Which comments leave the blog in a dump, and as what."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from ..comments.markup import to_html
from ..comments.model import Comment, Status
from ..comments.moderation import Verdicts, state

_NEWLINE = re.compile(r"(?<!<br>)\n")


def leaving(
    comments: Iterable[Comment], verdicts: Verdicts, include: Collection[Status]
) -> list[Comment]:
    """Return the published comments and those in a state to `include`.

    A removed one comes along while one that leaves answers it, as on the page.
    """
    comments = list(comments)
    states = {(c.article, c.id): state(c, verdicts.get((c.article, c.id))) for c in comments}
    wanted = {Status.PUBLISHED, *include}
    chosen = {key for key, status in states.items() if status in wanted}
    parents = {(c.article, c.id): (c.article, c.parent) for c in comments if c.parent}
    for key in list(chosen):
        above = parents.get(key)
        while above and above not in chosen and states.get(above) is Status.DELETED:
            chosen.add(above)
            above = parents.get(above)
    return [comment for comment in comments if (comment.article, comment.id) in chosen]


def resolved(comments: Iterable[Comment], verdicts: Verdicts) -> Iterator[Comment]:
    """Yield `comments` with a status each: a person's, else the filter's."""
    for comment in comments:
        status = state(comment, verdicts.get((comment.article, comment.id)))
        yield comment if status is comment.status else replace(comment, status=status)


def in_lines(comment: Comment) -> str:
    """Return a comment's safe HTML with paragraphs and line breaks as newlines,
    as platforms store what was typed into a form.
    """
    html = _one_line(to_html(comment))
    html = html.replace("</p><p>", "\n\n").replace("<br>", "\n")
    return html.replace("<p>", "").replace("</p>", "")


def in_breaks(comment: Comment) -> str:
    """Return a comment's safe HTML with <br /> between lines and paragraphs,
    which is all that Blogger's comments know.
    """
    return in_lines(comment).replace("\n", "<br />")


def _one_line(html: str) -> str:
    """Take newlines out that are only white space; those in <pre> become <br>."""
    parts = re.split(r"(<pre>.*?</pre>)", html.strip(), flags=re.DOTALL)
    for number, part in enumerate(parts):
        if number % 2:
            parts[number] = part.replace("\n", "<br>")
        else:
            part = re.sub(r"\s*\n\s*(?=</?(?:p|ul|ol|li|blockquote|pre)>)", "", part)
            part = re.sub(r"(?<=[^a-z]p>)\s*\n\s*|(?<=<br>)\s*\n\s*", "", part)
            parts[number] = _NEWLINE.sub(" ", part)
    return "".join(parts)
