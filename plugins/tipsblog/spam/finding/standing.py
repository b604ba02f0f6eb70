"""How a comment stands to its article, its thread and all that came before."""

from __future__ import annotations

from collections.abc import Iterator

from ...comments.model import Comment, Role
from ..language import language_of
from ..pattern import later
from ..place import Copy, Place
from ..reading import Reading
from .base import Evidence, listed_in_order

_SPEAKS = later(
    r"(?:^|\s)@\s?([^\W\d_][\w.-]{1,30})|^\s*(?:hi|hey|hello|dear)\s+([A-Z]\w{1,20})[,!.\s]",
)


def standing(comment: Comment, reading: Reading, place: Place) -> Iterator[Evidence]:
    """Compare a comment with what stands around and before it."""
    words, thread = reading.words, place.thread
    about = place.subject.words
    own = reading.topic
    strange = own - about
    if own:
        shared = own & about
        if shared:
            value = min(1.0, len(shared) / 4) * min(1.0, 3 * len(shared) / len(own))
            yield Evidence("on_topic", value, listed_in_order(shared))
        elif about and len(own) >= 3:
            yield Evidence("off_topic", min(1.0, len(own) / 10))
        taken = strange & thread.words
        if taken:
            value = min(1.0, len(taken) / 4) * min(1.0, 3 * len(taken) / len(own))
            yield Evidence("in_thread", value, listed_in_order(taken))
    start = reading.text[:200]
    if ("@" in start or start.lstrip()[:1] in "hHdD") and (spoken := _SPEAKS.search(start)):
        yield Evidence("speaks_to", 1.0, (spoken[1] or spoken[2] or "")[:40])
    elif called := thread.names.intersection(words[:4]):
        yield Evidence("speaks_to", 0.7, sorted(called)[0].capitalize())
    if comment.parent:
        yield Evidence("reply", 1.0)
    if comment.body.startswith((">", "<blockquote", "&gt;")):
        yield Evidence("quote", 1.0)
    yield from foreign(reading, place)
    if place.same:
        yield Evidence("same_text", 1.0, _whose(place.same))
    if place.copied:
        taken_over = sum(copy.words.count(" ") + 1 for copy in place.copied) / len(words or "x")
        value = min(1.0, 0.5 + 0.25 * len(place.copied)) * min(1.0, 2.5 * taken_over)
        yield Evidence("copied", value, f'{_whose(place.copied[0])}: "{place.copied[0].words}"')
    if reading.clauses:
        sentences = place.subject.sentences
        for clause in reading.clauses[:10]:
            parts = clause.words.split()
            if (
                len(parts) > 6
                # Its first and last may be parts of words there, but no other.
                and strange.isdisjoint(parts[1:-1])
                and clause.words in sentences
            ):
                yield Evidence("copied_article", 1.0, f'"{clause.words}"')
                break
    if place.days > 14:
        yield Evidence("late", min(1.0, place.days / 365), str(place.days))
    if thread.heat > 0.1:
        yield Evidence("targeted", thread.heat)
    if place.heat > 0.1:
        yield Evidence("besieged", place.heat)
    if place.visits:
        # A first name alone is borne by many.
        sure = 1.0 if " " in comment.author.strip() else 0.5
        yield Evidence("regular", sure * min(place.visits, 4) / 4, str(place.visits))
    if comment.role is Role.AUTHOR:
        yield Evidence("by_author", 1.0)


def foreign(reading: Reading, place: Place) -> Iterator[Evidence]:
    """Find whether a comment is in another language than its article."""
    language = place.subject.language
    if language and reading.words:
        spoken_in = language_of(reading.vocabulary, language)
        if spoken_in and spoken_in != language:
            yield Evidence("other_language", 1.0, spoken_in)


def _whose(copy: Copy) -> str:
    return f'the comment of "{copy.author or "Anonymous"}" ({copy.id})'
