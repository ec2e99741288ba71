"""What follows from a stream and is written with it: the case's search row and the stream's timers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from cna_service.cases import afterwards, clocks, instructions
from cna_service.cases import store as case_store
from cna_service.cases.record import CaseRecord
from cna_service.db import timers
from cna_service.db.timers import TimerKey
from cna_service.duty import relief_rules
from cna_service.escalation.state import Escalations, Subject
from cna_service.escalation.timers import due_timers
from cna_service.identity.phone_tests import due_tests
from cna_service.intake import desk_calls
from cna_service.ledger.folds import Folded
from cna_service.workflow import self_test_line
from cna_service.workflow.projections import ALERTS, CALLS, CASE, PHONE_TESTS, ROSTERS, WATCH_LIFE


def write_derived(connection: Connection, folded: Folded) -> None:
    """Make rows and timers equal to what the fold says."""
    timers.rewrite(connection, folded.stream, wanted_timers(folded))
    if folded.stream.startswith("case:"):
        record, alerts = folded.of(CASE), folded.of(ALERTS)
        case_store.write_row(connection, record, holder_of(record, alerts), busy_with(record, alerts))


def wanted_timers(folded: Folded) -> dict[TimerKey, datetime]:
    """``due(record)``: pure, and not of now (record.md, "Clocks and timers")."""
    wanted: dict[TimerKey, datetime] = {}
    if CASE.reads(folded.stream):
        record = folded.of(CASE)
        wanted |= {TimerKey(*key): at for key, at in clocks.due(record).items()}
        wanted |= {TimerKey(*key): at for key, at in instructions.due(record).items()}
        wanted |= {TimerKey(*key): at for key, at in afterwards.due(record).items()}
        alerts = folded.of(ALERTS)
        wanted |= {TimerKey(*k): at for k, at in due_timers(alerts, due_of(record, alerts)).items()}
    elif ALERTS.reads(folded.stream):
        wanted |= {TimerKey(*k): at for k, at in due_timers(folded.of(ALERTS), lambda _: None).items()}
        wanted |= self_test_line.due(folded.of(ALERTS))
    if PHONE_TESTS.reads(folded.stream):
        wanted |= {TimerKey(*key): at for key, at in due_tests(folded.of(PHONE_TESTS)).items()}
    if ROSTERS.reads(folded.stream):
        life = relief_rules.due(folded.of(ROSTERS), folded.of(WATCH_LIFE))
        wanted |= {TimerKey(*key): at for key, at in life.items()}
    if CALLS.reads(folded.stream):
        wanted |= {TimerKey(*key): at for key, at in desk_calls.due(folded.of(CALLS)).items()}
    return wanted


def due_of(record: CaseRecord, alerts: Escalations) -> Callable[[Subject], datetime | None]:
    """When the clock of an exchange runs out; None while none runs, or once a formal answer stands.

    Whoever holds the case as a whole is asked only for what nobody holds by itself, so that nobody is summoned twice.
    """
    answered = {e.n for e in record.exchanges if e.answers}
    held = {hold.subject.exchange for hold in alerts.holds.values()}

    def due(subject: Subject) -> datetime | None:
        mine = (
            c.due_at
            for c in record.clocks
            # A target of ours is no reason to wake the holder before its time.
            if c.is_running
            and c.kind != "own"
            and c.due_at is not None
            and c.exchange not in answered
            and (c.exchange == subject.exchange or (subject.exchange is None and c.exchange not in held))
        )
        return min(mine, default=None)

    return due


def holder_of(record: CaseRecord, alerts: Escalations) -> str | None:
    """Who holds the case: by the newest exchange that somebody holds."""
    for n in [*(e.n for e in reversed(record.exchanges)), None]:
        if held := alerts.holder(record.ref, n):
            return held
    return None


def busy_with(record: CaseRecord, alerts: Escalations) -> frozenset[str]:
    """Who holds of this case what has a running clock: for the next one he is summoned together with the following
    rung (desk-rules 2.3)."""
    due = due_of(record, alerts)
    return frozenset(h.officer for h in alerts.holds.values() if due(h.subject) is not None)
