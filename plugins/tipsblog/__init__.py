"""A tips blog that its author owns: checklists, comments as files, a spam filter.

A Pelican plugin (`PLUGINS = ["tipsblog"]`) and the `tipsblog` command.
"""


def register() -> None:
    """Called by Pelican: connect each feature's glue."""
