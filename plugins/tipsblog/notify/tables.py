"""The two tables behind the followers, and how a follower is a row."""

from __future__ import annotations

from typing import Any

from .databases import Database, Run
from .model import Follower

#: Below the project's `.tipsblog`.
FILE = "followers.sqlite"

TABLES = """
CREATE TABLE IF NOT EXISTS tipsblog_followers (
    id TEXT PRIMARY KEY,
    article TEXT NOT NULL,
    email TEXT NOT NULL,
    asked DOUBLE PRECISION NOT NULL,
    mailed DOUBLE PRECISION,
    confirmed DOUBLE PRECISION,
    told DOUBLE PRECISION NOT NULL,
    own TEXT NOT NULL,
    rests DOUBLE PRECISION NOT NULL,
    refused INTEGER NOT NULL,
    UNIQUE (article, email)
);
CREATE TABLE IF NOT EXISTS tipsblog_notes (
    article TEXT NOT NULL,
    comment TEXT NOT NULL,
    made DOUBLE PRECISION NOT NULL,
    digest TEXT NOT NULL,
    told INTEGER NOT NULL,
    PRIMARY KEY (article, comment)
)
"""

FIELDS = "id, article, email, asked, mailed, confirmed, told, own"


def insert(run: Run, follower: Follower) -> bool:
    """Keep a follower; False where the address follows the article already."""
    values = {name: getattr(follower, name) for name in FIELDS.split(", ")}
    return bool(
        run(
            f"INSERT INTO tipsblog_followers ({FIELDS}, rests, refused) VALUES (:id, :article, "
            ":email, :asked, :mailed, :confirmed, :told, :own, 0, 0) "
            "ON CONFLICT DO NOTHING RETURNING id",
            {**values, "own": " ".join(follower.own)},
        )
    )


def read_row(row: tuple[Any, ...]) -> Follower:
    """Return the follower whose `FIELDS` a row holds."""
    *fields, own = row
    names = FIELDS.split(", ")
    return Follower(**dict(zip(names, fields, strict=False)), own=tuple(own.split()))


def copy(source: Database, target: Database) -> int:
    """Make `target` hold exactly the followers of `source` and what they wait
    for; return how many. Who has left since an earlier copy must not come back.
    """
    with source.reading() as run:
        followers = [read_row(row) for row in run(f"SELECT {FIELDS} FROM tipsblog_followers", {})]
        notes = run("SELECT article, comment, made, digest, told FROM tipsblog_notes", {})
    with target.writing() as run:
        run("DELETE FROM tipsblog_followers", {})
        run("DELETE FROM tipsblog_notes", {})
        added = sum(insert(run, follower) for follower in followers)
        for article, comment, made, digest, told in notes:
            run(
                "INSERT INTO tipsblog_notes (article, comment, made, digest, told) "
                "VALUES (:article, :comment, :made, :digest, :told)",
                {
                    "article": article,
                    "comment": comment,
                    "made": made,
                    "digest": digest,
                    "told": told,
                },
            )
    return added
