"""The outbox: one row is one sending on one channel to one contact, asked for in the transaction of its entry.

Rows are claimed with a lease, sent outside any transaction, and the result comes back as a command. Leases run
on the machine's clock (nobody can hold those of an exercise), ``next_try_at`` on case time.

Within a priority rows go by their ``place``: when they were asked for, but ``BETWEEN_TWO`` after the last one that
the same person still waits for. So one person's two thousand stand spread over half an hour, and another's single one
goes before most of them, without anything being counted when rows are claimed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Index,
    Integer,
    String,
    Table,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal_column,
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

BETWEEN_TWO = timedelta(seconds=1)
"""Between the places of two sendings to one person; nobody waits for it unless others wait too."""


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
    not_before: datetime | None = None
    """It waits so long, by the limits of its contact."""

    @property
    def person(self) -> str:
        """Whose queue it stands in: the officer's, else the contact's."""
        return str(self.content.get("officer") or self.contact)


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
    Column("person", String(254)),
    # A row of the previous release has the default: it goes first.
    Column("place", Instant, nullable=False, server_default="1970-01-01T00:00:00.000000Z"),
    Index("ix_outbox_state", "state", "priority", "created_at"),
    Index("ix_outbox_sid", "sid"),
    Index("ix_outbox_stream", "stream"),
    Index("ix_outbox_lease", "state", "lease_until"),
)

# Literals, as in the two indexes below: with bound values neither database would use an index of some rows only.
_IS_WAITING = outbox.c.state.in_([literal_column(f"'{state}'") for state in WAITING])
for _name, _columns in (
    ("ix_outbox_place", (outbox.c.priority, outbox.c.place, outbox.c.id)),
    ("ix_outbox_person", (outbox.c.person, outbox.c.place)),
):
    # What has been sent stays for ever and is in neither.
    Index(_name, *_columns, sqlite_where=_IS_WAITING, postgresql_where=_IS_WAITING)

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
    Index("ix_attempt_provider", "provider", "id"),
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
_LAST_PLACE = select(func.max(outbox.c.place)).where(
    outbox.c.person == bindparam("person"), outbox.c.priority == bindparam("priority"), _IS_WAITING
)


def ask(connection: Connection, sendings: Iterable[Sending], now: datetime) -> None:
    """Add rows; one whose ``dedup`` is there already is left as it is."""
    for sending in sendings:
        if connection.execute(_ASKED, {"dedup": sending.dedup}).first() is None:
            # Two commands at once may give one person the same place twice: that does no harm.
            queue = {"person": sending.person, "priority": sending.priority}
            last = connection.execute(_LAST_PLACE, queue).scalar_one()
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
                "next_try_at": now if sending.not_before is None else max(now, sending.not_before),
                "tries": 0,
                "person": sending.person,
                "place": now if last is None else max(now, last + BETWEEN_TWO),
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


_FREE = and_(_IS_WAITING, outbox.c.next_try_at <= bindparam("now"))
_ABANDONED = and_(
    outbox.c.state == literal_column(f"'{SENDING}'"), outbox.c.lease_until <= bindparam("machine_now")
)
# Two statements: joined by OR neither database would take the rows in their order from an index.
_ANY = tuple(select(outbox.c.id).where(each).limit(1) for each in (_FREE, _ABANDONED))
_TAKE = tuple(
    select(outbox)
    .where(each, outbox.c.stream.not_in(bindparam("without", expanding=True)))
    .order_by(outbox.c.priority, outbox.c.place, outbox.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
    for each in (_ABANDONED, _FREE)
)


def has_claimable(connection: Connection, now: datetime, machine_now: datetime) -> bool:
    """Is there anything to claim? Asked first, so that an idle desk takes no write lock."""
    at = {"now": now, "machine_now": machine_now}
    return any(connection.execute(query, at).first() is not None for query in _ANY)


def claim(
    connection: Connection,
    *,
    by: str,
    now: datetime,
    machine_now: datetime,
    lease: timedelta,
    limit: int,
    without: Collection[str] = (),
) -> list[Claimed]:
    """Take what may be sent now: pending and due, or taken by somebody whose lease ran out; nothing of the streams in
    ``without``. The most urgent first; within a priority nobody waits behind another person's many."""
    asked = {"now": now, "machine_now": machine_now, "limit": limit, "without": list(without)}
    found = [row for query in _TAKE for row in connection.execute(query, asked)]
    rows = sorted(found, key=lambda r: (r.priority, r.place, r.id))[:limit]
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


