"""A small blog with checklists, built by Pelican in a theme that knows nothing of them."""

from __future__ import annotations

from pathlib import Path

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
