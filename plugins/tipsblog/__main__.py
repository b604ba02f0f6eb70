"""The `tipsblog` command, also as `python -m tipsblog`."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command."""
    building = sys.argv[1:2] == ["build"]
    if building:
        # Before the command line's own libraries are loaded: most builds find
        # nothing to do, and should not wait for them.
        from .build import front

        if front.main(sys.argv[2:]):
            return
    from .cli import cli

    try:
        cli(prog_name="tipsblog")
    except SystemExit as end:
        if building and isinstance(end.code, int):
            # The system takes a large blog's memory back sooner than Python.
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(end.code)
        raise


if __name__ == "__main__":
    main()
