"""Reading the log for people and programs: seals, checkpoints, the oldest entry that waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from cna_service.ledger import tables as t
from cna_service.ledger.sequencer import newest_checkpoint_size


@dataclass(frozen=True, slots=True)
class Seal:
    """Where an entry stands in the tree. ``state``: recorded (no checkpoint covers it yet) or sealed."""

    index: int | None
    state: str


def seals(connection: Connection, log: str, stream: str) -> Mapping[int, Seal]:
    """The seal of every entry of a stream, by ``seq``."""
    signed = newest_checkpoint_size(connection, log)
    e, leaf = t.ledger_entry.c, t.ledger_leaf.c
    query = (
        select(e.seq, leaf.idx)
        .select_from(t.ledger_entry.outerjoin(t.ledger_leaf, leaf.entry_id == e.entry_id))
        .where((e.log == log) & (e.stream == stream))
    )
    return {
        row.seq: Seal(row.idx, "sealed" if row.idx is not None and row.idx < signed else "recorded")
        for row in connection.execute(query)
    }


@dataclass(frozen=True, slots=True)
class LogState:
    size: int
    signed_size: int
    note: str | None
    signed_at: datetime | None
    pending: int
    oldest_pending_at: datetime | None
    entries: int


def log_state(connection: Connection, log: str) -> LogState:
    """The head, its newest signature, and what still waits for a place."""
    c = t.ledger_checkpoint.c
    newest = connection.execute(
        select(t.ledger_checkpoint).where(c.log == log).order_by(c.size.desc()).limit(1)
    ).first()
    pending, oldest = connection.execute(
        select(func.count(), func.min(t.ledger_entry.c.recorded_at)).select_from(
            t.ledger_pending.join(t.ledger_entry, t.ledger_entry.c.entry_id == t.ledger_pending.c.entry_id)
        )
    ).one()
    size = connection.execute(
        select(func.coalesce(func.max(t.ledger_head.c.size), 0)).where(t.ledger_head.c.log == log)
    ).scalar_one()
    entries = connection.execute(select(func.count()).select_from(t.ledger_entry)).scalar_one()
    return LogState(
        size=size,
        signed_size=newest.size if newest else 0,
        note=newest.note if newest else None,
        signed_at=newest.signed_at if newest else None,
        pending=pending,
        oldest_pending_at=oldest,
        entries=entries,
    )


def streams(connection: Connection, prefixes: Iterable[str] = ("",)) -> list[tuple[str, int]]:
    """Every stream with the number of its newest entry."""
    query = select(t.stream.c.name, t.stream.c.head_seq).order_by(t.stream.c.name)
    wanted = tuple(prefixes)
    return [(r.name, r.head_seq) for r in connection.execute(query) if r.name.startswith(wanted)]
