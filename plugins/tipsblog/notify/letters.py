"""What is written to readers who asked to be told of comments.

The mail that asks back holds nothing that a sender of the form typed: nobody
can have it carry an advertisement to a stranger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid

from ..comments.discussion import name_of, permalink
from ..comments.markup import to_text
from ..comments.model import Comment, Role, clean_line
from .model import CONFIRM_AGE

#: Comments in full in one mail; of more it only says how many.
_SHOWN = 20
#: No header of ours is folded: some programs read only the first line of a link.
_POLICY = SMTP.clone(max_line_length=900)


@dataclass(frozen=True, slots=True)
class Writer:
    """blog: its title. sender: an address, with a name or without."""

    blog: str
    sender: str

    def ask(self, to: str, *, title: str, url: str, link: str) -> EmailMessage:
        """Return the mail that asks whether it was its reader who asked."""
        days = CONFIRM_AGE // 86400
        lines = [
            "Somebody, most likely you, wants this address to be told of new comments on",
            "",
            f"    {clean_line(title)}",
            f"    {url}",
            "",
            "To agree, open this page and press its button:",
            "",
            link,
            "",
            f"If it was not you, do nothing: the address is forgotten after {days} days.",
            "",
        ]
        return self._letter(to, f"Please confirm: comments on {title}", lines)

    def tell(
        self, to: str, comments: Sequence[Comment], *, title: str, url: str, leave: str
    ) -> EmailMessage:
        """Return the mail that tells of `comments`, the oldest first. leave: a
        link to be told of no more.
        """
        lines: list[str] = []
        for comment in comments[:_SHOWN]:
            by = " (author)" if comment.role is Role.AUTHOR else ""
            lines += [
                f"{name_of(comment)}{by} said:",
                "",
                *(f"> {line}" for line in to_text(comment).splitlines()),
                "",
                permalink(url, comment),
                "",
                "",
            ]
        if len(comments) > _SHOWN:
            lines += [f"And {len(comments) - _SHOWN} more: {url}", ""]
        lines += [
            "-- ",
            f"You asked to be told of comments on {clean_line(title)}.",
            f"To stop, here or for all of {clean_line(self.blog)}: {leave}",
            "",
        ]
        number = "A new comment" if len(comments) == 1 else f"{len(comments)} new comments"
        mail = self._letter(to, f"{number} on {title}", lines)
        mail["List-Unsubscribe"] = f"<{leave}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return mail

    def _letter(self, to: str, subject: str, lines: Sequence[str]) -> EmailMessage:
        subject = f"[{self.blog}] {subject}"
        return letter(to=to, sender=self.sender, subject=subject, text="\n".join(lines))


def letter(*, to: str, sender: str, subject: str, text: str) -> EmailMessage:
    """Return a plain mail. No header ever holds a line break."""
    mail = EmailMessage(policy=_POLICY)
    mail["To"] = to
    mail["From"] = sender
    mail["Subject"] = clean_line(subject)[:200]
    mail["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2].strip(">") or None)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    return mail
