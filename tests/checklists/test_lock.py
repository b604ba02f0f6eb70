"""What a change does to the ticks that readers have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipsblog.checklists import keys, lock
from tipsblog.checklists.model import Item
from tipsblog.errors import DocumentError


def items(*texts: str) -> list[Item]:
    return [Item(keys.derive(text), text) for text in texts]


def published(*texts: str) -> dict[str, str]:
    return {item.key: item.text for item in items(*texts)}


def changes(before: list[str], after: list[str]) -> list[tuple[str, str]]:
    return [
        (change.key, change.item.text)
        for change in lock.reworded(published(*before), items(*after))
    ]


def test_a_reworded_item_is_paired_with_its_old_key() -> None:
    before = ["Agree on a price", "Name a day"]

    assert changes(before, ["Name a day", "Agree on a fair price"]) == [
        ("agree-on-a-price", "Agree on a fair price")
    ]


def test_new_moved_and_removed_items_are_nobodys_rewording() -> None:
    assert changes(["Agree on a price", "Name a day"], ["Name a day", "Write it down"]) == []


def test_of_several_the_likest_is_taken_and_each_key_once() -> None:
    before = ["Pay on Monday", "Pay on Friday"]

    assert changes(before, ["Pay by Friday", "Pay by Monday"]) == [
        ("pay-on-friday", "Pay by Friday"),
        ("pay-on-monday", "Pay by Monday"),
    ]


def test_an_article_with_a_new_key_is_known_by_its_items() -> None:
    before = {"old": published("a b", "c d"), "gone": published("x y")}
    after = {"new": published("a b", "e f"), "fresh": published("g h")}

    assert lock.renamed(before, after) == {"new": "old"}


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"a": 1}'])
def test_what_is_no_lock_file_is_refused_with_a_way_out(text: str) -> None:
    with pytest.raises(DocumentError, match=r"^x\.json: no lock file .*take it back"):
        lock.parse(text, "x.json")


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


@given(st.dictionaries(words, st.dictionaries(words, words, min_size=1)))
def test_a_lock_file_reads_as_it_was_written(data: dict[str, dict[str, str]]) -> None:
    assert lock.parse(lock.unparse(data), "x") == data


@given(st.dictionaries(words, words), st.lists(words, unique=True))
def test_no_key_is_given_to_two_items(before: dict[str, str], after: list[str]) -> None:
    found = lock.reworded(before, [Item(f"new-{text}", text) for text in after])

    assert len({change.key for change in found}) == len(found)
    assert len({change.item.key for change in found}) == len(found)
