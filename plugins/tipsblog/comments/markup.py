"""From what a commenter typed to HTML that is safe on any page.

Whichever way a comment came in, its HTML passes `nh3` last; nothing after
this module may change it.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import nh3
from markupsafe import Markup

from .model import Comment, Format

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

#: What may stand in a comment. Blogger takes a, b, i, strong and em; the rest
#: is what its readers fake with them.
TAGS = frozenset(
    ["a", "b", "blockquote", "br", "code", "em", "i", "li", "ol", "p", "pre", "strong", "ul"]
)
LINK_REL = "nofollow ugc noopener"

#: No text without any of these has more than paragraphs and line breaks in Markdown.
_MARKUP = re.compile(r"[^\w ,;:'\"?!()/%@€$=.\n]")
_TAG = re.compile(r"<[^>]*>")
_LINE_START = re.compile(r"\n(?: |\d{1,9}[.)]|=)")


def to_html(comment: Comment) -> Markup:
    """Return `comment`'s body as sanitised HTML: block elements, no id, no
    class, links only to absolute http(s) addresses.
    """
    return _html(comment.body, comment.format)


@lru_cache(maxsize=256)  # a comment's feeds ask for it one right after the other
def _html(body: str, format: Format) -> Markup:
    if format is Format.HTML:
        return sanitise(_paragraphs(body))
    if not ("_" in body or _MARKUP.search(body) or _LINE_START.search(f"\n{body}")):
        return _plain(body)
    return sanitise(_markdown().render(body))


def to_text(comment: Comment) -> str:
    """Return `comment`'s body as the plain text that a reader would see."""
    html = to_html(comment)
    html = Markup(re.sub(r"<br>\n?|</p>\s*|</li>\s*", "\n", html))
    return Markup(nh3.clean(html, tags=set())).unescape().strip()


def sanitise(html: str) -> Markup:
    """Return `html` with everything gone that a comment may not do."""
    return Markup(_cleaner().clean(html))


def strip_tags(html: str) -> str:
    """Return the words of trusted `html`, such as an article's title or text."""
    text = str(html)
    if "<!--" in text:
        return str(Markup(text).striptags())
    # The same as that, for tags alone: a long text has a hundred.
    return unescape(" ".join(_TAG.sub("", text).split()))


def safe_url(address: str) -> str:
    """Return `address` if it may be linked, else "".

    Only absolute http(s) addresses with a host; no user name, no white space,
    no control or text-direction characters, which hide where a link goes.
    """
    if not address:  # as most comments have it
        return ""
    if len(address) > 2000 or not address.isprintable() or any(c in address for c in " <>\"'\\`"):
        return ""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return ""
    return address


def _plain(text: str) -> Markup:
    """What Markdown makes of text without any mark-up, without asking it."""
    safe = _escaped(text.strip())
    if "\n" not in safe:
        return Markup(f"<p>{safe}</p>" if safe else "")
    blocks = [block.split("\n") for block in re.split(r"\n[ \n]*\n", safe) if block]
    lines = ("<br>\n".join([line.strip() for line in block]) for block in blocks)
    return Markup("\n".join([f"<p>{line}</p>" for line in lines]))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _paragraphs(html: str) -> str:
    """Blogger's comments part paragraphs by two <br>; make them real ones."""
    parts = re.split(r"(?:\s*<br\s*/?>\s*){2,}", html, flags=re.IGNORECASE)
    if re.search(r"<(?:p|ul|ol|blockquote|pre)\b", html, re.IGNORECASE):
        return html
    return "\n".join(f"<p>{part.strip()}</p>" for part in parts if part.strip())


def _attribute_filter(tag: str, attribute: str, value: str) -> str | None:
    # nh3 also asks about the rel that it adds itself, and lets lang and title
    # through unasked for.
    if attribute == "href":
        return safe_url(value.strip()) or None
    return value if attribute == "rel" else None


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags={"script", "style"},
        attributes={"a": {"href"}},
        attribute_filter=_attribute_filter,
        url_schemes={"http", "https"},
        url_relative="deny",
        link_rel=LINK_REL,
    )


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt  # most comments do not need it

    # "js-default" without HTML, tables, images and headings: a comment has no
    # say over the outline of the page it stands on.
    return MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 20}).disable(
        ["heading", "lheading", "image", "html_block", "html_inline", "reference", "hr"]
    )
