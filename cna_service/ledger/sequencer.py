"""Giving committed entries their place in the tree: the queue, the head, the signature (ledger.md 2.4).

An entry becomes *recorded* when its command commits, *sealed* when a signed checkpoint covers it. The head is
committed before it is signed: whatever dies between, the next run signs the newest head again, byte for byte.
An index, once committed, is never given to another entry.
"""

from __future__ import annotations

from datetime import datetime

from cna_service.db.database import Database
from cna_service.ledger import checkpoint, tiles, tree_store
from cna_service.ledger.checkpoint import Checkpoint
from cna_service.ledger.notes import Signer

BATCH = 8192


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
        moved = self.integrate()
        self.sign(now)
        return moved

    def integrate(self) -> int:
        """Commit a new head over what is pending. If we die after it, the head stands and waits for its signature."""
        with self._database.read() as connection:
            if not tree_store.has_pending(connection):
                return 0
        known = dict(self._known)
        with self._database.write() as connection:
            tree_store.fence(connection)
            batch = tree_store.pending(connection, BATCH)
            if not batch:
                return 0
            before = tree_store.frontier(connection, self._log)
            tree_store.place(connection, self._log, before.size, batch)
            after = before.extend(p.leaf for p in batch)
            hashes = tiles.TreeHashes(tree_store.StoredTree(connection, self._log), after.size, known)
            full = (
                (level, n, hashes.tile(level, n)) for level, n in tiles.completed(before.size, after.size)
            )
            tree_store.put_tiles(connection, self._log, full)
            tree_store.put_head(connection, self._log, after)
        # Only now are these roots committed; a batch that was rolled back may come again in another order.
        self._known = known
        return len(batch)

    def sign(self, now: datetime) -> bool:
        """Sign the newest head unless it is signed; the same head gives the same bytes."""
        with self._database.read() as connection:
            signed = tree_store.newest_checkpoint_size(connection, self._log)
            if signed == tree_store.frontier(connection, self._log).size:
                return False
        with self._database.write() as connection:
            tree_store.fence(connection)
            head = tree_store.frontier(connection, self._log)
            if tree_store.newest_checkpoint_size(connection, self._log) == head.size:
                return False
            note = checkpoint.sign(Checkpoint(self._log, head.size, head.root), [self._signer])
            tree_store.put_checkpoint(connection, self._log, head.size, note, now)
        return True