def pending_to(connection: Connection, channel: str, contact: str, now: datetime) -> list[Claimed]:
    """What waits to leave to one contact and may, the oldest first."""
    c = outbox.c
    where = and_(c.state == PENDING, c.next_try_at <= now, c.channel == channel, c.contact == contact)
    query = select(outbox).where(where).order_by(c.created_at, c.id)
    if connection.dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True)
    return [
        Claimed(r.id, r.stream, r.channel, r.contact, r.content, r.tries + 1, False, r.created_at)
        for r in connection.execute(query)
    ]


def take(connection: Connection, ids: Iterable[str], *, by: str, until: datetime) -> None:
    """Claim these, which ``pending_to`` of the same transaction returned."""
    values = {"state": SENDING, "lease_by": by, "lease_until": until, "tries": outbox.c.tries + 1}
    connection.execute(update(outbox).where(outbox.c.id.in_(list(ids))).values(values))


def rows_by_sid(connection: Connection, sid: str) -> list[Mapping[str, Any]]:
    """Every sending that left as this message: several where they were bundled."""
    rows = connection.execute(select(outbox).where(outbox.c.sid == sid).order_by(outbox.c.id)).mappings()
    return [dict(r) for r in rows]


def release(connection: Connection, ids: Iterable[str], *, by: str) -> None:
    """Give back what ``by`` claimed and did not begin (a node that stops); not what another has claimed since.

    What had been tried before is not known to be untaken: whoever claims it next asks the provider first.
    """
    where = and_(outbox.c.id.in_(list(ids)), outbox.c.state == SENDING, outbox.c.lease_by == by)
    before = case((outbox.c.tries > 1, UNKNOWN), else_=PENDING)
    values = {"state": before, "lease_by": None, "lease_until": None, "tries": outbox.c.tries - 1}
    connection.execute(update(outbox).where(where).values(values))


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


def statuses(connection: Connection, sid: str) -> list[str]:
    """Every word of the provider on one message so far, in the order in which they came."""
    c = provider_event.c
    return list(connection.execute(select(c.status).where(c.sid == sid).order_by(c.id)).scalars())


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
    where = and_(_IS_WAITING, outbox.c.dedup.startswith(dedup_prefix, autoescape=True))
    return connection.execute(update(outbox).where(where).values(state=SUPERSEDED)).rowcount


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one sending stands."""

    state: str
    next_try_at: datetime
    lease_until: datetime | None


def states(connection: Connection, ids: Iterable[str]) -> dict[str, Standing]:
    """Where these stand; what has no row is left out."""
    c, wanted = outbox.c, sorted(set(ids))
    found: dict[str, Standing] = {}
    for start in range(0, len(wanted), 500):
        query = select(c.id, c.state, c.next_try_at, c.lease_until).where(
            c.id.in_(wanted[start : start + 500])
        )
        for r in connection.execute(query):
            found[r.id] = Standing(r.state, r.next_try_at, r.lease_until)
    return found


def row(connection: Connection, id: str) -> Mapping[str, Any] | None:
    found = connection.execute(select(outbox).where(outbox.c.id == id)).mappings().first()
    return None if found is None else dict(found)


def row_by_sid(connection: Connection, sid: str) -> Mapping[str, Any] | None:
    found = connection.execute(select(outbox).where(outbox.c.sid == sid)).mappings().first()
    return None if found is None else dict(found)


def without_word(
    connection: Connection, *, before: datetime, since: datetime, limit: int
) -> list[Mapping[str, Any]]:
    """SMS and calls that a provider took, and of which it has said nothing final: those asked for between the two."""
    c = outbox.c
    where = and_(
        c.state == ACCEPTED,
        c.sid.is_not(None),
        c.channel.in_(("sms", "voice")),
        c.created_at >= since,
        c.created_at < before,
    )
    query = select(outbox).where(where).order_by(c.created_at).limit(limit)
    return [dict(r) for r in connection.execute(query).mappings()]


def unsettled(connection: Connection, now: datetime) -> int:
    """How many sendings are due or under way."""
    counted = select(func.count()).select_from(outbox)
    # Two statements, as in ``claim``: one with OR walks through everything that was ever sent.
    due = connection.execute(counted.where(_IS_WAITING, outbox.c.next_try_at <= now)).scalar_one()
    return due + connection.execute(counted.where(outbox.c.state == SENDING)).scalar_one()


def next_try(connection: Connection) -> datetime | None:
    query = select(func.min(outbox.c.next_try_at)).where(_IS_WAITING)
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
    for r in connection.execute(select(c.id, c.next_try_at).where(_IS_WAITING)).all():
        connection.execute(update(outbox).where(c.id == r.id).values(next_try_at=r.next_try_at + step))
