from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cna_service.db import outbox, timers
from cna_service.db.database import Database
from cna_service.db.timers import TimerKey
from cna_service.db.types import metadata
from cna_service.exercise import store
from cna_service.exercise.clock import ClockState
from cna_service.exercise.tables import exercise_state

START = datetime(2026, 11, 21, 14, 3, 0, 123456, UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def database(database_url: str) -> Database:
    one = Database(database_url)
    with one.write() as connection:
        metadata.create_all(connection)
        store.make_table(connection)
    return one


def test_the_clock_is_kept_in_one_row(database: Database) -> None:
    with database.write() as connection:
        store.make_table(connection)
        assert store.read_clock(connection) is None
        assert store.newest_entry_at(connection) is None
    for state in (ClockState(START, is_held=True, rate=0.25), ClockState(START + MINUTE, rate=10)):
        with database.write() as connection:
            store.keep_clock(connection, state, START)
        with database.read() as connection:
            assert store.read_clock(connection) == state
            assert len(connection.execute(exercise_state.select()).all()) == 1
    database.close()


def test_what_the_desk_has_to_do_is_read_at_an_instant(database: Database) -> None:
    with database.write() as connection:
        empty = store.standing(connection, START)
        assert (empty.is_timer_due, empty.sendings, empty.next_due) == (False, 0, None)
        timers.rewrite(connection, "case:A", {TimerKey("rung", "a"): START + 2 * MINUTE})
        outbox.ask(connection, [outbox.Sending("1", "case:A", "d", "sms", "+1", {})], START + MINUTE)
        assert store.standing(connection, START).next_due == START + MINUTE
        then = store.standing(connection, START + 2 * MINUTE)
        assert (then.is_timer_due, then.sendings) == (True, 1)
        outbox.note_attempt(
            connection, "1", START, MINUTE, {"provider": "x", "sid": None, "outcome": "failed", "code": None}
        )
        assert store.standing(connection, START).trace != empty.trace
    database.close()


def test_no_real_database_has_the_row() -> None:
    assert "exercise_state" not in metadata.tables
