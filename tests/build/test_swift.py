"""What follows a comment without Pelican is what Pelican would have made."""

from __future__ import annotations

import os
import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from builds import TEMPLATES, Blog, Builder

NOW = datetime(2024, 5, 10, tzinfo=UTC).timestamp()
#: More and others by hand: TIPSBLOG_STEPS=5000 TIPSBLOG_SEED=1
STEPS = int(os.environ.get("TIPSBLOG_STEPS", "500")) // 10
SEED = int(os.environ.get("TIPSBLOG_SEED", "0"))
NAMES = ["ant", "bee", "cat", "dog", "elk", "fox"]


@pytest.fixture
def built(blog: Blog, builder: Builder) -> Blog:
    """A blog of six articles with comments that somebody has decided on, built."""
    for day, name in enumerate(NAMES, start=1):
        blog.article(name, f"Words of {name}.", date=f"2024-03-{day:02} 10:00", tags="red, blue")
        blog.comment(name, "one", date=f"2024-04-01T10:{day:02}:00+00:00")
    blog.page("about")
    build(builder, blog)
    return blog


def build(builder: Builder, blog: Blog, **options: Any) -> dict[str, Any]:
    result = builder.build(blog, now=NOW, **options)
    assert not result["error"], result
    return result


def read(blog: Blog, name: str) -> str:
    return (blog.output / name).read_text("utf-8")


class Walk:
    """Random edits, most of them of comments. judged: the filter has its part."""

    def __init__(self, blog: Blog, seed: int, *, judged: bool) -> None:
        self.blog, self.chance, self.judged = blog, random.Random(seed), judged
        self.count = 0

    def step(self) -> str:
        self.count += 1
        edits = [self.add, self.add, self.add, self.change, self.decide, self.remove, self.other]
        return self.chance.choice(edits if not self.judged else [*edits, *[self.add] * 8])()

    def comments(self) -> list[Path]:
        return sorted((self.blog.root / "content/comments").glob("*/*.md"))

    def add(self) -> str:
        name = self.chance.choice(NAMES)
        here = [path.stem for path in self.comments() if path.parent.name == name]
        words = ["Thanks.", "I *did* it so, too.", "# No head\n\n- a\n- b", "é <b>語</b>", "`x`\ny"]
        fields = {
            "author": self.chance.choice(["Bo", "", "Ada & <Co>", "Mia"]),
            "date": f"2024-04-02T{self.count // 60:02}:{self.count % 60:02}:00+00:00",
            "status": self.chance.choice(["published", "published", "held", "deleted"]),
            "parent": self.chance.choice(["", *here]),
        }
        if self.judged and self.chance.random() < 0.9:
            fields["status"] = ""
        elif self.chance.random() < 0.2:
            fields["date"] = "2024-04-01T09:00:00+00:00"
        self.blog.comment(name, f"c{self.count}", self.chance.choice(words), **fields)
        return f"add to {name}: {fields}"

    def change(self) -> str:
        if paths := self.comments():
            path = self.chance.choice(paths)
            path.write_text(path.read_text("utf-8") + f"\nMore {self.count}.\n", "utf-8")
            return f"change {path.parent.name}/{path.stem}"
        return "change nothing"

    def decide(self) -> str:
        if paths := self.comments():
            path = self.chance.choice(paths)
            status = self.chance.choice(["published", "held", "spam", "deleted"])
            lines = path.read_text("utf-8").split("\n")
            rest = [line for line in lines if not line.startswith("Status:")]
            path.write_text("\n".join([f"Status: {status}", *rest]), "utf-8")
            return f"decide {path.parent.name}/{path.stem}: {status}"
        return "decide nothing"

    def remove(self) -> str:
        if paths := self.comments():
            path = self.chance.choice(paths)
            path.unlink()
            if self.chance.random() < 0.5 and not list(path.parent.iterdir()):
                path.parent.rmdir()
            return f"remove {path.parent.name}/{path.stem}"
        return "remove nothing"

    def other(self) -> str:
        name, kind = self.chance.choice(NAMES), self.chance.randrange(5)
        day = NAMES.index(name) + 1
        if kind == 0:
            self.blog.article(name, f"Text {self.count}.", date=f"2024-03-{day:02} 10:00")
        elif kind == 1:
            mark = self.chance.choice(["", "!", "{{ SITENAME }}"])
            self.blog.write("theme/templates/nav.html", TEMPLATES["nav"] + mark)
        elif kind == 2:
            for path in (self.blog.root / "content").rglob("*.md"):
                path.touch()
        elif kind == 3:
            for path in self.comments():
                text = path.read_text("utf-8").replace("Status: \n", "Status: published\n")
                path.write_text(text, "utf-8")
        else:
            (self.blog.output / f"{name}.html").write_text("spoilt", "utf-8")
        return f"other {kind} {name}"


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_whatever_becomes_of_comments_the_site_is_what_pelican_makes(
    built: Blog, builder: Builder, part: int
) -> None:
    walk = Walk(built, SEED * 4 + part, judged=part % 2 == 1)
    trail: list[str] = []
    taken = Counter[tuple[str, bool]]()
    reasons = Counter[str]()

    for _ in range(max(10, STEPS // 4)):
        trail.append(walk.step())
        result = build(builder, built)
        kind = "other" if trail[-1].startswith("other") else "comments"
        taken[kind, result["swift"]] += 1
        if kind == "comments" and not result["swift"]:
            reasons[result["why"]] += 1

        assert builder.differences(built, now=NOW) == [], trail
        assert build(builder, built)["current"], trail

    print(taken, reasons.most_common(20))
    assert taken["comments", True] > taken["comments", False] // 2
