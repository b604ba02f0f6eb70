"""What is kept of a blog's judged comments, found by what is asked for.

A SQLite file: however large the blog, one more comment costs a few look-ups.
Knows nothing of judging: rows and plain states in, the same out. A file that is
damaged, of another shape, or held by another process is as good as none.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

Key = tuple[str, str]
_MEMORY = ":memory:"
#: What is asked for at once.
_SOME = 900
#: Seconds to wait for another process.
_PATIENCE = 5.0

_TABLES = {
    "head": "only INTEGER PRIMARY KEY, state TEXT",
    "comment": "number INTEGER PRIMARY KEY, article TEXT, id TEXT, author TEXT, said BLOB,"
    " status TEXT, evidence TEXT, around TEXT",
    "verdict": "number INTEGER PRIMARY KEY, outcome TEXT, score REAL, why TEXT",
    "thread": "article TEXT PRIMARY KEY, about BLOB, began REAL, heat REAL, words TEXT, names TEXT",
    "ends": "mark INTEGER PRIMARY KEY, number INTEGER",
    "texts": "mark INTEGER PRIMARY KEY, number INTEGER",
    "own": "host TEXT PRIMARY KEY",
    "named": "part TEXT, name TEXT, value TEXT, PRIMARY KEY (part, name)",
    "friend": "author TEXT, address TEXT, count INTEGER, PRIMARY KEY (author, address)",
    "token": "token TEXT PRIMARY KEY, weight REAL",
}
#: Tables whose rows are found by a text have no other number.
_BY_TEXT = frozenset({"thread", "own", "named", "friend", "token"})
#: The parts of a site's state that are found by the name of a host or an author.
_BY_HOST, _BY_AUTHOR = ("bad_hosts", "good_hosts"), ("websites", "visits")


class Row(NamedTuple):
    """A comment as it is kept.

    number: its place among all, oldest first, from 0. said: a digest of all of
    it but its status. evidence, around: JSON.
    """

    number: int
    article: str
    id: str
    author: str
    said: bytes
    status: str
    evidence: str
    around: str


class Said(NamedTuple):
    """A verdict as it is kept, on the comment of that number. why: its reasons in
    JSON, "" where nobody asked.
    """

    number: int
    outcome: str
    score: float
    why: str


class Keep:
    """What is kept in the file at `path`.

    head: what is known of all at once, {} where nothing is kept.
    """

    def __init__(self, path: Path) -> None:
        self.head: dict[str, Any] = {}
        self._path = path
        self._where = str(path)
        self._database: sqlite3.Connection | None = None
        if path.is_file():
            try:
                self.head = self._read_head()
            except (sqlite3.Error, TypeError, ValueError):
                self.close()

    def close(self) -> None:
        """Let go of the file."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def comments(self) -> list[tuple[str, str, bytes, str]]:
        """Return the place, digest and status of each comment, in order."""
        return self._all("SELECT article, id, said, status FROM comment ORDER BY number")

    def between(self, first: int, end: int) -> list[tuple[int, str, str]]:
        """Return number, evidence and surroundings of the comments from `first` on,
        up to `end`.
        """
        ask = "SELECT number, evidence, around FROM comment WHERE number BETWEEN ? AND ?"
        return self._connected().execute(f"{ask} ORDER BY number", (first, end - 1)).fetchall()

    def about(self, articles: Collection[str] | None = None) -> dict[str, bytes]:
        """Return the digest of each article that has comments."""
        ask = "SELECT article, about FROM thread"
        return dict(
            self._all(ask) if articles is None else self._found(f"{ask} WHERE article IN", articles)
        )

    def numbers(self, article: str) -> dict[str, int]:
        """Return the number of each comment of an article, by id."""
        ask = "SELECT id, number FROM comment WHERE article = ?"
        return dict(self._connected().execute(ask, (article,)))

    def verdicts(self) -> Iterator[Any]:
        """Yield the parts of `Said` for each comment, in order."""
        return self._connected().execute("SELECT * FROM verdict ORDER BY number")

    def states(self, numbers: Collection[int] | None = None) -> Iterator[tuple[int, str, str]]:
        """Yield number, evidence and surroundings of comments, in order."""
        ask = "SELECT number, evidence, around FROM comment"
        if numbers is None:
            return self._connected().execute(f"{ask} ORDER BY number")
        return self._found(f"{ask} WHERE number IN", sorted(numbers))

    def site(
        self,
        marks: Collection[int],
        hosts: Collection[str],
        authors: Collection[str],
        articles: Collection[str],
    ) -> dict[str, Any]:
        """Return that part of `site.Site.state` that is asked for."""
        ask = "SELECT mark, author, id, article FROM {} JOIN comment USING (number) WHERE mark IN"
        ends, texts = (
            {mark: tuple(whose) for mark, *whose in self._found(ask.format(table), marks)}
            for table in ("ends", "texts")
        )
        return {
            "own": self.own(hosts),
            "threads": {
                article: tuple(thread)
                for article, *thread in self._found(
                    "SELECT article, began, heat, words, names FROM thread WHERE article IN",
                    articles,
                )
            },
            "ends": ends,
            "texts": texts,
            **{part: self._named(part, hosts) for part in _BY_HOST},
            **{part: self._named(part, authors) for part in _BY_AUTHOR},
            "counts": self.head["counts"],
        }

    def own(self, hosts: Collection[str] | None = None) -> set[str]:
        """Return the hosts that are the blog's own, or that its articles link to."""
        ask = "SELECT host FROM own"
        rows = self._all(ask) if hosts is None else self._found(f"{ask} WHERE host IN", hosts)
        return {host for (host,) in rows}

    def suspected(self, hosts: Collection[str]) -> bool:
        """Tell whether some of `hosts` stand in a comment that looks like spam."""
        return bool(self._named("bad_hosts", hosts))

    def weights(self, tokens: Collection[str]) -> dict[str, float]:
        """Return what was learned of those of `tokens` that are known."""
        return dict(self._found("SELECT token, weight FROM token WHERE token IN", tokens))

    def friends(self, authors: Collection[str]) -> dict[Key, int]:
        """Return how often people of these names were published."""
        ask = "SELECT author, address, count FROM friend WHERE author IN"
        return {(author, address): count for author, address, count in self._found(ask, authors)}

    def change(self, write: Callable[[Changes], None], *, anew: bool = False) -> bool:
        """Let `write` change what is kept, all or nothing; tell whether it did.

        Nothing is written where what is kept is no longer what was read. anew:
        all that was kept is forgotten first. What cannot be written costs only time.
        """
        if self._where == _MEMORY:
            return self._change(write, anew=anew)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            return False
        try:
            return self._change(write, anew=anew)
        except sqlite3.OperationalError:
            return False
        except sqlite3.Error:
            self.forget()
        try:
            return anew and self._change(write, anew=True)
        except sqlite3.Error:
            return False

    def hold(self) -> None:
        """Keep in memory from now on, until closed."""
        self.close()
        self.head = {}
        self._where = _MEMORY

    def forget(self) -> None:
        """Take the file away."""
        self.close()
        self.head = {}
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)

    def _change(self, write: Callable[[Changes], None], *, anew: bool) -> bool:
        database = self._connected()
        database.execute("BEGIN IMMEDIATE")
        try:
            if anew:
                for name, columns in _TABLES.items():
                    end = " WITHOUT ROWID" if name in _BY_TEXT else ""
                    database.execute(f"DROP TABLE IF EXISTS {name}")
                    database.execute(f"CREATE TABLE {name} ({columns}){end}")
            elif self._read_head() != self.head:
                return False
            write(Changes(database))
            database.execute("COMMIT")
        finally:
            if database.in_transaction:
                database.execute("ROLLBACK")
        self.head = self._read_head()
        return True

    def _read_head(self) -> dict[str, Any]:
        row = self._connected().execute("SELECT state FROM head").fetchone()
        head = json.loads(row[0])
        return head if isinstance(head, dict) else {}

    def _connected(self) -> sqlite3.Connection:
        if self._database is None:
            self._database = sqlite3.connect(
                self._where, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
            )
            self._database.execute("PRAGMA synchronous = NORMAL")
            # A removed comment's words must not linger in pages that are free.
            self._database.execute("PRAGMA secure_delete = ON")
        return self._database

    def _named(self, part: str, names: Iterable[str]) -> dict[str, Any]:
        ask = f"SELECT name, value FROM named WHERE part = '{part}' AND name IN"  # noqa: S608
        return {name: json.loads(value) for name, value in self._found(ask, names)}

    def _all(self, ask: str) -> list[Any]:
        return self._connected().execute(ask).fetchall()

    def _found(self, ask: str, keys: Iterable[Any]) -> Iterator[Any]:
        left = iter(keys)
        while some := list(islice(left, _SOME)):
            marks = ",".join("?" * len(some))
            yield from self._connected().execute(f"{ask} ({marks})", some)


