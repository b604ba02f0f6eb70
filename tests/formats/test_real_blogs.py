"""Real blogs, imported by the command, built by Pelican, and compared with their
exports by an old friend of neither: lxml reads the XML, html5lib the pages.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote
from xml.etree.ElementTree import Element

import html5lib
import pytest
from click.testing import CliRunner
from exports import real
from lxml import etree

from blogs import Blog as Site
from tipsblog.cli import cli

ATOM = "{http://www.w3.org/2005/Atom}"
THR = "{http://purl.org/syndication/thread/1.0}"
BLOGGER = "{http://schemas.google.com/blogger/2018}"

#: path of an article, or its title where it has none -> id -> (parent, text)
Threads = dict[str, dict[str, tuple[str, str]]]


def words(html: str) -> str:
    """Text without tags and white space."""
    fragment = html5lib.parseFragment(html, namespaceHTMLElements=False)
    return re.sub(r"\s+", "", "".join(fragment.itertext()))


def classic(path: Path) -> Threads:
    entries = etree.parse(path).getroot().findall(f"{ATOM}entry")
    places: dict[str, str] = {}
    threads: Threads = {}
    for entry in entries:
        kinds = [category.get("term", "") for category in entry.findall(f"{ATOM}category")]
        if any(kind.endswith("kind#post") for kind in kinds):
            links = [x.get("href") for x in entry.findall(f"{ATOM}link[@rel='alternate']")]
            id = entry.findtext(f"{ATOM}id")
            places[id] = re.sub(r"https?://[^/]*", "", links[0]) if links else ""
    for entry in entries:
        reply = entry.find(f"{THR}in-reply-to")
        if reply is None or not places.get(reply.get("ref")):
            continue
        related = entry.find(f"{ATOM}link[@rel='related']")
        parent = related.get("href").split("/")[-1] if related is not None else ""
        id = re.split(r"[-.]", entry.findtext(f"{ATOM}id"))[-1]
        text = words(entry.findtext(f"{ATOM}content") or "")
        threads.setdefault(places[reply.get("ref")], {})[id] = (parent, text)
    return threads


def takeout(path: Path) -> Threads:
    entries = etree.parse(path).getroot().findall(f"{ATOM}entry")
    places = {e.findtext(f"{ATOM}id"): e.findtext(f"{BLOGGER}filename") for e in entries}
    threads: Threads = {}
    for entry in entries:
        place = places.get(entry.findtext(f"{BLOGGER}parent"))
        if place:
            id = entry.findtext(f"{ATOM}id").split("-")[-1]
            parent = (entry.findtext(f"{BLOGGER}inReplyTo") or "").split("-")[-1]
            text = words(entry.findtext(f"{ATOM}content") or "")
            threads.setdefault(place, {})[id] = (parent, text)
    return threads


def wordpress(path: Path) -> Threads:
    root = etree.parse(path).getroot()
    wp = next(uri for uri in root.nsmap.values() if re.search(r"/export/1\.\d/$", uri))
    threads: Threads = {}
    for item in root.iter("item"):
        place = re.sub(r"https?://[^/]*", "", item.findtext("link") or "")
        if "?" in place or item.findtext(f"{{{wp}}}status") != "publish":
            continue
        for comment in item.findall(f"{{{wp}}}comment"):
            id = comment.findtext(f"{{{wp}}}comment_id")
            parent = comment.findtext(f"{{{wp}}}comment_parent")
            text = words(comment.findtext(f"{{{wp}}}comment_content") or "")
            threads.setdefault(place, {})[id] = ("" if parent == "0" else parent, text)
    return threads


def shown(page: Element) -> dict[str, tuple[str, str]]:
    """The comments on a page: id -> (the one above it, its text)."""
    above = {child: parent for parent in page.iter() for child in parent}
    found = {}
    for item in page.iter("li"):
        if not re.fullmatch(r"c[a-z0-9][a-z0-9._-]*", item.get("id", "")):
            continue
        parent, node = "", item
        while node in above:
            node = above[node]
            if node.tag == "li" and node.get("id", "").startswith("c"):
                parent = node.get("id")[1:]
                break
        body = next(
            part for part in item.iter() if "comment-body" in (part.get("class") or "").split()
        )
        found[item.get("id")[1:]] = (parent, re.sub(r"\s+", "", "".join(body.itertext())))
    return found


REAL = {
    "source-blog/blog-export.xml": (classic, 3),
    "exports/blogger-classic-long-threads.xml": (classic, 112),
    "exports/blogger-classic-replies-drafts.xml": (classic, 6),
    "exports/blogger-classic-minimal.xml": (classic, 2),
    "exports/blogger-takeout-held-comments.atom": (takeout, 6),
    "exports/wordpress-wxr-threads.xml": (wordpress, 136),
}


@pytest.mark.parametrize("name", REAL)
def test_every_thread_stands_on_its_page_as_in_the_export(name: str, tmp_path: Path) -> None:
    read, total = REAL[name]
    expected = read(real(name))
    site = Site(tmp_path)
    site.set("TIPSBLOG_THREAD_DEPTH = 8")
    content = tmp_path / "content"
    result = CliRunner().invoke(cli, ["import", str(real(name)), "--into", str(content)])
    assert result.exit_code == 0, result.output
    for path in content.glob("comments/*/*.md"):  # the filter is another test's matter
        text = re.sub(r"^Status: .*\n", "", path.read_text("utf-8"), flags=re.MULTILINE)
        path.write_text(f"Status: published\n{text}", "utf-8")

    built = site.build()

    assert built.code == 0, built.log
    assert sum(map(len, expected.values())) == total
    for place, thread in expected.items():
        file = unquote(f"{place}index.html" if place.endswith("/") else place)
        assert shown(built.page(file.removeprefix("/"))) == thread
