"""A whole Pelican build with checklists, in Pelican's own theme."""

from __future__ import annotations

from pathlib import Path

import pytest
from pelican import Pelican
from pelican.settings import read_settings

ROOT = Path(__file__).resolve().parents[2]


def build(folder: Path, files: dict[str, str], **settings: object) -> Path:
    """Build `files` (path below the content folder -> text); return the output folder."""
    content, output = folder / "content", folder / "output"
    for name, text in files.items():
        path = content / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    values = {
        "PATH": str(content),
        "OUTPUT_PATH": str(output),
        "ARTICLE_PATHS": ["articles"],
        "PLUGIN_PATHS": [str(ROOT / "plugins")],
        "PLUGINS": ["tipsblog"],
        "THEME": "simple",
        "SITEURL": "",
        "TIMEZONE": "UTC",
        **settings,
    }
    Pelican(read_settings(None, override=values)).run()
    return output


HEAD_IN_SIMPLE = (
    '{% extends "!simple/article.html" %}{% block head %}{{ super() }}'
    '{% if article.checklists %}{% include "tipsblog/checklists-head.html" %}{% endif %}'
    "{% endblock %}"
)
ARTICLE = "Title: Hiring\nDate: 2026-03-05\nSlug: hiring\n\n- [ ] Write the brief\n"


@pytest.fixture
def overrides(tmp_path: Path) -> str:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "article.html").write_text(HEAD_IN_SIMPLE, encoding="utf-8")
    return str(folder)


def test_pelicans_simple_theme_shows_checklists_with_one_include(
    tmp_path: Path, overrides: str
) -> None:
    files = {
        "articles/hiring.md": ARTICLE,
        "articles/plain.md": "Title: Plain\nDate: 2026-03-05\n\nNo list.\n",
    }

    output = build(tmp_path, files, THEME_TEMPLATES_OVERRIDES=[overrides])

    page = (output / "hiring.html").read_text(encoding="utf-8")
    assert '<label for="hiring.write-the-brief">Write the brief</label>' in page
    assert '<script type="module" src="/theme/tipsblog/checklists.js"></script>' in page
    assert '<link rel="stylesheet" href="/theme/tipsblog/checklists.css">' in page
    assert (output / "theme/tipsblog/checklists.js").is_file()
    assert "checklists.js" not in (output / "plain.html").read_text(encoding="utf-8")


def test_a_mistake_in_a_list_is_logged_with_file_and_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    build(tmp_path, {"articles/x.md": ARTICLE + "- [ ] Write the brief\n"})

    assert 'x.md:6: two items of this article have the key "write-the-brief"' in caplog.text
