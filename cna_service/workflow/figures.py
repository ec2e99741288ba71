"""The desk in numbers, for metrics: counts and ages only, nothing that names a case, a person or a place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from cna_service.cases import queries as case_queries
from cna_service.db.outbox import outbox
from cna_service.ledger import queries as ledger_queries
from cna_service.workflow import quarantine
from cna_service.workflow.projections import DESK, DESK_STATE
from cna_service.workflow.service import Service


@dataclass(frozen=True, slots=True)
class Figures:
    """``sendings``: by state of the outbox. ``oldest_unsealed_seconds``: 0 where nothing waits. ``clock_steps``: how
    often the clock was set by more than two seconds, ever."""

    cases: Mapping[str, int]
    sendings: Mapping[str, int]
    entries: int
    unsealed: int
    oldest_unsealed_seconds: float
    quarantined: int
    clock_steps: int


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
            quarantined=quarantine.held(connection),
            clock_steps=len(reader.stream(DESK).of(DESK_STATE).clock_steps),
        )


def _sendings(connection: Connection) -> Mapping[str, int]:
    query = select(outbox.c.state, func.count()).group_by(outbox.c.state)
    return {row[0]: row[1] for row in connection.execute(query)}
