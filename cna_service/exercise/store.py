"""The SQL of an exercise: its clock's row, its counterparts, and how far the desk has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from cna_service.cases.tables import case_key, case_row
from cna_service.db import outbox, timers
from cna_service.exercise.clock import ClockState
from cna_service.exercise.counterpart_orders import Asking, Order, kept_order
from cna_service.exercise.tables import counterpart_act, counterpart_order, exercise_state, metadata
from cna_service.ledger.tables import ledger_entry

_ONLY_ROW = 1


def make_table(connection: Connection) -> None:
    metadata.create_all(connection)


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


ActKey = tuple[int, str, int, int, str]
"""Order, case, exchange, step, subject."""


def orders(connection: Connection) -> tuple[Order, ...]:
    """Every order to a counterpart, oldest first."""
    rows = connection.execute(select(counterpart_order).order_by(counterpart_order.c.n))
    return tuple(kept_order(row.n, row.told) for row in rows)


def keep_order(connection: Connection, authority: str, asking: Asking, now: datetime) -> Order:
    newest = connection.scalar(select(func.coalesce(func.max(counterpart_order.c.n), 0))) or 0
    order = Order(newest + 1, authority, asking.steps, now, asking.case, asking.exchange)
    connection.execute(insert(counterpart_order).values(n=order.n, told=order.as_json()))
    return order


def acts_done(connection: Connection) -> dict[ActKey, tuple[datetime, str]]:
    """What counterparts have done, oldest first, with what came of it."""
    a = counterpart_act.c
    rows = connection.execute(select(counterpart_act).order_by(a.done_at, a.ref, a.exchange, a.step))
    return {(r.order_n, r.ref, r.exchange, r.step, r.subject): (r.done_at, r.outcome) for r in rows}


def note_act(connection: Connection, key: ActKey, at: datetime, outcome: str) -> None:
    names = ("order_n", "ref", "exchange", "step", "subject")
    told = dict(zip(names, key, strict=True)) | {"done_at": at, "outcome": outcome}
    connection.execute(insert(counterpart_act).values(told))


def cases_of(connection: Connection, authority: str) -> list[tuple[str, int]]:
    """The cases in which an authority has a part, each with its newest entry's number."""
    mine = (case_key.c.kind == "authority") & (case_key.c.value == authority)
    query = select(case_row.c.ref, case_row.c.seq).join(case_key, case_key.c.ref == case_row.c.ref)
    return [(row.ref, row.seq) for row in connection.execute(query.where(mine).order_by(case_row.c.ref))]


def exchanges_opened_at(connection: Connection, stream: str) -> dict[int, datetime]:
    """When each exchange of a case was recorded, by the number of its entry."""
    e = ledger_entry.c
    query = select(e.seq, e.recorded_at).where((e.stream == stream) & (e.type == "exchange.opened"))
    return {row.seq: row.recorded_at for row in connection.execute(query)}
