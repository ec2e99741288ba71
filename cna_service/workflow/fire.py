"""Firing timers: a look at what a stream wants now, under its lock; entries and outbox rows, nothing sent.

Firing folds again and believes only the fold, so nothing fires twice and a lost row heals (record.md, "Clocks and
timers"). Streams that another node holds wait for the next tick; one that raises is put back and counted, and never
holds up the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog

from cna_service.cases.clocks import DECISION_LEAD, MARKS, counts_against_us, rings
from cna_service.cases.record import Clock
from cna_service.db import timers
from cna_service.db.database import DatabaseUnavailable
from cna_service.db.timers import TimerKey
from cna_service.escalation import drafts
from cna_service.escalation.rules import UseContact, next_contact
from cna_service.escalation.state import ACK_OVERDUE, Subject
from cna_service.identity.actors import SERVICE
from cna_service.identity.permissions import Action
from cna_service.kit.ids import uuid7
from cna_service.ledger.entry import Draft
from cna_service.workflow import calls_quiet, phone_tests, self_test, stale, watch_life
from cna_service.workflow.derived import due_of, wanted_timers
from cna_service.workflow.owed import owed_drafts
from cna_service.workflow.own_rules import follow_own_rules
from cna_service.workflow.projections import ALERTS, CASE, DESK
from cna_service.workflow.reports import owe_demanded
from cna_service.workflow.service import Service
from cna_service.workflow.summon import climb, queue, raise_alert
from cna_service.workflow.work import Work

BATCH = 64
PUT_BACK = timedelta(seconds=60)
TOO_MANY_FAILURES = 3
_OF_CLOCKS = ("clock_warning", "clock_expiry")
_BY_TIME = (*_OF_CLOCKS, *stale.ENDS_BY_TIME, *watch_life.ENDS_BY_TIME)

Believed = Callable[[datetime], datetime]

log = structlog.get_logger(__name__)


def as_read(now: datetime) -> datetime:
    """The clock is believed as it is read."""
    return now


def fire_due(service: Service, believed: Believed = as_read) -> int:
    """Fire what is due in up to 64 streams; returns how many streams were looked at.

    ``believed`` says up to which instant clocks of cases may warn and lapse when the machine reads ``now``: a clock
    that jumped ahead lapses nothing (desk-rules 11.4). Summonses go by the reading itself; early does no harm.
    """
    now = service.clock.now()
    held = dict.fromkeys(_BY_TIME, believed(now))
    with service.database.read() as connection:
        due = timers.streams_due(connection, now, BATCH, held, service.folds.newer)
    if not due:
        return 0
    if poisoned := _fire_streams(service, due, believed):
        _put_back(service, poisoned)
    return len(due)


def _fire_streams(service: Service, streams: list[str], believed: Believed) -> list[str]:
    """Fire them in one transaction; returns those that raised. Raises DatabaseUnavailable.

    The only broad catches on this path: one stream must not stop the others.
    """
    poisoned: list[str] = []
    try:
        with service.tick(SERVICE, streams, first=True) as work:
            for stream in sorted(work.held):
                try:
                    with _apart(work, stream):
                        _fire(service, work, stream, believed(work.now))
                except Exception:
                    log.exception("a stream could not be fired", stream=stream)
                    poisoned.append(stream)
    except DatabaseUnavailable:
        raise
    except Exception:
        if len(streams) == 1:
            log.exception("a stream could not be read or written", stream=streams[0])
            return streams
        # One that cannot even be folded spoils the transaction of all: each by itself tells which.
        return [p for stream in streams for p in _fire_streams(service, [stream], believed)]
    return poisoned


@contextmanager
def _apart(work: Work, stream: str) -> Iterator[None]:
    """A savepoint: what this stream's failure wrote is undone, and forgotten by the work too."""
    held, entries, sendings = work.held[stream], len(work.appended), len(work.sendings)
    rows, citing = work.rows.mark(), set(work.citing)
    try:
        with work.connection.begin_nested():
            yield
    except BaseException:
        work.held[stream] = held
        del work.appended[entries:]
        del work.sendings[sendings:]
        work.rows.back_to(rows)
        work.citing = citing
        raise


def _put_back(service: Service, streams: list[str]) -> None:
    now = service.clock.now()
    with service.database.write() as connection:
        failures = [timers.push_back(connection, [stream], now, PUT_BACK) for stream in streams]
    if TOO_MANY_FAILURES in failures:
        with service.write(SERVICE, Action.SERVICE_TICK, DESK) as work:
            raise_alert(service, work, "desk_trouble")


def _fire(service: Service, work: Work, stream: str, until: datetime) -> None:
    """Do what the fold wants at this instant, the longest due first, until it wants nothing more now; clocks only
    what they want at ``until``. A stream in which a newer build wrote is left as it is to the nodes that run it."""
    if work.held[stream].unknown is not None:
        return
    before = work.held[stream].head
    for _ in range(200):
        wanted = wanted_timers(work.held[stream])
        limit = dict.fromkeys(_BY_TIME, until)
        due = sorted((at, key) for key, at in wanted.items() if at <= limit.get(key.kind, work.now))
        if not due:
            break
        _, key = due[0]
        _fire_one(service, work, stream, key, until)
    else:
        raise RuntimeError(f"{stream} still wants {due[0]} after 200 steps")
    if work.held[stream].head == before:
        # Rows that the fold no longer wants must go, even where nothing was appended and so nothing derived.
        timers.rewrite(work.connection, stream, wanted)


