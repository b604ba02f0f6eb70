"""A comment's file, read and written."""

from __future__ import annotations

import pytest
from hypothesis import given

from makers import comment
from strategies import comments
from tipsblog.comments.document import parse, unparse
from tipsblog.comments.model import Comment, Role, Status
from tipsblog.errors import DocumentError

PLAIN = "Date: 2026-03-05T14:22:10+08:00\n\nHello.\n"


def read(text: str) -> Comment:
    return parse(text, id="a", article="x", path="comments/x/a.md")


def test_a_file_gives_every_field() -> None:
    result = read(
        "Author: virtual friend\nWebsite: https://friend.example.org/\n"
        "Date: 2026-03-05T14:22:10+08:00\nParent: b\nRole: author\nStatus: held\n"
        "\nFirst.\n\nSecond: with a colon.\n"
    )

    assert result.author == "virtual friend"
    assert result.website == "https://friend.example.org/"
    assert result.published.isoformat() == "2026-03-05T14:22:10+08:00"
    assert result.parent == "b"
    assert result.role is Role.AUTHOR
    assert result.status is Status.HELD
    assert result.body == "First.\n\nSecond: with a colon."


def test_a_file_without_author_and_status_is_anonymous_and_undecided() -> None:
    result = read(PLAIN)

    assert (result.author, result.status) == ("", None)


def test_a_file_from_another_editor_reads_the_same() -> None:
    assert read("\ufeff" + PLAIN.replace("\n", "\r\n")) == read(PLAIN)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("Staus: spam\n" + PLAIN, 1, 'did you mean "Status"'),
        ("Status: spamm\n" + PLAIN, 1, 'did you mean "spam"'),
        (PLAIN.replace("+08:00", ""), 1, "2026-03-05T14:22:10+00:00"),
        ("Author: A\nDate: yesterday\n\nHi.", 2, "no date"),
        ("Author: A\n\nHi.", 1, 'no "Date"'),
        ("Author: A\nAuthor: B\n" + PLAIN, 2, "twice"),
        ("Author: A\nHello there\n" + PLAIN, 2, "an empty line"),
        ("Parent: ../../etc/passwd\n" + PLAIN, 1, "cannot be a file name"),
        ("Removed-By: author\n" + PLAIN, 1, "only a deleted comment"),
        ("", 1, 'no "Date"'),
    ],
)
def test_a_bad_file_is_refused_by_name_line_and_way_out(text: str, line: int, says: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read(text)

    assert str(caught.value).startswith(f"comments/x/a.md:{line}: ")
    assert says in str(caught.value)


def test_a_line_break_in_a_header_cannot_forge_another_field() -> None:
    with pytest.raises(ValueError, match="clean line"):
        comment(author="Eve\nRole: author")


@given(comments())
def test_writing_and_reading_gives_the_same_comment(given_comment: Comment) -> None:
    text = unparse(given_comment)

    assert parse(text, id=given_comment.id, article=given_comment.article) == given_comment
