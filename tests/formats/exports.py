"""Exports for tests: small ones made here, real ones from beside the repository."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest

from blogs import ROOT

SHARED = ROOT.parent / "shared"
KIND = "http://schemas.google.com/g/2005#kind"
PROFILE = "https://www.blogger.com/profile/"


def real(name: str) -> Path:
    """A real export; the test is skipped, saying so, where there is none."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"no real exports here: {path}")
    return path


def backup(*entries: str) -> bytes:
    """A classic Blogger backup."""
    return (
        "<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom' "
        "xmlns:thr='http://purl.org/syndication/thread/1.0' "
        "xmlns:gd='http://schemas.google.com/g/2005'><title>Old tips</title>"
        "<link rel='alternate' href='http://old.example.org/'/>" + "\n".join(entries) + "\n</feed>"
    ).encode()


def post(number: int, title: str = "Traps", body: str = "<p>Words.</p>", more: str = "") -> str:
    return (
        f"<entry><id>tag:blogger.com,1999:blog-1.post-{number}</id>"
        f"<published>2010-05-0{number}T08:00:00.000-07:00</published>"
        f"<category scheme='{KIND}' term='http://schemas.google.com/blogger/2008/kind#post'/>"
        f"<title type='text'>{escape(title)}</title><content type='html'>{escape(body)}</content>"
        f"<author><name>Holly</name><uri>{PROFILE}1</uri></author>{more}</entry>"
    )


def at(path: str) -> str:
    return f"<link rel='alternate' href={quoteattr('http://old.example.org' + path)}/>"


def label(term: str) -> str:
    return f"<category scheme='http://www.blogger.com/atom/ns#' term={quoteattr(term)}/>"


def reply(
    number: int, under: int, body: str = "Yes.", author: str = "Ann", uri: str = "", more: str = ""
) -> str:
    return (
        f"<entry><id>tag:blogger.com,1999:blog-1.post-{number}</id>"
        f"<published>2010-06-01T08:00:{number % 60:02}.000-07:00</published>"
        f"<category scheme='{KIND}' term='http://schemas.google.com/blogger/2008/kind#comment'/>"
        f"<content type='html'>{escape(body)}</content>"
        f"<author><name>{escape(author)}</name>{f'<uri>{uri}</uri>' if uri else ''}"
        "<email>noreply@blogger.com</email></author>"
        f"<thr:in-reply-to ref='tag:blogger.com,1999:blog-1.post-{under}'/>{more}</entry>"
    )
