"""An index of a blog's comments, so that to list a few of them does not take
reading and judging all.

It is only ever a copy: it says of which comments it was made, and whoever
finds that they have changed makes it anew. It may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from ..errors import TipsblogError
from ..spam.model import Outcome, Reason, Verdict
from .model import Comment, Status
from .moderation import Selection, Verdicts, state
from .store import Store

FILE = "overview.sqlite"
#: Raised when the tables change their shape.
_FORMAT = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS comments (
    article TEXT, id TEXT, published REAL, author TEXT, state TEXT, said TEXT,
    digest TEXT, verdict TEXT, UNIQUE (article, id)
);
CREATE INDEX IF NOT EXISTS by_state ON comments (state, published, id);
CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, mark TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS errors (words TEXT);
"""
#: How many new comments are judged while a moderator waits.
_JUDGED = 100
#: The mark that is no article's: of what else the verdicts hang on.
ABOUT = ""

#: What an index was made of: a seal for every article (see `Store.seals`), and
#: one `ABOUT` the rest.
Marks = Mapping[str, str]


class Place(NamedTuple):
    """Where a comment is kept, and what the filter says of it."""

    article: str
    id: str
    verdict: Verdict | None


class Overview:
    """The index in the file at `path`, which need not exist yet."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def marks(self) -> dict[str, str]:
        """Return what the index was made of; nothing where there is none."""
        with self._opened() as database:
            return dict(database.execute("SELECT name, mark FROM marks"))

    def fill(
        self,
        comments: Iterable[Comment],
        verdicts: Verdicts,
        errors: Iterable[TipsblogError],
        marks: Marks,
    ) -> None:
        """Make the index anew. marks: as they stood before the comments were read."""
        part = self._path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
        with self._opened(part) as database:
            rows = (_row(c, verdicts.get((c.article, c.id))) for c in comments)
            database.executemany("INSERT INTO comments VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
            database.executemany("INSERT INTO errors VALUES (?)", ((str(e),) for e in errors))
            database.executemany("INSERT INTO marks VALUES (?, ?)", marks.items())
        part.replace(self._path)  # whoever reads the old one is not kept waiting

    def follow(
        self, store: Store, marks: Marks, judge: Callable[[Comment], Verdict | None]
    ) -> None:
        """Take over what changed under single articles. What is new there is
        judged by `judge`, as far as it is not too much; all other verdicts stay,
        so that the index counts as made of something else until it is filled again.
        """
        left = _JUDGED
        with self._opened() as database:
            known = dict(database.execute("SELECT name, mark FROM marks"))
            changed = [k for k in {*known, *marks} - {ABOUT} if known.get(k) != marks.get(k)]
            for article in changed:
                old = {
                    (id, digest): verdict
                    for id, digest, verdict in database.execute(
                        "SELECT id, digest, verdict FROM comments WHERE article = ?", (article,)
                    )
                }
                database.execute("DELETE FROM comments WHERE article = ?", (article,))
                for comment in store.load(article).comments:
                    kept = old.get((comment.id, _digest(comment)))
                    verdict = _verdict(kept or "")
                    if kept is None and comment.status is None and left:
                        verdict = judge(comment)
                        left -= 1
                    database.execute(
                        "INSERT INTO comments VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                        _row(comment, verdict),
                    )
                database.execute("DELETE FROM marks WHERE name = ?", (article,))
                if article in marks:
                    database.execute("INSERT INTO marks VALUES (?, ?)", (article, marks[article]))
            database.execute("INSERT OR REPLACE INTO marks VALUES (?, '')", (ABOUT,))

    def page(self, state: Status, first: int, count: int) -> tuple[list[Place], int]:
        """Return `count` comments of one state from the `first` on, the newest
        first, and how many there are.
        """
        with self._opened() as database:
            rows = database.execute(
                "SELECT article, id, verdict FROM comments WHERE state = ? "
                "ORDER BY published DESC, id DESC LIMIT ? OFFSET ?",
                (state, count, first),
            ).fetchall()
            total = database.execute(
                "SELECT count(*) FROM comments WHERE state = ?", (state,)
            ).fetchone()[0]
        return [Place(article, id, _verdict(verdict)) for article, id, verdict in rows], total

    def find(self, selection: Selection) -> list[Place] | None:
        """Return what `moderation.select` would choose; None where a name is
        nobody's or several comments'.
        """
        clauses, values = ["1"], list[object]()
        if selection.names:
            named = [_named(name) for name in selection.names]
            clauses.append("(" + " OR ".join(clause for clause, _ in named) + ")")
            values += [value for _, given in named for value in given]
        if selection.article is not None:
            clauses.append("article = ?")
            values.append(selection.article)
        if selection.author is not None:
            author = selection.author.casefold()
            clauses.append("author = ?")
            values.append("" if author == "anonymous" else author)
        if selection.state is not None:
            clauses.append("state = ?")
            values.append(selection.state)
        for word in selection.query.casefold().split():
            clauses.append("instr(said, ?)")
            values.append(word)
        query = "SELECT article, id, verdict FROM comments WHERE "
        query += " AND ".join(clauses) + " ORDER BY article, id"
        with self._opened() as database:
            if any(self._count(database, name) != 1 for name in set(selection.names)):
                return None
            rows = database.execute(query, values).fetchall()
        return [Place(article, id, _verdict(verdict)) for article, id, verdict in rows]

    def errors(self) -> list[str]:
        """Return what was wrong with files that do not read."""
        with self._opened() as database:
            return [words for (words,) in database.execute("SELECT words FROM errors")]

    def forget(self) -> None:
        """Take the index away: it holds words of comments."""
        for path in self._path.parent.glob(f"{self._path.stem}.*"):
            path.unlink(missing_ok=True)

    def _count(self, database: sqlite3.Connection, name: str) -> int:
        clause, values = _named(name)
        counted = database.execute(f"SELECT count(*) FROM comments WHERE {clause}", values)  # noqa: S608
        return int(counted.fetchone()[0])

    @contextmanager
    def _opened(self, path: Path | None = None) -> Iterator[sqlite3.Connection]:
        """One transaction; a file that is no such index is begun anew."""
        path = path or self._path
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            if path.exists():
                with closing(sqlite3.connect(path)) as database:
                    (made,) = database.execute("PRAGMA user_version").fetchone()
                if made != _FORMAT:
                    path.unlink()
            with closing(sqlite3.connect(path, timeout=60)) as database:
                # A copy need not outlive a power cut.
                database.execute("PRAGMA synchronous = OFF")
                database.executescript(f"{_TABLES} PRAGMA user_version = {_FORMAT};")
                with database:
                    yield database
        except sqlite3.DatabaseError as error:
            path.unlink(missing_ok=True)
            raise TipsblogError(
                f"the list of comments is damaged ({error}) and will be made anew",
                path=path,
                way_out="try again",
            ) from error


def _named(name: str) -> tuple[str, tuple[str, ...]]:
    article, slash, id = name.rpartition("/")
    return ("(article = ? AND id = ?)", (article, id)) if slash else ("id = ?", (id,))


def _row(comment: Comment, verdict: Verdict | None) -> tuple[object, ...]:
    said = "\n".join((comment.author, comment.website, comment.email, comment.body))
    return (
        comment.article,
        comment.id,
        comment.published.timestamp(),
        comment.author.casefold(),
        state(comment, verdict),
        said.casefold(),
        _digest(comment),
        "" if verdict is None else _json(verdict),
    )


def _json(verdict: Verdict) -> str:
    reasons = [(one.feature, one.weight, one.sentence) for one in verdict.reasons]
    return json.dumps([verdict.outcome, verdict.score, reasons])


def _verdict(text: str) -> Verdict | None:
    if not text:
        return None
    outcome, score, reasons = json.loads(text)
    return Verdict(Outcome(outcome), score, tuple(Reason(*reason) for reason in reasons))


def _digest(comment: Comment) -> str:
    """Return a digest of what a verdict may hang on."""
    parts = (comment.author, comment.website, comment.email, comment.parent, comment.body)
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=9).hexdigest()
