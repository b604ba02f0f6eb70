"""The two databases that can keep followers: a file, or PostgreSQL.

Both run the same statements; what differs is how a transaction begins and how
a failure is called. No statement stands here.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

#: Runs a statement with `:name` parameters and returns its rows.
Run = Callable[[str, Mapping[str, Any]], list[tuple[Any, ...]]]


class Database(Protocol):
    """A transaction is committed whole at the end of its block, or not at all.
    A database that does not answer is an `OSError`.
    """

    def reading(self) -> AbstractContextManager[Run]:
        """Run statements that change nothing."""

    def writing(self) -> AbstractContextManager[Run]:
        """Run statements of which no other process sees a part."""

    def close(self) -> None:
        """Let go of whatever is held open."""


class FileDatabase:
    """A file for the eyes of its owner only; `tables` are made with it.

    Threads take turns at one connection: to open the file for every comment
    that comes in would take longer than the rest of its way.
    """

    def __init__(self, path: Path, tables: str) -> None:
        self._path = path
        self._tables = tables
        self._turn = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._opened: int | None = None

    @contextmanager
    def reading(self) -> Iterator[Run]:
        """Run statements that change nothing."""
        with self._transaction("BEGIN") as run:
            yield run

    @contextmanager
    def writing(self) -> Iterator[Run]:
        """Run statements of which no other process sees a part."""
        with self._transaction("BEGIN IMMEDIATE") as run:
            yield run

    def close(self) -> None:
        """Let go of the file."""
        with self._turn:
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def __del__(self) -> None:
        self.close()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Run]:
        with self._turn:
            try:
                connection = self._open()
                connection.execute(begin)
                try:
                    yield lambda statement, values: connection.execute(statement, values).fetchall()
                    connection.execute("COMMIT")
                finally:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
            except sqlite3.Error as error:
                raise OSError(f"{self._path}: {error}") from error

    def _open(self) -> sqlite3.Connection:
        """Return a connection to the file that is there now."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # Not later: to close a file that is in use would drop its locks.
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            found = self._path.stat()
        if self._connection is None or found.st_ino != self._opened:
            self.close()
            connection = sqlite3.connect(
                self._path, timeout=10, isolation_level=None, check_same_thread=False
            )
            try:
                # What is forgotten is gone from the file too.
                connection.execute("PRAGMA secure_delete = ON")
                connection.execute("PRAGMA synchronous = FULL")
                if not found.st_size:
                    connection.executescript(f"BEGIN IMMEDIATE; {self._tables}; COMMIT")
            except sqlite3.Error:
                connection.close()
                raise
            self._connection, self._opened = connection, found.st_ino
        return self._connection


class PostgresDatabase:
    """The database at `address`, `postgresql://user@host/name`."""

    def __init__(self, address: str, tables: str) -> None:
        from ..comments.postgres import make_engine

        self._engine = make_engine(address)
        self._tables = tables
        self._made = False

    def reading(self) -> AbstractContextManager[Run]:
        """Run statements that change nothing."""
        return self.writing()

    @contextmanager
    def writing(self) -> Iterator[Run]:
        """Run statements of which no other process sees a part."""
        from sqlalchemy import text

        from ..comments.postgres import connected, make_alone

        if not self._made:
            with connected(self._engine) as connection:
                make_alone(connection)
                for statement in filter(str.strip, self._tables.split(";")):
                    connection.execute(text(statement))
            self._made = True
        with connected(self._engine) as connection:

            def run(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
                result = connection.execute(text(statement), values)
                return [tuple(row) for row in result] if result.returns_rows else []

            yield run

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()
