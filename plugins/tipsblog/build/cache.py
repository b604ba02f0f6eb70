"""Results kept by the content they were made from.

A key says everything that a result hangs on, so that nothing here ever goes
stale: what is not asked for in a few builds is forgotten.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path

#: Builds after which a result that nobody asked for is forgotten.
_KEEP = 20
#: What is asked for at once.
_SOME = 900

_SCHEMA = """
CREATE TABLE IF NOT EXISTS result (key BLOB PRIMARY KEY, value BLOB, build INTEGER) WITHOUT ROWID;
"""


class Cache:
    """A file of results; one that is damaged or locked is as good as empty."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Return those results that are there."""
        wanted = sorted(set(keys))
        found: dict[bytes, bytes] = {}
        with self._open() as database:
            for start in range(0, len(wanted) if database else 0, _SOME):
                some = wanted[start : start + _SOME]
                marks = ",".join("?" * len(some))
                found |= database.execute(
                    f"SELECT key, value FROM result WHERE key IN ({marks})",  # noqa: S608
                    some,
                )
        return found

    def put(self, results: Mapping[bytes, bytes], used: Iterable[bytes]) -> None:
        """Keep `results`; forget what was neither put nor used for long."""
        with self._open() as database:
            if database is None or not results:
                return
            (build,) = database.execute("PRAGMA user_version").fetchone()
            build += 1
            database.execute(f"PRAGMA user_version = {build:d}")
            database.executemany(
                "INSERT OR REPLACE INTO result VALUES (?, ?, ?)",
                [(key, value, build) for key, value in results.items()],
            )
            if build % _KEEP == 0:
                database.executemany(
                    "UPDATE result SET build = ? WHERE key = ?", [(build, key) for key in used]
                )
                database.execute("DELETE FROM result WHERE build <= ?", (build - _KEEP,))

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
