"""The SQL of the tree: the queue of entries without a place, leaves, tiles, heads, checkpoints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, text

from cna_service.ledger import tables as t
from cna_service.ledger.tree import Frontier

_ADVISORY_KEY = 0x434E41
"""Fences off a second sequencer on PostgreSQL; on SQLite there is one writer."""


@dataclass(frozen=True, slots=True)
class Pending:
    entry_id: int
    leaf: bytes


@dataclass(frozen=True, slots=True)
class StoredTree:
    """Reads leaves and tiles of one log; a ``tiles.TileReader``."""

    connection: Connection
    log: str

    def leaves(self, start: int, stop: int) -> Sequence[bytes]:
        c = t.ledger_leaf.c
        query = select(c.leaf).where((c.log == self.log) & (c.idx >= start) & (c.idx < stop)).order_by(c.idx)
        return list(self.connection.execute(query).scalars())

    def tile(self, level: int, n: int) -> bytes | None:
        c = t.ledger_tile.c
        query = select(c.hashes).where((c.log == self.log) & (c.level == level) & (c.n == n))
        found: bytes | None = self.connection.execute(query).scalar_one_or_none()
        return found


def fence(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_KEY})


def has_pending(connection: Connection) -> bool:
    return connection.execute(select(t.ledger_pending.c.entry_id).limit(1)).first() is not None


def pending(connection: Connection, limit: int) -> list[Pending]:
    """Entries without a place, in the order in which their numbers were drawn."""
    query = select(t.ledger_pending).order_by(t.ledger_pending.c.entry_id).limit(limit)
    return [Pending(r.entry_id, r.leaf) for r in connection.execute(query)]


def place(connection: Connection, log: str, start: int, batch: Sequence[Pending]) -> None:
    """Give each its index, from ``start`` on, and take it out of the queue."""
    rows = [
        {"log": log, "idx": start + n, "entry_id": p.entry_id, "leaf": p.leaf} for n, p in enumerate(batch)
    ]
    connection.execute(insert(t.ledger_leaf), rows)
    ids = [p.entry_id for p in batch]
    for at in range(0, len(ids), 500):
        connection.execute(
            delete(t.ledger_pending).where(t.ledger_pending.c.entry_id.in_(ids[at : at + 500]))
        )


def put_tiles(connection: Connection, log: str, tiles: Iterable[tuple[int, int, bytes]]) -> None:
    for level, n, hashes in tiles:
        connection.execute(insert(t.ledger_tile).values(log=log, level=level, n=n, hashes=hashes))


def put_head(connection: Connection, log: str, head: Frontier) -> None:
    row = {"log": log, "size": head.size, "root": head.root, "frontier": head.to_bytes()}
    connection.execute(insert(t.ledger_head).values(row))


def put_checkpoint(connection: Connection, log: str, size: int, note: str, now: datetime) -> None:
    connection.execute(insert(t.ledger_checkpoint).values(log=log, size=size, note=note, signed_at=now))


def frontier(connection: Connection, log: str) -> Frontier:
    """The newest head's frontier; the empty one of a log just begun."""
    c = t.ledger_head.c
    query = select(c.frontier).where(c.log == log).order_by(c.size.desc()).limit(1)
    found = connection.execute(query).scalar_one_or_none()
    return Frontier() if found is None else Frontier.from_bytes(found)


def newest_checkpoint_size(connection: Connection, log: str) -> int:
    c = t.ledger_checkpoint.c
    query = select(func.coalesce(func.max(c.size), 0)).where(c.log == log)
    found: int = connection.execute(query).scalar_one()
    return found
