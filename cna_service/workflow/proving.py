"""Proofs that an entry is in the log: its audit path to the root of a signed checkpoint (RFC 6962 section 2.1.1)."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from cna_service.db.database import Database
from cna_service.kit.errors import NotFound, Unavailable
from cna_service.ledger import queries, store
from cna_service.ledger.checkpoint import Checkpoint, parse
from cna_service.ledger.notes import parse as parse_note
from cna_service.ledger.proofs import make_inclusion
from cna_service.ledger.store import Head
from cna_service.ledger.tiles import TreeHashes
from cna_service.ledger.tree_store import StoredTree


class NothingToProve(NotFound):
    code = "nothing-to-prove"
    title = "The log has no such entry"


class NotSealedYet(Unavailable):
    code = "not-sealed-yet"
    title = "No signed checkpoint covers the entry yet"


@dataclass(frozen=True, slots=True)
class Proof:
    """``hashes``: the audit path, nearest sibling first; ``note``: the signed checkpoint whose root they lead to."""

    stream: str
    seq: int
    index: int
    leaf: bytes
    hashes: tuple[bytes, ...]
    checkpoint: Checkpoint
    note: str

    def as_text(self) -> str:
        """The proof as C2SP tlog-proof writes it: any verifier of such logs reads it."""
        path = "".join(f"{b64encode(each).decode()}\n" for each in self.hashes)
        return f"c2sp.org/tlog-proof@v1\nindex {self.index}\n{path}\n{self.note}"

    def as_json(self) -> dict[str, Any]:
        return {
            "stream": self.stream,
            "seq": self.seq,
            "index": self.index,
            "size": self.checkpoint.size,
            "leaf": self.leaf.hex(),
            "root": self.checkpoint.root.hex(),
            "hashes": [each.hex() for each in self.hashes],
            "checkpoint": self.note,
        }


def prove(database: Database, log: str, stream: str, seq: int) -> Proof:
    """The proof of one entry to the newest checkpoint.

    Raises NothingToProve, NotSealedYet (the sequencer seals within a second while the desk runs).
    """
    with database.read() as connection:
        seal = queries.seals(connection, log, stream).get(seq)
        found = store.read_entries(connection, log, stream, after=Head(seq - 1, None), until=seq).entries
        if seal is None or not found:
            raise NothingToProve(f"{stream} has no entry {seq}.")
        note = queries.log_state(connection, log).note
        head = None if note is None else parse(parse_note(note).text)
        if note is None or head is None or seal.index is None or seal.index >= head.size:
            raise NotSealedYet(f"{stream} entry {seq} waits for its seal; try again in a second.")
        tree = TreeHashes(StoredTree(connection, log), head.size, {})
        path = make_inclusion(seal.index, head.size, tree.range_root)
    leaf = bytes.fromhex(found[0].leaf)
    return Proof(stream, seq, seal.index, leaf, tuple(path), head, note)
