"""The first fence: tables of the record take rows and never change or lose one, whatever the statement."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cna_service.db.database import Database
from cna_service.ledger.tables import INSERT_ONLY
from tests.store.ledger.logbook import LogBook

# A column of each table, and a statement that would set it to what it is.
COLUMN = {
    "ledger_entry": "type",
    "ledger_body": "body",
    "ledger_leaf": "leaf",
    "ledger_tile": "hashes",
    "ledger_head": "root",
    "ledger_checkpoint": "note",
    "blob": "bytes",
    "policy": "text",
}


@pytest.fixture
def full(book: LogBook) -> LogBook:
    book.open("case:A")
    book.add_file("case:A", b"bytes")
    book.cite("case:A", "a rule")
    book.seal()
    with book.database.write() as connection:
        tile = "INSERT INTO ledger_tile (log, level, n, hashes) VALUES ('x', 1, 0, :hashes)"
        connection.execute(text(tile), {"hashes": b"tile"})
    return book


def refuses(book: LogBook, statement: str) -> None:
    with pytest.raises(DBAPIError, match="insert-only"), book.database.write() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize("table", INSERT_ONLY)
def test_no_row_is_changed_or_deleted(full: LogBook, table: str) -> None:
    before = full.value(f"SELECT count(*) FROM {table}")
    assert before > 0
    refuses(full, f"UPDATE {table} SET {COLUMN[table]} = {COLUMN[table]}")
    refuses(full, f"DELETE FROM {table}")
    assert full.value(f"SELECT count(*) FROM {table}") == before


def test_private_values_can_be_erased(full: LogBook) -> None:
    with full.database.write() as connection:
        assert connection.execute(text("DELETE FROM ledger_disclosure")).rowcount == 1


@pytest.fixture
def sqlite_book(tmp_path: object) -> Iterator[LogBook]:
    database = Database(f"sqlite:///{tmp_path}/desk.sqlite3")
    book = LogBook(database).begin()
    book.open("case:A")
    book.add("case:A")
    book.seal()
    yield book
    database.close()


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT OR REPLACE INTO ledger_body SELECT * FROM ledger_body",
        "REPLACE INTO ledger_leaf SELECT * FROM ledger_leaf",
        "INSERT OR REPLACE INTO ledger_entry SELECT * FROM ledger_entry",
        # Another number for the same place in the stream: replaces by the unique key, not the primary one.
        "INSERT OR REPLACE INTO ledger_entry SELECT 99, log, stream, seq, 'x.y', recorded_at, leaf FROM ledger_entry",
        "INSERT OR REPLACE INTO ledger_leaf SELECT log, 99, entry_id, leaf FROM ledger_leaf",
        (
            "INSERT INTO ledger_head SELECT * FROM ledger_head WHERE true "
            "ON CONFLICT DO UPDATE SET root = excluded.root"
        ),
    ],
)
def test_insert_or_replace_does_not_pass_on_sqlite(
    sqlite_book: LogBook, statement: str, recursive: str
) -> None:
    """Also on a connection that did not ask for recursive triggers, such as an administrator's shell."""
    shell = sqlite3.connect(str(sqlite_book.database.path))
    shell.execute(f"PRAGMA recursive_triggers={recursive}")
    with pytest.raises(sqlite3.IntegrityError, match="insert-only"):
        shell.execute(statement)
    shell.close()
    assert sqlite_book.verify().exit_code == 0


@pytest.fixture
def postgres_book(fresh_postgres_url: object) -> Iterator[LogBook]:
    database = Database(fresh_postgres_url())  # type: ignore[operator]
    book = LogBook(database).begin()
    book.open("case:A")
    book.add("case:A")
    book.seal()
    yield book
    database.close()


@pytest.mark.postgres
@pytest.mark.parametrize("table", INSERT_ONLY)
def test_truncate_does_not_pass_on_postgresql(postgres_book: LogBook, table: str) -> None:
    refuses(postgres_book, f"TRUNCATE {table} CASCADE")


@pytest.mark.postgres
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_body SET body = 'x'",
        "DELETE FROM ledger_leaf",
        "INSERT INTO ledger_head SELECT * FROM ledger_head ON CONFLICT (log, size) DO UPDATE SET root = 'x'",
    ],
)
def test_the_role_of_a_replica_does_not_pass_on_postgresql(postgres_book: LogBook, statement: str) -> None:
    with pytest.raises(DBAPIError, match="insert-only"), postgres_book.database.write() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement))
    assert postgres_book.verify().exit_code == 0
