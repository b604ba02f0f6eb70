"""Whatever stands in a title or a name, the theme shows it and nothing runs."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest

from sites import XHTML, Site, build_site, parse
from tipsblog.comments.model import clean_line

NAMES = {
    "a script": "<script>alert(1)</script>",
    "a handler": '<img src=x onerror="alert(1)">',
    "a handler in an attribute": '" onmouseover="alert(1)" x="',
    "a script address": '<a href="javascript:alert(1)">Mara</a>',
    "a script address with a tab": '<a href="java\tscript:alert(1)">Mara</a>',
    "a script address with entities": '<a href="&#106;avascript:alert(1)">Mara</a>',
    "a script address with a zero-width space": '<a href="java\u200bscript:alert(1)">Mara</a>',
    "a data address": '<a href="data:text/html,<script>alert(1)</script>">Mara</a>',
    "an address on another host": '<a href="//evil.example/">Mara</a>',
    "svg": "<svg onload=alert(1)><style><img src=x onerror=alert(1)></style></svg>",
    "math": "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "noscript": '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "an unclosed tag": "<b>Mara <i",
    "an unclosed comment": "<!-- Mara",
    "clobbering": '<form id="main"><input name="attributes">',
    "the end of the title": "</title></head><script>alert(1)</script>",
    "the end of the data": "</script><script>alert(1)</script>",
    "quotes": 'Mara "M" O\'Neill',
    "template marks": "{{ 7*7 }}{% raw %}{filename}x.md{static}",
    "Admin": "Admin",
    "look-alike letters": "Маra Lindqvist",
    "right-to-left override": "Mara \u202egnp.exe",
    "zero-width": "Mara\u200b\u200d\ufeff",
    "200 characters": "Mara " * 40,
    "10,000 characters": "Mara " * 2_000,
    "NUL": "Ma\0ra",
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site on which each name writes a post of that title, and comments on it."""
    content = tmp_path_factory.mktemp("content")
    (content / "articles").mkdir()
    (content / "extra").mkdir()
    (content / "extra/favicon.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    for number, name in enumerate(NAMES.values()):
        # Pelican refuses names without a letter or digit, and parts them at these.
        term = f"{number} {name.translate({ord(c): ' ' for c in ',;/'})}"
        (content / f"articles/p{number}.md").write_text(
            f"Title: {name}\nAuthor: {term}\nTags: {term}\nCategory: {term}\n"
            f"Date: 2026-01-{number + 1:02}\nSlug: p{number}\nSummary: Words.\n\nText.\n",
            encoding="utf-8",
        )
        comment = content / f"comments/p{number}/c1.md"
        comment.parent.mkdir(parents=True)
        comment.write_text(
            f"Author: {clean_line(name)}\nWebsite: {clean_line(name)}\nStatus: published\n"
            f"Date: 2026-02-01T08:00:00Z\n\nSaid {name}\n",
            encoding="utf-8",
        )
    return build_site(
        tmp_path_factory.mktemp("hostile"), "https://example.org", content=content, PAGE_PATHS=[]
    )


def harm(html: str) -> list[str]:
    """Name what in `html` could run, or break out of its place."""
    found = []
    ids: set[str] = set()
    for element in parse(html).iter():
        tag = str(element.tag).removeprefix(XHTML)
        if tag == "script" and element.get("type") != "application/ld+json":
            found.append("script")
        if tag in ("img", "svg", "math", "form", "input", "noscript", "b", "i") or "{" in tag:
            found.append(tag)
        found += [name for name in element.attrib if name.startswith("on")]
        found += [
            address
            for address in (element.get("href", ""), element.get("src", ""))
            if address and not address.startswith(("https://example.org", "#", "https:"))
        ]
        if (id := element.get("id")) in ids:
            found.append(f"id {id} stands twice")
        ids |= {id} if id else set()
    return found


def data(html: str) -> Any:
    return [
        json.loads("".join(element.itertext())) for element in parse(html).iter(f"{XHTML}script")
    ]


def words(element: ElementTree.Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def test_no_page_runs_what_a_name_says(hostile: Site) -> None:
    assert {path: found for path, html in hostile.pages.items() if (found := harm(html))} == {}


@pytest.mark.parametrize("number", range(len(NAMES)), ids=list(NAMES))
def test_a_name_is_shown_as_it_is_written(hostile: Site, number: int) -> None:
    name = " ".join(list(NAMES.values())[number].replace("\0", "").split())
    html = hostile.pages[f"2026/01/p{number}.html"]

    tree = parse(html)

    assert words(next(tree.iter(f"{XHTML}h1"))) == name
    assert words(next(tree.iter(f"{XHTML}title"))) == f"{name} | Borrowed Hands"
    (posting,) = data(html)
    assert " ".join(posting["headline"].split()) == name
    commenter = next(e for e in tree.iter() if e.get("class") == "comment-author")
    shown = " ".join(clean_line(name).split())
    assert words(commenter) == f"{shown} said..."
    (said,) = posting["comment"]
    assert said["author"]["name"] == shown


def test_the_feed_bears_every_name(hostile: Site) -> None:
    for file in hostile.folder.rglob("*.atom"):
        feed = feedparser.parse(file.read_bytes())
        assert not feed.bozo, (file, feed.get("bozo_exception"))
