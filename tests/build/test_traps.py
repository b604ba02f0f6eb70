"""What makes incremental builds wrong elsewhere, one test each."""

from __future__ import annotations

import os
import py_compile
import random
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from builds import TEMPLATES, Blog, Builder, compare

NOW = datetime(2024, 3, 10, tzinfo=UTC).timestamp()
DAY = 86400.0


@pytest.fixture
def built(blog: Blog, builder: Builder) -> Blog:
    """A blog of eight articles with labels, comments and a page, built."""
    for day, name in enumerate(["ant", "bee", "cat", "dog", "elk", "fox", "gnu", "hen"], start=1):
        blog.article(name, f"Words of {name}.", date=f"2024-03-{day:02} 10:00", tags="red, blue")
    blog.page("about")
    blog.comment("ant", "one")
    blog.write("content/images/dot.svg", '<svg width="1" height="1"/>')
    assert not builder.build(blog, now=NOW)["error"]
    return blog


def read(blog: Blog, name: str) -> str:
    return (blog.output / name).read_text("utf-8")


def test_nothing_changed_is_found_without_pelican(built: Blog, builder: Builder) -> None:
    assert builder.build(built, now=NOW)["current"]


def test_one_edited_body_writes_only_the_pages_that_show_it(built: Blog, builder: Builder) -> None:
    built.article("cat", "Other words.", date="2024-03-03 10:00", tags="red, blue", summary="S")
    builder.build(built, now=NOW)

    built.article("cat", "Still others.", date="2024-03-03 10:00", tags="red, blue", summary="S")
    result = builder.build(built, now=NOW)

    assert sorted(result["written"]) == [
        "cat.html",
        "feeds/all.atom",
        "feeds/tag-blue.atom",
        "feeds/tag-red.atom",
    ]
    assert result["parsed"] == 1
    assert builder.differences(built, now=NOW) == []


def test_a_new_article_shifts_every_later_page_of_the_list(built: Blog, builder: Builder) -> None:
    built.article("new", date="2024-03-09 10:00", tags="red")

    builder.build(built, now=NOW)

    assert "New" in read(built, "index.html")
    assert "3/3" in read(built, "index3.html")
    assert builder.differences(built, now=NOW) == []


def test_a_new_title_reaches_labels_lists_and_neighbours(built: Blog, builder: Builder) -> None:
    built.article("dog", date="2024-03-04 10:00", tags="red, blue", title="Wolf", slug="dog")

    builder.build(built, now=NOW)

    assert "Wolf" in read(built, "cat.html")
    assert "Wolf" in read(built, "tag/red2.html")
    assert builder.differences(built, now=NOW) == []


def test_a_label_that_is_used_no_more_loses_its_page(built: Blog, builder: Builder) -> None:
    for day, name in enumerate(["ant", "bee", "cat", "dog", "elk", "fox", "gnu", "hen"], start=1):
        built.article(name, date=f"2024-03-{day:02} 10:00", tags="blue")

    result = builder.build(built, now=NOW)

    assert "tag/red.html" in result["removed"]
    assert "feeds/tag-red.atom" in result["removed"]
    assert builder.differences(built, now=NOW) == []


def test_a_comment_changes_the_counts_on_lists(built: Blog, builder: Builder) -> None:
    built.comment("hen", "two")

    result = builder.build(built, now=NOW)

    assert "1 comment" in read(built, "index.html")
    assert "hen.html" in result["written"]
    assert "gnu.html" not in result["written"]
    assert builder.differences(built, now=NOW) == []


def test_feeds_hold_the_full_text(built: Blog, builder: Builder) -> None:
    built.article("hen", "Entirely new.", date="2024-03-08 10:00", tags="red, blue")

    builder.build(built, now=NOW)

    assert "Entirely new." in read(built, "feeds/all.atom")
    assert builder.differences(built, now=NOW) == []


@pytest.mark.parametrize("gone", ["delete", "rename", "slug", "draft"])
def test_an_article_that_went_leaves_no_page(built: Blog, builder: Builder, gone: str) -> None:
    path = built.root / "content/articles/cat.md"
    text = path.read_text("utf-8")
    if gone == "delete":
        path.unlink()
    elif gone == "rename":
        path.rename(path.with_name("lion.md"))
    else:
        line = "Slug: lion" if gone == "slug" else "Status: draft"
        path.write_text(f"{line}\n{text}", encoding="utf-8")

    builder.build(built, now=NOW)

    assert (built.output / "cat.html").exists() == (gone == "rename")
    assert builder.differences(built, now=NOW) == []


