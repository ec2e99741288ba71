"""Where entries stand in the tree: from an index to its entry, and the entry's bytes as hashed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from cna_service.kit.errors import NotFound
from cna_service.ledger import tables as t
from cna_service.workflow.service import Service


class NoSuchIndex(NotFound):
    code = "no-such-index"
    title = "The log has no entry at this index"


@dataclass(frozen=True, slots=True)
class Placed:
    """``data``: the canonical bytes, private values as digests; SHA-256 of 0x00 and these bytes is ``leaf``."""

    index: int
    stream: str
    seq: int
    leaf: bytes
    data: bytes


def placed(service: Service, index: int) -> Placed:
    """The entry at an index of the tree. Raises NoSuchIndex."""
    entry, leaf = t.ledger_entry.c, t.ledger_leaf.c
    query = (
        select(entry.stream, entry.seq, leaf.leaf, t.ledger_body.c.body)
        .select_from(
            t.ledger_leaf.join(t.ledger_entry, entry.entry_id == leaf.entry_id).join(
                t.ledger_body, t.ledger_body.c.entry_id == leaf.entry_id
            )
        )
        .where((leaf.log == service.desk.log_origin) & (leaf.idx == index))
    )
    with service.read() as reader:
        row = reader.connection.execute(query).first()
    if row is None:
        raise NoSuchIndex(f"The tree has no leaf {index} yet.")
    return Placed(index, row.stream, row.seq, row.leaf, row.body)
