"""Timer rows: when a stream next wants to be looked at. An index to the record, never a fact.

Each row repeats what a fold of the stream says (record.md, "Clocks and timers"); firing one folds again under
the stream's lock and believes only the fold. A lost row heals at the stream's next write.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from cna_service.db.types import Instant, RowId, metadata


@dataclass(frozen=True, slots=True, order=True)
class TimerKey:
    """What wants attention: ``kind`` (rung, receipt, clock_warning…), its subject, and a number within it."""

    kind: str
    subject: str
    n: int = 0


NOTHING_HELD: Mapping[str, datetime] = MappingProxyType({})

timer = Table(
    "timer",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("stream", String(80), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("n", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("wanted_at", Instant, nullable=False),
    Column("failures", Integer, nullable=False, default=0),
    UniqueConstraint("stream", "kind", "subject", "n"),
    Index("ix_timer_due_at", "due_at"),
)


# Built once: putting a statement together costs several times what it costs to run.
_CLEAR = delete(timer).where(timer.c.stream == bindparam("b_stream"))
_ADD = insert(timer)


def rewrite(connection: Connection, stream: str, wanted: Mapping[TimerKey, datetime]) -> None:
    """Make the stream's rows equal to ``wanted``."""
    connection.execute(_CLEAR, {"b_stream": stream})
    if wanted:
        connection.execute(
            _ADD,
            [
                {
                    "stream": stream,
                    "kind": k.kind,
                    "subject": k.subject,
                    "n": k.n,
                    "due_at": at,
                    "wanted_at": at,
                    "failures": 0,
                }
                for k, at in sorted(wanted.items())
            ],
        )


def read(connection: Connection, stream: str) -> dict[TimerKey, datetime]:
    rows = connection.execute(select(timer).where(timer.c.stream == stream))
    return {TimerKey(r.kind, r.subject, r.n): r.wanted_at for r in rows}


def streams_due(
    connection: Connection,
    now: datetime,
    limit: int = 64,
    held: Mapping[str, datetime] = NOTHING_HELD,
    without: Collection[str] = (),
) -> list[str]:
    """The streams with a timer due, the one that waited longest first; the kinds in ``held`` only up to theirs, and
    none of the streams in ``without``."""
    # A kind held at ``now`` itself is not held back.
    until = {kind: at for kind, at in held.items() if at < now}
    is_due = timer.c.due_at <= now
    if until:
        each = [and_(timer.c.kind == kind, timer.c.due_at <= at) for kind, at in until.items()]
        is_due = and_(is_due, or_(timer.c.kind.not_in(list(until)), *each))
    if without:
        is_due = and_(is_due, timer.c.stream.not_in(list(without)))
    in_order = select(timer.c.stream).where(is_due).order_by(timer.c.due_at)
    # The index gives them in order; to group all that is due, a hundred thousand after an outage, would cost more
    # than to fire them. Most streams have one or two timers due.
    most = limit * 4
    while True:
        rows = connection.execute(in_order.limit(most)).scalars().all()
        streams = list(dict.fromkeys(rows))
        if len(streams) >= limit or len(rows) < most:
            return streams[:limit]
        most *= 4


def streams_waiting(connection: Connection) -> list[str]:
    """Every stream with a timer, due or not."""
    return list(connection.execute(select(timer.c.stream).distinct().order_by(timer.c.stream)).scalars())


def next_due(connection: Connection) -> datetime | None:
    found: datetime | None = connection.execute(select(func.min(timer.c.due_at))).scalar_one()
    return found


def push_back(connection: Connection, streams: Iterable[str], now: datetime, by: timedelta) -> int:
    """Let a stream that raised wait, so that it cannot hold up the others; returns its count of failures."""
    names = list(streams)
    where = (timer.c.stream.in_(names)) & (timer.c.due_at <= now)
    connection.execute(update(timer).where(where).values(due_at=now + by, failures=timer.c.failures + 1))
    worst = connection.execute(
        select(func.max(timer.c.failures)).where(timer.c.stream.in_(names))
    ).scalar_one()
    return worst or 0
