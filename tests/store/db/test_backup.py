"""A copy is made while others write, is whole, and goes back into an empty place only."""

from __future__ import annotations

import shutil
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cna_service.db.backup import BackupFailed, CopyMissing, NotEmpty, backup, restore
from cna_service.db.database import Database
from tests.database import binaries, sqlite_url
from tests.store.ledger.logbook import LogBook

PROGRAMS = binaries()


@pytest.fixture
def book(database_url: str) -> Iterator[LogBook]:
    database = Database(database_url)
    made = LogBook(database).begin()
    made.open("case:A")
    made.add("case:A", {"words": "as said"})
    made.add_file("case:A", b"as it came \x00\xff")
    made.cite("case:A", "the rule\r\n")
    made.seal()
    yield made
    database.close()


@pytest.fixture
def elsewhere(book: LogBook, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty database of the same kind."""
    if book.database.is_sqlite:
        database = Database(sqlite_url(tmp_path, "restored.sqlite3"))
    else:
        fresh: Callable[[], str] = request.getfixturevalue("fresh_postgres_url")
        database = Database(fresh())
    yield database
    database.close()


def test_a_copy_put_back_is_the_same_log(book: LogBook, elsewhere: Database, tmp_path: Path) -> None:
    copy = backup(book.database, tmp_path / "copies" / "one", programs=PROGRAMS)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [each.name for each in copy.parent.iterdir()] == [copy.name]
    restore(copy.parent, elsewhere, programs=PROGRAMS)
    back = LogBook(elsewhere, book.signer, book.now)
    assert back.verify().as_json() == book.verify().as_json()
    assert back.verify().exit_code == 0
    back.add("case:A")
    back.seal()
    assert (back.verify().exit_code, back.verify().size) == (0, 4)


def test_the_fences_come_back_too(book: LogBook, elsewhere: Database, tmp_path: Path) -> None:
    restore(backup(book.database, tmp_path / "copy", programs=PROGRAMS).parent, elsewhere, programs=PROGRAMS)
    with pytest.raises(DBAPIError, match="insert-only"), elsewhere.write() as connection:
        if not elsewhere.is_sqlite:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("DELETE FROM ledger_body"))


def test_a_copy_made_while_others_write_is_of_one_instant(
    book: LogBook, elsewhere: Database, tmp_path: Path
) -> None:
    stop, begun = threading.Event(), threading.Event()

    def write() -> None:
        while not stop.is_set():
            book.add("case:A", {"words": "more"})
            book.seal()
            begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait(10)
    copy = backup(book.database, tmp_path / "copy", programs=PROGRAMS)
    stop.set()
    writer.join(10)
    restore(copy.parent, elsewhere, programs=PROGRAMS)
    report = LogBook(elsewhere, book.signer).verify()
    assert report.exit_code == 0, report.words()
    assert 4 <= report.entries <= book.verify().entries


def test_a_copy_goes_into_an_empty_place_only(book: LogBook, tmp_path: Path) -> None:
    copy = backup(book.database, tmp_path / "copy", programs=PROGRAMS)
    with pytest.raises(NotEmpty):
        restore(copy.parent, book.database, programs=PROGRAMS)
    with pytest.raises(NotEmpty):
        backup(book.database, copy.parent, programs=PROGRAMS)
    assert book.verify().exit_code == 0


def test_a_folder_without_a_copy_is_refused(elsewhere: Database, tmp_path: Path) -> None:
    with pytest.raises(CopyMissing):
        restore(tmp_path / "nothing", elsewhere, programs=PROGRAMS)


def test_a_damaged_copy_puts_nothing_back(book: LogBook, elsewhere: Database, tmp_path: Path) -> None:
    copy = backup(book.database, tmp_path / "copy", programs=PROGRAMS)
    whole = copy.read_bytes()
    copy.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BackupFailed):
        restore(copy.parent, elsewhere, programs=PROGRAMS)
    copy.write_bytes(whole)
    restore(copy.parent, elsewhere, programs=PROGRAMS)
    assert LogBook(elsewhere, book.signer).verify().exit_code == 0


def test_a_place_that_cannot_be_written_leaves_nothing(book: LogBook, tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"a file, not a folder")
    with pytest.raises(BackupFailed, match="cannot be written"):
        backup(book.database, tmp_path / "taken" / "copy", programs=PROGRAMS)


@pytest.mark.postgres
def test_without_the_program_the_error_names_it(
    fresh_postgres_url: Callable[[], str], tmp_path: Path
) -> None:
    database = Database(fresh_postgres_url())
    (tmp_path / "bin").mkdir()
    with pytest.raises(BackupFailed, match=r"pg_dump is not in .*install the client programs"):
        backup(database, tmp_path / "copy", programs=tmp_path / "bin")
    assert not any((tmp_path / "copy").iterdir())
    database.close()


@pytest.mark.postgres
def test_a_program_that_fails_is_told_and_leaves_nothing(
    fresh_postgres_url: Callable[[], str], tmp_path: Path
) -> None:
    url = fresh_postgres_url()
    missing = Database(url.replace("/t", "/no_such_t", 1))
    with pytest.raises(BackupFailed, match="pg_dump failed"):
        backup(missing, tmp_path / "copy", programs=PROGRAMS)
    assert not any((tmp_path / "copy").iterdir())
    missing.close()


def test_a_file_left_by_a_copy_that_died_is_no_hindrance(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path))
    LogBook(database).begin()
    folder = tmp_path / "copy"
    folder.mkdir()
    shutil.copy(__file__, folder / "database.sqlite3.part")
    assert backup(database, folder).exists()
    database.close()
