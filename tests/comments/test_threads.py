"""How comments answer one another."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from makers import comment
from tipsblog.comments.model import Status
from tipsblog.comments.threads import Node, build, problems


def outline(nodes: Iterable[Node], indent: str = "") -> str:
    lines = ""
    for node in nodes:
        answers = f" -> {node.in_reply_to.id}" if node.in_reply_to else ""
        lines += f"{indent}{node.comment.id}{answers}\n{outline(node.replies, indent + '  ')}"
    return lines


def test_replies_sit_under_their_parent_oldest_first() -> None:
    thread = build([comment("c", 3, parent="a"), comment("b", 2, parent="a"), comment("a", 1)])

    assert outline(thread) == "a\n  b\n  c\n"


def test_a_reply_deeper_than_drawn_stands_beside_the_one_it_answers_and_says_so() -> None:
    chain = [
        comment("a", 1),
        comment("b", 2, parent="a"),
        comment("c", 3, parent="b"),
        comment("d", 4, parent="c"),
    ]

    assert outline(build(chain)) == "a\n  b\n  c -> b\n  d -> c\n"
    assert outline(build(chain, depth=3)) == "a\n  b\n    c\n    d -> c\n"
    assert outline(build(chain, depth=1)) == "a\nb -> a\nc -> b\nd -> c\n"


def test_a_reply_without_its_parent_moves_to_the_top() -> None:
    thread = [comment("a", 1), comment("b", 2, parent="gone")]

    assert outline(build(thread)) == "a\nb\n"
    assert list(problems(thread)) == [
        'comment "b" under "traps" answers "gone", which is not there'
    ]


def test_a_loop_is_cut_at_its_oldest_and_reported_once() -> None:
    thread = [
        comment("a", 1, parent="c"),
        comment("b", 2, parent="a"),
        comment("c", 3, parent="b"),
        comment("self", 4, parent="self"),
    ]

    assert outline(build(thread, depth=3)) == "a\n  b\n    c\nself\n"
    assert [problem.split()[1] for problem in problems(thread)] == ['"a"', '"self"']


def test_the_second_of_one_id_is_left_out_and_reported() -> None:
    thread = [comment("a", 2, body="later"), comment("a", 1, body="first")]

    assert [node.comment.body for node in build(thread)] == ["first"]
    assert list(problems(thread)) == ['two comments under "traps" have the id "a"']


def test_a_removed_comment_keeps_its_place_only_while_someone_answered_it() -> None:
    removed = comment("a", 1, status=Status.DELETED)
    childless = comment("b", 2, parent="a", status=Status.DELETED)

    assert outline(build([removed])) == ""
    assert outline(build([removed, childless])) == ""
    assert outline(build([removed, childless, comment("c", 3, parent="b")])) == (
        "a\n  b\n  c -> b\n"
    )


def test_ten_thousand_levels_are_drawn_without_trouble() -> None:
    chain = [comment("0", 0)] + [comment(str(n), n, parent=str(n - 1)) for n in range(1, 10_000)]

    (top,) = build(chain)

    assert len(top.replies) == 9_999


@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.booleans()), max_size=20),
    st.integers(1, 4),
)
def test_every_comment_is_drawn_once_however_they_answer(
    links: list[tuple[int, int, bool]], depth: int
) -> None:
    thread = [
        comment(str(id), minute, parent=str(parent) if has_parent else "")
        for minute, (id, parent, has_parent) in enumerate(links)
    ]

    def walk(nodes: tuple[Node, ...], level: int = 1) -> list[str]:
        assert level <= depth or not nodes
        return [id for n in nodes for id in (n.comment.id, *walk(n.replies, level + 1))]

    drawn = walk(build(thread, depth=depth))

    assert sorted(drawn) == sorted({c.id for c in thread})
