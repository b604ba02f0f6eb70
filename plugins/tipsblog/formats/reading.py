"""Small readings that every format needs: times, paths, plain text, keys."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from html import unescape
from urllib.parse import unquote, urlsplit

import nh3
from unidecode import unidecode

from ..comments.model import clean_line, is_key

#: What stands for a date that an export does not tell.
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)


def as_key(text: str) -> str:
    """Return the valid key that is nearest to `text`, at most 100 long, or ""."""
    if is_key(text):
        return text
    text = unidecode(unquote(text)).lower()
    key = re.sub(r"[^a-z0-9._-]+", "-", text).strip("-._")[:100].strip("-._")
    return key if is_key(key) else ""


def digest(text: str) -> str:
    """Return a short key for any text."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=6).hexdigest()


def moment(text: str) -> datetime | None:
    """Read an ISO time; None where it is none. Without an offset, it is UTC."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found.utcoffset() is not None else found.replace(tzinfo=UTC)


def path_of(url: str) -> str:
    """Return the path of an absolute address, decoded; "" where it has none."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return unquote(parts.path) if parts.path not in ("", "/") and not parts.query else ""


def safe_path(path: str) -> str:
    """Return `path` if it can be a page's place in the built site, else ""."""
    parts = path.split("/")
    if (
        not path.startswith("/")
        or path != clean_line(path)
        or len(path.encode()) > 800
        or any(part in (".", "..") or len(part.encode()) > 240 for part in parts)
        or any(part == "" for part in parts[1:-1])
        or any(c in path for c in '\\:*?"<>|{}#%')
    ):
        return ""
    return path


def plain(html: str) -> str:
    """Return the text of `html`, one line."""
    return clean_line(unescape(nh3.clean(html, tags=set())))


def first_words(html: str, length: int = 50) -> str:
    """Return how `html` begins, as Blogger names a comment: whole words."""
    text = plain(re.sub(r"<[^>]*>", " ", html[:4000]))
    if len(text) <= length:
        return text
    return text[: length + 1].rpartition(" ")[0] or text[:length]


def with_breaks(html: str) -> str:
    """Return a comment's HTML with a <br> where a newline stands for one.

    Platforms that take text from a form show its newlines, whatever HTML says.
    """
    if "\n" not in html or re.search(r"<(?:br|p)\b", html, re.IGNORECASE):
        return html
    return re.sub(r"\r?\n", "<br />\n", html.strip())


def links(html: str) -> tuple[str, ...]:
    """Return the absolute addresses that `html` links to."""
    found = re.findall(r"""\bhref\s*=\s*["']?(https?://[^\s"'>]+)""", html, re.IGNORECASE)
    return tuple(dict.fromkeys(map(unescape, found)))
