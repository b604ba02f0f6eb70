"""Lists of words, hosts and authors, in WordPress's disallowed-keys format.

One term a line, found anywhere in a comment's text, author, address or e-mail,
whatever the case: "press" is found in "WordPress". Empty lines and lines that
begin with "#" say nothing. However long the list, a comment is gone through
once: terms are kept by their first four letters.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ..comments.model import Comment

#: Shorter terms are looked for one by one; no sane list has many of them.
_GRAM = 4


class Matcher:
    """Many terms, looked for at once."""

    def __init__(self, terms: Iterable[str] = ()) -> None:
        self._short: list[str] = []
        self._long: dict[str, list[str]] = {}
        long = self._long
        for term in terms:
            if len(term) < _GRAM:
                self._short.append(term)
            else:
                head = term[:_GRAM]
                if head in long:
                    long[head].append(term)
                else:
                    long[head] = [term]
        self._heads = long.keys()

    def __bool__(self) -> bool:
        return bool(self._short or self._long)

    def find(self, text: str) -> list[str]:
        """Return the terms in lower-case `text`, in order of the alphabet."""
        found = [term for term in self._short if term in text]
        grams = set(map("".join, zip(text, text[1:], text[2:], text[3:], strict=False)))
        for head in self._heads & grams:
            found += [term for term in self._long[head] if term in text]
        return sorted(found)


def parse(text: str) -> list[str]:
    """Read a list: one term a line, as WordPress keeps it."""
    lines = map(str.strip, text.lower().splitlines())
    return list(dict.fromkeys(line for line in lines if line and line[0] != "#"))


class Lists(NamedTuple):
    """held: what is never published unseen. never_held: what is always published.

    A comment that is on both is held: the owner wants to see it.
    """

    held: Matcher = Matcher()
    never_held: Matcher = Matcher()

    def find(self, comment: Comment) -> tuple[list[str], list[str]]:
        """Return the terms of either list that `comment` contains."""
        if not self.held and not self.never_held:
            return [], []
        text = f"{comment.author}\n{comment.email}\n{comment.website}\n{comment.body}".lower()
        return self.held.find(text), self.never_held.find(text)
