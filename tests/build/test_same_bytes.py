"""Whatever is edited, an incremental build equals one of Pelican alone."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from builds import TEMPLATES, Blog, Builder

#: 500 steps in all; more and others by hand:
#: TIPSBLOG_STEPS=5000 TIPSBLOG_SEED=1 pytest -n 4 tests/build/test_same_bytes.py
STEPS = int(os.environ.get("TIPSBLOG_STEPS", "500"))
SEED = int(os.environ.get("TIPSBLOG_SEED", "0"))
PER_RUN = 25

NAMES = ["ant", "bee", "cat", "dog", "elk", "fox", "gnu", "hen"]
START = datetime(2024, 3, 10, tzinfo=UTC)

names = st.sampled_from(NAMES)
words = st.sampled_from(
    ["alpha", "beta *gamma*", "delta `x` <b>y</b>", "# Head\n\ntail", "é ☃ 語", ""]
)
days = st.integers(1, 28)
tags = st.lists(st.sampled_from(["red", "Red", "blue", "dark green"]), max_size=3)


class Edits(RuleBasedStateMachine):
    """Random edits of a small blog; after each, both builds are compared."""

    builder: Builder

    @initialize()
    def begin(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="tipsblog-", dir=_fast_folder()))
        self.blog = Blog(self.root)
        self.now = START
        self.trail: list[str] = []
        for day, name in enumerate(NAMES[:4], start=1):
            self.blog.article(name, date=f"2024-03-{day:02} 10:00", tags="red, blue")
        # A feed without any article says "now".
        self.blog.article("zebra", date="2024-01-01 10:00")
        self.blog.page("about", "See [the cat]({filename}/articles/cat.md).")
        self.blog.write("content/images/dot.svg", "<svg/>")
        self.blog.comment("ant", "one")
        self.check("begin")

    def check(self, step: str) -> None:
        self.trail.append(step)
        result = self.builder.build(self.blog, now=self.now.timestamp(), shared=True)
        plain = self.builder.build(
            self.blog, now=self.now.timestamp(), plain=True, output=str(self.root / "check")
        )
        # A build that cannot be done must fail in both ways; the next
        # comparison shows whether anything was then wrongly taken for done.
        assert bool(result["error"]) == bool(plain["error"]), (self.trail, result, plain)
        if not plain["error"]:
            assert self.builder.differences(self.blog, now=self.now.timestamp()) == [], self.trail
        shutil.rmtree(self.root / "check", ignore_errors=True)

    def path(self, name: str) -> Path:
        return self.root / "content" / "articles" / f"{name}.md"

    @rule(
        name=names, day=days, body=words, tags=tags, category=st.sampled_from(["", "Home", "Work"])
    )
    def write_an_article(
        self, name: str, day: int, body: str, tags: list[str], category: str
    ) -> None:
        fields = {"date": f"2024-03-{day:02} 10:00", "tags": ", ".join(tags)}
        if category:
            fields["category"] = category
        self.blog.article(name, body, **fields)
        self.check(f"article {name} on {day}: {body!r} {tags} {category}")

    @rule(name=names, body=words)
    def edit_a_body(self, name: str, body: str) -> None:
        if self.path(name).exists():
            with self.path(name).open("a", encoding="utf-8") as file:
                file.write(f"\n{body}\n")
        self.check(f"append to {name}: {body!r}")

    @rule(name=names, title=st.sampled_from(["One", "Two & more", "<i>Three</i>", "Bee"]))
    def retitle(self, name: str, title: str) -> None:
        self.swap(name, "Title: ", title)
        self.check(f"retitle {name}: {title}")

    @rule(name=names, slug=st.sampled_from(["moved", "ant", "deep-er", "archives"]))
    def move_a_slug(self, name: str, slug: str) -> None:
        self.swap(name, "Slug: ", slug)
        self.check(f"slug of {name}: {slug}")

    @rule(name=names, status=st.sampled_from(["draft", "hidden", "published", "skip", "nonsense"]))
    def change_a_status(self, name: str, status: str) -> None:
        self.swap(name, "Status: ", status)
        self.check(f"status of {name}: {status}")

    @rule(
        name=names, save_as=st.sampled_from(["index.html", "a/b.html", "ant.html/index.html", "x"])
    )
    def place_an_article_elsewhere(self, name: str, save_as: str) -> None:
        self.swap(name, "Save_as: ", save_as)
        self.check(f"{name} saved as {save_as}")

    @rule(name=names)
    def delete_an_article(self, name: str) -> None:
        self.path(name).unlink(missing_ok=True)
        self.check(f"delete {name}")

    @rule(name=names, other=st.sampled_from(["yak", "emu", "sub/owl"]))
    def rename_a_file(self, name: str, other: str) -> None:
        if self.path(name).exists() and not self.path(other).exists():
            self.path(other).parent.mkdir(exist_ok=True)
            self.path(name).rename(self.path(other))
        self.check(f"rename {name} to {other}")

    @rule(name=names, to=names, kind=st.sampled_from(["filename", "static", "attach"]))
    def link(self, name: str, to: str, kind: str) -> None:
        target = f"{to}.md" if kind == "filename" else "/images/dot.svg"
        if self.path(name).exists():
            with self.path(name).open("a", encoding="utf-8") as file:
                file.write(f"\n[there]({{{kind}}}{target})\n")
        self.check(f"{kind} link from {name} to {to}")

    @rule(name=names, language=st.sampled_from(["fr", "de"]))
    def translate(self, name: str, language: str) -> None:
        self.blog.article(f"{name}-{language}", "Mots.", slug=name, lang=language)
        self.check(f"translate {name} to {language}")

    @rule(day=st.integers(-3, 20))
    def let_time_pass(self, day: int) -> None:
        self.now = START + timedelta(days=day)
        self.check(f"now is day {day}")

    @rule(name=names, id=st.sampled_from(["one", "two", "three"]), body=words, parent=st.booleans())
    def comment(self, name: str, id: str, body: str, parent: bool) -> None:
        fields = {"parent": "one"} if parent else {}
        self.blog.comment(name, id, body, **fields)
        self.check(f"comment {id} on {name}: {body!r}")

    @rule(name=names, status=st.sampled_from(["published", "held", "spam", "deleted", ""]))
    def decide(self, name: str, status: str) -> None:
        for path in sorted((self.root / "content" / "comments" / name).glob("*.md")):
            text = path.read_text("utf-8")
            lines = [line for line in text.split("\n") if not line.startswith("Status:")]
            path.write_text("\n".join([f"Status: {status}", *lines]), encoding="utf-8")
        self.check(f"comments of {name}: {status!r}")

    @rule(name=names)
    def delete_comments(self, name: str) -> None:
        shutil.rmtree(self.root / "content" / "comments" / name, ignore_errors=True)
        self.check(f"no comments on {name}")

    @rule(body=words)
    def write_a_page(self, body: str) -> None:
        self.blog.page("about", body)
        self.check(f"page: {body!r}")

    @rule(
        template=st.sampled_from(sorted(TEMPLATES)),
        mark=st.sampled_from(["", "!", "{{ SITENAME }}"]),
    )
    def edit_a_template(self, template: str, mark: str) -> None:
        self.blog.write(f"theme/templates/{template}.html", TEMPLATES[template] + mark)
        self.check(f"template {template} + {mark!r}")

    @rule(
        change=st.sampled_from(
            [
                {"SITENAME": "Other"},
                {"SITENAME": "Tips"},
                {"SITEURL": ""},
                {"RELATIVE_URLS": True},
                {"RELATIVE_URLS": False},
                {"DEFAULT_PAGINATION": 2},
                {"DEFAULT_PAGINATION": False},
                {
                    "ARTICLE_SAVE_AS": "{date:%Y}/{slug}.html",
                    "ARTICLE_URL": "{date:%Y}/{slug}.html",
                },
                {"ARTICLE_SAVE_AS": "{slug}/index.html", "ARTICLE_URL": "{slug}/"},
                {"TIPSBLOG_THREAD_DEPTH": 1},
                {"TIPSBLOG_CLOSE_AFTER_DAYS": 7},
                {"TIPSBLOG_COMMENT_EMAIL": "a@b.example"},
                {"WITH_FUTURE_DATES": True},
                {"WITH_FUTURE_DATES": False},
                {"TAG_FEED_ATOM": None},
                {"DELETE_OUTPUT_DIRECTORY": True},
                {"SUMMARY_MAX_LENGTH": 2},
                {"OUTPUT_SOURCES": True},
                {"TEMPLATE_PAGES": {"extra.html": "extra.html"}},
                {"PLUGINS": ["tipsblog", "sitemap"], "SITEMAP": {"format": "xml"}},
                {"STATIC_CREATE_LINKS": True},
                {"STATIC_CREATE_LINKS": False},
                {"STATIC_CHECK_IF_MODIFIED": True},
                {"EXTRA_PATH_METADATA": {"images/dot.svg": {"path": "ant.html"}}},
                {"EXTRA_PATH_METADATA": {"images/dot.svg": {"path": "moved.svg"}}},
            ]
        )
    )
    def set(self, change: dict[str, Any]) -> None:
        self.blog.write("content/extra.html", "{{ articles|length }} {{ SITENAME }}")
        self.blog.set(**change)
        self.check(f"set {change}")

    @rule(
        name=st.sampled_from(["dot", "line"]), text=st.sampled_from(["<svg/>", "<svg></svg>", ""])
    )
    def change_an_image(self, name: str, text: str) -> None:
        path = self.blog.write(f"content/images/{name}.svg", text)
        if not text:
            path.unlink()
        self.check(f"image {name}: {text!r}")

    @rule(
        name=st.sampled_from(["site", "part"]),
        text=st.sampled_from(['@import "part.css";\nb { margin: 0 }', "b { margin: 1em }", ""]),
    )
    def change_a_stylesheet(self, name: str, text: str) -> None:
        path = self.blog.write(f"theme/static/{name}.css", text)
        if not text:
            path.unlink()
        self.check(f"stylesheet {name}: {text!r}")

    @rule(what=st.sampled_from(["index.html", "ant.html", "feeds/all.atom", "theme/site.css"]))
    def spoil_an_output(self, what: str) -> None:
        path = self.blog.output / what
        if path.is_file():
            path.write_text("spoilt", encoding="utf-8")
        self.check(f"spoil {what}")

    @rule(what=st.sampled_from(["output", ".tipsblog"]))
    def lose(self, what: str) -> None:
        # With the record goes the knowledge of what must be removed.
        for folder in {what, "output"}:
            shutil.rmtree(self.root / folder, ignore_errors=True)
        self.check(f"lose {what}")

    @rule()
    def check_out_afresh(self) -> None:
        for path in (self.root / "content").rglob("*.md"):
            path.touch()
        self.check("touch")

    def swap(self, name: str, field: str, value: str) -> None:
        if self.path(name).exists():
            lines = self.path(name).read_text("utf-8").split("\n")
            rest = [line for line in lines if not line.startswith(field)]
            self.path(name).write_text("\n".join([f"{field}{value}", *rest]), encoding="utf-8")

    def teardown(self) -> None:
        if hasattr(self, "root"):
            shutil.rmtree(self.root, ignore_errors=True)


def _fast_folder() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


#: So that several processes can share the work.
PARTS = 4


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_an_incremental_build_equals_a_plain_one_after_any_edits(
    builder: Builder, part: int
) -> None:
    edits = seed(SEED + part)(type("Edits", (Edits,), {"builder": builder}))

    run_state_machine_as_test(
        edits,
        settings=settings(
            max_examples=max(1, STEPS // PER_RUN // PARTS),
            stateful_step_count=PER_RUN,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
