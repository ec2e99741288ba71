"""What verification can and cannot decide about a log that nobody touched."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert

from cna_service.db.database import Database
from cna_service.kit import canonical
from cna_service.kit.instants import to_text
from cna_service.ledger import tables as t
from cna_service.ledger.entry import TypeTable
from cna_service.ledger.keys import Ed25519Signer
from cna_service.ledger.sequencer import BATCH
from cna_service.ledger.tree import leaf_hash
from cna_service.ledger.verify import verify
from tests.database import sqlite_url
from tests.store.ledger.logbook import BEGAN, LOG, STAMP_ACTOR, TYPES, LogBook


def test_an_empty_log_is_sound(book: LogBook) -> None:
    report = book.verify(now=book.now)
    assert (report.exit_code, report.entries, report.size) == (0, 0, 0)


def test_entries_that_wait_are_verified_too(book: LogBook) -> None:
    book.open("case:A")
    book.add("case:A")
    book.seal()
    book.add("case:A")
    report = book.verify(now=book.now)
    assert (report.exit_code, report.entries, report.size, report.pending) == (0, 2, 1, 1)
    assert report.warnings == ()
    book.as_owner("UPDATE ledger_body SET body = :body WHERE entry_id = :id", body=b"{}", id=2)
    report = book.verify()
    assert report.first is not None
    assert (report.exit_code, report.first.kind, report.first.seq, report.first.index) == (1, "body", 2, None)


def test_an_entry_that_waits_over_a_minute_is_a_warning(book: LogBook) -> None:
    book.open("case:A")
    book.add("case:A")
    assert book.verify(now=book.now + timedelta(seconds=60)).warnings == ()
    report = book.verify(now=book.now + timedelta(seconds=61))
    assert report.exit_code == 0
    assert "1 entries wait for an index" in report.warnings[0]


def test_without_a_key_signatures_stay_undecided(book: LogBook) -> None:
    book.open("case:A")
    book.add("case:A")
    book.seal()
    assert book.verify(signers=[]).exit_code == 2
    report = book.verify(signers=[Ed25519Signer("another.example/log", bytes(32))])
    assert report.exit_code == 2
    assert f"no key of {LOG} was given" in report.undecided[0]


def test_two_keys_that_cannot_be_told_apart_are_no_tampering(book: LogBook) -> None:
    book.open("case:A")
    book.add("case:A")
    book.seal()
    assert book.verify(signers=[book.signer, book.signer]).exit_code == 2


def test_after_a_change_of_keys_both_verify(book: LogBook) -> None:
    book.open("case:A")
    book.add("case:A")
    book.seal()
    old, new = book.signer, Ed25519Signer(LOG, b"\x09" * 32)
    later = LogBook(book.database, new, book.now)
    later.add("case:A")
    later.seal()
    assert later.verify(signers=[old, new]).exit_code == 0
    assert later.verify(signers=[old]).exit_code == 1


def test_an_unknown_type_is_undecided_not_tampered(book: LogBook) -> None:
    book.open("case:A")
    book.add("case:A")
    book.seal()
    with book.database.read() as connection:
        report = verify(connection, LOG, [book.signer.verifier], TypeTable(()))
    assert report.exit_code == 2
    assert "note.added v1" in report.undecided[0]


def test_entries_that_no_signature_covers_in_time_are_undecided(book: LogBook) -> None:
    book.open("case:A")
    book.add("case:A")
    book.seal()
    book.add("case:A")
    book.sequencer.integrate()
    assert book.verify(now=book.now).exit_code == 0
    report = book.verify(now=book.now + timedelta(minutes=2))
    assert report.exit_code == 2
    assert "from index 1 on" in report.undecided[0]


def test_a_log_that_was_never_signed_is_undecided(book: LogBook) -> None:
    book.open("case:A")
    book.add("case:A")
    book.sequencer.integrate()
    assert book.verify().exit_code == 2


def test_what_was_kept_in_part_is_verified_in_part(book: LogBook) -> None:
    book.open("case:A")
    book.add_file("case:A", b"the beginning", size=9_000_000, kept=13, sha256="ab" * 32)
    book.seal()
    assert book.verify().exit_code == 0
    book.as_owner("UPDATE blob SET bytes = :content, size = 3", content=b"the")
    assert book.verify().exit_code == 1


def test_a_clock_that_fell_back_is_a_warning_unless_it_was_recorded(book: LogBook) -> None:
    book.open("case:A", "desk")
    book.add("case:A")
    book.now -= timedelta(minutes=5)
    book.add("case:A")
    book.seal()
    report = book.verify()
    assert report.exit_code == 0
    assert "case:A entry 2 at index 1 was recorded earlier" in report.warnings[0]
    book.add("desk", {"size_us": 5}, "clock.stepped")
    assert book.verify().warnings == ()


def test_a_view_is_verified_while_others_write(book: LogBook) -> None:
    book.open("case:A")
    book.add("case:A")
    book.seal()
    with book.database.read() as connection:
        first = verify(connection, LOG, [book.signer.verifier], TYPES)
        book.add("case:A")
        book.seal()
        second = verify(connection, LOG, [book.signer.verifier], TYPES)
    assert (first.exit_code, first.size) == (second.exit_code, second.size) == (0, 1)


@pytest.mark.slow
def test_tiles_are_stored_and_verified(tmp_path: object) -> None:
    """65,536 entries fill the first tile of level 1; eight batches of the sequencer and one more."""
    database = Database(sqlite_url(tmp_path))  # type: ignore[arg-type]
    book = LogBook(database).begin()
    fill(book, 65_536 + 300)
    moved = [book.seal() for _ in range(10)]
    assert moved == [BATCH] * 8 + [300, 0]
    assert book.value("SELECT count(*) FROM ledger_tile") == 1
    report = book.verify()
    assert (report.exit_code, report.size, report.checkpoints) == (0, 65_836, 9)
    hashes = bytes(book.value("SELECT hashes FROM ledger_tile"))
    changed = hashes[: 32 * 7] + bytes(32) + hashes[32 * 8 :]
    book.as_owner("UPDATE ledger_tile SET hashes = :changed", changed=changed)
    report = book.verify()
    assert report.first is not None
    assert (report.exit_code, report.first.kind, report.first.index) == (1, "tile", 7 * 256)
    book.as_owner("DELETE FROM ledger_tile")
    report = book.verify()
    assert report.first is not None
    assert (report.exit_code, report.first.kind, report.first.index) == (1, "tile", 0)
    database.close()


def fill(book: LogBook, many: int) -> None:
    """``many`` entries of one stream, written in one go."""
    book.open("case:A")
    prev: bytes | None = None
    entries, bodies, pending = [], [], []
    for seq in range(1, many + 1):
        at = BEGAN + timedelta(milliseconds=seq)
        envelope = {
            "v": 1,
            "log": LOG,
            "stream": "case:A",
            "seq": seq,
            "id": str(seq),
            "type": "note.added",
            "recorded_at": to_text(at),
            "actor": STAMP_ACTOR,
            "body": {"n": seq},
        } | ({} if prev is None else {"prev": prev.hex()})
        data = canonical.encode(envelope)
        prev = leaf_hash(data)
        row = {"entry_id": seq, "log": LOG, "stream": "case:A", "seq": seq, "type": "note.added"}
        entries.append(row | {"recorded_at": at, "leaf": prev})
        bodies.append({"entry_id": seq, "body": data})
        pending.append({"entry_id": seq, "leaf": prev})
    with book.database.write() as connection:
        for table, rows in ((t.ledger_entry, entries), (t.ledger_body, bodies), (t.ledger_pending, pending)):
            connection.execute(insert(table), rows)
        connection.execute(t.stream.update().values(head_seq=many, head_leaf=prev))
