"""Who asked to be told of an article's comments, and what may be an address.

Values only. Nothing here knows where they are kept, or how a mail is sent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.headerregistry import Address

from ..comments.model import Comment, Status

#: Seconds in which a reader can say that it was they who asked; then the
#: address is forgotten.
CONFIRM_AGE = 3 * 24 * 3600
MAX_EMAIL = 254
#: As browsers check `<input type=email>` (HTML Standard, 4.10.5.1.5), with a dot
#: in the host: no mail leaves for a machine of the local network.
_EMAIL = re.compile(
    r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+"
    r"[a-zA-Z](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """An address that asked for the comments of one article.

    All times are seconds since 1970. id: random, known only from a mail to the
    address. asked: when it was last asked for. mailed: when the mail that asks
    back was sent, or None. confirmed: when the address said yes, or None.
    told: up to when comments were told of. own: ids of its owner's comments.
    """

    id: str
    article: str
    email: str
    asked: float
    mailed: float | None = None
    confirmed: float | None = None
    told: float = 0.0
    own: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A comment that came to be published.

    digest: of its text, where the filter let it through; "" where a person did.
    """

    comment: str
    digest: str


def as_json(follower: Follower) -> dict[str, str | None]:
    """Return what is kept of a follower, as an export says it."""

    def moment(seconds: float | None) -> str | None:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()

    return {
        "notified of": follower.article,
        "email": follower.email,
        "asked": moment(follower.asked),
        "confirmed": moment(follower.confirmed),
    }


def address(typed: str) -> str:
    """Return the address meant, "" where no mail can be sent to it.

    Capitals do not tell mailboxes apart anywhere that matters; kept as small
    letters, an address is known again however it is typed.
    """
    email = typed.strip().lower()
    if len(email) > MAX_EMAIL or not _EMAIL.fullmatch(email):
        return ""
    try:  # what a header could not carry: dots at the ends, two in a row
        Address(addr_spec=email)
    except (HeaderParseError, ValueError, IndexError):
        return ""
    return email


def mailbox(email: str) -> str:
    """Return what many addresses of one mailbox have in common, so that limits
    count the mailbox: no dots, nothing after a plus.
    """
    name, _, host = email.rpartition("@")
    return f"{name.partition('+')[0].replace('.', '')}@{host}"


def is_told(note: Note, comment: Comment, text: str) -> bool:
    """Tell whether readers see `comment`, so that it may be told of.

    text: the digest of its text now. Changed since the filter let it through, a
    comment is noted anew if it is let through again; until then it is not told of.
    """
    if comment.status is None:
        return bool(note.digest) and note.digest == text
    return comment.status is Status.PUBLISHED
