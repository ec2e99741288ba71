"""The transaction and the column types, alike on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, Table, insert, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from cna_service.db.database import Database, DatabaseUnavailable, ping
from cna_service.db.types import Instant, RowId
from tests.database import sqlite_url

instants = Table(
    "instants", MetaData(), Column("id", RowId, primary_key=True), Column("at", Instant, nullable=True)
)
NOON = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def table(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    instants.create(database.engine)
    yield database
    database.close()


def put(database: Database, *values: datetime | None) -> None:
    with database.write() as connection:
        for value in values:
            connection.execute(insert(instants).values(at=value))


def stored(database: Database) -> list[datetime | None]:
    with database.read() as connection:
        return list(connection.execute(select(instants.c.at).order_by(instants.c.id)).scalars())


def test_an_instant_comes_back_in_utc_to_the_microsecond(table: Database) -> None:
    lima = timezone(timedelta(hours=-5))
    put(table, NOON, NOON.astimezone(lima), NOON.replace(microsecond=0), None)
    back = stored(table)
    assert back == [NOON, NOON, NOON.replace(microsecond=0), None]
    assert [at.tzinfo for at in back if at is not None] == [UTC] * 3


def test_an_instant_without_a_zone_is_refused(table: Database) -> None:
    with pytest.raises(StatementError, match="needs a zone"):
        put(table, datetime(2026, 11, 21, 12, 0))  # noqa: DTZ001 - the point of the test
    with pytest.raises(StatementError, match="needs a zone"), table.read() as connection:
        naive = datetime(2026, 11, 21, 12, 0)  # noqa: DTZ001 - the point of the test
        connection.execute(select(instants).where(instants.c.at < naive))
    assert stored(table) == []


def test_instants_compare_as_instants(table: Database) -> None:
    lima = timezone(timedelta(hours=-5))
    put(table, NOON, NOON - timedelta(microseconds=1), NOON + timedelta(microseconds=1))
    with table.read() as connection:
        earlier = select(instants.c.id).where(instants.c.at < NOON.astimezone(lima))
        assert list(connection.execute(earlier).scalars()) == [2]
        ordered = select(instants.c.id).order_by(instants.c.at)
        assert list(connection.execute(ordered).scalars()) == [2, 1, 3]


def test_what_raises_is_rolled_back(table: Database) -> None:
    with pytest.raises(KeyError), table.write() as connection:
        connection.execute(insert(instants).values(at=NOON))
        raise KeyError
    assert stored(table) == []


def test_a_refused_row_is_no_outage(table: Database) -> None:
    put(table, NOON)
    with pytest.raises(IntegrityError), table.write() as connection:
        connection.execute(insert(instants).values(id=1, at=NOON))


def test_a_read_writes_nothing(table: Database) -> None:
    with table.read() as connection:
        connection.execute(insert(instants).values(at=NOON))
    assert stored(table) == []


def test_a_read_sees_one_instant(table: Database) -> None:
    with table.read() as connection:
        assert connection.execute(select(instants)).all() == []
        put(table, NOON)
        assert connection.execute(select(instants)).all() == []
    assert stored(table) == [NOON]


def test_writers_queue_and_lose_nothing(table: Database) -> None:
    def count_up() -> None:
        for _ in range(20):
            put(table, NOON)

    writers = [threading.Thread(target=count_up) for _ in range(4)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert len(stored(table)) == 80


def test_a_database_that_is_reached_answers(table: Database) -> None:
    ping(table)


def test_sqlite_is_opened_durable_and_strict(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path))
    with database.read() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1}
    assert database.path == tmp_path / "desk.sqlite3"
    database.close()


def test_a_place_without_a_folder_is_said_to_be_unreachable(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "nowhere"))
    with pytest.raises(DatabaseUnavailable, match="unable to open"):
        ping(database)


def test_a_file_that_another_holds_is_said_to_be_locked(tmp_path: Path) -> None:
    """A second process on one file; each waits ten seconds, shortened here."""
    one, two = Database(sqlite_url(tmp_path)), Database(sqlite_url(tmp_path))
    with two.engine.connect() as connection:
        connection.execute(text("PRAGMA busy_timeout=20"))
    instants.create(one.engine)
    with one.write(), pytest.raises(DatabaseUnavailable, match="locked"):
        ping(two)
    ping(two)
    one.close()
    two.close()


def test_a_full_or_read_only_disk_is_an_outage_not_a_fault(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path))
    instants.create(database.engine)
    with database.engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    with pytest.raises(DatabaseUnavailable, match="full"), database.write() as connection:
        connection.execute(text(f"PRAGMA max_page_count={pages}"))
        for _ in range(2000):
            connection.execute(insert(instants).values(at=NOON))
    database.close()


@pytest.mark.postgres
def test_a_server_that_is_gone_is_an_outage(fresh_postgres_url: object) -> None:
    url = fresh_postgres_url()  # type: ignore[operator]
    with pytest.raises(DatabaseUnavailable, match="cannot be reached"):
        ping(Database(url.replace("host=/tmp/", "host=/tmp/nowhere-")))
    database = Database(url)
    with pytest.raises(DatabaseUnavailable), database.write() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    # The next one gets a connection that answers.
    ping(database)
    database.close()
