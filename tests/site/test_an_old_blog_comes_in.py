"""The main job on real input: an old blog's backup becomes a published site.

These tests know nothing of the plugin's code: they call the two commands, and
read the backup with an XML parser and the pages with an HTML parser.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

import html5lib
import pytest
from defusedxml import ElementTree

ROOT = Path(__file__).parents[2]
SOURCE_BLOG = ROOT.parent / "shared" / "source-blog" / "blog-export.xml"
ATOM = "{http://www.w3.org/2005/Atom}"
KIND = "http://schemas.google.com/blogger/2008/kind#"

STORY = (
    "My first helper asked for a list of passwords on day one. I sent it by mail, all of it, "
    "and spent the weekend changing every single one of them again."
)
COPY = "I sent it by mail, all of it, and spent the weekend changing every single one"


def run(*command: str, cwd: Path = ROOT) -> str:
    result = subprocess.run(
        [sys.executable, "-m", *command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


#: A reader sees these apart, whether or not white space stands between them.
BLOCKS = frozenset(["blockquote", "br", "div", "h2", "h3", "h4", "li", "ol", "p", "ul"])


def words(node: Any) -> str:
    text = "".join(pieces(node)) if not isinstance(node, str) else node
    return " ".join(text.replace("\xa0", " ").split())


def pieces(node: Any) -> Iterator[str]:
    edge = " " if node.tag in BLOCKS else ""
    yield edge + (node.text or "")
    for child in node:
        yield from pieces(child)
        yield child.tail or ""
    yield edge


def text_of(html: str) -> str:
    return words(html5lib.parseFragment(html, namespaceHTMLElements=False))


@dataclass(frozen=True)
class Post:
    """A post as the backup has it. path: of its old page."""

    title: str
    html: str
    path: str
    author: str


def posts_of(export: Path) -> list[Post]:
    found = []
    for entry in ElementTree.parse(export).getroot().iter(f"{ATOM}entry"):
        kinds = [category.get("term") for category in entry.iter(f"{ATOM}category")]
        if f"{KIND}post" not in kinds:
            continue
        (link,) = (a for a in entry.iter(f"{ATOM}link") if a.get("rel") == "alternate")
        found.append(
            Post(
                title=entry.findtext(f"{ATOM}title") or "",
                html=entry.findtext(f"{ATOM}content") or "",
                path=urlsplit(link.get("href")).path.lstrip("/"),
                author=entry.findtext(f"{ATOM}author/{ATOM}name") or "",
            )
        )
    return found


def paragraphs_of(export: Path, commenter: str) -> list[str]:
    """The paragraphs of a comment in the backup, which parts them by two breaks."""
    (html,) = (
        entry.findtext(f"{ATOM}content") or ""
        for entry in ElementTree.parse(export).getroot().iter(f"{ATOM}entry")
        if entry.findtext(f"{ATOM}author/{ATOM}name") == commenter
    )
    return [text_of(part) for part in re.split(r"(?:<br ?/?>\s*){2,}", html)]


@dataclass(frozen=True)
class Site:
    """An imported and built blog."""

    export: Path
    content: Path
    output: Path

    def page(self, path: str) -> Any:
        html = (self.output / path).read_text(encoding="utf-8")
        return html5lib.parse(html, namespaceHTMLElements=False)

    def comments(self, path: str) -> tuple[str, list[Any]]:
        section = self.page(path).find(".//section[@id='comments']")
        return words(section.find("h2")), section.findall(".//li[@class]")


def bring_in(export: Path, folder: Path) -> Site:
    content, output = folder / "content", folder / "output"
    run("tipsblog", "import", str(export), "--into", str(content))
    run(
        *("pelican", str(content), "-o", str(output)),
        *("-s", "pelicanconf.py", "--fatal=warnings"),
    )
    return Site(export, content, output)


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def source_blog(tmp_path_factory: pytest.TempPathFactory) -> Site:
    if not SOURCE_BLOG.exists():
        pytest.skip(f"the source blog's backup is not here: {SOURCE_BLOG}")
    return bring_in(SOURCE_BLOG, tmp_path_factory.mktemp("source"))


def blogger_export() -> str:
    """A classic Blogger backup of two posts and three comments, one of them spam."""
    blog = "tag:blogger.com,1999:blog-42"

    def entry(id: str, kind: str, title: str, html: str, author: str, rest: str) -> str:
        return (
            f"<entry><id>{blog}.post-{id}</id><published>2011-02-0{id[-1]}T08:00:00.000-05:00"
            f"</published><updated>2011-02-0{id[-1]}T08:00:00.000-05:00</updated>"
            f"<category scheme='http://schemas.google.com/g/2005#kind' term='{KIND}{kind}'/>"
            f"<title type='text'>{escape(title)}</title>"
            f"<content type='html'>{escape(html)}</content>"
            f"<author><name>{escape(author)}</name></author>{rest}</entry>"
        )

    def post(id: str, slug: str, title: str, html: str) -> str:
        label = "<category scheme='http://www.blogger.com/atom/ns#' term='safe keeping'/>"
        link = f"<link rel='alternate' type='text/html' href='http://old.example/2011/02/{slug}.html'/>"
        return entry(id, "post", title, html, "Nell <b>Ward</b>", label + link)

    def comment(id: str, html: str, author: str, parent: str = "") -> str:
        post = "http://www.blogger.com/feeds/42/2/comments/default"
        rest = f"<thr:in-reply-to ref='{blog}.post-2' href='http://old.example/2011/02/keys.html'/>"
        rest += f"<link rel='self' href={quoteattr(f'{post}/{id}')}/>"
        if parent:
            rest += f"<link rel='related' href={quoteattr(f'{post}/{parent}')}/>"
        return entry(id, "comment", html[:50], html, author, rest)

    entries = [
        post("1", "quiet", "A quiet post", "<p>Nobody answered <i>this</i> one.</p>"),
        post(
            "2",
            "keys",
            "Handing over the keys",
            "<p>Two mistakes with passwords &amp; keys.</p><h3>First stop</h3>"
            "<ul><li>Mailing them</li><li>Reusing them</li></ul>",
        ),
        comment("3", f"{STORY}<br /><br />Never again.", "old hand"),
        comment("4", "How long did it take you to notice?", "Piet", parent="3"),
        comment(
            "5",
            f"{COPY}. nice.<br /><a href='http://cheap-seo.example/'>SEO Packages</a>",
            "",
        ),
    ]
    return (
        "<?xml version='1.0' encoding='UTF-8'?>"
        "<feed xmlns='http://www.w3.org/2005/Atom' "
        "xmlns:thr='http://purl.org/syndication/thread/1.0'>"
        f"<id>{blog}.archive</id><title type='text'>Old blog</title>"
        "<generator version='7.00' uri='http://www.blogger.com'>Blogger</generator>"
        f"{''.join(entries)}</feed>"
    )


@pytest.fixture(scope="module")
def own_blog(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("own")
    export = folder / "blog-02-09-2011.xml"
    export.write_text(blogger_export(), encoding="utf-8")
    return bring_in(export, folder)


@pytest.mark.parametrize("name", ["source_blog", "own_blog"])
def test_every_article_stands_whole_at_its_old_path(
    name: str, request: pytest.FixtureRequest
) -> None:
    site: Site = request.getfixturevalue(name)

    for post in posts_of(site.export):
        page = site.page(post.path)

        assert words(page.find(".//h1")) == post.title
        assert words(page.find(".//div[@class='post-body']")) == text_of(post.html)
        assert f"Posted by {post.author} at" in words(page.find(".//article"))


@pytest.mark.parametrize("name", ["source_blog", "own_blog"])
def test_importing_again_changes_nothing(name: str, request: pytest.FixtureRequest) -> None:
    site: Site = request.getfixturevalue(name)
    before = files_of(site.content)

    run("tipsblog", "import", str(site.export), "--into", str(site.content))

    assert files_of(site.content) == before


def test_the_source_blogs_first_post_has_no_comments(source_blog: Site) -> None:
    first = min(posts_of(source_blog.export), key=lambda post: post.path)

    assert source_blog.comments(first.path) == ("No comments:", [])


def test_the_source_blogs_second_post_has_its_two_comments_and_not_the_spam(
    source_blog: Site,
) -> None:
    second = max(posts_of(source_blog.export), key=lambda post: post.path)

    heading, (friend, jayson) = source_blog.comments(second.path)

    assert heading == "2 comments:"
    assert words(friend).startswith("virtual friend said...")
    shown = [words(paragraph) for paragraph in friend.findall("./div/p")]
    assert shown == paragraphs_of(source_blog.export, "virtual friend")
    assert len(shown) > 2
    assert words(jayson).startswith("Jayson said...")


def verdicts(site: Site) -> list[dict[str, Any]]:
    settings = site.content.parent / "settings.py"
    base = re.sub(r"(?m)^PATH = .*$", "", (ROOT / "pelicanconf.py").read_text(encoding="utf-8"))
    settings.write_text(f"{base}\nPATH = {str(site.content)!r}\n", encoding="utf-8")
    listed: list[dict[str, Any]] = json.loads(
        run("tipsblog", "comments", "-s", str(settings), "list", "--json")
    )
    return listed


@pytest.mark.parametrize(
    ("name", "copied"), [("source_blog", "virtual friend"), ("own_blog", "old hand")]
)
def test_the_spam_is_held_back_for_reasons_that_name_what_it_copies(
    name: str, copied: str, request: pytest.FixtureRequest
) -> None:
    site: Site = request.getfixturevalue(name)

    listed = verdicts(site)

    (spam,) = (comment for comment in listed if comment["state"] != "published")
    assert spam["author"] == ""
    assert spam["state"] == "spam"
    reasons = [reason["sentence"] for reason in spam["verdict"]["reasons"][:3]]
    assert any(reason.startswith("copied from") and copied in reason for reason in reasons)
    assert any("signed with" in reason for reason in reasons)


def test_a_reply_stands_under_its_parent_and_a_name_is_only_a_name(own_blog: Site) -> None:
    assert own_blog.comments("2011/02/quiet.html") == ("No comments:", [])

    heading, comments = own_blog.comments("2011/02/keys.html")

    assert heading == "2 comments:"
    story = comments[0]
    assert [words(p) for p in story.findall("./div/p")] == [STORY, "Never again."]
    assert words(story.find("./ol/li")).startswith("Piet said... How long")
    page = own_blog.page("2011/02/keys.html")
    assert "Nell <b>Ward</b>" in words(page.find(".//footer"))
    assert "safe keeping" in words(page.find(".//footer"))
