"""What follows from a stream and is written with it: the case's search row and the stream's timers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from cna_service.cases import clocks
from cna_service.cases import store as case_store
from cna_service.cases.record import CaseRecord
from cna_service.db import timers
from cna_service.db.timers import TimerKey
from cna_service.escalation.state import Escalations, Subject
from cna_service.escalation.timers import due_timers
from cna_service.ledger.folds import Folded
from cna_service.workflow.projections import ALERTS, CASE


def write_derived(connection: Connection, folded: Folded) -> None:
    """Make rows and timers equal to what the fold says."""
    timers.rewrite(connection, folded.stream, wanted_timers(folded))
    if folded.stream.startswith("case:"):
        record = folded.of(CASE)
        case_store.write_row(connection, record, holder_of(record, folded.of(ALERTS)))


def wanted_timers(folded: Folded) -> dict[TimerKey, datetime]:
    """``due(record)``: pure, and not of now (record.md, "Clocks and timers")."""
    wanted: dict[TimerKey, datetime] = {}
    if CASE.reads(folded.stream):
        record = folded.of(CASE)
        wanted |= {TimerKey(*key): at for key, at in clocks.due(record).items()}
        wanted |= {TimerKey(*k): at for k, at in due_timers(folded.of(ALERTS), due_of(record)).items()}
    elif ALERTS.reads(folded.stream):
        wanted |= {TimerKey(*k): at for k, at in due_timers(folded.of(ALERTS), lambda _: None).items()}
    return wanted


def due_of(record: CaseRecord) -> Callable[[Subject], datetime | None]:
    """When the clock of an exchange runs out; None while none runs, or once a formal answer stands."""

    def due(subject: Subject) -> datetime | None:
        exchange = None if subject.exchange is None else record.exchange(subject.exchange)
        if exchange is not None and exchange.answers:
            return None
        # A target of ours is no reason to wake the holder before its time.
        running = (c for c in record.clocks if c.is_running and c.kind != "own")
        mine = (c for c in running if exchange is None or c.exchange == exchange.n)
        return min((c.due_at for c in mine if c.due_at is not None), default=None)

    return due


def holder_of(record: CaseRecord, alerts: Escalations) -> str | None:
    """Who holds the case: by the newest exchange that somebody holds."""
    for n in [*(e.n for e in reversed(record.exchanges)), None]:
        if held := alerts.holder(record.ref, n):
            return held
    return None
