"""`tipsblog build` and `tipsblog serve`."""

from __future__ import annotations

import gc
import time
from pathlib import Path

import click

from ..errors import TipsblogError
from . import front
from .report import Report, conclusion, explained
from .swift import lazily
from .whole import lean

_settings = click.option(
    "-s",
    "--settings",
    type=click.Path(dir_okay=False),
    default="pelicanconf.py",
    show_default=True,
    help="The settings file.",
)
_output = click.option("-o", "--output", default="", help="Where to build, if not as set.")


@click.command()
@_settings
@_output
@click.option("--full", is_flag=True, help="Do everything again, in Pelican's own way.")
@click.option("--explain", is_flag=True, help="Say what is done, and why.")
def build(settings: str, output: str, full: bool, explain: bool) -> None:
    """Build the site: only what changed.

    A warning ends the build, and nothing of it counts as done.
    """
    from .swift import follow

    started = time.monotonic()
    _must_exist(settings)
    report = None if full else front.attempt(settings, output)
    if report is None:
        report = run(settings, output, full=full)
        report.why_not_swift = "" if full else follow.why_not
    if explain and not report.nothing:
        click.echo(explained(report))
    click.echo(conclusion(report, time.monotonic() - started))


def run(settings: str, output: str, *, full: bool) -> Report:
    """Build with Pelican, in this process."""
    gc.disable()  # what is imported stays
    lazily.load()
    lean.defer()
    from . import glue
    from .whole.deferred import is_warning

    glue.speak(lambda line: click.echo(line, err=True), fatal=True)
    seen = None if full else front.found(settings, output)
    try:
        return glue.build(glue.Request(settings, output, full, seen))
    except RuntimeError as error:
        if is_warning(error):
            raise TipsblogError("a warning ended the build; the site stands as it was") from error
        raise TipsblogError(str(error)) from error


@click.command()
@_settings
@_output
@click.option("-b", "--bind", default="127.0.0.1", show_default=True, help="Address to serve on.")
@click.option("-p", "--port", default=8000, show_default=True, help="Port to serve on.")
def serve(settings: str, output: str, bind: str, port: int) -> None:
    """Build, serve, and build again whatever changes; the browser follows."""
    from .serve import run_server

    _must_exist(settings)
    run_server(settings, output, bind, port, click.echo)


def _must_exist(settings: str) -> None:
    if not Path(settings).is_file():
        raise TipsblogError(
            "no such settings file", path=settings, way_out="run this where pelicanconf.py stands"
        )
