"""Setting the clocks of an exchange: from the provisions cited or chosen, from what the other side states, our own.

Only an adopted provision between States that take part arms a *legal* clock; the terms are written whole into the
entry (desk-rules 10.1), the file they stand in is kept under its hash (8.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from cna_service.agreements.arming import clock_terms
from cna_service.agreements.card import CardRow, RuleCard, card
from cna_service.agreements.model import Form
from cna_service.agreements.terms import ClockTerms, WaitsFor, due
from cna_service.cases.clocks import ACKNOWLEDGED
from cna_service.cases.record import Exchange, Item
from cna_service.duty.local_time import zone as zone_of
from cna_service.kit.ids import uuid7
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow.projections import DESK, LAW
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work

# A summary of evidence or a notification is no part of a request; their clocks are armed when they come.
_NOT_BY_REQUEST = frozenset({WaitsFor.EVIDENCE_SUMMARY, WaitsFor.NOTIFICATION})


@dataclass(frozen=True, slots=True)
class Armed:
    """What was set, and in words why a cited provision set none."""

    clocks: tuple[str, ...]
    no_clock_because: str | None


def rule_card(
    service: Service,
    work: Work,
    exchange: Exchange,
    *,
    zone: str | None,
    at: datetime | None = None,
    form: Form | None = None,
) -> RuleCard:
    """The card of an exchange: by the law of the instant at which its request was received (desk-rules 10.4)."""
    ours, theirs = service.desk.state, exchange.state or ""
    requesting, requested = (theirs, ours) if exchange.is_inbound else (ours, theirs)
    return card(
        service.policies.catalogue,
        work.of(LAW, DESK),
        requesting=requesting,
        requested=requested,
        at=at or exchange.at,
        offences=exchange.offences,
        zone=zone,
        measures=tuple(dict.fromkeys(i.measure for i in exchange.items)),
        form=form or Form(exchange.form),
        cited=exchange.bases,
    )


def arm_cited(service: Service, work: Work, exchange: Exchange, *, zone: str | None) -> Armed:
    """Arm what the provisions of the exchange give; each row that gives none says why."""
    if not exchange.bases:
        told = "; ".join(exchange.basis_told)
        why = f"the basis cited is not in the catalogue: {told}" if told else "no agreement is cited"
        return Armed((), f"{why}; choose the basis on the rule card")
    rows = rule_card(service, work, exchange, zone=zone).under(exchange.bases)
    armed = arm_rows(service, work, exchange, rows)
    if exchange.form != Form.ORAL.value:
        return armed
    unstated = rule_card(service, work, exchange, zone=zone, form=Form.EITHER).under(exchange.bases)
    waiting = _arm_until_written(service, work, exchange, unstated)
    return Armed((*armed.clocks, *waiting), armed.no_clock_because)


def _arm_until_written(
    service: Service, work: Work, exchange: Exchange, rows: Iterable[CardRow]
) -> tuple[str, ...]:
    """A call under a provision that knows only writing (desk-rules 1.3): the legal clock waits for the writing, an
    operational one of the same length runs from the call, and both instants stay."""
    clocks = []
    for row in rows:
        terms = clock_terms(replace(row, form=None, no_clock_because=None))
        if terms is None or terms.waits_for is not WaitsFor.WRITING:
            continue
        clocks.append(_arm(service, work, exchange, terms, _covered(exchange.items, terms.measures)))
        until = due(exchange.at, terms)
        if until is not None:
            what = f"{terms.agreement_title} art. {terms.article}: in writing only; ask for it now"
            reason = "asked by word of mouth; the provision counts from the writing"
            clocks.append(
                arm_operational(service, work, exchange.n, exchange.at, until, reason=reason, what=what)
            )
    return tuple(clocks)


def arm_rows(service: Service, work: Work, exchange: Exchange, rows: Iterable[CardRow]) -> Armed:
    armed, reasons = [], []
    for row in rows:
        terms = clock_terms(row)
        if terms is None:
            reasons.append(f"{row.provision.id}: {row.no_clock_because or 'it gives no limit'}")
        elif terms.waits_for not in _NOT_BY_REQUEST:
            armed.append(_arm(service, work, exchange, terms, _covered(exchange.items, terms.measures)))
    return Armed(tuple(armed), None if armed else "; ".join(dict.fromkeys(reasons)) or None)


def arm_notified(service: Service, work: Work, exchange: Exchange, *, zone: str | None) -> Armed:
    """What a notification sets off: only the provisions cited whose limit runs from being notified."""
    rows = rule_card(service, work, exchange, zone=zone).under(exchange.bases) if exchange.bases else ()
    found = [
        t for t in (clock_terms(r) for r in rows) if t is not None and t.waits_for is WaitsFor.NOTIFICATION
    ]
    armed = [_arm(service, work, exchange, t.started(), _covered(exchange.items, t.measures)) for t in found]
    why = None if armed else "no provision cited sets a limit for an answer to a notification"
    return Armed(tuple(armed), why)


def _covered(items: Sequence[Item], measures: Sequence[str]) -> list[Item]:
    return [i for i in items if i.measure in measures]


def _arm(service: Service, work: Work, exchange: Exchange, terms: ClockTerms, items: Sequence[Item]) -> str:
    if terms.file_sha256 is not None:
        work.cite(*service.policies.text_of(terms.file_sha256))
    starts = None if terms.waits_for is not None else exchange.at
    return _append(
        work,
        exchange.n,
        terms.kind.value,
        {**terms.to_json(), **_warning_terms(service, work.now)},
        items,
        starts,
        None if starts is None else due(starts, terms),
        waits_for=terms.waits_for,
    )


def _warning_terms(service: Service, now: datetime) -> dict[str, Any]:
    """When this clock warns, copied whole: a later edit of the policy moves no warning of it (desk-rules 10.1)."""
    return {
        "decision_lead_s": int(service.desk.decision_lead.total_seconds()),
        "working_hours": _working_hours(service, now),
    }


def _working_hours(service: Service, now: datetime) -> dict[str, Any]:
    hours = service.policies.ladders.hours.working
    return hours.at_offset(now.astimezone(zone_of(service.desk.zone)).utcoffset()).as_json()


def _append(
    work: Work,
    exchange: int,
    kind: str,
    terms: Mapping[str, Any],
    items: Sequence[Item],
    starts: datetime | None,
    due_at: datetime | None,
    **more: Any,
) -> str:
    clock = uuid7(work.now)
    body = {
        "clock": clock,
        "kind": kind,
        "exchange": exchange,
        "items": [{"vessel": i.vessel, "measure": i.measure} for i in items],
        "terms": terms,
        "starts_at": None if starts is None else to_text(starts),
        "due_at": None if due_at is None else to_text(due_at),
        **{k: v for k, v in more.items() if v is not None},
    }
    work.append(Draft("clock.armed", body))
    return clock


def arm_waiting(
    service: Service, work: Work, exchange: Exchange, event: WaitsFor, provisions: Iterable[str]
) -> Armed:
    """Arm what waits for an event that is no part of a request: a summary of evidence, a notification. Once each."""
    there = {c.terms.get("provision") for c in work.case.clocks if c.exchange == exchange.n}
    wanted = tuple(dict.fromkeys(provisions))
    measures = {i.measure for i in exchange.items}
    about = [service.policies.catalogue.by_id[p] for p in wanted]
    armed: list[str] = []
    reasons = [
        f"{p.id}: the exchange asks none of {', '.join(p.measures)}; open one that does"
        for p in about
        if not measures & set(p.measures)
    ]
    for row in rule_card(service, work, replace(exchange, bases=wanted), zone=None, at=work.now).under(
        wanted
    ):
        terms = clock_terms(row)
        items = [] if terms is None else _covered(exchange.items, terms.measures)
        if terms is None:
            reasons.append(f"{row.provision.id}: {row.no_clock_because or 'it gives no limit'}")
        elif items and terms.waits_for is event and row.provision.id not in there:
            armed.append(_arm(service, work, exchange, terms, items))
    return Armed(tuple(armed), None if armed else "; ".join(dict.fromkeys(reasons)) or None)


def start_waiting(work: Work, exchange: Exchange, event: WaitsFor, at: datetime) -> list[str]:
    """Start the clocks of an exchange that waited for this event; returns their ids."""
    started = []
    for clock in work.case.clocks:
        if clock.exchange != exchange.n or clock.waits_for != event.value or clock.stopped_at is not None:
            continue
        due_at = due(at, ClockTerms.from_json(clock.terms).started())
        if due_at is not None:
            body = {
                "clock": clock.id,
                "starts_at": to_text(at),
                "due_at": to_text(due_at),
                "event": event.value,
            }
            work.append(Draft("clock.started", body))
            started.append(clock.id)
    return started


def start_what_happened(work: Work, exchange: Exchange) -> list[str]:
    """Start the clocks of an exchange that wait for something that has happened already: its acknowledgement."""
    mark = exchange.acknowledgement
    return [] if mark is None else start_waiting(work, exchange, WaitsFor.ACKNOWLEDGEMENT, mark.at)


def restart_by_question(work: Work, exchange: Exchange) -> list[str]:
    """Begin anew the running clocks whose provision says that a question does so; of no other clock."""
    restarted = []
    for clock in work.case.clocks:
        if (
            clock.exchange != exchange.n
            or not clock.is_running
            or not clock.terms.get("restarts_by_question")
        ):
            continue
        due_at = due(work.now, ClockTerms.from_json(clock.terms))
        if due_at is not None:
            body = {"clock": clock.id, "starts_at": to_text(work.now), "due_at": to_text(due_at)}
            work.append(Draft("clock.started", {**body, "event": "question"}))
            restarted.append(clock.id)
    return restarted


def arm_stated(
    service: Service,
    work: Work,
    exchange: Exchange,
    due_at: datetime,
    *,
    reason: object,
    stated_by: object,
    says: str | None,
) -> str:
    """A limit that the other side states: true where silence would count against us, false where it would count
    for us (desk-rules 1.1)."""
    silence = {"code": "not_read", "words": "as the other side states", "effect": "none"}
    terms = {
        "kind": "claimed",
        "silence": silence | ({"stated": says} if says else {}),
        "stops_by": {"form": "either", "needs": "each_measure"},
        **_warning_terms(service, work.now),
    }
    return _append(
        work,
        exchange.n,
        "claimed",
        terms,
        exchange.items,
        exchange.at,
        due_at,
        reason=reason,
        stated_by=stated_by,
    )


def arm_own_target(service: Service, work: Work, exchange: Exchange) -> str:
    """The desk's own target for a formal acknowledgement; it warns nobody before it is missed."""
    within: timedelta = service.desk.acknowledge_within
    terms = {
        "kind": "own",
        "words": "our target: acknowledge the request",
        "silence": {"code": "nothing", "words": "nothing follows", "effect": "none"},
        "stops_by": {"event": ACKNOWLEDGED},
        "warn": False,
    }
    return _append(work, exchange.n, "own", terms, (), exchange.at, exchange.at + within)


