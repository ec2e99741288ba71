from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert

from cna_service.db import outbox, timers
from cna_service.db.database import Database
from cna_service.db.timers import TimerKey
from cna_service.db.types import metadata
from cna_service.exercise.advance import Driver
from cna_service.exercise.clock import CaseTimeBack, ClockState, ExerciseClock
from cna_service.kit.clock import SystemClock
from cna_service.ledger import tables as ledger_tables
from tests.database import sqlite_url

START = datetime(2026, 11, 21, 14, 3, tzinfo=UTC)
SECOND = timedelta(seconds=1)
assert ledger_tables.ledger_entry.metadata is metadata


@dataclass
class Desk:
    """A desk of two tables: whenever it is woken it fires what is due and sends what is to be sent."""

    database: Database
    clock: ExerciseClock
    fired: list[tuple[str, datetime]] = field(default_factory=list)
    is_stuck: bool = False

    def wants(self, stream: str, *instants: datetime) -> None:
        with self.database.write() as connection:
            timers.rewrite(
                connection, stream, {TimerKey("rung", "a", n): at for n, at in enumerate(instants)}
            )

    def wants_to_send(self, dedup: str, at: datetime) -> None:
        sending = outbox.Sending(dedup, "s", dedup, "sms", "+15550100101", {})
        with self.database.write() as connection:
            outbox.ask(connection, [sending], at)

    def wake(self) -> None:
        if self.is_stuck:
            return
        now = self.clock.now()
        with self.database.write() as connection:
            due = timers.streams_due(connection, now)
            for stream in due:
                self.fired.append((stream, now))
                is_due = (timers.timer.c.stream == stream) & (timers.timer.c.due_at <= now)
                connection.execute(delete(timers.timer).where(is_due))
            claimed = outbox.claim(
                connection, by="t", now=now, machine_now=START, lease=timedelta(seconds=15), limit=10
            )
            for each in claimed:
                self.fired.append((each.id, now))
                outbox.settle(connection, each.id, by="t", state=outbox.ACCEPTED)


@dataclass
class Line:
    """Somebody outside who acts in case time."""

    clock: ExerciseClock
    busy: int = 0
    due: list[datetime] = field(default_factory=list)
    name: str = "telephone company"

    def in_flight(self) -> int:
        return self.busy

    def next_due(self) -> datetime | None:
        return min((at for at in self.due if at > self.clock.now()), default=None)


@dataclass
class Exercise:
    desk: Desk
    line: Line
    clock: ExerciseClock
    driver: Driver


@pytest.fixture
def exercise(tmp_path: Path) -> Iterator[Exercise]:
    database = Database(sqlite_url(tmp_path))
    with database.write() as connection:
        metadata.create_all(connection)
    with closing(database):
        yield an_exercise(database)


def an_exercise(database: Database, *, held: bool = True) -> Exercise:
    clock = ExerciseClock(SystemClock(), ClockState(START, is_held=held))
    desk, line = Desk(database, clock), Line(clock)
    return Exercise(desk, line, clock, Driver(database, clock, (line,), desk.wake))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.lists(st.integers(0, 5000), unique=True, max_size=8), st.integers(0, 5000))
def test_each_timer_is_met_at_its_own_instant(exercise: Exercise, seconds: list[int], until: int) -> None:
    one = an_exercise(exercise.desk.database)
    for after in seconds:
        one.desk.wants(f"case:{after}", START + after * SECOND)
    answer = one.driver.advance_by(until * SECOND)
    due = sorted(after for after in seconds if after <= until)
    assert one.desk.fired == [(f"case:{after}", START + after * SECOND) for after in due]
    assert (answer.clock, answer.is_settled, answer.waiting_for) == (START + until * SECOND, True, ())
    for after in seconds:
        one.desk.wants(f"case:{after}")


def test_retries_acts_of_the_clock_and_those_outside_are_stops_too(exercise: Exercise) -> None:
    acted: list[datetime] = []
    exercise.desk.wants_to_send("first", START)
    exercise.desk.wants_to_send("retry", START + 60 * SECOND)
    exercise.clock.call_at(START + 30 * SECOND, lambda: acted.append(exercise.clock.now()))
    exercise.line.due = [START + 90 * SECOND]
    seen: list[datetime] = []
    exercise.clock.call_at(START + 90 * SECOND, lambda: seen.append(exercise.clock.now()))
    assert exercise.driver.advance_by(120 * SECOND).is_settled
    assert exercise.desk.fired == [("first", START), ("retry", START + 60 * SECOND)]
    assert (acted, seen) == ([START + 30 * SECOND], [START + 90 * SECOND])


