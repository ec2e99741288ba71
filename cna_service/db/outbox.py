"""The outbox: one row is one sending on one channel to one contact, asked for in the transaction of its entry.

Rows are claimed with a lease, sent outside any transaction, and the result comes back as a command. Leases run
on the machine's clock (nobody can hold those of an exercise), ``next_try_at`` on case time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    String,
    Table,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)

from cna_service.db.types import Instant, RowId, metadata

PENDING, SENDING, ACCEPTED, SENT = "pending", "sending", "accepted", "sent"
DELIVERED, UNDELIVERED, FAILED, UNKNOWN, SUPERSEDED = (
    "delivered",
    "undelivered",
    "failed",
    "unknown",
    "superseded",
)

WAITING = (PENDING, UNKNOWN)
"""To be sent when ``next_try_at`` comes. UNKNOWN: the provider may have taken an earlier try, so he is asked first."""


@dataclass(frozen=True, slots=True)
class Sending:
    """Asking for one sending. ``dedup`` makes asking twice harmless; a smaller ``priority`` goes first."""

    id: str
    stream: str
    dedup: str
    channel: str
    contact: str
    content: Mapping[str, Any]
    priority: int = 5


outbox = Table(
    "outbox",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("stream", String(80), nullable=False),
    Column("dedup", String(200), nullable=False, unique=True),
    Column("channel", String(20), nullable=False),
    Column("contact", String(254), nullable=False),
    Column("content", JSON, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("sid", String(80)),
    Column("created_at", Instant, nullable=False),
    Column("next_try_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("lease_until", Instant),
    Column("lease_by", String(80)),
    Index("ix_outbox_state", "state", "priority", "created_at"),
    Index("ix_outbox_sid", "sid"),
    Index("ix_outbox_stream", "stream"),
)

attempt = Table(
    "attempt",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("sending", String(36), nullable=False, index=True),
    Column("began_at", Instant, nullable=False),
    Column("took_us", Integer, nullable=False),
    Column("provider", String(40), nullable=False),
    Column("sid", String(80)),
    Column("outcome", String(20), nullable=False),
    Column("code", String(40)),
)

provider_event = Table(
    "provider_event",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("received_at", Instant, nullable=False),
    Column("sid", String(80), nullable=False),
    Column("status", String(40), nullable=False),
    Column("token", String(80), nullable=False),
    Column("content", JSON, nullable=False),
    Index("uq_provider_event_once", "sid", "status", "token", unique=True),
)


# Built once: putting a statement together costs several times what it costs to run.
_ASKED = select(outbox.c.id).where(outbox.c.dedup == bindparam("dedup"))
_ASK = insert(outbox)


def ask(connection: Connection, sendings: Iterable[Sending], now: datetime) -> None:
    """Add rows; one whose ``dedup`` is there already is left as it is."""
    for sending in sendings:
        if connection.execute(_ASKED, {"dedup": sending.dedup}).first() is None:
            row = {
                "id": sending.id,
                "stream": sending.stream,
                "dedup": sending.dedup,
                "channel": sending.channel,
                "contact": sending.contact,
                "content": dict(sending.content),
                "priority": sending.priority,
                "state": PENDING,
                "created_at": now,
                "next_try_at": now,
                "tries": 0,
            }
            connection.execute(_ASK, row)


@dataclass(frozen=True, slots=True)
class Claimed:
    id: str
    stream: str
    channel: str
    contact: str
    content: Mapping[str, Any]
    tries: int
    was_sending: bool
    """True when an earlier claim ran out, or its answer was lost: what became of that try is not known."""
    created_at: datetime


def _claimable(now: datetime, machine_now: datetime) -> ColumnElement[bool]:
    free = and_(outbox.c.state.in_(WAITING), outbox.c.next_try_at <= now)
    abandoned = and_(outbox.c.state == SENDING, outbox.c.lease_until <= machine_now)
    return or_(free, abandoned)


def has_claimable(connection: Connection, now: datetime, machine_now: datetime) -> bool:
    """Is there anything to claim? Asked first, so that an idle desk takes no write lock."""
    return (
        connection.execute(select(outbox.c.id).where(_claimable(now, machine_now)).limit(1)).first()
        is not None
    )


def claim(
    connection: Connection, *, by: str, now: datetime, machine_now: datetime, lease: timedelta, limit: int
) -> list[Claimed]:
    """Take what may be sent now: pending and due, or taken by somebody whose lease ran out."""
    query = (
        select(outbox)
        .where(_claimable(now, machine_now))
        .order_by(outbox.c.priority, outbox.c.created_at, outbox.c.id)
        .limit(limit)
    )
    if connection.dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True)
    rows = connection.execute(query).all()
    if rows:
        connection.execute(
            update(outbox)
            .where(outbox.c.id.in_([r.id for r in rows]))
            .values(state=SENDING, lease_by=by, lease_until=machine_now + lease, tries=outbox.c.tries + 1)
        )
    return [
        Claimed(
            r.id, r.stream, r.channel, r.contact, r.content, r.tries + 1, r.state != PENDING, r.created_at
        )
        for r in rows
    ]


def release(connection: Connection, ids: Iterable[str], *, by: str) -> None:
    """Give back what ``by`` claimed and did not begin (a node that stops); not what another has claimed since."""
    where = and_(outbox.c.id.in_(list(ids)), outbox.c.state == SENDING, outbox.c.lease_by == by)
    connection.execute(update(outbox).where(where).values(state=PENDING, lease_by=None, lease_until=None))


def note_attempt(
    connection: Connection, sending: str, began_at: datetime, took: timedelta, facts: Mapping[str, Any]
) -> None:
    """One try: when, how long, by whom, with which outcome and code."""
    row = {
        "sending": sending,
        "began_at": began_at,
        "took_us": int(took.total_seconds() * 1_000_000),
        **facts,
    }
    connection.execute(insert(attempt).values(row))


def keep_report(
    connection: Connection, sid: str, status: str, token: str, content: Mapping[str, Any], now: datetime
) -> bool:
    """Keep a callback as received; False if this very one came before."""
    c = provider_event.c
    same = and_(c.sid == sid, c.status == status, c.token == token)
    if connection.execute(select(c.id).where(same)).first() is not None:
        return False
    row = {"received_at": now, "sid": sid, "status": status, "token": token, "content": dict(content)}
    connection.execute(insert(provider_event).values(row))
    return True


def settle(
    connection: Connection,
    id: str,
    *,
    by: str | None,
    state: str,
    sid: str | None = None,
    next_try_at: datetime | None = None,
) -> bool:
    """Record what became of a try. With ``by``, only if that claim still stands; False if it does not."""
    values: dict[str, object] = {"state": state, "lease_by": None, "lease_until": None}
    if sid is not None:
        values["sid"] = sid
    if next_try_at is not None:
        values["next_try_at"] = next_try_at
    where = outbox.c.id == id
    if by is not None:
        where = and_(where, outbox.c.lease_by == by)
    return connection.execute(update(outbox).where(where).values(**values)).rowcount == 1


def supersede(connection: Connection, dedup_prefix: str) -> int:
    """What was not yet sent is no longer useful (the alert was acknowledged)."""
    where = and_(outbox.c.state.in_(WAITING), outbox.c.dedup.startswith(dedup_prefix, autoescape=True))
    return connection.execute(update(outbox).where(where).values(state=SUPERSEDED)).rowcount


def row(connection: Connection, id: str) -> Mapping[str, Any] | None:
    found = connection.execute(select(outbox).where(outbox.c.id == id)).mappings().first()
    return None if found is None else dict(found)


def row_by_sid(connection: Connection, sid: str) -> Mapping[str, Any] | None:
    found = connection.execute(select(outbox).where(outbox.c.sid == sid)).mappings().first()
    return None if found is None else dict(found)


def unsettled(connection: Connection, now: datetime) -> int:
    """How many sendings are due or under way."""
    where = or_(and_(outbox.c.state.in_(WAITING), outbox.c.next_try_at <= now), outbox.c.state == SENDING)
    return connection.execute(select(func.count()).select_from(outbox).where(where)).scalar_one()


def next_try(connection: Connection) -> datetime | None:
    query = select(func.min(outbox.c.next_try_at)).where(outbox.c.state.in_(WAITING))
    found: datetime | None = connection.execute(query).scalar_one()
    return found


def follow_step(connection: Connection, step: timedelta) -> None:
    """The clock was set by ``step``: leases keep their length, and after a step back no retry waits longer for it."""
    c = outbox.c
    for r in connection.execute(select(c.id, c.lease_until).where(c.state == SENDING)).all():
        if r.lease_until is not None:
            moved = update(outbox).where(c.id == r.id).values(lease_until=r.lease_until + step)
            connection.execute(moved)
    if step >= timedelta():
        return
    for r in connection.execute(select(c.id, c.next_try_at).where(c.state.in_(WAITING))).all():
        connection.execute(update(outbox).where(c.id == r.id).values(next_try_at=r.next_try_at + step))
