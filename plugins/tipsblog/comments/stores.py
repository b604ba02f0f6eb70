"""Which store a blog keeps its comments in."""

from __future__ import annotations

from ..project import Project
from .store import FileStore, Store

#: The other name of the blog's own comment files.
FILES = "files"


def open_store(project: Project, address: str = "") -> Store:
    """Return the store at `address`, or else the one that `TIPSBLOG_STORE` names."""
    address = address or project.settings.store or FILES
    if address == FILES:
        return FileStore(project.comments)
    from .postgres import PostgresStore

    return PostgresStore(address)
