"""Timer rows repeat what the fold says, no more; streams are looked at in the order they fell due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cna_service.db import timers
from cna_service.db.database import Database
from cna_service.db.timers import TimerKey

NOW = datetime(2026, 11, 21, 18, 3, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def want(rows: Database, stream: str, **wanted: float) -> None:
    with rows.write() as connection:
        keys = {TimerKey(kind, "1"): at(minutes) for kind, minutes in wanted.items()}
        timers.rewrite(connection, stream, keys)


def due(rows: Database, minutes: float, limit: int = 64) -> list[str]:
    with rows.read() as connection:
        return timers.streams_due(connection, at(minutes), limit)


def test_rows_are_made_equal_to_what_is_wanted(rows: Database) -> None:
    want(rows, "case:A", rung=5, clock_warning=60)
    want(rows, "case:B", rung=7)
    wanted = {TimerKey("rung", "1", 2): at(9), TimerKey("rung", "2"): at(9)}
    with rows.write() as connection:
        timers.rewrite(connection, "case:A", wanted)
        assert timers.read(connection, "case:A") == wanted
        assert timers.read(connection, "case:B") == {TimerKey("rung", "1"): at(7)}
        timers.rewrite(connection, "case:A", {})
        assert timers.read(connection, "case:A") == {}


def test_the_stream_that_waited_longest_comes_first(rows: Database) -> None:
    want(rows, "case:A", rung=3, receipt=9)
    want(rows, "case:B", rung=1)
    want(rows, "case:C", rung=2, receipt=2)
    want(rows, "case:D", rung=5)
    assert due(rows, 4) == ["case:B", "case:C", "case:A"]
    assert due(rows, 4, limit=2) == ["case:B", "case:C"]
    assert due(rows, 1) == ["case:B"]
    assert due(rows, 0.99) == []
    with rows.read() as connection:
        assert timers.next_due(connection) == at(1)


def test_a_stream_that_raised_waits_and_is_counted(rows: Database) -> None:
    want(rows, "case:A", rung=1, receipt=30)
    want(rows, "case:B", rung=2)
    with rows.write() as connection:
        assert timers.push_back(connection, ["case:A"], at(3), timedelta(seconds=60)) == 1
    assert due(rows, 3) == ["case:B"]
    assert due(rows, 4) == ["case:B", "case:A"]
    with rows.write() as connection:
        assert timers.push_back(connection, ["case:A"], at(4), timedelta(seconds=60)) == 2
        # What the record wants is not moved; only when it is next looked at.
        assert timers.read(connection, "case:A") == {
            TimerKey("rung", "1"): at(1),
            TimerKey("receipt", "1"): at(30),
        }


def test_a_write_that_succeeds_ends_the_count(rows: Database) -> None:
    want(rows, "case:A", rung=1)
    with rows.write() as connection:
        timers.push_back(connection, ["case:A"], at(1), timedelta(seconds=60))
    want(rows, "case:A", rung=1)
    assert due(rows, 1) == ["case:A"]
    with rows.write() as connection:
        assert timers.push_back(connection, ["case:A"], at(1), timedelta(seconds=60)) == 1


def test_without_timers_nothing_is_due(rows: Database) -> None:
    assert due(rows, 10_000) == []
    with rows.write() as connection:
        assert timers.next_due(connection) is None
        assert timers.push_back(connection, ["case:Z"], NOW, timedelta(seconds=60)) == 0