def test_what_a_stop_brings_about_is_done_before_time_goes_on(exercise: Exercise) -> None:
    exercise.desk.wants("case:A", START + 10 * SECOND)
    exercise.clock.call_at(
        START + 10 * SECOND, lambda: exercise.desk.wants_to_send("then", START + 10 * SECOND)
    )
    exercise.driver.advance_by(60 * SECOND)
    assert ("then", START + 10 * SECOND) in exercise.desk.fired


def test_unsettled_says_what_it_waits_for_and_the_same_call_goes_on_to_the_same_goal(
    exercise: Exercise,
) -> None:
    exercise.desk.wants("case:A", START + 10 * SECOND)
    exercise.desk.is_stuck = True
    answer = exercise.driver.advance_by(60 * SECOND, deadline_seconds=0.05)
    assert answer.as_json() == {
        "clock": "2026-11-21T14:03:10.000000Z",
        "held": True,
        "settled": False,
        "waiting_for": ["the desk: timers due"],
        "rate": 1.0,
        "goal": "2026-11-21T14:04:00.000000Z",
    }
    assert exercise.driver.status().waiting_for == ("the desk: timers due",)
    exercise.desk.is_stuck = False
    answer = exercise.driver.advance_by(60 * SECOND)
    assert (answer.clock, answer.is_settled, answer.goal) == (START + 60 * SECOND, True, None)
    assert exercise.driver.advance_by(60 * SECOND).clock == START + 120 * SECOND


def test_a_look_or_a_call_of_no_length_keeps_the_goal(exercise: Exercise) -> None:
    exercise.line.busy = 1
    assert exercise.driver.advance_by(60 * SECOND, deadline_seconds=0.02).waiting_for == (
        "telephone company: 1 under way",
    )
    assert not exercise.driver.settle(0.02).is_settled
    exercise.line.busy = 0
    assert exercise.driver.settle().clock == START
    assert exercise.driver.advance_by(timedelta()).clock == START + 60 * SECOND


def test_time_stands_while_something_is_under_way_outside(exercise: Exercise) -> None:
    exercise.line.busy = 1
    ended = threading.Timer(0.1, lambda: setattr(exercise.line, "busy", 0))
    ended.start()
    seen: list[int] = []
    exercise.clock.call_at(START + SECOND, lambda: seen.append(exercise.line.busy))
    assert exercise.driver.advance_by(10 * SECOND).is_settled
    ended.join()
    assert seen == [0]


def test_work_that_passes_from_outside_to_the_desk_between_two_looks_is_not_missed(
    exercise: Exercise,
) -> None:
    """The line is idle whenever it is asked, and each time it has just handed something to the desk."""
    left = [3]

    def in_flight() -> int:
        if left[0]:
            left[0] -= 1
            with exercise.desk.database.write() as connection:
                row = {"received_at": START, "sid": str(left), "status": "sent", "token": "", "content": {}}
                connection.execute(insert(outbox.provider_event).values(row))
        return 0

    exercise.line.in_flight = in_flight  # type: ignore[method-assign]
    exercise.driver.settle()
    assert left == [0]


def test_a_clock_that_runs_is_moved_forward_and_runs_on(exercise: Exercise) -> None:
    one = an_exercise(exercise.desk.database, held=False)
    answer = one.driver.advance_by(3600 * SECOND)
    assert not answer.is_held
    assert answer.clock >= START + 3600 * SECOND
    before = one.clock.now()
    threading.Event().wait(0.01)
    assert one.clock.now() > before


def test_going_back_is_refused_and_changes_nothing(exercise: Exercise) -> None:
    with pytest.raises(CaseTimeBack):
        exercise.driver.advance(START - SECOND)
    assert exercise.driver.advance(START + 5 * SECOND).clock == START + 5 * SECOND


def test_a_second_call_waits_its_turn_or_says_so(exercise: Exercise) -> None:
    exercise.line.busy = 1
    first = threading.Thread(target=lambda: exercise.driver.advance_by(10 * SECOND, deadline_seconds=1))
    first.start()
    threading.Event().wait(0.05)
    answer = exercise.driver.settle(0.05)
    assert answer.waiting_for == ("another call that moves the clock",)
    exercise.line.busy = 0
    first.join()


def test_stopping_answers_calls_under_way(exercise: Exercise) -> None:
    exercise.line.busy = 1
    threading.Timer(0.05, exercise.driver.stop).start()
    assert not exercise.driver.advance_by(10 * SECOND, deadline_seconds=30).is_settled
