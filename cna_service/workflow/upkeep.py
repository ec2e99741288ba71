"""What the calendar wants done: verification, comparing timers with folds, forgetting what has expired, a heartbeat."""

from __future__ import annotations

from datetime import timedelta

import structlog

from cna_service.alerts import store as alert_store
from cna_service.db import idempotency, timers
from cna_service.identity import store as identity_store
from cna_service.identity.actors import SERVICE
from cna_service.identity.permissions import Action
from cna_service.ledger import queries as ledger_queries
from cna_service.ledger.entry import Draft
from cna_service.workflow.derived import wanted_timers
from cna_service.workflow.projections import DESK, DUTY, LOG
from cna_service.workflow.service import Service
from cna_service.workflow.summon import raise_alert
from cna_service.workflow.verification import verify_and_record

KEEP_ANSWERS = timedelta(days=7)
KEEP_PACE = timedelta(days=1)

log = structlog.get_logger(__name__)


def verify_daily(service: Service) -> None:
    verify_and_record(service, SERVICE)


def compare_timers(service: Service) -> None:
    """Rows that differ from the fold are made equal to it, and somebody is told: it should never happen."""
    with service.read() as reader:
        names = [
            name
            for name, _ in ledger_queries.streams(reader.connection)
            if name.startswith(("case:", DESK, DUTY))
        ]
    differing = [name for name in names if _differs(service, name)]
    for name in differing:
        log.error("timers differed from the record", stream=name)
        with service.tick(SERVICE, [name], wait=True) as work:
            timers.rewrite(work.connection, name, wanted_timers(work.held[name]))
    if differing:
        with service.write(SERVICE, Action.SERVICE_TICK, DESK) as work:
            raise_alert(service, work, "desk_trouble")


def _differs(service: Service, stream: str) -> bool:
    with service.read() as reader:
        folded = reader.stream(stream)
        # What a newer build wants of its own stream this one cannot say.
        return folded.unknown is None and timers.read(reader.connection, stream) != wanted_timers(folded)


def forget_expired(service: Service) -> None:
    now = service.machine.now()
    with service.database.write() as connection:
        idempotency.forget(connection, now - KEEP_ANSWERS)
        alert_store.forget_pace(connection, service.clock.now() - KEEP_PACE)
        identity_store.forget_expired(connection, now)


def heartbeat(service: Service) -> None:
    """So that a silent night is evidence of silence and not of deletion (ledger.md 2.8)."""
    with service.write(SERVICE, Action.SERVICE_TICK, LOG) as work:
        state = ledger_queries.log_state(work.connection, service.desk.log_origin)
        work.append(Draft("log.heartbeat", {"size": state.size, "pending": state.pending}))
