"""Reading tries at sendings for figures and self-tests: how long they took, by whom, with which code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, exists, func, select

from cna_service.db.outbox import WAITING, attempt, outbox
from cna_service.db.timers import timer
from cna_service.ledger import tables as t


@dataclass(frozen=True, slots=True)
class Try:
    """One try at one sending. ``asked_at``: when the sending was asked for."""

    id: int
    sending: str
    channel: str
    asked_at: datetime
    began_at: datetime
    took: timedelta
    provider: str
    outcome: str
    code: str | None
    is_first: bool
    """It was the sending's first: only that one says how long the desk itself took."""


_earlier = attempt.alias("earlier")
_FIRST = ~exists().where((_earlier.c.sending == attempt.c.sending) & (_earlier.c.id < attempt.c.id))
_TRY = select(attempt, outbox.c.channel, outbox.c.created_at, _FIRST.label("is_first")).join(
    outbox, outbox.c.id == attempt.c.sending
)


def last_try(connection: Connection, sending: str) -> Try | None:
    query = _TRY.where(attempt.c.sending == sending).order_by(attempt.c.id.desc()).limit(1)
    found = connection.execute(query).first()
    return None if found is None else _try(found)


def tries_after(connection: Connection, after: int, limit: int = 5000) -> list[Try]:
    """Tries recorded since, oldest first."""
    query = _TRY.where(attempt.c.id > after).order_by(attempt.c.id).limit(limit)
    return [_try(r) for r in connection.execute(query)]


def newest_try(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(attempt.c.id), 0))).scalar_one())


def _try(r: Row[Any]) -> Try:
    took = timedelta(microseconds=r.took_us)
    return Try(
        r.id,
        r.sending,
        r.channel,
        r.created_at,
        r.began_at,
        took,
        r.provider,
        r.outcome,
        r.code,
        bool(r.is_first),
    )


def accepted_on(connection: Connection, channel: str) -> datetime | None:
    """When a provider last took a message on this channel. By row and not by instant: after a step back of the clock
    the newest of all would stay one of the future."""
    query = (
        select(attempt.c.began_at)
        .join(outbox, outbox.c.id == attempt.c.sending)
        .where((outbox.c.channel == channel) & (attempt.c.outcome == "accepted"))
        .order_by(attempt.c.id.desc())
        .limit(1)
    )
    found: datetime | None = connection.execute(query).scalar_one_or_none()
    return found


def oldest_due_timer(connection: Connection, now: datetime) -> datetime | None:
    found: datetime | None = connection.execute(
        select(func.min(timer.c.due_at)).where(timer.c.due_at <= now)
    ).scalar_one()
    return found


def oldest_unsent(connection: Connection, now: datetime) -> datetime | None:
    """When the sending was asked for that has waited longest and may be sent."""
    due = outbox.c.state.in_((*WAITING, "sending")) & (outbox.c.next_try_at <= now)
    found: datetime | None = connection.execute(select(func.min(outbox.c.created_at)).where(due)).scalar_one()
    return found


@dataclass(frozen=True, slots=True)
class Taken:
    """An acknowledgement of an alert: in which stream, and which number the entry has in the log."""

    number: int
    stream: str
    seq: int


def newest_entry(connection: Connection, log: str) -> int:
    c = t.ledger_entry.c
    found = select(func.coalesce(func.max(c.entry_id), 0)).where(c.log == log)
    return int(connection.execute(found).scalar_one())


def taken_after(connection: Connection, log: str, after: int, limit: int = 5000) -> list[Taken]:
    c = t.ledger_entry.c
    query = (
        select(c.entry_id, c.stream, c.seq)
        .where((c.log == log) & (c.entry_id > after) & (c.type == "alert.acknowledged"))
        .order_by(c.entry_id)
        .limit(limit)
    )
    return [Taken(r.entry_id, r.stream, r.seq) for r in connection.execute(query)]
