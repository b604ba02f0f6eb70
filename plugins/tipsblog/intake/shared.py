"""What several intake processes share through PostgreSQL: what each network
has sent, and what waits to be published by the one builder.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from time import monotonic

import psycopg
from limits.storage import Storage
from sqlalchemy import (
    Column,
    DateTime,
    Engine,
    Identity,
    Integer,
    MetaData,
    Table,
    Text,
    delete,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert

from ..comments.postgres import connected, make_engine, make_tables
from .publisher import RETRIES, Condition, PublishError

logger = logging.getLogger(__name__)

CHANNEL = "tipsblog_publish"
#: The builder looks by itself this often, seconds: a notice may get lost.
LOOK = 30.0
#: The lock of the one builder; any number that nobody else uses.
_BUILDER = 0x74697062

_METADATA = MetaData()
_RATES = Table(
    "tipsblog_rates",
    _METADATA,
    Column("key", Text, primary_key=True),
    Column("amount", Integer, nullable=False),
    Column("ends", DateTime(timezone=True), nullable=False),
)
_QUEUE = Table(
    "tipsblog_publish",
    _METADATA,
    Column("id", Integer, Identity(), primary_key=True),
    Column("asked", DateTime(timezone=True), server_default=func.now(), nullable=False),
)


def prepare(address: str) -> Engine:
    """Return the way to the database at `address`, its tables made."""
    engine = make_engine(address)
    with connected(engine) as connection:
        make_tables(connection, _METADATA)
    return engine


class SharedRates(Storage):
    """Fixed windows in the database; one that has ended is forgotten."""

    STORAGE_SCHEME = ["tipsblog-postgresql"]  # noqa: RUF012 - as the library wants it

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine

    @property
    def base_exceptions(self) -> type[Exception]:
        return ConnectionError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count; a window begins with the first of it."""
        ends = func.now() + func.make_interval(0, 0, 0, 0, 0, 0, expiry)
        given = insert(_RATES).values(key=key, amount=amount, ends=ends)
        ended = _RATES.c.ends <= func.now()
        statement = given.on_conflict_do_update(
            index_elements=[_RATES.c.key],
            set_={
                "amount": text(
                    "CASE WHEN tipsblog_rates.ends <= now() THEN excluded.amount "
                    "ELSE tipsblog_rates.amount + excluded.amount END"
                ),
                "ends": text(
                    "CASE WHEN tipsblog_rates.ends <= now() THEN excluded.ends "
                    "ELSE tipsblog_rates.ends END"
                ),
            },
        ).returning(_RATES.c.amount)
        with connected(self._engine) as connection:
            total = int(connection.execute(statement).scalar_one())
            if total == amount:  # a window opened: a good moment to close the others
                connection.execute(delete(_RATES).where(ended))
        return total

    def get(self, key: str) -> int:
        query = select(_RATES.c.amount).where(_RATES.c.key == key, _RATES.c.ends > func.now())
        with connected(self._engine) as connection:
            return int(connection.execute(query).scalar_one_or_none() or 0)

    def get_expiry(self, key: str) -> float:
        query = select(func.extract("epoch", _RATES.c.ends)).where(_RATES.c.key == key)
        with connected(self._engine) as connection:
            return float(connection.execute(query).scalar_one_or_none() or 0.0)

    def check(self) -> bool:
        try:
            with connected(self._engine) as connection:
                connection.execute(select(1))
        except ConnectionError:
            return False
        return True

    def reset(self) -> int | None:
        with connected(self._engine) as connection:
            return connection.execute(delete(_RATES)).rowcount

    def clear(self, key: str) -> None:
        with connected(self._engine) as connection:
            connection.execute(delete(_RATES).where(_RATES.c.key == key))


class SharedQueue:
    """The intake's end of the queue: the same as a `Publisher`, for which the
    builder does the work.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def start(self) -> None:
        """Nothing runs here."""

    def stop(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def ask(self) -> None:
        """Put a request into the queue, and wake the builder."""
        try:
            with connected(self._engine) as connection:
                connection.execute(_QUEUE.insert())
                connection.execute(text(f"NOTIFY {CHANNEL}"))
        except ConnectionError as error:
            # The comment is stored. The builder looks at the store by itself.
            logger.error("the builder could not be told: %s", error)

    def condition(self) -> Condition:
        """Tell how many requests wait."""
        try:
            with connected(self._engine) as connection:
                waiting = connection.execute(select(func.count()).select_from(_QUEUE)).scalar_one()
        except ConnectionError as error:
            return Condition(True, 0, 0, str(error))
        return Condition(bool(waiting), 0, 0, "")

    def settled(self, now: float) -> float:
        """Return up to when what was asked for stands on the page; see `Publisher`."""
        query = select(func.extract("epoch", func.min(_QUEUE.c.asked)))
        with connected(self._engine) as connection:
            oldest = connection.execute(query).scalar_one_or_none()
        return now if oldest is None else min(now, float(oldest))


class Builder:
    """The one process that publishes: it takes all requests that wait, takes
    `steps`, and strikes them off. A failed run leaves them where they are.
    """

    def __init__(
        self,
        engine: Engine,
        steps: Sequence[Callable[[], None]],
        *,
        delay: float = 1.0,
        retries: Sequence[float] = RETRIES,
        look: float = LOOK,
    ) -> None:
        self._engine = engine
        url = engine.url.set(drivername="postgresql")
        self._address = url.render_as_string(hide_password=False)
        self._steps = steps
        self._delay = delay
        self._retries = retries
        self._look = look
        self._stopping = threading.Event()

    def stop(self) -> None:
        """End after the run under way."""
        self._stopping.set()

    def run(self) -> None:
        """Publish whatever waits until told to stop; first whatever an earlier
        builder, or none, has left.
        """
        always, failed = True, 0
        while not self._stopping.is_set():
            try:
                self.once(always=always)
                always, failed = False, 0
                self._wait()
                self._stopping.wait(self._delay)
            except (PublishError, OSError) as error:
                always, failed = True, failed + 1
                pause = self._retries[min(failed, len(self._retries)) - 1]
                logger.error("publishing failed, again in %.0f s: %s", pause, error)
                self._stopping.wait(pause)

    def once(self, *, always: bool = False) -> bool:
        """Publish if anything waits, or `always`; tell whether it did.

        The rows are locked while the steps run, so that a builder that dies
        leaves them; a second builder does nothing.
        """
        with connected(self._engine) as connection:
            alone = connection.execute(select(func.pg_try_advisory_xact_lock(_BUILDER)))
            query = select(_QUEUE.c.id).with_for_update(skip_locked=True)
            ids = list(connection.execute(query).scalars())
            if not alone.scalar_one() or not (ids or always):
                return False
            for step in self._steps:
                step()
            connection.execute(delete(_QUEUE).where(_QUEUE.c.id.in_(ids)))
        return True

    def _wait(self) -> None:
        """Wait for a notice, at most `look` seconds."""
        ends = monotonic() + self._look
        try:
            # A connection of its own: one from the pool would go on listening there.
            with psycopg.connect(self._address, autocommit=True) as connection:
                connection.execute(f"LISTEN {CHANNEL}".encode())
                found: object = connection.execute(
                    "SELECT 1 FROM tipsblog_publish LIMIT 1"
                ).fetchone()
                while not found and not self._stopping.is_set() and monotonic() < ends:
                    found = next(connection.notifies(timeout=0.5, stop_after=1), None)
        except psycopg.Error as error:
            raise ConnectionError(f"the database does not answer: {error}") from error