def _fire_one(service: Service, work: Work, stream: str, key: TimerKey, until: datetime) -> None:
    if key.kind in _OF_CLOCKS:
        _fire_clock(service, work, stream, key.subject, until)
    elif key.kind == "rung":
        climb(service, work, key.subject, stream)
    elif key.kind == "receipt":
        _receipt_missed(service, work, stream, key.subject)
    elif key.kind == "contact":
        follow_own_rules(service, work, stream, key.subject)
    elif key.kind == "acknowledgement":
        _holder_is_quiet(service, work, stream, key.subject)
    elif key.kind == phone_tests.KIND:
        phone_tests.fire_test(service, work, stream, key.subject)
    elif key.kind in stale.KINDS:
        stale.fire_stale(service, work, stream, key.subject)
    elif key.kind in calls_quiet.KINDS:
        calls_quiet.fire(service, work, stream, key)
    elif key.kind in watch_life.KINDS:
        watch_life.fire(service, work, key, until)
    elif key.kind in self_test.KINDS:
        self_test.fire(service, work, stream, key.subject)
    elif key.kind == "report_demanded":
        owe_demanded(work, stream, key.subject)
    else:
        raise ValueError(f"no duty fires timers of kind {key.kind}")


def _fire_clock(service: Service, work: Work, stream: str, clock_id: str, until: datetime) -> None:
    """Everything this clock owes at ``until``, as one entry and one alert: a lapse takes its own warnings along."""
    clock = work.of(CASE, stream).clock(clock_id)
    assert clock is not None and clock.due_at is not None
    due = {m: when for m, when in clock.warnings if m not in clock.warned and when <= until}
    passed = list(due)
    if clock.due_at <= until:
        _lapse(service, work, clock, passed, _seconds(clock.due_at, until), stream)
        return
    mark = passed[-1]
    body = {
        "clock": clock.id,
        "mark": mark,
        "passed": passed[:-1],
        "late_by_seconds": _seconds(due[mark], until),
        "kind": clock.kind,
    }
    work.append(Draft("clock.warned", body), stream)
    kind = "decision_lead" if mark == DECISION_LEAD else f"clock_warning_{mark}"
    assert mark in (*MARKS, DECISION_LEAD)
    _alert_about(service, work, clock, kind, stream, calmly=not rings(clock, mark))


def _seconds(due: datetime, until: datetime) -> int:
    return max(0, int((until - due).total_seconds()))


def lapse_draft(clock: Clock, passed: list[str], late: int) -> Draft:
    """``clock.lapsed``: which clock, what its provision says, which warnings it takes along, so many seconds late."""
    terms = clock.terms
    body = {
        "clock": clock.id,
        "kind": clock.kind,
        "exchange": clock.exchange,
        "provision": terms.get("provision"),
        "adopted": terms.get("adopted"),
        # What the other side says of silence is no provision, and must not look like one here.
        "provision_says": terms.get("silence") if terms.get("provision") else None,
        "passed": passed,
        "late_by_seconds": late,
    }
    return Draft("clock.lapsed", body)


def _lapse(service: Service, work: Work, clock: Clock, passed: list[str], late: int, stream: str) -> None:
    terms = clock.terms
    work.append(lapse_draft(clock, passed, late), stream)
    if clock.kind != "own":
        _alert_about(service, work, clock, "clock_lapsed", stream)
        return
    # A missed time of ours is a reminder to whoever holds the case, not a lapse under any agreement.
    for draft in owed_drafts(work.of(CASE, stream), clock):
        work.append(draft, stream)
    _alert_about(service, work, clock, str(terms.get("alert", "own_target_missed")), stream)


def _alert_about(
    service: Service, work: Work, clock: Clock, kind: str, stream: str, *, calmly: bool = False
) -> None:
    """``calmly``: by mail and board alone, to those whom the kind's ladder summons first (desk-rules 3.4)."""
    record = work.of(CASE, stream)
    holder = work.of(ALERTS, stream).holder(record.ref, clock.exchange)
    raise_alert(
        service,
        work,
        kind,
        stream=stream,
        subject=Subject(record.ref, clock.exchange, clock.id),
        due_at=clock.due_at,
        counts_against_us=counts_against_us(record),
        holder=holder,
        by_mail=calmly,
    )


def _receipt_missed(service: Service, work: Work, stream: str, sending: str) -> None:
    alerts = work.of(ALERTS, stream)
    alert = next(a for a in alerts.open if sending in a.sendings)
    led_to = next_contact(alert, sending)
    entry = work.append(
        drafts.receipt_missed(alert, sending, led_to=led_to, new_id=lambda: uuid7(work.now)), stream
    )
    if isinstance(led_to, UseContact):
        queue(service, work, alert, entry.body["next"]["sending"], led_to.officer, led_to.contact, stream)


def _holder_is_quiet(service: Service, work: Work, stream: str, exchange_key: str) -> None:
    """The holder did nothing for so long: he and the next rung are summoned together (desk-rules 3.1)."""
    hold = work.of(ALERTS, stream).holds[exchange_key]
    record = work.of(CASE, stream)
    due = due_of(record, work.of(ALERTS, stream))(hold.subject)
    raise_alert(
        service,
        work,
        ACK_OVERDUE,
        stream=stream,
        subject=hold.subject,
        due_at=due,
        counts_against_us=counts_against_us(record),
        holder=hold.officer,
    )
