"""Which database a blog keeps its followers in."""

from __future__ import annotations

from ..comments.stores import FILES
from ..project import Project
from .databases import FileDatabase, PostgresDatabase
from .followers import Followers
from .tables import FILE, TABLES


def open_followers(project: Project, where: str = "", *, make: bool = False) -> Followers | None:
    """Return the followers at `where`, or else where `TIPSBLOG_STORE` says.

    None where there is no file of them yet, unless it is to be made.
    """
    where = where or project.settings.store or FILES
    if where != FILES:
        return Followers(PostgresDatabase(where, TABLES))
    path = project.state / FILE
    return Followers(FileDatabase(path, TABLES)) if make or path.exists() else None
