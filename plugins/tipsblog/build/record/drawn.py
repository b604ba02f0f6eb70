"""What pages were drawn from, kept so that a page can be drawn again from it.

A file for each output folder, in step with its manifest: both carry the mark
of the same build, or nothing here counts. Only bytes and names; what they mean
is said in `keeping` (which writes) and `replay` (which reads).
"""

from __future__ import annotations

import contextlib
import marshal
import os
import sqlite3
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: Raised when what is kept changes its shape.
_VERSION = 4
_SCHEMA = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
CREATE TABLE page (path TEXT PRIMARY KEY, build TEXT, value BLOB);
CREATE TABLE thing (name TEXT PRIMARY KEY, brief BLOB, long BLOB);
CREATE TABLE reader (
  what TEXT, path TEXT, parts INTEGER, PRIMARY KEY (what, path)
) WITHOUT ROWID;
CREATE TABLE said (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE left (name TEXT PRIMARY KEY, digest BLOB, value BLOB);
PRAGMA user_version = {_VERSION:d};
"""
_BUILD = "build"
_ALL = -1


class Drawn:
    """The file at `path`, open. Any `sqlite3.Error` means: as good as empty.

    Nothing counts before `commit`; whoever leaves without it changed nothing.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        if self._version() != _VERSION:
            self._renew()
        self._database.execute("BEGIN")

    def close(self) -> None:
        self._database.close()

    @property
    def build(self) -> str:
        """The mark of the build that this is in step with; "" for none."""
        return str(self.meta(_BUILD) or "")

    def commit(self, build: str) -> None:
        """Let all that was written count, in step with `build`."""
        self.set_meta(_BUILD, build)
        self._database.execute("COMMIT")
        self._database.execute("BEGIN")

    def empty(self) -> None:
        """Forget everything."""
        for table in ("meta", "page", "thing", "reader", "said", "left"):
            self._database.execute(f"DELETE FROM {table}")  # noqa: S608

    def meta(self, name: str) -> Any:
        """Return a plain value, None if there is none."""
        row = self._one("SELECT value FROM meta WHERE name = ?", name)
        return marshal.loads(row[0]) if row else None  # noqa: S302 - our own file

    def set_meta(self, name: str, value: Any) -> None:
        self._run("INSERT OR REPLACE INTO meta VALUES (?, ?)", name, marshal.dumps(value))

    def page(self, path: str) -> tuple[str, Any] | None:
        """Return which build drew the page, and from what (None: not kept)."""
        row = self._one("SELECT build, value FROM page WHERE path = ?", path)
        if row is None:
            return None
        return row[0], marshal.loads(row[1]) if row[1] else None  # noqa: S302

    def set_page(self, path: str, build: str, value: Any) -> None:
        self.set_packed(path, build, marshal.dumps(value) if value is not None else None)

    def set_packed(self, path: str, build: str, data: bytes | None) -> None:
        """As `set_page`, where the value is packed by `marshal` already."""
        self._run("INSERT OR REPLACE INTO page VALUES (?, ?, ?)", path, build, data)

    def pages(self) -> Iterator[tuple[str, Any]]:
        """Yield of each page from what it was drawn (None: not kept)."""
        for path, value in self._database.execute("SELECT path, value FROM page"):
            yield path, marshal.loads(value) if value else None  # noqa: S302

    def build_of(self, path: str) -> str | None:
        """Return which build drew the page; None: it is not known."""
        row = self._one("SELECT build FROM page WHERE path = ?", path)
        return row[0] if row else None

    def builds(self) -> dict[str, str]:
        """Return which build drew each page."""
        return dict(self._database.execute("SELECT path, build FROM page"))

    def drop_page(self, path: str) -> None:
        self._run("DELETE FROM page WHERE path = ?", path)

    def thing(self, name: str) -> dict[str, Any]:
        """Return what was read of an object, by attribute."""
        row = self._one("SELECT brief, long FROM thing WHERE name = ?", name)
        return {**marshal.loads(row[0]), **marshal.loads(row[1])} if row else {}  # noqa: S302

    def brief(self, name: str) -> dict[str, Any]:
        """Return that part of it which takes no room."""
        row = self._one("SELECT brief FROM thing WHERE name = ?", name)
        found: dict[str, Any] = marshal.loads(row[0]) if row else {}  # noqa: S302
        return found

    def briefs(self) -> dict[str, bytes]:
        """Return all of these, still packed."""
        return dict(self._database.execute("SELECT name, brief FROM thing"))

    def set_thing(self, name: str, value: Mapping[str, Any]) -> None:
        brief = {key: one for key, one in value.items() if isinstance(one[1], tuple)}
        long = {key: one for key, one in value.items() if key not in brief}
        statement = "INSERT OR REPLACE INTO thing VALUES (?, ?, ?)"
        self._run(statement, name, marshal.dumps(brief), marshal.dumps(long))

    def drop_things(self, names: Iterable[str]) -> None:
        self._database.executemany("DELETE FROM thing WHERE name = ?", ((n,) for n in names))

    def things(self) -> set[str]:
        return {name for (name,) in self._database.execute("SELECT name FROM thing")}

    def readers(self, what: str, parts: int = _ALL) -> set[str]:
        """Return which outputs hang on some of the `parts` (bits) of `what`."""
        rows = self._database.execute(
            "SELECT path FROM reader WHERE what = ? AND parts & ?", (what, parts)
        )
        return {path for (path,) in rows}

    def every_reader(self) -> dict[tuple[str, str], int]:
        """Return on which parts of what each output hangs."""
        rows = self._database.execute("SELECT what, path, parts FROM reader")
        return {(what, path): parts for what, path, parts in rows}

    def set_readers(self, rows: Iterable[tuple[str, str, int]]) -> None:
        """Keep (what, output, parts) in place of what was kept of both."""
        self._database.executemany("INSERT OR REPLACE INTO reader VALUES (?, ?, ?)", rows)

    def add_readers(self, rows: Iterable[tuple[str, str, int]]) -> None:
        """Keep that outputs hang on these parts, too."""
        self._database.executemany(
            "INSERT INTO reader VALUES (?, ?, ?)"
            " ON CONFLICT (what, path) DO UPDATE SET parts = parts | excluded.parts",
            rows,
        )

    def drop_reading(self, paths: Iterable[str]) -> None:
        """Forget on what these outputs hang."""
        self._database.execute("CREATE TEMP TABLE IF NOT EXISTS gone (path TEXT PRIMARY KEY)")
        self._database.execute("DELETE FROM gone")
        self._database.executemany("INSERT INTO gone VALUES (?)", ((path,) for path in paths))
        self._database.execute("DELETE FROM reader WHERE path IN (SELECT path FROM gone)")

    def drop_readers(self, rows: Iterable[tuple[str, str]]) -> None:
        self._database.executemany("DELETE FROM reader WHERE what = ? AND path = ?", rows)

    def said(self, name: str) -> str | None:
        """Return what a filter said."""
        row = self._one("SELECT value FROM said WHERE name = ?", name)
        return str(row[0]) if row else None

    def add_said(self, said: Mapping[str, str]) -> None:
        self._database.executemany("INSERT OR REPLACE INTO said VALUES (?, ?)", said.items())

    def left(self, name: str) -> bytes | None:
        """Return what a feature left for itself."""
        row = self._one("SELECT value FROM left WHERE name = ?", name)
        return bytes(row[0]) if row else None

    def left_like(self, start: str) -> dict[str, bytes]:
        """Return all that was left under names that begin with `start`."""
        rows = self._database.execute(
            "SELECT name, value FROM left WHERE name >= ? AND name < ?", (start, start + "\uffff")
        )
        return dict(rows)

    def left_digests(self) -> dict[str, bytes]:
        return dict(self._database.execute("SELECT name, digest FROM left"))

    def leave(self, rows: Iterable[tuple[str, bytes, bytes]]) -> None:
        """Keep (name, digest, value)."""
        self._database.executemany("INSERT OR REPLACE INTO left VALUES (?, ?, ?)", rows)

    def drop_left(self, names: Iterable[str]) -> None:
        self._database.executemany("DELETE FROM left WHERE name = ?", ((n,) for n in names))

    def _version(self) -> int:
        return int(self._database.execute("PRAGMA user_version").fetchone()[0])

    def _renew(self) -> None:
        for (table,) in self._database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall():
            self._database.execute(f"DROP TABLE {table}")
        self._database.executescript(_SCHEMA)

    def _one(self, statement: str, name: str) -> Any:
        return self._database.execute(statement, (name,)).fetchone()

    def _run(self, statement: str, *values: Any) -> None:
        self._database.execute(statement, values)


@contextlib.contextmanager
def opened(path: str) -> Iterator[Drawn | None]:
    """Open the file at `path`; None where that cannot be done."""
    try:
        drawn = Drawn(path)
    except sqlite3.Error:
        for end in ("-wal", "-shm", ""):
            with contextlib.suppress(OSError):
                os.unlink(path + end)
        yield None
        return
    try:
        yield drawn
    finally:
        drawn.close()


def forget(path: str) -> None:
    """Let nothing count that is in the file at `path`."""
    if os.path.exists(path):
        with opened(path) as drawn:
            if drawn is not None:
                drawn.empty()
                drawn.commit("")
