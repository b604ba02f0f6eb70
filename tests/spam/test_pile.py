"""Comments that are judged, in memory or not."""

from __future__ import annotations

from contextlib import closing
from multiprocessing.connection import Connection

import pytest

from makers import comment
from tipsblog.spam import pile as module
from tipsblog.spam.model import Article
from tipsblog.spam.pile import Articles, Pile


@pytest.mark.parametrize("count", [0, 1, 3, 6, 7])
def test_comments_that_were_put_down_are_the_same_ones(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SOME", 3)
    comments = [comment(f"c{number}", 60 - number) for number in range(count)]

    before = Pile(comments)

    with closing(Pile.apart(comments)) as pile:
        assert list(pile) == list(before) == comments[::-1]
        assert pile[-1:] == comments[:1]
        assert [pile[at - count] for at in reversed(range(count))] == comments
        assert pile[1:5] == before[1:5]
        assert (pile.places, pile.said) == (before.places, before.said)


def test_where_the_process_is_stopped_comments_stay_in_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stopped(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(Connection, "send", stopped)
    comments = [comment("a", 1), comment("b", 2)]

    with closing(Pile.apart(comments)) as pile:
        assert list(pile) == comments


def test_an_article_is_made_once_and_stays_the_same() -> None:
    asked = []

    class Made(dict[str, Article]):
        def __missing__(self, key: str) -> Article:
            asked.append(key)
            return Article(key, "Title", "Text", ("https://example.org/",))

    with closing(Articles(Made())) as articles:
        first, again = articles["a"], articles["a"]

    assert first == again
    assert asked == ["a"]
