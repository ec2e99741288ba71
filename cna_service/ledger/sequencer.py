"""Giving committed entries their place in the tree: the queue, the head, the signature (ledger.md 2.4).

An entry becomes *recorded* when its command commits, *sealed* when a signed checkpoint covers it. The head is
committed before it is signed: whatever dies between, the next run signs the newest head again, byte for byte.
An index, once committed, is never given to another entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, text

from cna_service.db.database import Database
from cna_service.ledger import checkpoint, tiles
from cna_service.ledger import tables as t
from cna_service.ledger.checkpoint import Checkpoint
from cna_service.ledger.notes import Signer
from cna_service.ledger.tree import Frontier

BATCH = 8192
_ADVISORY_KEY = 0x434E41  # "CNA": fences off a second sequencer on PostgreSQL


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


class Sequencer:
    """Moves pending leaves into the tree and signs what the tree then is. Any number of nodes may run one."""

    def __init__(self, database: Database, log: str, signer: Signer) -> None:
        self._database = database
        self._log = log
        self._signer = signer
        # Roots of full tiles never change; kept for the life of the process.
        self._known: dict[tuple[int, int], bytes] = {}

    def run(self, now: datetime) -> int:
        """Integrate what is pending, at most one batch, and sign the newest head. Returns how many entries."""
        moved = self._integrate() if has_pending(self._database) else 0
        self._sign(now)
        return moved

    def _integrate(self) -> int:
        known = dict(self._known)
        moved = self._move_pending(known)
        # Only now are these roots committed; a batch that was rolled back may come again in another order.
        self._known = known
        return moved

    def _move_pending(self, known: dict[tuple[int, int], bytes]) -> int:
        with self._database.write() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_KEY})
            pending = connection.execute(
                select(t.ledger_pending).order_by(t.ledger_pending.c.entry_id).limit(BATCH)
            ).all()
            if not pending:
                return 0
            before = frontier(connection, self._log)
            rows = [
                {"log": self._log, "idx": before.size + n, "entry_id": p.entry_id, "leaf": p.leaf}
                for n, p in enumerate(pending)
            ]
            connection.execute(insert(t.ledger_leaf), rows)
            after = before.extend(p.leaf for p in pending)
            self._store_tiles(connection, before.size, after.size, known)
            head = {"log": self._log, "size": after.size, "root": after.root, "frontier": after.to_bytes()}
            connection.execute(insert(t.ledger_head).values(head))
            ids = [p.entry_id for p in pending]
            for start in range(0, len(ids), 500):
                gone = t.ledger_pending.c.entry_id.in_(ids[start : start + 500])
                connection.execute(delete(t.ledger_pending).where(gone))
            return len(ids)

    def _store_tiles(
        self, connection: Connection, old: int, new: int, known: dict[tuple[int, int], bytes]
    ) -> None:
        hashes = tiles.TreeHashes(StoredTree(connection, self._log), new, known)
        for level, n in tiles.completed(old, new):
            row = {"log": self._log, "level": level, "n": n, "hashes": hashes.tile(level, n)}
            connection.execute(insert(t.ledger_tile).values(row))

    def _sign(self, now: datetime) -> None:
        with self._database.read() as connection:
            if newest_checkpoint_size(connection, self._log) == frontier(connection, self._log).size:
                return
        with self._database.write() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_KEY})
            head = frontier(connection, self._log)
            if newest_checkpoint_size(connection, self._log) == head.size:
                return
            note = checkpoint.sign(Checkpoint(self._log, head.size, head.root), [self._signer])
            row = {"log": self._log, "size": head.size, "note": note, "signed_at": now}
            connection.execute(insert(t.ledger_checkpoint).values(row))


def has_pending(database: Database) -> bool:
    with database.read() as connection:
        return connection.execute(select(t.ledger_pending.c.entry_id).limit(1)).first() is not None


def frontier(connection: Connection, log: str) -> Frontier:
    """The newest head's frontier; the empty one of a log just begun."""
    c = t.ledger_head.c
    found = connection.execute(
        select(c.frontier).where(c.log == log).order_by(c.size.desc()).limit(1)
    ).scalar_one_or_none()
    return Frontier() if found is None else Frontier.from_bytes(found)


def newest_checkpoint_size(connection: Connection, log: str) -> int:
    c = t.ledger_checkpoint.c
    found: int = connection.execute(
        select(func.coalesce(func.max(c.size), 0)).where(c.log == log)
    ).scalar_one()
    return found
