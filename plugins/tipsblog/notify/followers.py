"""Where the addresses are kept that asked to be told of comments.

A private place: a file in the blog's state folder, or the blog's database. No
address ever stands among the comments, which may be public.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from typing import Any

from .databases import Database, Run
from .model import CONFIRM_AGE, Follower, Note
from .tables import FIELDS, insert, read_row

#: Seconds after which a comment that could not be told of is old news.
NEWS_AGE = 7 * 24 * 3600
#: Seconds for which it is remembered which comments were told of.
_NOTE_AGE = 90 * 24 * 3600
#: Refusals in a row, each saying that there is no such mailbox, that end it.
_REFUSALS = 3

_ALIVE = "(confirmed IS NOT NULL OR asked > :expired)"


class Followers:
    """The followers in `database`, whose tables are `tables.TABLES`, and the
    comments that they wait to be told of.

    now: seconds since 1970, everywhere.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    # Who follows

    def find(self, article: str, email: str, now: float) -> Follower | None:
        """Return who follows an article under this address, confirmed or not."""
        return self._one(
            f"article = :article AND email = :email AND {_ALIVE}",
            article=article,
            email=email,
            expired=now - CONFIRM_AGE,
        )

    def get(self, id: str, now: float) -> Follower | None:
        """Return the follower with this id."""
        return self._one(f"id = :id AND {_ALIVE}", id=id, expired=now - CONFIRM_AGE)

    def add(self, article: str, email: str, now: float, own: Iterable[str] = ()) -> Follower | None:
        """Keep a request; None where this address has asked already."""
        follower = Follower(
            id=secrets.token_urlsafe(16), article=article, email=email, asked=now, own=tuple(own)
        )
        with self.database.writing() as run:
            _clean(run, now)
            return follower if insert(run, follower) else None

    def owns(self, follower: Follower, comment: str) -> None:
        """Note that a comment is the follower's own: they know of it."""
        with self.database.writing() as run:
            run(
                "UPDATE tipsblog_followers SET own = own || :comment WHERE id = :id",
                {"id": follower.id, "comment": f" {comment}"},
            )

    def confirm(self, id: str, now: float) -> Follower | None:
        """Note that the address said yes; None where its request is gone."""
        with self.database.writing() as run:
            rows = run(
                "UPDATE tipsblog_followers SET confirmed = COALESCE(confirmed, :now), "
                "told = CASE WHEN confirmed IS NULL THEN :now ELSE told END "
                f"WHERE id = :id AND {_ALIVE} RETURNING {FIELDS}",
                {"id": id, "now": now, "expired": now - CONFIRM_AGE},
            )
        return read_row(rows[0]) if rows else None

    def remove(self, followers: Iterable[Follower]) -> int:
        """Forget these; return how many there were."""
        with self.database.writing() as run:
            return sum(
                len(run("DELETE FROM tipsblog_followers WHERE id = :id RETURNING id", {"id": f.id}))
                for f in followers
            )

    def leave(self, article: str) -> None:
        """Forget everybody who follows an article."""
        with self.database.writing() as run:
            run("DELETE FROM tipsblog_followers WHERE article = :article", {"article": article})

    def of(self, email: str) -> tuple[Follower, ...]:
        """Return everything that an address follows or asked to."""
        return self._all("email = :email", email=email)

    def owners(self, places: Collection[tuple[str, str]]) -> tuple[Follower, ...]:
        """Return whose own the comments at these places (article, id) are."""
        found: list[Follower] = []
        for article in sorted({article for article, _ in places}):
            ids = {id for key, id in places if key == article}
            here = self._all("article = :article", article=article)
            found += [follower for follower in here if ids & set(follower.own)]
        return tuple(found)

    def articles(self) -> tuple[str, ...]:
        """Return the keys of all articles that are followed."""
        with self.database.reading() as run:
            rows = run("SELECT DISTINCT article FROM tipsblog_followers ORDER BY article", {})
        return tuple(row[0] for row in rows)

    # What they wait for

    def is_followed(self, article: str) -> bool:
        """Tell whether anybody waits for comments on an article."""
        with self.database.reading() as run:
            return bool(
                run(
                    "SELECT 1 FROM tipsblog_followers WHERE article = :article "
                    "AND confirmed IS NOT NULL LIMIT 1",
                    {"article": article},
                )
            )

    def note(self, article: str, note: Note, now: float) -> None:
        """Note that a comment came to be published. One that was told of is
        never told of again.
        """
        self.note_all([(article, note)], now)

    def note_all(self, notes: Iterable[tuple[str, Note]], now: float) -> None:
        """Note several, each with its article, all or none."""
        with self.database.writing() as run:
            for article, note in notes:
                run(
                    "INSERT INTO tipsblog_notes (article, comment, made, digest, told) "
                    "VALUES (:article, :comment, :now, :digest, 0) "
                    "ON CONFLICT (article, comment) DO UPDATE SET digest = excluded.digest, "
                    "made = CASE WHEN tipsblog_notes.told = 1 THEN tipsblog_notes.made "
                    "ELSE excluded.made END",
                    {
                        "article": article,
                        "comment": note.comment,
                        "now": now,
                        "digest": note.digest,
                    },
                )

    def latest(self, now: float) -> float:
        """Return when the newest comment was noted that somebody waits for, or 0."""
        with self.database.reading() as run:
            [(made,)] = run(
                "SELECT COALESCE(MAX(n.made), 0) FROM tipsblog_notes n JOIN tipsblog_followers f "
                "ON f.article = n.article WHERE f.confirmed IS NOT NULL AND n.made > f.told "
                "AND n.made > :old",
                {"old": now - NEWS_AGE},
            )
        return float(made)

    def notes(self, follower: Follower, until: float) -> tuple[Note, ...]:
        """Return what a follower has not been told of, the oldest first."""
        with self.database.reading() as run:
            rows = run(
                "SELECT comment, digest FROM tipsblog_notes WHERE article = :article "
                "AND made > :told AND made > :old AND made <= :until ORDER BY made, comment",
                {
                    "article": follower.article,
                    "told": follower.told,
                    "old": until - NEWS_AGE,
                    "until": until,
                },
            )
        return tuple(Note(*row) for row in rows)

    # Mails to send

    def unasked(self, now: float) -> tuple[Follower, ...]:
        """Return who must still be asked whether it was they who asked."""
        return self._all(
            f"confirmed IS NULL AND mailed IS NULL AND rests <= :now AND {_ALIVE}",
            now=now,
            expired=now - CONFIRM_AGE,
        )

    def waiting(self, now: float, before: float, most: int = 100) -> tuple[Follower, ...]:
        """Return who has waited for news since `before` or longer, so many at most."""
        return self._all(
            "confirmed IS NOT NULL AND rests <= :now AND EXISTS ("
            "SELECT 1 FROM tipsblog_notes n WHERE n.article = tipsblog_followers.article "
            "AND n.made > tipsblog_followers.told AND n.made > :old AND n.made <= :before)",
            most=most,
            now=now,
            before=before,
            old=now - NEWS_AGE,
        )

    def claim(self, follower: Follower, now: float, until: float) -> Follower | None:
        """Take it on to write to a follower, and return them as they are now;
        None where another process has, or they have left. Who takes it on and
        dies leaves it to others after `until`.
        """
        with self.database.writing() as run:
            rows = run(
                "UPDATE tipsblog_followers SET rests = :until "
                f"WHERE id = :id AND rests <= :now RETURNING {FIELDS}",
                {"id": follower.id, "now": now, "until": until},
            )
        return read_row(rows[0]) if rows else None

    def rest(self, follower: Follower, until: float) -> None:
        """Leave a follower alone until then."""
        self._set(follower, "rests = :until", until=until)

    def asked(self, follower: Follower, now: float) -> None:
        """Note that the mail that asks back was sent."""
        self._set(follower, "mailed = :now, rests = 0", now=now)

    def told(self, follower: Follower, until: float, comments: Iterable[str] = ()) -> None:
        """Note that a follower knows all up to `until`; these by a mail."""
        with self.database.writing() as run:
            run(
                "UPDATE tipsblog_followers SET told = :until, rests = 0, refused = 0 "
                "WHERE id = :id",
                {"id": follower.id, "until": until},
            )
            for comment in comments:
                run(
                    "UPDATE tipsblog_notes SET told = 1 "
                    "WHERE article = :article AND comment = :comment",
                    {"article": follower.article, "comment": comment},
                )

    def refused(self, follower: Follower, until: float) -> None:
        """Note that there is no such mailbox, says its server; after a few
        times it is believed. Who has never confirmed is forgotten at once.
        """
        self._set(follower, "refused = refused + 1, rests = :until", until=until)
        with self.database.writing() as run:
            run(
                "DELETE FROM tipsblog_followers WHERE id = :id "
                "AND (confirmed IS NULL OR refused >= :enough)",
                {"id": follower.id, "enough": _REFUSALS},
            )

    def clean(self, now: float) -> None:
        """Forget who has not confirmed in time, and what nobody waits for."""
        with self.database.reading() as run:
            some = run("SELECT 1 FROM tipsblog_followers UNION SELECT 1 FROM tipsblog_notes", {})
        if some:
            with self.database.writing() as run:
                _clean(run, now)

    def close(self) -> None:
        """Let go of whatever is held open."""
        self.database.close()

    def _one(self, where: str, **values: Any) -> Follower | None:
        found = self._all(where, **values)
        return found[0] if found else None

    def _all(self, where: str, most: int | None = None, **values: Any) -> tuple[Follower, ...]:
        query = f"SELECT {FIELDS} FROM tipsblog_followers WHERE {where} ORDER BY asked, id"
        if most is not None:
            query, values = f"{query} LIMIT :most", {**values, "most": most}
        with self.database.reading() as run:
            return tuple(read_row(row) for row in run(query, values))

    def _set(self, follower: Follower, what: str, **values: Any) -> None:
        with self.database.writing() as run:
            run(
                f"UPDATE tipsblog_followers SET {what} WHERE id = :id",
                {"id": follower.id, **values},
            )


def _clean(run: Run, now: float) -> None:
    run(
        "DELETE FROM tipsblog_followers WHERE confirmed IS NULL AND asked <= :expired",
        {"expired": now - CONFIRM_AGE},
    )
    run("DELETE FROM tipsblog_notes WHERE made <= :old", {"old": now - _NOTE_AGE})
