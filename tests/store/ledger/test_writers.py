"""Several writers and several sequencers at once: numbers stay dense, nothing is lost, nothing forks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from cna_service.db.database import Database
from cna_service.ledger import store, tree_store
from cna_service.ledger.checkpoint import open_checkpoint
from cna_service.ledger.entry import Draft
from cna_service.ledger.queries import log_state, seals
from cna_service.ledger.sequencer import Sequencer
from cna_service.ledger.store import EntryTooLarge, Stamp, StreamExists, StreamNotFound
from tests.store.ledger.logbook import LOG, STAMP_ACTOR, TYPES, LogBook

EACH = 25
NOTE = TYPES.get("note.added", 1)
assert NOTE is not None


def append(book: LogBook, stream: str, note: int) -> None:
    """One command; the instant is the same for all, order is by number."""
    assert NOTE is not None
    with book.database.write() as connection:
        head = store.lock_streams(connection, [stream])[stream]
        draft = Draft("note.added", {"n": note, "words": "x"})
        store.append(connection, NOTE, draft, stream, head, Stamp(LOG, book.now, STAMP_ACTOR))


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run each in a thread of its own, all starting together; raises what one raised."""
    barrier = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        barrier.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return [done.result() for done in [pool.submit(run, work) for work in works]]


def write(book: LogBook, stream: str) -> Callable[[], None]:
    def work() -> None:
        for n in range(EACH):
            append(book, stream, n)

    return work


def numbers(book: LogBook, stream: str) -> list[int]:
    with book.database.read() as connection:
        reading = store.read_entries(connection, LOG, stream)
        assert reading.broken is None
        return [entry.seq for entry in reading.entries]


@pytest.mark.parametrize("streams", [("case:A", "case:A", "case:A"), ("case:A", "case:B", "case:C")])
def test_writers_at_once_leave_dense_numbers(book: LogBook, streams: tuple[str, ...]) -> None:
    book.open(*sorted(set(streams)))
    at_once(*(write(book, stream) for stream in streams))
    for stream in set(streams):
        assert numbers(book, stream) == list(range(1, EACH * streams.count(stream) + 1))
    assert book.seal() == EACH * 3
    assert book.verify().exit_code == 0


def test_writers_and_sequencers_at_once_leave_one_sound_tree(book: LogBook) -> None:
    """Two sequencers of two nodes run all the while; every index is given once."""
    book.open("case:A", "case:B")
    nodes = [Sequencer(book.database, LOG, book.signer) for _ in range(2)]
    stop = threading.Event()

    def seal(node: Sequencer) -> Callable[[], int]:
        def work() -> int:
            moved = 0
            while not stop.is_set():
                moved += node.run(book.now)
            return moved

        return work

    def both() -> None:
        at_once(write(book, "case:A"), write(book, "case:B"), write(book, "case:B"))
        stop.set()

    *moved, _ = at_once(*(seal(node) for node in nodes), both)
    left = book.seal()
    assert sum(int(str(n)) for n in moved) + left == EACH * 3
    report = book.verify()
    assert (report.exit_code, report.size, report.signed_size) == (0, EACH * 3, EACH * 3)


@pytest.mark.postgres
def test_a_late_commit_is_picked_up(fresh_postgres_url: Callable[[], str]) -> None:
    """A command that drew its number first and commits last is placed in a later batch, not passed over."""
    database = Database(fresh_postgres_url())
    book = LogBook(database).begin()
    book.open("case:A", "case:B")
    assert NOTE is not None
    with database.write() as slow:
        head = store.lock_streams(slow, ["case:A"])["case:A"]
        store.append(
            slow, NOTE, Draft("note.added", {"n": 1}), "case:A", head, Stamp(LOG, book.now, STAMP_ACTOR)
        )
        append(book, "case:B", 2)
        assert book.seal() == 1
    assert book.seal() == 1
    assert book.seal() == 0
    assert book.entry_id("case:A", 1) < book.entry_id("case:B", 1)
    assert (index(book, "case:B"), index(book, "case:A")) == (0, 1)
    assert book.verify().exit_code == 0
    database.close()


def index(book: LogBook, stream: str) -> int | None:
    with book.database.read() as connection:
        return seals(connection, LOG, stream)[1].index


@pytest.mark.postgres
def test_a_stream_that_is_held_is_passed_over_when_asked(fresh_postgres_url: Callable[[], str]) -> None:
    database = Database(fresh_postgres_url())
    book = LogBook(database).begin()
    book.open("case:A", "case:B")
    with database.write() as holder, database.write() as other:
        store.lock_streams(holder, ["case:A"])
        assert set(store.lock_streams(other, ["case:A", "case:B"], skip_locked=True)) == {"case:B"}
    database.close()