def arm_own_clock(
    work: Work,
    exchange: int | None,
    starts: datetime,
    due_at: datetime,
    *,
    words: str,
    event: str,
    alert: str,
    answer: int | None = None,
) -> str:
    """A time of our own for something that somebody owes within the case; it warns nobody before it is missed.

    ``event`` names in its terms what stops it (``after_event``), perhaps of one ``answer``; ``alert`` is the kind of
    alert when it runs out.
    """
    terms = {
        "kind": "own",
        "words": words,
        "silence": {"code": "nothing", "words": "nothing follows", "effect": "none"},
        "stops_by": {"event": event} | ({} if answer is None else {"answer": answer}),
        "warn": False,
        "alert": alert,
    }
    return _append(work, exchange or 0, "own", terms, (), starts, due_at)


def arm_operational(
    service: Service,
    work: Work,
    exchange: int | None,
    starts: datetime,
    due_at: datetime,
    *,
    reason: str,
    what: str,
) -> str:
    """The vessel leaves the zone, fuel, weather, writing asked for: with its reason (desk-rules 1.1, 1.3)."""
    terms = {
        "kind": "operational",
        "words": what,
        "silence": {"code": "nothing", "words": "nothing follows", "effect": "none"},
        "stops_by": {"form": "either", "needs": "each_measure"},
        "working_hours": _working_hours(service, work.now),
    }
    record_exchange = work.case.exchange(exchange) if exchange is not None else None
    items = record_exchange.items if record_exchange else ()
    return _append(work, exchange or 0, "operational", terms, items, starts, due_at, reason=reason)
