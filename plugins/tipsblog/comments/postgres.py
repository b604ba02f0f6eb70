"""Comments in PostgreSQL, for a blog whose intake runs in several processes.

A row holds what a comment's file would hold, letter by letter: moving to the
database and back loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    Table,
    Text,
    create_engine,
    delete,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ..errors import TipsblogError
from .document import parse, unparse
from .model import Comment
from .store import AFTER_DATES, Loaded, check_place

_METADATA = MetaData()
#: The sorting of the file store, whatever the database's language.
_KEY = Text(collation="C")
COMMENTS = Table(
    "tipsblog_comments",
    _METADATA,
    Column("article", _KEY, primary_key=True),
    Column("id", _KEY, primary_key=True),
    Column("document", Text, nullable=False),
)


class PostgresStore:
    """Comments in the database at `address`, `postgresql://user@host/name`.

    The table is made when it is missing. While the database cannot be reached,
    every method raises `ConnectionError`; afterwards it works again by itself.
    """

    def __init__(self, address: str) -> None:
        self.engine = make_engine(address)
        self._made = False

    def load(self, article: str | None = None) -> Loaded:
        """Read every comment, or one article's, ordered by article and id."""
        query = select(COMMENTS.c.article, COMMENTS.c.id, COMMENTS.c.document)
        query = query.order_by(COMMENTS.c.article, COMMENTS.c.id)
        if article is not None:
            query = query.where(COMMENTS.c.article == article)
        comments: list[Comment] = []
        errors: list[TipsblogError] = []
        with self._connected() as connection:
            for row in connection.execution_options(yield_per=1000).execute(query):
                try:
                    comments.append(_read(row.article, row.id, row.document))
                except TipsblogError as error:
                    errors.append(error)
        return Loaded(tuple(comments), tuple(errors))

    def get(self, article: str, id: str) -> Comment:
        """Return one comment; `TipsblogError` where there is none."""
        check_place(article, id)
        query = select(COMMENTS.c.document).where(
            COMMENTS.c.article == article, COMMENTS.c.id == id
        )
        with self._connected() as connection:
            document = connection.execute(query).scalar_one_or_none()
        if document is None:
            raise TipsblogError(
                f'no comment "{id}" under "{article}"',
                way_out="`tipsblog comments list` shows all",
            )
        return _read(article, id, document)

    def add(self, comment: Comment) -> bool:
        """Keep a new comment; False, changing nothing, where its place is taken."""
        check_place(comment.article, comment.id)
        given = insert(COMMENTS).values(_row(comment))
        statement = given.on_conflict_do_nothing().returning(COMMENTS.c.id)
        with self._connected() as connection:
            return connection.execute(statement).one_or_none() is not None

    def put(self, comment: Comment) -> bool:
        """Keep `comment`, replacing it whole; tell whether anything changed."""
        return self.put_all((comment,)) > 0

    def put_all(self, comments: Iterable[Comment]) -> int:
        """Keep several, all or none; return how many changed."""
        written = 0
        with self._connected() as connection:
            for comment in comments:
                check_place(comment.article, comment.id)
                given = insert(COMMENTS).values(_row(comment))
                statement = given.on_conflict_do_update(
                    index_elements=[COMMENTS.c.article, COMMENTS.c.id],
                    set_={"document": given.excluded.document},
                    where=COMMENTS.c.document != given.excluded.document,
                ).returning(COMMENTS.c.id)
                written += len(connection.execute(statement).all())
        return written

    def remove(self, article: str, id: str) -> None:
        """Forget a comment; nothing happens where there is none."""
        check_place(article, id)
        with self._connected() as connection:
            connection.execute(
                delete(COMMENTS).where(COMMENTS.c.article == article, COMMENTS.c.id == id)
            )

    def seals(self, patience: float = 0) -> dict[str, str]:
        """Return for every article how many rows it has, and a sum over them."""
        one = func.hashtextextended(COMMENTS.c.id + " " + COMMENTS.c.document, 0)
        query = select(COMMENTS.c.article, func.count(), func.sum(one)).group_by(COMMENTS.c.article)
        with self._connected() as connection:
            rows = connection.execute(query).all()
        return {article: f"{count} {total}" for article, count, total in rows}

    def arrived(self, day: str) -> frozenset[tuple[str, str]]:
        """Return article and id of every comment of `day` or later."""
        query = select(COMMENTS.c.article, COMMENTS.c.id)
        query = query.where(COMMENTS.c.id >= day, COMMENTS.c.id < AFTER_DATES)
        with self._connected() as connection:
            return frozenset((article, id) for article, id in connection.execute(query))

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        if not self._made:  # in a transaction of its own: other threads see it whole
            with connected(self.engine) as connection:
                make_tables(connection, _METADATA)
            self._made = True
        with connected(self.engine) as connection:
            yield connection


def make_engine(address: str) -> Engine:
    """Return the way to the database at `address`."""
    scheme, _, rest = address.partition("://")
    if scheme not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise TipsblogError("the store is no PostgreSQL database", way_out="postgresql://host/name")
    return create_engine(
        f"postgresql+psycopg://{rest}",
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=30,
        pool_timeout=10,
        connect_args={"connect_timeout": 5, "application_name": "tipsblog"},
    )


@contextmanager
def connected(engine: Engine) -> Iterator[Connection]:
    """One transaction; see `reachable`."""
    with reachable(), engine.begin() as connection:
        yield connection


@contextmanager
def reachable() -> Iterator[None]:
    """A database that is not there is a `ConnectionError`, as a disk that is
    not there is an `OSError`.
    """
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        raise ConnectionError(f"the database does not answer: {error}") from error


def make_tables(connection: Connection, metadata: MetaData) -> None:
    """Make what is missing; several processes may start at once."""
    make_alone(connection)
    metadata.create_all(connection)


def make_alone(connection: Connection) -> None:
    """Keep other processes from making tables until the transaction ends."""
    connection.execute(select(func.pg_advisory_xact_lock(0x74697073)))


def _row(comment: Comment) -> dict[str, str]:
    return {"article": comment.article, "id": comment.id, "document": unparse(comment)}


def _read(article: str, id: str, document: str) -> Comment:
    return parse(document, id=id, article=article, path=f"{article}/{id}")
