"""Whatever one can call, set or include is documented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest

from tipsblog import settings
from tipsblog.cli import cli
from tipsblog.project import load_project

ROOT = Path(__file__).parent.parent
WORDS = "\n".join(
    path.read_text(encoding="utf-8")
    for path in [ROOT / "README.md", *sorted((ROOT / "plugins").rglob("*.md"))]
)


def commands(group: click.Group, name: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for verb in group.list_commands(context):
        command = group.get_command(context, verb)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{name} {verb}")
        else:
            yield f"{name} {verb}", command


COMMANDS = dict(commands(cli, "tipsblog"))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name: str) -> None:
    assert name in WORDS
    assert COMMANDS[name].help


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_says_what_it_does(name: str) -> None:
    for parameter in COMMANDS[name].params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


@pytest.mark.parametrize("setting", fields(settings.Settings), ids=lambda field: field.name)
def test_every_setting_is_documented(setting: object) -> None:
    name = setting.name  # type: ignore[attr-defined]

    assert f"`{settings.PREFIX}{name.upper()}`" in WORDS


@pytest.mark.parametrize(
    "path", sorted((ROOT / "plugins/tipsblog").glob("*/templates/tipsblog/*.html")), ids=str
)
def test_every_template_hook_is_documented(path: Path) -> None:
    assert f"tipsblog/{path.name}" in WORDS


def test_every_setting_of_the_blog_itself_is_known() -> None:
    for name in ("pelicanconf.py", "publishconf.py"):
        load_project(ROOT / name)
