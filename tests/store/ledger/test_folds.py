"""Reading streams back and folding them: what is cached, what is shown when the bytes do not fit, as of when."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from cna_service.db.database import Database
from cna_service.ledger import store
from cna_service.ledger.entry import Draft, Entry, EntryType, Erased, TypeTable
from cna_service.ledger.folds import Folded, Folds, Projection
from cna_service.ledger.store import Head, Stamp, StreamNotFound
from tests.database import sqlite_url
from tests.store.ledger.logbook import COUNT, LOG, STAMP_ACTOR, TYPES, LogBook

A = "case:A"


def current(book: LogBook, stream: str = A) -> Folded:
    with book.database.read() as connection:
        folded = book.folds.current(connection, stream)
        book.folds.keep(folded)
        return folded


def seqs(folded: Folded) -> tuple[int, ...]:
    return folded.of(COUNT)


@pytest.fixture
def three(book: LogBook) -> LogBook:
    book.open(A)
    for _ in range(3):
        book.add(A, {"n": 1, "words": "yes"})
    return book


def test_a_stream_is_folded_up_to_its_head(three: LogBook) -> None:
    folded = current(three)
    assert seqs(folded) == (1, 2, 3)
    assert (folded.head.seq, folded.recorded_at, folded.broken) == (3, three.now, None)
    three.add(A)
    assert seqs(current(three)) == (1, 2, 3, 4)


def test_only_newer_entries_are_read_again(three: LogBook) -> None:
    read: list[int] = []

    def note(state: int, entry: Entry) -> int:
        read.append(entry.seq)
        return entry.seq

    three.folds = Folds(LOG, TYPES, [Projection("count", ("case:",), lambda _: 0, note)])
    current(three)
    current(three)
    three.add(A)
    current(three)
    assert read == [1, 2, 3, 4]


def test_a_stream_that_does_not_exist_is_not_folded(book: LogBook) -> None:
    with pytest.raises(StreamNotFound):
        current(book, "case:Z")
    with pytest.raises(StreamNotFound), book.database.read() as connection:
        book.folds.as_of(connection, "case:Z")


def test_what_was_rolled_back_is_never_seen(three: LogBook) -> None:
    """A command that extends the fold and dies leaves the cache as it was; its number is given to another entry."""
    kind = TYPES.get("note.added", 1)
    assert kind is not None
    current(three)
    with pytest.raises(RuntimeError), three.database.write() as connection:
        head = store.lock_streams(connection, [A])[A]
        held = three.folds.current(connection, A, head)
        entry = store.append(
            connection,
            kind,
            Draft("note.added", {"n": 666}),
            A,
            held.head,
            Stamp(LOG, three.now, STAMP_ACTOR),
        )
        extended = three.folds.extend(held, entry)
        assert seqs(extended) == (1, 2, 3, 4)
        # Within its own transaction a command sees what it wrote.
        assert seqs(three.folds.current(connection, A)) == (1, 2, 3, 4)
        raise RuntimeError
    assert seqs(current(three)) == (1, 2, 3)
    other = three.add(A, {"n": 4})
    folded = current(three)
    assert folded.head == Head(4, other.leaf)
    assert seqs(folded) == (1, 2, 3, 4)


def test_an_older_view_does_not_see_what_a_newer_one_cached(three: LogBook) -> None:
    with three.database.read() as old:
        assert seqs(three.folds.current(old, A)) == (1, 2, 3)
        three.add(A)
        assert seqs(current(three)) == (1, 2, 3, 4)
        assert seqs(three.folds.current(old, A)) == (1, 2, 3)
    assert seqs(current(three)) == (1, 2, 3, 4)


def test_an_older_fold_does_not_replace_a_newer_one(three: LogBook) -> None:
    older = current(three)
    three.add(A)
    newer = current(three)
    three.folds.keep(older)
    assert current(three) is newer


def test_the_cache_forgets_the_longest_unused(book: LogBook) -> None:
    book.folds = Folds(LOG, TYPES, [COUNT], keep=2)
    book.open("case:A", "case:B", "case:C")
    first = [current(book, name) for name in ("case:A", "case:B", "case:C")]
    assert current(book, "case:C") is first[2]
    assert current(book, "case:A") is not first[0]


def as_of(book: LogBook, **when: Any) -> Folded:
    with book.database.read() as connection:
        return book.folds.as_of(connection, A, **when)


@pytest.mark.parametrize(("seq", "seen"), [(0, ()), (1, (1,)), (3, (1, 2, 3)), (9, (1, 2, 3))])
def test_as_of_an_entry(three: LogBook, seq: int, seen: tuple[int, ...]) -> None:
    assert seqs(as_of(three, seq=seq)) == seen


@pytest.mark.parametrize(
    ("before", "seen"),
    [(-1, (1, 2, 3)), (0, (1, 2, 3)), (1, (1, 2)), (1_000_000, (1, 2)), (1_000_001, (1,)), (3_000_000, ())],
)
def test_as_of_an_instant(three: LogBook, before: int, seen: tuple[int, ...]) -> None:
    """``before``: microseconds before the newest entry; entries are a second apart."""
    assert seqs(as_of(three, at=three.now - timedelta(microseconds=before))) == seen


def test_as_of_an_instant_is_the_longest_beginning(three: LogBook) -> None:
    """A clock that was set back: what was recorded after it belongs to the beginning that ends in time."""
    three.now -= timedelta(minutes=1)
    three.add(A)
    assert seqs(as_of(three, at=three.now)) == (1, 2, 3, 4)
    assert seqs(as_of(three, at=three.now - timedelta(seconds=1))) == ()


def test_changed_bytes_are_shown_and_still_folded(three: LogBook) -> None:
    body = bytes(three.value("SELECT body FROM ledger_body WHERE entry_id = 2"))
    changed = body.replace(b'"n":1', b'"n":2')
    three.as_owner("UPDATE ledger_body SET body = :body WHERE entry_id = 2", body=changed)
    folded = current(three)
    assert folded.broken is not None
    assert (folded.broken.stream, folded.broken.seq) == (A, 2)
    assert seqs(folded) == (1, 2, 3)


def test_bytes_that_cannot_be_read_are_shown_and_the_others_folded(three: LogBook) -> None:
    three.as_owner("UPDATE ledger_body SET body = :body WHERE entry_id = 2", body=b"\xff")
    folded = current(three)
    assert folded.broken is not None
    assert folded.broken.seq == 2
    assert seqs(folded) == (1, 3)


def test_an_entry_gone_from_the_middle_is_shown(three: LogBook) -> None:
    three.as_owner(
        "DELETE FROM ledger_body WHERE entry_id = 2", "DELETE FROM ledger_entry WHERE entry_id = 2"
    )
    folded = current(three)
    assert folded.broken is not None
    assert folded.broken.seq == 3
    assert seqs(folded) == (1, 3)


def test_entries_gone_from_the_end_are_shown_and_their_numbers_not_given_again(three: LogBook) -> None:
    gone = "IN (2, 3)"
    three.as_owner(
        f"DELETE FROM ledger_pending WHERE entry_id {gone}",
        f"DELETE FROM ledger_disclosure WHERE entry_id {gone}",
        f"DELETE FROM ledger_body WHERE entry_id {gone}",
        f"DELETE FROM ledger_entry WHERE entry_id {gone}",
    )
    folded = current(three)
    assert folded.broken is not None
    assert (folded.broken.seq, folded.head.seq) == (2, 3)
    assert seqs(folded) == (1,)
    assert current(three) is folded
    three.add(A)
    later = current(three)
    assert later.broken is not None
    assert seqs(later) == (1, 4)
    fresh = LogBook(three.database)
    assert current(fresh).broken is not None
    three.seal()
    report = three.verify()
    assert report.first is not None
    assert (report.exit_code, report.first.stream, report.first.seq) == (1, A, 2)


def test_a_head_that_names_another_entry_is_shown(three: LogBook) -> None:
    three.as_owner("UPDATE stream SET head_leaf = :leaf", leaf=bytes(32))
    folded = current(three)
    assert folded.broken is not None
    assert folded.broken.seq == 3
    assert seqs(folded) == (1, 2, 3)


def test_an_unknown_type_stops_folding(three: LogBook) -> None:
    """Written by a newer build: the state stays as it was, and the fold says which entry it did not know."""
    newer = TypeTable([*TYPES, EntryType("oracle.asked", "of a later release")])
    kind = newer.get("oracle.asked", 1)
    assert kind is not None
    with three.database.write() as connection:
        head = store.lock_streams(connection, [A])[A]
        store.append(
            connection,
            kind,
            Draft("oracle.asked", {}),
            A,
            head,
            Stamp(LOG, three.now, STAMP_ACTOR, {}, {"build": "2031.1"}),
        )
    three.add(A)
    folded = current(three)
    assert folded.unknown is not None
    assert (folded.unknown.seq, folded.unknown.sw) == (4, {"build": "2031.1"})
    assert seqs(folded) == (1, 2, 3)
    assert folded.head.seq == 5
    three.folds = Folds(LOG, newer, [COUNT])
    assert current(three).unknown is None
    assert seqs(current(three)) == (1, 2, 3, 4, 5)


def test_streams_are_read_by_the_projections_that_name_them(book: LogBook) -> None:
    desk: Projection[int] = Projection("desk", ("desk",), lambda _: 0, lambda n, _: n + 1)
    book.folds = Folds(LOG, TYPES, [COUNT, desk])
    book.open("case:A", "desk", "desktop")
    book.add("desk")
    assert current(book, "desk").of(desk) == 1
    assert dict(current(book, "desk").states) == {"desk": 1}
    assert dict(current(book, "case:A").states) == {"count": ()}
    assert dict(current(book, "desktop").states) == {}


# Private values.

texts = st.text(st.sampled_from("ab\n é"), min_size=1, max_size=12)
bodies = st.fixed_dictionaries(
    {"n": st.integers(0, 9)},
    optional={
        "words": texts,
        "by": st.fixed_dictionaries({"role": st.just("officer")}, optional={"name": texts}),
        "lines": st.lists(texts, max_size=3),
    },
)


@pytest.fixture(scope="module")
def fresh_book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], LogBook]]:
    made: list[Database] = []

    def fresh() -> LogBook:
        for old in made:
            old.close()
        folder: Path = tmp_path_factory.mktemp("erasing")
        made.append(Database(sqlite_url(folder)))
        return LogBook(made[-1]).begin()

    yield fresh
    made[-1].close()


def clear(entry: Entry) -> dict[str, Any]:
    """What rules may read: everything that is not private."""
    return {
        "seq": entry.seq,
        "type": entry.type,
        "at": entry.recorded_at,
        "n": entry.body["n"],
        "leaf": entry.leaf,
    }


CLEAR: Projection[tuple[Any, ...]] = Projection(
    "clear", ("case:",), lambda _: (), lambda s, e: (*s, clear(e))
)
WORDS: Projection[tuple[Any, ...]] = Projection(
    "words", ("case:",), lambda _: (), lambda s, e: (*s, str(e.body))
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=st.lists(bodies, min_size=1, max_size=4), choice=st.data())
def test_rule_9_1_any_subset_of_private_values_may_be_erased(
    fresh_book: Callable[[], LogBook], written: list[dict[str, Any]], choice: st.DataObject
) -> None:
    """Nothing raises, nothing in clear changes, and the log stays sound."""
    book = fresh_book()
    book.open(A)
    for body in written:
        book.add(A, body)
    book.seal()
    before = folded_anew(book)
    with book.database.read() as connection:
        rows = connection.execute(text("SELECT entry_id, path FROM ledger_disclosure ORDER BY 1, 2")).all()
    gone = [row for row in rows if choice.draw(st.booleans())]
    for entry_id, path in gone:
        with book.database.write() as connection:
            where = {"id": entry_id, "path": path}
            connection.execute(
                text("DELETE FROM ledger_disclosure WHERE entry_id = :id AND path = :path"), where
            )
    after = folded_anew(book)
    assert after.broken is None
    assert after.of(CLEAR) == before.of(CLEAR)
    report = book.verify()
    assert (report.exit_code, report.erased) == (0, len(gone))


def folded_anew(book: LogBook) -> Folded:
    with book.database.read() as connection:
        return Folds(LOG, TYPES, [CLEAR, WORDS]).current(connection, A)


def test_rule_9_1_private_values_stand_in_the_entry_as_salted_digests_only(book: LogBook) -> None:
    book.open(A)
    for _ in range(2):
        book.add(A, {"n": 1, "words": "Maria\n\nGonzález", "by": {"name": "María", "role": "officer"}})
    with book.database.read() as connection:
        bytes_of = [
            bytes(row[0]) for row in connection.execute(text("SELECT body FROM ledger_body ORDER BY 1"))
        ]
        entries = store.read_entries(connection, LOG, A).entries
    assert not any(word.encode() in data for data in bytes_of for word in ("Mar", "Gonz"))
    private = [json.loads(data)["private"] for data in bytes_of]
    assert private[0].keys() == private[1].keys() == {"/body/by/name", "/body/words/0", "/body/words/1"}
    # Salted: the same words never give the same digest.
    assert not set(private[0].values()) & set(private[1].values())
    assert entries[0].body == {
        "n": 1,
        "words": "Maria\n\nGonzález",
        "by": {"name": "María", "role": "officer"},
    }


def test_rule_9_1_what_is_erased_reads_as_erased(book: LogBook) -> None:
    book.open(A)
    book.add(A, {"n": 1, "words": "one\n\ntwo", "by": {"name": "Ann"}})
    book.erase(A, 1, path="/body/words/1")
    book.erase(A, 1, path="/body/by")
    with book.database.read() as connection:
        entry = store.read_entries(connection, LOG, A).entries[0]
    assert entry.body["words"] == "one\n\n[withheld]"
    assert isinstance(entry.body["by"]["name"], Erased)


def test_a_changed_private_value_breaks_the_stream_in_view(book: LogBook) -> None:
    book.open(A)
    book.add(A, {"n": 1, "by": {"name": "Ann"}})
    book.as_owner("UPDATE ledger_disclosure SET disclosure = replace(disclosure, 'Ann', 'Bob')")
    folded = current(book)
    assert folded.broken is not None
    assert folded.broken.seq == 1
    assert "Bob" not in str(folded.broken)
