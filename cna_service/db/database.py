"""One database, two kinds: SQLite for one machine, PostgreSQL for several nodes.

``write()`` is the only commit of the service. On SQLite every writer takes one lock in Python before
``BEGIN IMMEDIATE``, so that writers queue instead of failing; readers have connections of their own.
On PostgreSQL a write runs at READ COMMITTED (rows are locked one by one), a read at REPEATABLE READ.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.pool import ConnectionPoolEntry

from cna_service.db.write_lock import WriteLock
from cna_service.kit.errors import Unavailable

LONGEST_WAIT = 5.0
"""Seconds for which somebody waits for a connection when every one is in use; then he is told so."""


class DatabaseUnavailable(Unavailable):
    """The database cannot be reached or written: nothing was kept, and the caller is told so."""

    code = "database-unavailable"
    title = "The database cannot be written"


class Database:
    """Owns the engine and, on SQLite, the one write lock."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.url = parsed
        self.engine = _sqlite_engine(parsed) if self.is_sqlite else _postgres_engine(parsed)
        self._write_lock = WriteLock()

    @property
    def path(self) -> Path | None:
        """The file, on SQLite."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    @contextmanager
    def write(self, *, first: bool = False) -> Iterator[Connection]:
        """A transaction that commits at the end of the block and rolls back on any exception. ``first``: before
        everybody who waits to write on this machine.

        Raises DatabaseUnavailable when the database cannot be reached, locked or written.
        """
        if self.is_sqlite:
            with self._write_lock.held(first=first), self._transaction("BEGIN IMMEDIATE") as connection:
                yield connection
        else:
            with self._transaction(None) as connection:
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view; whatever is written in it is rolled back. Raises DatabaseUnavailable."""
        with self._connected() as connection:
            if not self.is_sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            try:
                yield connection
            except DBAPIError as error:
                if _is_outage(error):
                    raise DatabaseUnavailable(f"The database cannot be read: {error.orig}") from error
                raise
            finally:
                connection.rollback()

    def close(self) -> None:
        self.engine.dispose()

    def _connected(self) -> Connection:
        try:
            return self.engine.connect()
        except DBAPIError as error:
            raise DatabaseUnavailable(f"The database cannot be reached: {error.orig}") from error
        except NoConnectionFree as error:
            raise DatabaseUnavailable("Every connection to the database is in use.") from error

    @contextmanager
    def _transaction(self, begin: str | None) -> Iterator[Connection]:
        with self._connected() as connection:
            if begin is not None:
                connection = connection.execution_options(cna_begin=begin)
            try:
                connection.begin()
                yield connection
                connection.commit()
            except DBAPIError as error:
                connection.rollback()
                if _is_outage(error):
                    raise DatabaseUnavailable(f"The database cannot be written: {error.orig}") from error
                raise
            except BaseException:
                connection.rollback()
                raise


def _is_outage(error: DBAPIError) -> bool:
    words = str(error.orig).lower()
    told = (
        "database is locked",
        "disk",
        "readonly",
        "read-only",
        "no space",
        "unable to open",
        # Nothing was kept, and the same once more will do.
        "could not serialize",
        "deadlock detected",
    )
    return error.connection_invalidated or any(word in words for word in told)


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(
        url,
        pool_size=16,
        max_overflow=32,
        pool_timeout=LONGEST_WAIT,
        # An error that is logged must not repeat what somebody wrote.
        hide_parameters=True,
        connect_args={"check_same_thread": False},
    )

    def configure(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        # pysqlite would begin by itself, late, and commit around DDL; this service begins explicitly.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "recursive_triggers=ON",
            "busy_timeout=10000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("cna_begin", "BEGIN"))

    event.listen(engine, "connect", configure)
    event.listen(engine, "begin", begin)
    return engine


def _postgres_engine(url: URL) -> Engine:
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=24,
        max_overflow=24,
        pool_timeout=LONGEST_WAIT,
        pool_pre_ping=True,
        hide_parameters=True,
    )


def ping(database: Database) -> None:
    """Commit a write that changes nothing. Raises DatabaseUnavailable where that is not possible.

    A transaction that writes nothing opens and commits on a full disk.
    """
    with database.write() as connection:
        is_migrated = connection.dialect.has_table(connection, "alembic_version")
        connection.execute(
            text("UPDATE alembic_version SET version_num = version_num" if is_migrated else "SELECT 1")
        )
