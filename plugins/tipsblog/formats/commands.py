"""`tipsblog import`."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import TipsblogError
from . import blogger
from .importing import bring_in


@click.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--into",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("content"),
    show_default=True,
    help="The content folder.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
def import_(file: Path, folder: Path, dry_run: bool) -> None:
    """Bring another blog's articles, pages and comments into a content folder."""
    try:
        with file.open("rb") as stream:
            loaded = blogger.load(stream, str(file))
    except OSError as error:
        raise TipsblogError(f"cannot be read: {error.strerror}", path=file) from error
    report = bring_in(loaded.blog, folder, dry_run=dry_run)
    for note in loaded.notes:
        click.echo(f"{file}: {note.entry}: {note.text} [{note.grade}]")
    for path in report.kept:
        click.echo(f"{folder / path}: edited since it was imported; left as it is")
    for path in report.removed:
        click.echo(f"{folder / path}: taken away since it was imported; not brought back")
    for old, new in report.moved:
        click.echo(f"{folder}: {old} is another article's file; imported as {new}")
    blog = loaded.blog
    click.echo(
        f"{len(blog.articles)} articles and pages, {len(blog.comments)} comments: "
        f"{report.new} files new, {report.changed} changed, {report.same} unchanged."
    )
