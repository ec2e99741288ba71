"""The SQL of an exercise: its clock's row, and how far the desk has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from cna_service.db import outbox, timers
from cna_service.exercise.clock import ClockState
from cna_service.exercise.tables import exercise_state
from cna_service.ledger.tables import ledger_entry

_ONLY_ROW = 1


def make_table(connection: Connection) -> None:
    exercise_state.create(connection, checkfirst=True)


def read_clock(connection: Connection) -> ClockState | None:
    """None before the first start."""
    row = connection.execute(select(exercise_state)).first()
    return None if row is None else ClockState(row.base_at, is_held=row.held, rate=row.rate)


def keep_clock(connection: Connection, state: ClockState, machine_now: datetime) -> None:
    values = {
        "base_at": state.at,
        "held": state.is_held,
        "rate": state.rate,
        "saved_at": machine_now,
    }
    changed = connection.execute(update(exercise_state).values(values))
    if changed.rowcount == 0:
        connection.execute(insert(exercise_state).values(id=_ONLY_ROW, **values))


def newest_entry_at(connection: Connection) -> datetime | None:
    """When the newest entry was recorded, in case time."""
    found: datetime | None = connection.execute(select(func.max(ledger_entry.c.recorded_at))).scalar_one()
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """What the desk has to do at an instant. ``trace`` is another one after every write of a command, an attempt or
    a callback, so that two looks with the same trace had nothing between them."""

    is_timer_due: bool
    sendings: int
    next_due: datetime | None
    trace: tuple[int, ...]


def standing(connection: Connection, now: datetime) -> Standing:
    timer, sending = timers.next_due(connection), outbox.next_try(connection)
    newest = (ledger_entry.c.entry_id, outbox.attempt.c.id, outbox.provider_event.c.id)
    return Standing(
        is_timer_due=timer is not None and timer <= now,
        sendings=outbox.unsettled(connection, now),
        next_due=min((at for at in (timer, sending) if at is not None), default=None),
        trace=tuple(connection.scalar(select(func.coalesce(func.max(c), 0))) or 0 for c in newest),
    )