def test_a_command_that_fails_leaves_nothing(book: LogBook) -> None:
    book.open("case:A")
    assert NOTE is not None
    with pytest.raises(RuntimeError, match="died"), book.database.write() as connection:
        head = store.lock_streams(connection, ["case:A"])["case:A"]
        stamp = Stamp(LOG, book.now, STAMP_ACTOR)
        store.append(connection, NOTE, Draft("note.added", {"words": "x"}), "case:A", head, stamp)
        raise RuntimeError("died")
    assert book.value("SELECT count(*) FROM ledger_entry") == 0
    assert book.value("SELECT count(*) FROM ledger_disclosure") == 0
    book.add("case:A")
    book.seal()
    assert book.verify().exit_code == 0


def test_a_crash_between_head_and_signature_is_mended_by_the_next_run(book: LogBook) -> None:
    book.open("case:A")
    book.add("case:A")
    assert book.sequencer.integrate() == 1
    assert state(book) == (1, 0)
    book.add("case:A")
    assert LogBook(book.database, book.signer).sequencer.run(book.now) == 1
    assert state(book) == (2, 2)
    assert book.verify().exit_code == 0


def test_a_head_is_signed_even_if_nothing_waits(book: LogBook) -> None:
    book.open("case:A")
    book.add("case:A")
    book.sequencer.integrate()
    assert book.sequencer.run(book.now) == 0
    assert state(book) == (1, 1)


def state(book: LogBook) -> tuple[int, int]:
    with book.database.read() as connection:
        found = log_state(connection, LOG)
        return found.size, found.signed_size


def test_signing_twice_gives_the_same_bytes(book: LogBook) -> None:
    book.open("case:A")
    book.add("case:A")
    book.seal()
    first = book.value("SELECT note FROM ledger_checkpoint")
    book.as_owner("DELETE FROM ledger_checkpoint")
    book.now += timedelta(hours=1)
    assert book.seal() == 0
    assert book.value("SELECT note FROM ledger_checkpoint") == first
    assert open_checkpoint(first, [book.signer.verifier], origin=LOG).size == 1
    assert not book.sequencer.sign(book.now)


def test_an_index_is_never_given_twice(book: LogBook) -> None:
    """A second sequencer that missed the fence would fail on the key, not fork."""
    book.open("case:A")
    book.add("case:A")
    book.seal()
    book.add("case:A")
    with book.database.read() as connection:
        waiting = tree_store.pending(connection, 10)
    # SQLite's own fence speaks before its key does.
    with pytest.raises(IntegrityError), book.database.write() as connection:
        tree_store.place(connection, LOG, 0, waiting)
    assert book.seal() == 1
    assert book.verify().exit_code == 0


def test_seals_say_where_an_entry_stands(book: LogBook) -> None:
    book.open("case:A")
    book.add("case:A")
    book.seal()
    book.add("case:A")
    book.sequencer.integrate()
    book.add("case:A")
    with book.database.read() as connection:
        found = seals(connection, LOG, "case:A")
    assert {seq: (seal.index, seal.state) for seq, seal in found.items()} == {
        1: (0, "sealed"),
        2: (1, "recorded"),
        3: (None, "recorded"),
    }


def test_what_is_too_large_for_an_entry_is_refused(book: LogBook) -> None:
    book.open("case:A")
    book.add("case:A", {"n": "x" * 60_000})
    with pytest.raises(EntryTooLarge):
        book.add("case:A", {"n": "x" * (60 * 1024)})
    assert numbers(book, "case:A") == [1]


def test_a_stream_begins_once_and_is_known_before_it_is_locked(book: LogBook) -> None:
    book.open("case:A")
    with pytest.raises(StreamExists):
        book.open("case:A")
    with pytest.raises(StreamNotFound), book.database.write() as connection:
        store.lock_streams(connection, ["case:A", "case:Z"])


def test_two_that_begin_one_stream_at_once_are_told_apart(book: LogBook) -> None:
    def begin() -> str:
        try:
            book.open("case:A")
        except StreamExists:
            return "exists"
        return "begun"

    assert sorted(str(each) for each in at_once(begin, begin)) == ["begun", "exists"]


def test_rule_8_1_a_cited_text_is_kept_once_under_its_hash(book: LogBook) -> None:
    book.open("case:A")
    kept = at_once(*(lambda: put(book, "the same rule\r\n") for _ in range(3)))
    assert len(set(kept)) == 1
    with book.database.read() as connection:
        assert store.policy(connection, str(kept[0])) == "the same rule\r\n"
        assert store.policy(connection, "0" * 64) is None


def put(book: LogBook, words: str) -> str:
    with book.database.write() as connection:
        return store.put_policy(connection, "rules.toml", words)
