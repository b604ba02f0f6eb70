"""What readers are written, whatever anybody typed."""

from __future__ import annotations

from email import message_from_bytes, policy

from hypothesis import given
from hypothesis import strategies as st

from makers import comment
from strategies import comments
from tipsblog.comments.model import Comment, Role, clean_line
from tipsblog.notify.letters import Writer

WRITER = Writer("Tips\r\nBcc: blog@example.org", "Tips <blog@example.org>")
LEAVE = "https://example.org/intake/unsubscribe?token=" + "abc.def-" * 20
URL = "https://example.org/traps.html"


@given(comments(), st.text())
def test_no_comment_and_no_title_adds_a_header_or_ends_the_mail(one: Comment, title: str) -> None:
    sent = WRITER.tell("ann@example.org", [one], title=title, url=URL, leave=LEAVE).as_bytes()

    mail = message_from_bytes(sent, policy=policy.default)
    assert mail.keys() == [
        *("To", "From", "Subject", "Message-ID", "Auto-Submitted", "Content-Type"),
        *("Content-Transfer-Encoding", "MIME-Version"),
        *("List-Unsubscribe", "List-Unsubscribe-Post"),
    ]
    assert mail.defects == []
    assert f"List-Unsubscribe: <{LEAVE}>\r\n".encode() in sent
    lines = mail.get_content().replace("\r\n", "\n").split("\n")
    assert lines[-2].endswith(LEAVE)
    assert lines.count("-- ") == 1  # what was typed is marked as quoted


@given(st.text())
def test_the_mail_that_asks_back_has_our_words_only(title: str) -> None:
    mail = WRITER.ask("ann@example.org", title=title, url=URL, link="https://example.org/x")

    sent = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert "List-Unsubscribe" not in sent
    assert clean_line(title)[:40] in " ".join(sent["Subject"].split()) or len(title) > 40
    assert sent["Bcc"] is None


def test_html_comes_as_text_and_the_author_is_named_as_such() -> None:
    html = comment("a", body="<b>Yes</b>", author="", website="https://evil.example")
    ours = comment("b", body="No *no*.", author="Mara", role=Role.AUTHOR)

    mail = Writer("Tips", "b@example.org").tell(
        "ann@example.org", [html, ours], title="Traps", url=URL, leave=LEAVE
    )

    text = mail.get_content()
    assert text.startswith(f"Anonymous said:\n\n> <b>Yes</b>\n\n{URL}#ca\n")
    assert "Mara (author) said:\n\n> No no.\n" in text
    assert "evil.example" not in text
    assert mail["Subject"] == "[Tips] 2 new comments on Traps"
