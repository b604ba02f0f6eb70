"""`tipsblog check`: what is wrong, before readers see it."""

from __future__ import annotations

import click

from ..checklists.lock import FILE
from ..options import settings_file
from ..project import load_project


@click.command()
@settings_file
@click.option(
    "--accept",
    is_flag=True,
    help="Take reworded items of checklists as new ones; their readers' ticks are lost.",
)
def check(settings: str, accept: bool) -> None:
    """Check articles and pages: fields, slugs, links, checklists.

    Keeps the lock file of published checklist keys up to date. Exits with 1
    where something is wrong.
    """
    from .check import run

    project = load_project(settings)
    report = run(project, accept=accept)
    for error in report.errors:
        click.echo(str(error), err=True)
    if report.locked:
        click.echo(f"{FILE} is up to date; keep it with your articles.")
    click.echo(
        f"{report.files} articles and pages with {report.lists} checklists: "
        f"{len(report.errors) or 'no'} problem{'' if len(report.errors) == 1 else 's'}."
    )
    if report.errors:
        raise SystemExit(1)
