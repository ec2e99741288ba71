"""The auditor: an independent look, every few minutes, for a summons that has stuck.

It believes neither the timers nor the outbox: it folds every stream that may still call somebody and asks of each climb
whether its next step lies in the past, whether a timer will wake it, whether what was asked for ever left; and of each
request of which a clock runs whether anybody holds it or is called for it. What it finds it writes down, tells, and
mends as far as that can be done without deciding anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import structlog

from cna_service.cases.record import CaseRecord
from cna_service.db import outbox, timers
from cna_service.escalation import drafts
from cna_service.escalation.rules import UseContact, next_contact
from cna_service.escalation.state import (
    ASKS_A_PERSON,
    TELLS_A_PERSON,
    Alert,
    Escalations,
    SendingState,
    Subject,
)
from cna_service.identity.actors import SERVICE
from cna_service.identity.permissions import Action
from cna_service.kit.ids import uuid7
from cna_service.ledger import queries as ledger_queries
from cna_service.ledger.entry import Draft
from cna_service.ledger.folds import Folded
from cna_service.workflow.derived import due_of, wanted_timers
from cna_service.workflow.projections import ALERTS, CASE, DESK
from cna_service.workflow.service import Reader, Service
from cna_service.workflow.summon import climb, queue, raise_alert
from cna_service.workflow.work import Work

LATE_AFTER = timedelta(minutes=2)
"""A step, a timer or a sending that is overdue by more than this is stuck: the engine looks every second."""
UNHELD_AFTER = timedelta(minutes=5)
MOST_LISTED = 50

Code = Literal["late_step", "no_timer", "lost_sending", "unheld_clock"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Finding:
    """``late_by``: since when it should have gone on. ``exchange`` of an ``unheld_clock``."""

    stream: str
    code: Code
    alert: str | None = None
    sending: str | None = None
    late_by: timedelta = timedelta()
    exchange: int | None = None

    def as_json(self) -> dict[str, Any]:
        told = {"stream": self.stream, "code": self.code, "alert": self.alert, "sending": self.sending,
                "exchange": self.exchange, "late_by_seconds": int(self.late_by.total_seconds())}  # fmt: skip
        return {k: v for k, v in told.items() if v is not None}


class SummonsAudit:
    """One per process. It remembers up to which entry a stream had nothing left to call for, so that ten thousand
    quiet cases cost a number each."""

    def __init__(self) -> None:
        self._calm: dict[str, int] = {}

    def __call__(self, service: Service) -> None:
        """Look, write down, tell and mend. Raises DatabaseUnavailable."""
        found = self.look(service)
        if not found:
            return
        log.error("summonses have stuck", findings=len(found), codes=sorted({f.code for f in found}))
        for stream in sorted({f.stream for f in found}):
            _mend(service, stream, [f for f in found if f.stream == stream])
        _tell(service, found)

    def look(self, service: Service) -> list[Finding]:
        """What has stuck now. Nothing is written."""
        found: list[Finding] = []
        with service.read() as reader:
            for name, seq in ledger_queries.streams(reader.connection):
                if ALERTS.reads(name) and self._calm.get(name) != seq:
                    found += self._look_at(service, reader, name, seq)
        return found

    def _look_at(self, service: Service, reader: Reader, name: str, seq: int) -> list[Finding]:
        try:
            folded = reader.stream(name)
        except Exception:
            # Broad, as in fire: what cannot be read is told by its own failures.
            log.exception("a stream could not be read", stream=name)
            return []
        if folded.unknown is not None:
            return []
        alerts = folded.of(ALERTS)
        unheld = list(_unheld(service, folded, alerts, reader.now))
        if not alerts.open and not unheld and not _has_clock(folded):
            self._calm[name] = seq
            return []
        kept = timers.read(reader.connection, name)
        rows = outbox.states(reader.connection, (s for a in alerts.open for s in a.sendings))
        machine_now = service.machine.now()
        climbing = (a for a in alerts.open if a.is_climbing)
        allowed = _allowed(service)
        stuck = [f for a in climbing for f in _of_alert(a, kept, rows, reader.now, machine_now, allowed)]
        return [*stuck, *unheld]


def _of_alert(
    alert: Alert,
    kept: Mapping[timers.TimerKey, datetime],
    rows: Mapping[str, outbox.Standing],
    now: datetime,
    machine_now: datetime,
    allowed: timedelta,
) -> Iterator[Finding]:
    late = now - alert.next_at
    if late > allowed:
        yield Finding(alert.stream, "late_step", alert.id, late_by=late)
    if not any(key.kind == "rung" and key.subject == alert.id for key in kept):
        yield Finding(alert.stream, "no_timer", alert.id)
    for sending in alert.sendings.values():
        asked = now - sending.since
        if sending.state is SendingState.QUEUED and asked > allowed:
            late_by = _lost(rows.get(sending.id), asked, now, machine_now, allowed)
            if late_by is not None:
                yield Finding(alert.stream, "lost_sending", alert.id, sending.id, late_by)


def _lost(
    row: outbox.Standing | None,
    asked: timedelta,
    now: datetime,
    machine_now: datetime,
    allowed: timedelta,
) -> timedelta | None:
    """By how much a sending that the record takes for asked is overdue; None where somebody will see to it, or where
    it was withdrawn."""
    if row is None:
        return asked
    if row.state == outbox.SUPERSEDED:
        return None
    if row.state in outbox.WAITING:
        late = now - row.next_try_at
    elif row.state == outbox.SENDING:
        late = timedelta() if row.lease_until is None else machine_now - row.lease_until
    else:
        # Settled, and the record never heard of it.
        return asked
    return late if late > allowed else None


def _allowed(service: Service) -> timedelta:
    """By how much something may be late: an exercise whose clock runs at a multiple passes minutes between two looks
    of the engine."""
    rate = getattr(getattr(service.clock, "state", None), "rate", 1)
    return LATE_AFTER * max(1, float(rate))


def _has_clock(folded: Folded) -> bool:
    return CASE.reads(folded.stream) and any(c.is_running for c in folded.of(CASE).clocks)


def _unheld(service: Service, folded: Folded, alerts: Escalations, now: datetime) -> Iterator[Finding]:
    """Requests to us of which a clock runs, that nobody holds and for which nobody is called. Not in an exercise:
    there nobody is summoned unasked."""
    if not CASE.reads(folded.stream) or service.desk.is_exercise:
        return
    record: CaseRecord = folded.of(CASE)
    if record.as_exercise or record.is_closed or any(_calls_for_it(a) for a in alerts.open):
        return
    due = due_of(record, alerts)
    last = alerts.last_human.get(folded.stream)
    quiet_since = max((e.at for e in record.exchanges), default=now) if last is None else last.at
    for exchange in record.exchanges:
        is_ours = exchange.is_inbound and alerts.holder(record.ref, exchange.n) is None
        if is_ours and due(Subject(record.ref, exchange.n)) is not None and now - quiet_since > UNHELD_AFTER:
            yield Finding(folded.stream, "unheld_clock", late_by=now - quiet_since, exchange=exchange.n)


def _calls_for_it(alert: Alert) -> bool:
    return alert.kind not in ASKS_A_PERSON | TELLS_A_PERSON


def _mend(service: Service, stream: str, found: list[Finding]) -> None:
    """Timers made equal to the fold again, late steps taken, lost sendings asked for anew, somebody called for what
    nobody holds; under the stream's lock, by what the fold says then."""
    with service.tick(SERVICE, [stream], wait=True) as work:
        for finding in found:
            if finding.code == "unheld_clock":
                _call_for(service, work, stream, finding)
            elif finding.code == "lost_sending":
                _ask_again(service, work, stream, finding)
            elif finding.code == "late_step" and finding.alert is not None:
                climb(service, work, finding.alert, stream)
        timers.rewrite(work.connection, stream, wanted_timers(work.held[stream]))


