"""Static files, packed ones and the sitemap while readers load them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from builds import Blog, Builder

NOW = datetime(2024, 3, 10, tzinfo=UTC).timestamp()
RULES = "p { margin: 1em }\n" * 4000


@pytest.fixture
def built(blog: Blog, builder: Builder) -> Blog:
    """A blog with a stylesheet of two parts, scripts, an image and a sitemap, built."""
    blog.set(PLUGINS=["tipsblog", "sitemap"], SITEMAP={"format": "xml"})
    blog.write("theme/static/site.css", '@import "parts/rules.css";\n')
    blog.write("theme/static/parts/rules.css", RULES)
    blog.write("content/images/dot.svg", '<svg width="1" height="1"/>')
    for day in range(1, 9):
        blog.article(f"a{day}", date=f"2024-03-{day:02} 10:00")
    assert not builder.build(blog, now=NOW)["error"]
    return blog


def identities(blog: Blog) -> dict[Path, tuple[int, int]]:
    """Return which file stands for each output that is no page, and since when."""
    files = [path for path in blog.output.rglob("*") if path.is_file()]
    others = [path for path in files if path.suffix in (".css", ".js", ".svg", ".xml")]
    return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in others}


@contextmanager
def reading(path: Path) -> Iterator[set[bytes | None]]:
    """Read `path` again and again; gives whatever was read, None for no file."""
    seen: set[bytes | None] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                seen.add(path.read_bytes())
            except FileNotFoundError:
                seen.add(None)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()


def test_what_is_the_same_is_not_written_again(built: Blog, builder: Builder) -> None:
    before = identities(built)
    assert any(path.suffix == ".js" for path in before)

    built.article("a1", "Other words.", date="2024-03-01 10:00")
    written = builder.build(built, now=NOW)["written"]

    assert identities(built) == before
    assert "a1.html" in written
    assert builder.differences(built, now=NOW) == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("theme/site.css", "theme/static/parts/rules.css"),
        ("theme/parts/rules.css", "theme/static/parts/rules.css"),
        ("images/dot.svg", "content/images/dot.svg"),
        ("sitemap.xml", "content/articles/a1.md"),
        ("theme/tipsblog/checklists.js", "content/articles/a1.md"),
    ],
)
def test_a_reader_never_gets_half_a_file(
    built: Blog, builder: Builder, name: str, source: str
) -> None:
    path = built.output / name
    whole: set[bytes | None] = {path.read_bytes()}
    text = (built.root / source).read_text("utf-8")

    with reading(path) as seen:
        for number in range(1, 5):
            built.write(source, f"{text}\n/* {number} */" if ".md" not in source else text + "x")
            if name == "sitemap.xml":
                built.article(f"new{number}", date="2024-03-09 10:00")
            builder.build(built, now=NOW)
            whole.add(path.read_bytes())

    assert seen <= whole
    assert builder.differences(built, now=NOW) == []


@pytest.mark.parametrize("setting", ["STATIC_CHECK_IF_MODIFIED", "STATIC_CREATE_LINKS"])
def test_a_static_file_stays_however_it_came_there(
    built: Blog, builder: Builder, setting: str
) -> None:
    built.set(**{setting: True})

    for day in (1, 2):
        built.article(f"a{day}", "Other words.", date=f"2024-03-{day:02} 10:00")
        builder.build(built, now=NOW)

        assert builder.differences(built, now=NOW) == []


def test_a_static_file_takes_the_place_of_a_page_each_time(built: Blog, builder: Builder) -> None:
    built.set(
        STATIC_PATHS=["images", "extra"], EXTRA_PATH_METADATA={"extra/a1": {"path": "a1.html"}}
    )
    built.write("content/extra/a1", "mine")

    for word in ("Other", "Still other"):
        built.article("a2", f"{word} words.", date="2024-03-02 10:00")
        builder.build(built, now=NOW)

        assert (built.output / "a1.html").read_text() == "mine"
        assert builder.differences(built, now=NOW) == []


def test_an_unknown_plugin_finds_every_file_as_pelican_leaves_it(
    built: Blog, builder: Builder
) -> None:
    built.write(
        "plugins/stamp.py",
        "from pelican import signals\n"
        "def stamp(pelican):\n"
        "    for name in ('theme/site.css', 'images/dot.svg'):\n"
        "        with open(f'{pelican.output_path}/{name}', 'a') as file:\n"
        "            file.write('stamped')\n"
        "def register():\n    signals.finalized.connect(stamp)\n",
    )
    built.set(
        PLUGIN_PATHS=[*built.settings["PLUGIN_PATHS"], "plugins"], PLUGINS=["tipsblog", "stamp"]
    )

    for word in ("Other", "Still other"):
        built.article("a2", f"{word} words.", date="2024-03-02 10:00")
        builder.build(built, now=NOW)

        assert (built.output / "images/dot.svg").read_text().count("stamped") == 1
        assert builder.differences(built, now=NOW) == []


def test_a_static_file_that_is_gone_leaves_the_output(built: Blog, builder: Builder) -> None:
    (built.root / "content/images/dot.svg").unlink()
    (built.root / "theme/static/parts/rules.css").rename(built.root / "theme/static/rules.css")
    built.write("theme/static/site.css", '@import "rules.css";\n')

    builder.build(built, now=NOW)

    assert not (built.output / "images/dot.svg").exists()
    assert not (built.output / "theme/parts").exists()
    assert builder.differences(built, now=NOW) == []


@pytest.mark.parametrize("links", [False, True])
def test_a_page_comes_back_where_a_static_file_had_taken_its_place(
    built: Blog, builder: Builder, links: bool
) -> None:
    built.write("content/images/dot.svg", "<svg/>")
    built.set(STATIC_CREATE_LINKS=links)
    builder.build(built, now=NOW)
    for place in ("a1.html", "moved.svg", "a1.html"):
        built.set(EXTRA_PATH_METADATA={"images/dot.svg": {"path": place}})
        builder.build(built, now=NOW)
        assert builder.differences(built, now=NOW) == []
    builder.build(built, now=NOW)
    (built.root / "content/images/dot.svg").unlink()

    builder.build(built, now=NOW)

    assert builder.differences(built, now=NOW) == []


@pytest.mark.parametrize("links", [False, True])
def test_a_page_keeps_its_place_where_only_newer_static_files_are_copied(
    built: Blog, builder: Builder, links: bool
) -> None:
    built.write("content/images/dot.svg", "<svg/>")
    built.set(STATIC_CREATE_LINKS=links)
    built.set(EXTRA_PATH_METADATA={"images/dot.svg": {"path": "a1.html"}})
    builder.build(built, now=NOW)

    built.set(STATIC_CHECK_IF_MODIFIED=True)
    builder.build(built, now=NOW)

    assert builder.differences(built, now=NOW) == []
