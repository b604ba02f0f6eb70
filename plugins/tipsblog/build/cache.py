"""Results kept by the content they were made from.

A key says everything that a result hangs on, so that nothing here ever goes
stale: what is not asked for in a few builds is forgotten.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

#: So many results had better be in memory until they are put here, and no more.
MANY = 500
#: Builds after which a result that nobody asked for is forgotten.
_KEEP = 20
#: What is asked for at once.
_SOME = 900

_SCHEMA = """
CREATE TABLE IF NOT EXISTS result (key BLOB PRIMARY KEY, value BLOB, build INTEGER) WITHOUT ROWID;
"""


class Cache:
    """A file of results, as one build uses it; a file that is damaged or locked is as
    good as empty.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        #: the number of this build, 0 until it puts something
        self._build = 0
        self._asked: set[bytes] = set()

    def get(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Return those results that are there."""
        return dict(self.each(keys))

    def each(self, keys: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
        """Yield those results that are there, with their keys, in any order."""
        wanted = sorted(set(keys))
        self._asked.update(wanted)
        with self._open() as database:
            for start in range(0, len(wanted) if database else 0, _SOME):
                some = wanted[start : start + _SOME]
                marks = ",".join("?" * len(some))
                yield from database.execute(
                    f"SELECT key, value FROM result WHERE key IN ({marks})",  # noqa: S608
                    some,
                )

    def put(self, results: Mapping[bytes, bytes]) -> None:
        """Keep `results`."""
        if not results:
            return
        with self._open() as database:
            if database is None:
                return
            if not self._build:
                (before,) = database.execute("PRAGMA user_version").fetchone()
                self._build = before + 1
                database.execute(f"PRAGMA user_version = {self._build:d}")
            database.executemany(
                "INSERT OR REPLACE INTO result VALUES (?, ?, ?)",
                [(key, value, self._build) for key, value in results.items()],
            )

    def forget(self) -> None:
        """Forget what no build asked for in a long time. Called at a build's end."""
        if not self._build or self._build % _KEEP:
            return
        with self._open() as database:
            if database is not None:
                database.executemany(
                    "UPDATE result SET build = ? WHERE key = ?",
                    [(self._build, key) for key in sorted(self._asked)],
                )
                database.execute("DELETE FROM result WHERE build <= ?", (self._build - _KEEP,))

    @contextlib.contextmanager
    def _open(self):  # type: ignore[no-untyped-def]
        database = None
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            database = sqlite3.connect(self._path)
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            database.executescript(_SCHEMA)
        except sqlite3.Error:
            if database is not None:
                database.close()
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)
            yield None
            return
        try:
            with database:
                yield database
        except sqlite3.Error:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)
        finally:
            database.close()
