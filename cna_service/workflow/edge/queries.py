"""Read models of the interface: the desk in numbers, an entry by its place in the tree, callbacks that came before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from cna_service.cases import queries as case_queries
from cna_service.db.outbox import outbox, provider_event
from cna_service.kit.errors import NotFound
from cna_service.ledger import queries as ledger_queries
from cna_service.ledger import tables as t
from cna_service.workflow.edge import store
from cna_service.workflow.projections import DESK, DESK_STATE
from cna_service.workflow.service import Service


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts and ages only: nothing that names a case, a person or a place. ``sendings``: by state of the outbox;
    ``oldest_unsealed_seconds``: 0 where nothing waits; ``clock_steps``: how often the clock was set by more than two
    seconds, ever."""

    cases: Mapping[str, int]
    sendings: Mapping[str, int]
    entries: int
    unsealed: int
    oldest_unsealed_seconds: float
    quarantined: int
    clock_steps: int
    summonses_stuck: int = 0
    """How many summonses the auditor found stuck, ever."""


def figures(service: Service) -> Figures:
    with service.read() as reader:
        connection = reader.connection
        log = ledger_queries.log_state(connection, service.desk.log_origin)
        oldest = log.oldest_pending_at
        return Figures(
            cases=case_queries.counts(connection),
            sendings=_sendings(connection),
            entries=log.entries,
            unsealed=log.pending,
            oldest_unsealed_seconds=0.0 if oldest is None else (reader.now - oldest).total_seconds(),
            quarantined=store.how_many(connection),
            clock_steps=len(reader.stream(DESK).of(DESK_STATE).clock_steps),
            summonses_stuck=reader.stream(DESK).of(DESK_STATE).summonses_stuck,
        )


def _sendings(connection: Connection) -> Mapping[str, int]:
    query = select(outbox.c.state, func.count()).group_by(outbox.c.state)
    return {row[0]: row[1] for row in connection.execute(query)}


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


def came_before(connection: Connection, sid: str, status: str) -> bool:
    """Whether a callback of this sid and status is kept already."""
    c = provider_event.c
    query = select(c.id).where((c.sid == sid) & (c.status == status)).limit(1)
    return connection.execute(query).first() is not None