class Changes:
    """What can be written, while nobody else writes."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def head(self, state: Mapping[str, Any]) -> None:
        """Keep what is known of all at once."""
        self._put("head", [(0, _json(state))])

    def comments(self, rows: Iterable[Row]) -> None:
        """Keep comments that are new."""
        self._put("comment", rows)

    def statuses(self, rows: Iterable[tuple[str, int]]) -> None:
        """Keep what became of comments: (status, number)."""
        self._database.executemany("UPDATE comment SET status = ? WHERE number = ?", rows)

    def evidence(self, rows: Iterable[tuple[str, int]]) -> None:
        """Keep other evidence on comments: (evidence, number)."""
        self._database.executemany("UPDATE comment SET evidence = ? WHERE number = ?", rows)

    def verdicts(self, rows: Iterable[Said]) -> None:
        """Keep verdicts in place of those before."""
        self._put("verdict", rows)

    def about(self, articles: Mapping[str, bytes]) -> None:
        """Keep the digests of articles whose threads are kept."""
        self._database.executemany(
            "UPDATE thread SET about = ? WHERE article = ?",
            [(about, article) for article, about in articles.items()],
        )

    def own(self, added: Set[str], removed: Set[str] = frozenset()) -> None:
        """Keep what became the blog's own hosts, and forget what no longer is."""
        self._database.executemany("DELETE FROM own WHERE host = ?", zip(removed, strict=True))
        self._put("own", zip(sorted(added), strict=True))

    def site(self, state: Mapping[str, Any], numbers: Mapping[Key, int]) -> None:
        """Keep `site.Site.state`, or a part of it, which has grown by comments
        of these `numbers`.
        """
        for table in ("ends", "texts"):
            sources = state[table]
            new = (
                (mark, number)
                for mark in sorted(sources)  # ten times as fast as any other order
                if (number := numbers.get((sources[mark][2], sources[mark][1]))) is not None
            )
            self._put(table, new, "INSERT OR IGNORE")
        self._put(
            "thread",
            [(article, b"", *thread) for article, thread in state["threads"].items()],
        )
        for part in (*_BY_HOST, *_BY_AUTHOR):
            values = sorted(state[part].items())
            self._put("named", [(part, name, _json(value)) for name, value in values])

    def learned(self, weights: Mapping[str, float], friends: Mapping[Key, int]) -> None:
        """Keep what was learned, and from whom, in place of what was before."""
        for table in ("token", "friend"):
            self._database.execute(f"DELETE FROM {table}")  # noqa: S608
        self._put("token", sorted(weights.items()))
        self._put("friend", [(*name, count) for name, count in sorted(friends.items())])

    def _put(
        self, table: str, rows: Iterable[Sequence[Any]], how: str = "INSERT OR REPLACE"
    ) -> None:
        marks = ",".join("?" * (_TABLES[table].partition(", PRIMARY")[0].count(",") + 1))
        self._database.executemany(f"{how} INTO {table} VALUES ({marks})", rows)


#: The JSON of plain values; a set is a list in order.
_json = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), default=sorted).encode
