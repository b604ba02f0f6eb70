"""The `tipsblog` command, also as `python -m tipsblog`."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def main() -> None:
    """Run the command."""
    building = sys.argv[1:2] == ["build"]
    if building:
        # Before the command line's own libraries are loaded: most builds find
        # nothing to do, and should not wait for them.
        from .build import front

        if front.main(sys.argv[2:]):
            _leave(0)
    from .cli import cli

    try:
        cli(prog_name="tipsblog")
    except SystemExit as end:
        if building and isinstance(end.code, int):
            _leave(end.code)
        raise


def _leave(code: int) -> NoReturn:
    """End at once: the system takes memory back sooner than Python does."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
