"""What several commands ask for in the same way."""

from __future__ import annotations

import click

from .project import DEFAULT_FILE

#: `settings`: a blog's settings file, for `project.load_project`.
settings_file = click.option(
    "-s",
    "--settings",
    default=DEFAULT_FILE,
    metavar="FILE",
    help="The blog's settings file.",
    show_default=True,
)
