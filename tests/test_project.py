from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tipsblog.errors import SettingError, TipsblogError
from tipsblog.project import load_project


def test_a_settings_file_names_the_content_the_comments_and_the_plugins_settings(
    tmp_path: Path,
) -> None:
    file = tmp_path / "pelicanconf.py"
    file.write_text(
        'PATH = "text"\nTIPSBLOG_COMMENTS_PATH = "said"\nTIPSBLOG_THREAD_DEPTH = 3\nlower = 1\n'
    )

    project = load_project(file)

    assert project.content == tmp_path / "text"
    assert project.comments == tmp_path / "text" / "said"
    assert project.settings.thread_depth == 3
    assert "lower" not in project.values


def test_a_settings_file_may_import_its_neighbour_and_two_blogs_do_not_mix(
    tmp_path: Path,
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pelicanconf.py").write_text(f'PATH = "{name}"\n')
        (tmp_path / name / "publishconf.py").write_text("from pelicanconf import *\n")

    found = [load_project(tmp_path / name / "publishconf.py") for name in ("one", "two")]

    assert [project.content.name for project in found] == ["one", "two"]
    assert not [entry for entry in sys.path if entry.startswith(str(tmp_path))]


@pytest.mark.parametrize(
    ("text", "line"), [("PATH = 1/0\n", 1), ("X = 1\nPATH = nowhere\n", 2), ("\n\nPATH = (\n", 3)]
)
def test_a_settings_file_that_does_not_run_is_named_with_its_line(
    tmp_path: Path, text: str, line: int
) -> None:
    file = tmp_path / "pelicanconf.py"
    file.write_text(text)

    with pytest.raises(TipsblogError, match="does not run") as caught:
        load_project(file)

    assert caught.value.line == line


def test_a_misspelt_setting_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "pelicanconf.py"
    file.write_text('TIPSBLOG_COMENTS_PATH = "x"\n')

    with pytest.raises(SettingError, match='did you mean "TIPSBLOG_COMMENTS_PATH"'):
        load_project(file)


def test_reading_the_settings_does_not_import_pelican(tmp_path: Path) -> None:
    import subprocess

    (tmp_path / "pelicanconf.py").write_text('PLUGINS = ["tipsblog"]\n')
    code = (
        "import sys; from tipsblog.project import load_project; load_project('pelicanconf.py');"
        "import tipsblog.comments.commands; assert 'pelican' not in sys.modules"
    )

    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
