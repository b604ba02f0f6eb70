"""Small blogs in a temporary folder, built by the real Pelican."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import html5lib

ROOT = Path(__file__).parent.parent

SETTINGS = f"""
PATH = "content"
ARTICLE_PATHS = ["articles"]
PAGE_PATHS = ["pages"]
SITENAME = "Test blog"
SITEURL = "https://blog.example.org"
TIMEZONE = "UTC"
FEED_DOMAIN = SITEURL
FEED_ALL_ATOM = "feeds/posts.atom"
CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
ARTICLE_URL = ARTICLE_SAVE_AS = "{{slug}}.html"
PLUGIN_PATHS = [{str(ROOT / "plugins")!r}]
PLUGINS = ["tipsblog"]
THEME = "simple"
"""

#: What makes the page of any theme show the comments.
ARTICLE_TEMPLATE = """{% extends "!simple/article.html" %}
{% block head %}{{ super() }}{% include "tipsblog/comments-head.html" %}{% endblock %}
{% block content %}{{ super() }}{% include "tipsblog/comments.html" %}{% endblock %}
"""


@dataclass(frozen=True)
class Built:
    """A finished build: its output folder, exit code and what it said."""

    output: Path
    code: int
    log: str

    def read(self, name: str) -> str:
        return (self.output / name).read_text(encoding="utf-8")

    def page(self, name: str) -> html5lib.treebuilders.base.Node:
        """The page as a browser reads it."""
        return html5lib.parse(self.read(name), namespaceHTMLElements=False)


class Blog:
    """A blog in the folder `root`, with one template for articles."""

    def __init__(self, root: Path, settings: str = "") -> None:
        self.root = root
        self.write("pelicanconf.py", SETTINGS + settings)
        self.write("templates/article.html", ARTICLE_TEMPLATE)
        self.set('THEME_TEMPLATES_OVERRIDES = ["templates"]')

    def set(self, line: str) -> None:
        path = self.root / "pelicanconf.py"
        path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def article(self, slug: str, header: str = "", text: str = "Words.") -> Path:
        return self.write(
            f"content/articles/{slug}.md",
            f"Title: About {slug}\nDate: 2026-03-01 09:30\nSlug: {slug}\n{header}\n\n{text}\n",
        )

    def comment(self, article: str, id: str, header: str = "", text: str = "Hello.") -> Path:
        header = header if "Date:" in header else f"Date: 2026-03-05T14:22:10+00:00\n{header}"
        header = header if "Status:" in header else f"{header.strip()}\nStatus: published"
        return self.write(f"content/comments/{article}/{id}.md", f"{header.strip()}\n\n{text}\n")

    def build(self, *options: str, **environment: str) -> Built:
        result = subprocess.run(
            [
                *(sys.executable, "-m", "pelican", "content", "-o", "output"),
                *("-s", "pelicanconf.py"),
                *(options or ["--fatal=warnings"]),
            ],
            cwd=self.root,
            env={**os.environ, "COLUMNS": "1000", **environment},
            capture_output=True,
            text=True,
        )
        return Built(self.root / "output", result.returncode, result.stdout + result.stderr)
