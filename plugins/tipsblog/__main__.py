"""The `tipsblog` command, also as `python -m tipsblog`."""

from __future__ import annotations


def main() -> None:
    """Run the command."""
    from .cli import cli

    cli(prog_name="tipsblog")


if __name__ == "__main__":
    main()
