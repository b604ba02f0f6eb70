"""Changes of a built blog that are followed without a build of Pelican's: one by one,
and at random. Each time the site must be what Pelican alone would have made.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from builds import NOW, TEMPLATES, Blog, Builder, build
from tipsblog.build.changes.state import Store

#: More and others by hand: TIPSBLOG_STEPS=5000 TIPSBLOG_SEED=1
STEPS = int(os.environ.get("TIPSBLOG_STEPS", "500")) // 10
SEED = int(os.environ.get("TIPSBLOG_SEED", "0"))
#: So that several processes can share the work.
PARTS = 4

LONG = "Many words stand here, more than a list shows. " * 12
LIST = "- [ ] Ask first {#ask}\n- [ ] Then listen\n"
CHECKLISTS = """{% for c in contents %}
{{ c.title }}
{% for l in c.checklists %}{% for i in l.items %}{{ i.text }} {% endfor %}
{% endfor %}{% endfor %}"""


def records(blog: Blog) -> Any:
    """Return what the record says that each page read."""
    return Store(str(blog.root)).manifest(str(blog.output)).reads


def swiftly(builder: Builder, blog: Blog) -> dict[str, Any]:
    """Build; return the answer, if it was without a build of Pelican's and is right."""
    result = build(builder, blog)
    assert result["swift"], result["why"]
    check(builder, blog)
    return result


def left(builder: Builder, blog: Blog) -> str:
    """Build; return why that took Pelican, if it did."""
    result = build(builder, blog)
    assert not result["swift"]
    check(builder, blog)
    return str(result["why"])


def check(builder: Builder, blog: Blog, *said: object) -> None:
    """Hold the site against what Pelican makes; the next build has nothing to do.
    said: where it is not so.
    """
    assert builder.differences(blog, now=NOW) == [], said
    assert build(builder, blog)["current"], said


class Walk:
    """Random changes, most of them of one kind. judged: the filter has its part."""

    #: what comments say
    remarks: Sequence[str] = ("Thanks.", "Many words.", "https://site1.example/ !!!")

    def __init__(self, blog: Blog, part: int) -> None:
        self.blog, self.chance = blog, random.Random(SEED * PARTS + part)
        self.judged = part % 2 == 1
        self.count = 0

    def changes(self) -> Sequence[Callable[[], str]]:
        """Return what may come next, several times what is to come often. Each says
        what it did, and "other" first where that may be left to Pelican.
        """
        raise NotImplementedError

    def mend(self) -> None:
        """Take away what Pelican complains of."""
        raise AssertionError("nothing that Pelican complains of was done")

    def walk(self, builder: Builder) -> Counter[tuple[bool, bool]]:
        """Go through some changes; return how many there were, by whether they were
        of the kind that is to be followed, and whether they were followed.
        """
        trail: list[str] = []
        taken = Counter[tuple[bool, bool]]()
        reasons = Counter[str]()
        for _ in range(max(10, STEPS // PARTS)):
            self.count += 1
            trail.append(self.chance.choice(self.changes())())
            result = builder.build(
                self.blog, now=NOW, apart=len(trail) % 2 == 0, shared=len(trail) % 3 > 0
            )
            if result["error"]:  # a warning: Pelican alone complains, too
                output = str(self.blog.root / "check")
                plain = builder.build(self.blog, now=NOW, plain=True, output=output)
                assert plain["error"], (result, trail)
                self.mend()
                result = build(builder, self.blog)
            taken[not trail[-1].startswith("other"), result["swift"]] += 1
            if not result["swift"]:
                reasons[result["why"]] += 1
            check(builder, self.blog, trail)
        print(taken, reasons.most_common(30))
        return taken

    def names(self) -> list[str]:
        """Return the names of all articles, in order."""
        return sorted(path.stem for path in (self.blog.root / "content/articles").glob("*.md"))

    def article(self) -> Path:
        """Return the file of some article."""
        return self.blog.root / f"content/articles/{self.chance.choice(self.names())}.md"

    def date(self) -> str:
        """Return a comment's date, later than all before."""
        return f"2024-04-02T{self.count // 60:02}:{self.count % 60:02}:00+00:00"

    def comment(self) -> str:
        name, words = self.article().stem, self.chance.choice(self.remarks)
        status = "" if self.judged else "published"
        self.blog.comment(name, f"c{self.count}", words, date=self.date(), status=status)
        return f"comment on {name}"

    def rework_a_template(self) -> None:
        mark = self.chance.choice(["", "!", "{{ SITENAME }}"])
        self.blog.write("theme/templates/nav.html", TEMPLATES["nav"] + mark)

    def touch_all(self) -> None:
        for path in (self.blog.root / "content").rglob("*.md"):
            path.touch()

    def spoil(self, name: str) -> None:
        """Write into an article's page."""
        (self.blog.output / f"{name}.html").write_text("spoilt", "utf-8")
