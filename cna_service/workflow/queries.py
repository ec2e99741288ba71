"""Read models over the rows of several slices: attempts of sendings, the list of entries, the bytes of one entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select

from cna_service.alerts.tables import alert_code
from cna_service.db.outbox import PENDING, attempt, outbox
from cna_service.ledger import tables as t


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at one sending, as the provider answered it."""

    began_at: datetime
    took_us: int
    provider: str
    outcome: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Sent:
    """One sending with its tries, oldest first."""

    id: str
    channel: str
    state: str
    created_at: datetime
    next_try_at: datetime
    attempts: tuple[Attempt, ...]

    @property
    def is_delayed(self) -> bool:
        """It waits by the limits of its contact, and nobody has tried to send it yet."""
        return self.state == PENDING and not self.attempts and self.next_try_at > self.created_at


def sendings(connection: Connection, ids: Iterable[str]) -> Mapping[str, Sent]:
    """The outbox rows of these sendings with every attempt made."""
    wanted = sorted(set(ids))
    found: dict[str, Sent] = {}
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        tries = _attempts(connection, part)
        for row in connection.execute(select(outbox).where(outbox.c.id.in_(part))):
            found[row.id] = Sent(
                row.id, row.channel, row.state, row.created_at, row.next_try_at, tuple(tries.get(row.id, ()))
            )
    return found


def _attempts(connection: Connection, ids: Sequence[str]) -> dict[str, list[Attempt]]:
    found: dict[str, list[Attempt]] = {}
    for row in connection.execute(select(attempt).where(attempt.c.sending.in_(ids)).order_by(attempt.c.id)):
        made = Attempt(row.began_at, row.took_us, row.provider, row.outcome, row.code)
        found.setdefault(row.sending, []).append(made)
    return found


def newest_to(
    connection: Connection, contact: str, channel: str, *, since: datetime | None = None, limit: int = 20
) -> list[Mapping[str, Any]]:
    """What was sent, or is to be sent, to one contact, the newest first: the contents of its outbox rows."""
    c = outbox.c
    query = select(c.content).where(and_(c.contact == contact, c.channel == channel))
    if since is not None:
        query = query.where(c.created_at > since)
    found = connection.execute(query.order_by(c.created_at.desc(), c.id.desc()).limit(limit))
    return [dict(content) for content in found.scalars()]


def is_summoned(connection: Connection, officer: str) -> bool:
    """Whether an alert that nobody has answered was sent to this officer."""
    where = and_(alert_code.c.officer == officer, alert_code.c.ended_at.is_(None))
    return connection.execute(select(alert_code.c.id).where(where).limit(1)).first() is not None


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """A line of the list of entries. ``index``: its place in the tree, None until the sequencer gave it one."""

    stream: str
    seq: int
    type: str
    recorded_at: datetime
    leaf: str
    index: int | None
    is_sealed: bool


def entries(
    connection: Connection,
    log: str,
    *,
    stream: str | None = None,
    before: int | None = None,
    hidden: Iterable[str] = (),
    limit: int = 50,
) -> tuple[tuple[ListedEntry, ...], int | None]:
    """Entries but those of the ``hidden`` types, the newest first, and where the next page begins (None: nothing
    older)."""
    e, leaf = t.ledger_entry.c, t.ledger_leaf.c
    query = (
        select(e.entry_id, e.stream, e.seq, e.type, e.recorded_at, e.leaf, leaf.idx)
        .select_from(t.ledger_entry.outerjoin(t.ledger_leaf, leaf.entry_id == e.entry_id))
        .where(e.log == log)
        .order_by(e.entry_id.desc())
        .limit(limit + 1)
    )
    if stream is not None:
        query = query.where(e.stream == stream)
    if before is not None:
        query = query.where(e.entry_id < before)
    if unwanted := sorted(hidden):
        query = query.where(e.type.not_in(unwanted))
    rows = connection.execute(query).all()
    signed = _signed_size(connection, log)
    listed = tuple(
        ListedEntry(
            r.stream,
            r.seq,
            r.type,
            r.recorded_at,
            r.leaf.hex(),
            r.idx,
            is_sealed=r.idx is not None and r.idx < signed,
        )
        for r in rows[:limit]
    )
    return listed, rows[limit - 1].entry_id if len(rows) > limit else None


def _signed_size(connection: Connection, log: str) -> int:
    c = t.ledger_checkpoint.c
    size: int = connection.execute(
        select(func.coalesce(func.max(c.size), 0)).where(c.log == log)
    ).scalar_one()
    return size


def stored_bytes(connection: Connection, log: str, stream: str, seq: int) -> bytes | None:
    """The bytes of an entry as hashed: RFC 8785 form, private values as digests. None if there is none."""
    e = t.ledger_entry.c
    query = (
        select(t.ledger_body.c.body)
        .join(t.ledger_entry, e.entry_id == t.ledger_body.c.entry_id)
        .where((e.log == log) & (e.stream == stream) & (e.seq == seq))
    )
    found: bytes | None = connection.execute(query).scalar_one_or_none()
    return found
