"""Signed words: what the service hands out and believes when it comes back.

Each kind has its own salt, so that one cannot be passed off as another. The
moment stands inside; the caller says what time it is.
"""

from __future__ import annotations

import hashlib
import math
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from ..atomic import write_atomically
from ..comments.model import Comment
from .evidence import TokenState

#: A form may stay open overnight, seconds.
FORM_AGE = 24 * 3600
#: A link in a mail, seconds.
LINK_AGE = 30 * 24 * 3600
#: A moderator's session, seconds.
SESSION_AGE = 12 * 3600


@dataclass(frozen=True, slots=True)
class FormToken:
    """state: whether it can be believed; only then are age, seconds, and nonce set."""

    state: TokenState
    age: float | None = None
    nonce: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A comment that a token stands for. digest: of its text as it was then."""

    article: str
    id: str
    digest: str


class Tokens:
    """All kinds of tokens under one `secret`."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._serializers: dict[str, URLSafeSerializer] = {}

    def form(self, article: str, now: float) -> str:
        """A token for a form on the page of `article`."""
        return self._sign("form", [article, secrets.token_urlsafe(9), int(now)])

    def read_form(self, token: str, article: str, now: float) -> FormToken:
        """Say what is known of a form's token."""
        if not token:
            return FormToken(TokenState.MISSING)
        match self._read("form", token):
            case [str(named), str(nonce), int(moment)] if named == article:
                age = now - moment
                if age > FORM_AGE:
                    return FormToken(TokenState.EXPIRED)
                return FormToken(TokenState.FRESH, max(age, 0.0), nonce)
        return FormToken(TokenState.FORGED)

    def place(self, kind: str, comment: Comment, now: float) -> str:
        """A token of `kind` ("edit", "decide") that stands for `comment` as it is."""
        return self._sign(kind, [comment.article, comment.id, digest(comment), int(now)])

    def read_place(self, kind: str, token: str, now: float, age: float) -> Place | None:
        """Return what the token stands for; None if it is no such token or
        older than `age` seconds.
        """
        match self._read(kind, token):
            case [str(article), str(id), str(kept), int(moment)] if now - moment <= age:
                return Place(article, id, kept)
        return None

    def letter(self, kind: str, id: str, now: float) -> str:
        """A token of `kind` ("confirm", "unsubscribe") for a follower's mail."""
        return self._sign(kind, [id, int(now)])

    def read_letter(self, kind: str, token: str, now: float, age: float = math.inf) -> str:
        """Return whose mail the token stood in; "" if it is no such token or
        older than `age` seconds.
        """
        match self._read(kind, token):
            case [str(id), int(moment)] if now - moment <= age:
                return id
        return ""

    def session(self, now: float) -> str:
        """A moderator's session."""
        return self._sign("session", [secrets.token_urlsafe(9), int(now)])

    def is_session(self, token: str, now: float) -> bool:
        """Tell whether `token` is a session that has not ended."""
        match self._read("session", token):
            case [str(), int(moment)]:
                return now - moment <= SESSION_AGE
        return False

    def bound(self, kind: str, word: str) -> str:
        """A word that only who holds `word` can have: against forged requests."""
        return self._sign(kind, word)

    def is_bound(self, kind: str, token: str, word: str) -> bool:
        """Tell whether `token` is `bound(kind, word)`."""
        return bool(word) and self._read(kind, token) == word

    def _sign(self, kind: str, value: Any) -> str:
        token = self._serializer(kind).dumps(value)
        return token if isinstance(token, str) else token.decode("ascii")

    def _read(self, kind: str, token: str) -> Any:
        try:
            return self._serializer(kind).loads(token)
        except (BadData, ValueError):
            return None

    def _serializer(self, kind: str) -> URLSafeSerializer:
        if kind not in self._serializers:
            self._serializers[kind] = URLSafeSerializer(self._secret, salt=f"tipsblog {kind}")
        return self._serializers[kind]


def digest(comment: Comment) -> str:
    """A short name for a comment's text, so that a token dies when it changes."""
    text = "\0".join((comment.author, comment.website, comment.body))
    return hashlib.blake2b(text.encode(), digest_size=9).hexdigest()


def work_done(token: str, answer: str, bits: int) -> bool:
    """Tell whether SHA-256 of `token`, a colon and `answer` starts with `bits` zeros."""
    hashed = hashlib.sha256(f"{token}:{answer}".encode("utf-8", "replace")).digest()
    return int.from_bytes(hashed, "big") >> (256 - bits) == 0


def secret_in(folder: Path) -> str:
    """Return the blog's own secret, made on first use and kept in `folder`."""
    path = folder / "secret"
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        write_atomically(path, secrets.token_hex(32).encode("ascii"), replace=False, mode=0o600)
    return path.read_text("ascii").strip()