@pytest.mark.parametrize("template", ["base", "nav", "article", "_list", "tag"])
def test_a_template_or_what_it_includes_changes_its_pages(
    built: Blog, builder: Builder, template: str
) -> None:
    built.write(f"theme/templates/{template}.html", TEMPLATES[template] + "<!-- mark -->")

    builder.build(built, now=NOW)

    assert builder.differences(built, now=NOW) == []


def test_a_setting_of_pelican_or_of_the_plugin_changes_everything(
    built: Blog, builder: Builder
) -> None:
    built.set(SITENAME="Another")
    builder.build(built, now=NOW)
    assert builder.differences(built, now=NOW) == []

    built.set(TIPSBLOG_COMMENT_EMAIL="me@example.org")
    builder.build(built, now=NOW)

    assert "mailto" in read(built, "ant.html")
    assert builder.differences(built, now=NOW) == []


def test_settings_saved_twice_within_a_second_are_the_last_ones(
    built: Blog, builder: Builder
) -> None:
    settings = built.root / "pelicanconf.py"
    built.set(SITENAME="Once")
    os.utime(settings, (NOW, NOW + 0.2))
    compiled = Path(py_compile.compile(str(settings)) or "")
    os.utime(compiled, (NOW, NOW + 0.4))
    built.set(SITENAME="Then")
    os.utime(settings, (NOW, NOW + 0.6))  # Python would take what it compiled

    builder.build(built, now=NOW)

    assert "Then" in read(built, "index.html")
    assert builder.differences(built, now=NOW) == []


