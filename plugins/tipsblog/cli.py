"""The command: only an edge. Each feature brings its verbs in its `commands.py`.

A verb's module is imported when the verb is called, so that one does not wait
for the libraries of another.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from .errors import TipsblogError

#: verb -> where it lives, relative to this package.
VERBS: dict[str, str] = {
    "build": ".build.commands:build",
    "check": ".authoring.commands:check",
    "comments": ".comments.commands:comments",
    "export": ".formats.commands:export",
    "intake": ".intake.commands:intake",
    "import": ".formats.commands:import_",
    "redirects": ".formats.commands:redirects_",
    "serve": ".build.commands:serve",
    "spam": ".spam.commands:spam",
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        module, _, name = VERBS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module, __package__), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except TipsblogError as error:
            raise click.ClickException(str(error)) from error


@click.command(cls=_Lazy)
@click.version_option(package_name="tipsblog")
def cli() -> None:
    """Write, moderate and publish a tips blog."""