def _call_for(service: Service, work: Work, stream: str, finding: Finding) -> None:
    record, alerts = work.of(CASE, stream), work.of(ALERTS, stream)
    subject = Subject(record.ref, finding.exchange)
    due_at = due_of(record, alerts)(subject)
    if due_at is not None and alerts.holder(record.ref, finding.exchange) is None:
        raise_alert(service, work, "case_unheld", stream=stream, subject=subject, due_at=due_at)


def _ask_again(service: Service, work: Work, stream: str, finding: Finding) -> None:
    alert = work.of(ALERTS, stream).by_id.get(finding.alert or "")
    sending = None if alert is None else alert.sendings.get(finding.sending or "")
    if alert is None or sending is None or not alert.is_climbing or sending.state is not SendingState.QUEUED:
        return
    if outbox.row(work.connection, sending.id) is None:
        queue(service, work, alert, sending.id, sending.officer, sending.contact, stream)
        return
    led_to = next_contact(alert, sending.id)
    entry = work.append(
        drafts.receipt_missed(alert, sending.id, led_to=led_to, new_id=lambda: uuid7(work.now)), stream
    )
    if isinstance(led_to, UseContact):
        queue(service, work, alert, entry.body["next"]["sending"], led_to.officer, led_to.contact, stream)
    climb(service, work, alert.id, stream)


def _tell(service: Service, found: list[Finding]) -> None:
    with service.write(SERVICE, Action.SERVICE_TICK, DESK) as work:
        listed = [f.as_json() for f in found[:MOST_LISTED]]
        work.append(Draft("summonses.audited", {"found": len(found), "findings": listed}))
        if not any(a.kind == "summons_stuck" and a.is_open for a in work.of(ALERTS, DESK).open):
            raise_alert(service, work, "summons_stuck", stream=DESK)