def test_a_variable_that_the_settings_read_counts(
    built: Blog, builder: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (built.root / "pelicanconf.py").read_text("utf-8")
    built.write(
        "pelicanconf.py", f"{text}import os\nSITENAME = os.environ.get('NAME', 'Unnamed')\n"
    )
    run = [sys.executable, "-m", "tipsblog", "build"]
    environment = {**os.environ, "PYTHONPATH": str(built.settings["PLUGIN_PATHS"][0])}
    subprocess.run(run, cwd=built.root, env=environment, check=True, capture_output=True)

    environment["NAME"] = "Named"
    subprocess.run(run, cwd=built.root, env=environment, check=True, capture_output=True)

    assert "Named" in read(built, "index.html")


def test_a_file_that_the_settings_read_counts(built: Blog, builder: Builder) -> None:
    name = built.write("name.txt", "First")
    text = (built.root / "pelicanconf.py").read_text("utf-8")
    built.write("pelicanconf.py", f"{text}SITENAME = open({str(name)!r}).read()\n")
    builder.build(built, now=NOW)

    built.write("name.txt", "Second")
    builder.build(built, now=NOW)

    assert "Second" in read(built, "index.html")


def test_a_change_of_the_plugin_itself_changes_everything(blog: Blog, builder: Builder) -> None:
    blog.write("plugins/mark.py", "def register():\n    pass\nWORD = 'one'\n")
    blog.set(PLUGIN_PATHS=[*blog.settings["PLUGIN_PATHS"], "plugins"])
    blog.article("ant")
    builder.build(blog, now=NOW)

    blog.write("plugins/mark.py", "def register():\n    pass\nWORD = 'two'\n")
    result = builder.build(blog, now=NOW)

    assert not result["current"]
    assert result["parsed"] == 1


def test_an_unknown_plugin_sees_every_file_when_its_page_is_written(
    blog: Blog, builder: Builder
) -> None:
    blog.write(
        "plugins/shout.py",
        "from pelican import signals\n"
        "def shout(path, context):\n"
        "    text = open(path).read()\n"
        "    open(path, 'w').write(text.upper())\n"
        "def register():\n    signals.content_written.connect(shout)\n",
    )
    blog.set(
        PLUGIN_PATHS=[*blog.settings["PLUGIN_PATHS"], "plugins"], PLUGINS=["tipsblog", "shout"]
    )
    blog.article("ant", "small words")
    builder.build(blog, now=NOW)
    assert "SMALL WORDS" in read(blog, "ant.html")

    blog.article("ant", "other words")
    builder.build(blog, now=NOW)

    assert "OTHER WORDS" in read(blog, "ant.html")
    assert builder.differences(blog, now=NOW) == []


def test_a_link_follows_the_address_of_its_target(built: Blog, builder: Builder) -> None:
    built.article("bee", "See [it]({filename}cat.md).", date="2024-03-02 10:00", tags="red")
    builder.build(built, now=NOW)

    built.article("cat", "Words.", date="2024-03-03 10:00", tags="red", slug="lion")
    builder.build(built, now=NOW)

    assert "lion.html" in read(built, "bee.html")
    assert builder.differences(built, now=NOW) == []


def test_a_link_whose_target_went_is_complained_about_with_its_page(
    built: Blog, builder: Builder
) -> None:
    built.article("ant", "See [that]({filename}bee.md).", date="2024-03-01 10:00")
    assert not builder.build(built, now=NOW)["error"]
    target = built.root / "content/articles/bee.md"
    text = target.read_text("utf-8")

    target.unlink()
    first, second = builder.build(built, now=NOW), builder.build(built, now=NOW)
    target.write_text(text, encoding="utf-8")
    third = builder.build(built, now=NOW)

    assert "ant.html: Unable to find 'bee.md'" in str(first["messages"])
    assert "ant.html: Unable to find 'bee.md'" in str(second["messages"])
    assert (bool(first["error"]), bool(second["error"]), third["error"]) == (True, True, "")
    assert builder.differences(built, now=NOW) == []


def test_an_attached_file_stands_beside_its_page(built: Blog, builder: Builder) -> None:
    built.set(ARTICLE_SAVE_AS="{slug}/index.html", ARTICLE_URL="{slug}/")
    text = "[dot]({attach}/images/dot.svg)"
    built.article("bee", text, date="2024-03-02 10:00", tags="red")
    builder.build(built, now=NOW)
    assert (built.output / "bee/dot.svg").exists()

    built.article("bee", text, date="2024-03-02 10:00", tags="red", slug="emu")
    builder.build(built, now=NOW)

    assert (built.output / "emu/dot.svg").exists()
    assert builder.differences(built, now=NOW) == []


def test_an_automatic_summary_changes_with_the_body(built: Blog, builder: Builder) -> None:
    built.article("hen", "A new beginning.", date="2024-03-08 10:00", tags="red, blue")

    builder.build(built, now=NOW)

    assert "A new beginning." in read(built, "index.html")
    assert builder.differences(built, now=NOW) == []


def test_a_translation_is_named_by_its_original(built: Blog, builder: Builder) -> None:
    built.article("cat-fr", "Mots.", slug="cat", lang="fr", date="2024-03-03 10:00")

    builder.build(built, now=NOW)

    assert "cat-fr.html" in read(built, "cat.html")
    assert builder.differences(built, now=NOW) == []


def test_an_article_of_the_future_appears_when_its_time_comes(
    built: Blog, builder: Builder
) -> None:
    built.article("new", date="2024-03-12 10:00")
    builder.build(built, now=NOW)
    assert not (built.output / "new.html").exists()
    assert builder.build(built, now=NOW + DAY)["current"]

    builder.build(built, now=NOW + 3 * DAY)

    assert (built.output / "new.html").exists()
    assert builder.differences(built, now=NOW + 3 * DAY) == []


def test_a_clock_put_back_takes_an_article_away_again(built: Blog, builder: Builder) -> None:
    built.article("new", date="2024-03-12 10:00")
    builder.build(built, now=NOW + 3 * DAY)
    assert (built.output / "new.html").exists()

    builder.build(built, now=NOW)

    assert not (built.output / "new.html").exists()
    assert builder.differences(built, now=NOW) == []


def test_comments_close_when_their_time_comes(built: Blog, builder: Builder) -> None:
    built.set(TIPSBLOG_CLOSE_AFTER_DAYS=5, TIPSBLOG_COMMENT_EMAIL="me@example.org")
    builder.build(built, now=NOW)
    assert "mailto" in read(built, "hen.html")

    builder.build(built, now=NOW + 30 * DAY)

    assert "mailto" not in read(built, "hen.html")
    assert builder.differences(built, now=NOW + 30 * DAY) == []


def test_dates_taken_from_files_make_their_time_stamps_an_input(
    blog: Blog, builder: Builder
) -> None:
    blog.set(DEFAULT_DATE="fs", WITH_FUTURE_DATES=True)
    path = blog.write("content/articles/ant.md", "Title: Ant\n\nWords.\n")
    builder.build(blog)

    os.utime(path, (1_600_000_000, 1_600_000_000))
    builder.build(blog)

    assert "2020" in read(blog, "archives.html")
    assert builder.differences(blog) == []


def test_a_wiped_output_folder_holds_no_foreign_file_afterwards(
    built: Blog, builder: Builder
) -> None:
    built.set(DELETE_OUTPUT_DIRECTORY=True, OUTPUT_RETENTION=["CNAME"])
    built.write("output/foreign.html", "x")
    built.write("output/CNAME", "tips.example")

    builder.build(built, now=NOW)

    assert compare(built.output, built.output) == []
    assert not (built.output / "foreign.html").exists()
    assert (built.output / "CNAME").exists()


def test_without_that_setting_a_foreign_file_stays(built: Blog, builder: Builder) -> None:
    built.write("output/CNAME", "tips.example")
    built.article("ant", "New.", date="2024-03-01 10:00")

    builder.build(built, now=NOW)

    assert (built.output / "CNAME").exists()


def test_a_fresh_checkout_parses_nothing_again(built: Blog, builder: Builder) -> None:
    for path in (built.root / "content").rglob("*.*"):
        os.utime(path, (1_600_000_000, 1_600_000_000))

    assert builder.build(built, now=NOW)["current"]


def test_a_lost_output_folder_is_put_back_without_pelican(built: Blog, builder: Builder) -> None:
    shutil.rmtree(built.output)

    assert builder.build(built, now=NOW)["current"]
    assert builder.differences(built, now=NOW) == []


def test_a_lost_output_is_put_back_and_what_changed_meanwhile_is_drawn(
    built: Blog, builder: Builder
) -> None:
    shutil.rmtree(built.output)
    built.article("cat", "Other words.", date="2024-03-03 10:00", tags="red, blue")
    (built.root / "content/articles/hen.md").unlink()

    result = builder.build(built, now=NOW)

    assert "cat.html" in result["written"]
    assert "feeds/comments/ant.atom" not in result["written"]
    assert builder.differences(built, now=NOW) == []


def test_what_somebody_wrote_into_an_output_is_never_put_back(
    built: Blog, builder: Builder
) -> None:
    path = built.output / "cat.html"
    path.write_text(path.read_text("utf-8").replace("cat", "cut"), encoding="utf-8")
    shutil.rmtree(built.output)

    builder.build(built, now=NOW)

    assert builder.differences(built, now=NOW) == []


def test_copies_from_a_cache_of_another_machine_are_put_back(built: Blog, builder: Builder) -> None:
    kept = built.root / ".tipsblog"
    shutil.copytree(kept, built.root / "away", copy_function=shutil.copyfile)
    shutil.rmtree(kept)
    shutil.rmtree(built.output)
    (built.root / "away").rename(kept)

    assert builder.build(built, now=NOW)["current"]
    assert builder.differences(built, now=NOW) == []


def test_outputs_of_one_content_stay_apart_when_they_are_put_back(
    built: Blog, builder: Builder
) -> None:
    for name in ("one", "two"):
        built.write(f"theme/static/{name}.css", "a { top: 0 }")
    builder.build(built, now=NOW)
    shutil.rmtree(built.output)

    assert builder.build(built, now=NOW)["current"]
    built.write("theme/static/one.css", "a { top: 1px }")
    builder.build(built, now=NOW)

    assert builder.differences(built, now=NOW) == []


def test_forgetting_takes_the_copies_away(built: Blog) -> None:
    from tipsblog.build.changes.state import Store

    Store(str(built.root)).forget_contents()

    assert not list((built.root / ".tipsblog/build").glob("outputs-*"))


def test_no_copy_holds_a_comment_that_was_taken_away(built: Blog, builder: Builder) -> None:
    built.comment("bee", "two", "Bury me.")
    builder.build(built, now=NOW)
    (built.root / "content/comments/bee/two.md").unlink()
    builder.build(built, now=NOW)

    copies = list((built.root / ".tipsblog/build").glob("outputs-*/*"))

    assert copies
    assert not [path for path in copies if b"Bury me." in path.read_bytes()]


@pytest.mark.parametrize("how", ["edit", "truncate", "delete"])
def test_an_output_that_somebody_touched_is_made_again(
    built: Blog, builder: Builder, how: str
) -> None:
    path = built.output / "cat.html"
    if how == "delete":
        path.unlink()
    else:
        path.write_text("<p>mine</p>" if how == "edit" else "", encoding="utf-8")

    builder.build(built, now=NOW)

    assert builder.differences(built, now=NOW) == []


def test_a_folder_becomes_a_file_and_a_file_a_folder(built: Blog, builder: Builder) -> None:
    built.article("cat", slug="cat", save_as="x", date="2024-03-03 10:00")
    builder.build(built, now=NOW)
    built.article("cat", slug="cat", save_as="x/y.html", date="2024-03-03 10:00")
    builder.build(built, now=NOW)
    assert builder.differences(built, now=NOW) == []

    built.article("cat", slug="cat", save_as="x", date="2024-03-03 10:00")
    builder.build(built, now=NOW)

    assert builder.differences(built, now=NOW) == []


def test_a_page_and_a_folder_cannot_have_one_name(built: Blog, builder: Builder) -> None:
    built.article("cat", save_as="ant.html/index.html", date="2024-03-03 10:00")
    assert "ant.html" in builder.build(built, now=NOW)["error"]

    built.article("cat", date="2024-03-03 10:00")
    builder.build(built, now=NOW)

    assert builder.differences(built, now=NOW) == []


def test_an_image_changes_the_page_that_says_its_size(built: Blog, builder: Builder) -> None:
    built.article("ant", "![A dot]({static}/images/dot.svg)", date="2024-03-01 10:00")
    builder.build(built, now=NOW)

    built.write("content/images/dot.svg", '<svg width="20" height="30"/>')
    builder.build(built, now=NOW)

    assert 'width="20"' in read(built, "ant.html")
    assert builder.differences(built, now=NOW) == []


def test_what_an_article_includes_is_part_of_it(blog: Blog, builder: Builder) -> None:
    blog.set(
        MARKDOWN={
            "extension_configs": {
                "markdown.extensions.meta": {},
                "pymdownx.snippets": {"base_path": [str(blog.root)]},
            }
        }
    )
    blog.write("shared.txt", "First.")
    blog.article("ant", '--8<-- "shared.txt"')
    builder.build(blog, now=NOW)
    assert "First." in read(blog, "ant.html")

    blog.write("shared.txt", "Second.")
    builder.build(blog, now=NOW)

    assert "Second." in read(blog, "ant.html")
    assert builder.differences(blog, now=NOW) == []


@pytest.mark.parametrize(
    "fault",
    ["content/articles/bad.md", "content/comments/ant/bad.md", "theme/templates/article.html"],
)
def test_what_failed_is_not_taken_for_done(built: Blog, builder: Builder, fault: str) -> None:
    path = built.root / fault
    before = path.read_text("utf-8") if path.exists() else None
    as_it_was = read(built, "ant.html")
    built.write(fault, "{% if %}" if fault.startswith("theme") else "Title: no date\n\nx\n")
    first, second = builder.build(built, now=NOW), builder.build(built, now=NOW)
    assert first["error"]
    assert second["error"]
    assert fault.rpartition("/")[2] in str(first)
    assert read(built, "ant.html") == as_it_was

    if before is None:
        path.unlink()
    else:
        path.write_text(before, encoding="utf-8")
    assert not builder.build(built, now=NOW)["error"]

    assert builder.differences(built, now=NOW) == []


def test_a_full_build_leaves_what_the_next_one_needs(built: Blog, builder: Builder) -> None:
    (built.root / "content/articles/cat.md").unlink()

    done = builder.build(built, now=NOW, full=True)
    assert not done["error"], done

    assert builder.differences(built, now=NOW) == []
    assert builder.build(built, now=NOW)["current"]


def test_two_settings_may_share_an_output_folder(built: Blog, builder: Builder) -> None:
    plain = built.root / "other"
    assert not builder.build(built, now=NOW, output=str(plain))["error"]
    built.article("new", date="2024-03-09 10:00")

    builder.build(built, now=NOW, output=str(plain))

    assert builder.build(built, now=NOW)["written"]
    assert compare(built.output, plain) == []


def test_a_second_build_waits_for_the_first(built: Blog) -> None:
    from tipsblog.build.changes.state import Store

    environment = {**os.environ, "PYTHONPATH": str(built.settings["PLUGIN_PATHS"][0])}
    built.article("ant", "New.", date="2024-03-01 10:00")
    with Store(str(built.root)).locked():
        process = subprocess.Popen(
            [sys.executable, "-m", "tipsblog", "build"],
            cwd=built.root,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1.5)

    assert process.wait(30) == 0


#: More by hand: TIPSBLOG_KILLS=50
@pytest.mark.parametrize("seed", range(int(os.environ.get("TIPSBLOG_KILLS", "5"))))
def test_a_build_killed_at_any_moment_is_made_right_by_the_next(
    built: Blog, builder: Builder, seed: int
) -> None:
    chance = random.Random(seed)
    environment = {**os.environ, "PYTHONPATH": str(built.settings["PLUGIN_PATHS"][0])}
    for number in range(30):
        built.article(f"n{number}", f"Text {number}.", date="2024-03-09 10:00", tags=f"t{number}")
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "tipsblog", "build"],
        cwd=built.root,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(chance.uniform(0.3, 1.6))
    process.kill()
    process.wait()
    assert time.monotonic() > started
    for number in range(0, 30, 2):
        (built.root / f"content/articles/n{number}.md").unlink()

    assert not builder.build(built, now=NOW)["error"]

    assert builder.differences(built, now=NOW) == []
    leftovers = [path.name for path in built.output.rglob(".*") if path.is_file()]
    assert leftovers == []
