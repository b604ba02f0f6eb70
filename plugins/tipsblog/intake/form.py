"""From what a browser sent to a submission, or to what the reader should mend.

Pure: text in, values out. A field that is not asked for is ignored; one sent
twice is refused, because two programs might each read another one of the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from ..comments.markup import safe_url
from ..comments.model import MAX_BODY, clean_line, clean_text, is_key
from ..notify.model import MAX_EMAIL, address

MAX_NAME = 100
MAX_WEBSITE = 300
#: Bytes of a form: the longest text, percent-encoded, with room for the rest.
MAX_FORM = 64 * 1024
MAX_FIELDS = 30
#: A field that no person sees. What fills in every field fills in this one.
TRAP = "subject"


class BadRequestError(ValueError):
    """Not a form that any of our pages sends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A comment as typed, cleaned but not yet believed.

    email, notify: where comments to come may be told of, and whether that is
    wished; no part of the comment. trap: whether the hidden field was filled
    in. token, work: as the form sent them.
    """

    article: str
    parent: str = ""
    author: str = ""
    website: str = ""
    body: str = ""
    email: str = ""
    notify: bool = False
    trap: bool = False
    token: str = ""
    work: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)


def decode(body: bytes) -> dict[str, str]:
    """Return the fields of an `application/x-www-form-urlencoded` body.

    Raises `BadRequestError` for what is not UTF-8, has too many fields, or
    gives one twice.
    """
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError as error:  # UnicodeDecodeError is one
        raise BadRequestError("the form cannot be read") from error
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise BadRequestError("the form gives a field twice")
    return fields


def read(fields: Mapping[str, str], *, named: bool = False, mails: bool = False) -> Submission:
    """Clean the fields, and say in `problems`, by field, what must be mended.

    named: whether a name is asked for. mails: whether readers can be told of
    comments by mail; if not, no e-mail address is taken.
    """
    email = clean_line(fields.get("email", "")) if mails else ""
    notify = mails and bool(fields.get("notify"))
    author = clean_line(fields.get("author", ""))
    website = clean_line(fields.get("website", ""))
    body = clean_text(fields.get("body", ""))
    parent = fields.get("parent", "")
    problems: dict[str, str] = {}
    if named and not _visible(author):
        problems["author"] = "Please give a name."
    if len(author) > MAX_NAME:
        problems["author"] = f"Please give a name of at most {MAX_NAME} characters."
    if notify and not address(email):
        problems["email"] = "Please give an e-mail address to notify, or untick the box."
    if website and not (linked := _link(website)):
        problems["website"] = (
            "Please give a whole address, such as https://example.org/, or leave it empty."
        )
    elif website:
        website = linked
    if not _visible(body):
        problems["body"] = "Please write something."
    elif len(body) > MAX_BODY:
        problems["body"] = f"Please use at most {MAX_BODY:,} characters; these are {len(body):,}."
    if parent and not is_key(parent):
        parent = ""
    return Submission(
        article=fields.get("article", ""),
        parent=parent,
        author=author if _visible(author) else "",
        website=website,
        body=body,
        email=address(email) or email[:MAX_EMAIL],
        notify=notify,
        trap=bool(fields.get(TRAP, "").strip()),
        token=clean_line(fields.get("token", "")[:500]),
        work=fields.get("work", "")[:100],
        problems=problems,
    )


def _link(typed: str) -> str:
    """Return the address meant, "" where none can be linked: people leave the
    scheme out.
    """
    if len(typed) > MAX_WEBSITE:
        return ""
    if "://" not in typed and not typed.startswith(("/", "javascript:", "data:")):
        typed = f"https://{typed}"
    address = safe_url(typed)
    return address if "." in address.partition("://")[2].partition("/")[0] else ""


def _visible(text: str) -> bool:
    """Tell whether anything in `text` can be seen: a zero-width space cannot."""
    return any(c.isalnum() or (c.isprintable() and not c.isspace()) for c in text)
