"""`tipsblog intake`: the service behind "Post a Comment"."""

from __future__ import annotations

from pathlib import Path

import click

from ..options import settings_file
from ..project import load_project


@click.group(invoke_without_command=True)
@settings_file
@click.option(
    "--bind", default="127.0.0.1:8010", metavar="HOST:PORT", show_default=True,
    help="Where to listen; unix:PATH for a socket file.",
)  # fmt: skip
@click.option("--site", is_flag=True, help="Also serve the built site, for a trial.")
@click.option("--try", "trial", is_flag=True, help="Build the blog with the form, and serve both.")
@click.pass_context
def intake(ctx: click.Context, settings: str, bind: str, site: bool, trial: bool) -> None:
    """Take readers' comments in."""
    ctx.obj = settings
    if ctx.invoked_subcommand is None:
        from .server import run, try_out

        if trial:
            try_out(load_project(settings), bind)
        else:
            run(load_project(settings), bind, with_site=site)


@intake.command()
@click.option(
    "--passphrase", prompt=True, hide_input=True, confirmation_prompt=True,
    help="Instead of being asked for it.",
)  # fmt: skip
@click.pass_obj
def passphrase(settings: str, passphrase: str) -> None:
    """Set the passphrase of the moderation page."""
    from .moderate import Passphrase

    if len(passphrase) < 8:
        raise click.UsageError("use at least 8 characters")
    folder: Path = load_project(settings).state
    Passphrase(folder).set(passphrase)
    click.echo("The moderation page is open to who knows it: /moderate below the service.")


@intake.command()
@click.pass_obj
def builder(settings: str) -> None:
    """Publish what several intake processes take in through a database."""
    from .assembly import build

    build(load_project(settings))
