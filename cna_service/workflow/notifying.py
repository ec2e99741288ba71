"""Summaries of evidence and notifications: what starts a clock by its receipt, on whichever side it is received.

CETS 156 art. 14(2): fourteen days from the receipt of the summary; Fish Stocks art. 21(6): three working days from
the notification's. The clock begins at receipt and never at sending; what follows from silence a named officer records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cna_service.agreements.terms import WaitsFor
from cna_service.cases.record import CaseRecord, Exchange
from cna_service.db.idempotency import Key, Reply
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import NotFound
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow import arming
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import case_stream
from cna_service.workflow.receipts import done, exchange_of
from cna_service.workflow.replies_json import clocks_json
from cna_service.workflow.reports import OURS, THEIRS, keep_file, read_to
from cna_service.workflow.service import Service
from cna_service.workflow.steps import by_whom
from cna_service.workflow.work import Work


@dataclass(frozen=True, slots=True)
class _Kind:
    """``number``: the body's field for its number; ``made`` and ``received``: the entry types."""

    event: WaitsFor
    number: str
    made: str
    received: str


_SUMMARY = _Kind(WaitsFor.EVIDENCE_SUMMARY, "summary", "evidence.summarised", "evidence.received")
_NOTICE = _Kind(WaitsFor.NOTIFICATION, "notification", "notification.made", "notification.received")


def summarise_evidence(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{words?, side?, channel?, sent_to?, by?, attachments?, basis?, received_at?, happened_at?}``; once the other
    side has it, ``{summary, received_at, by?, words?}``. Without ``received_at`` of ours the clock waits for it."""
    return _make(service, actor, ref, n, body, key, _SUMMARY)


def notify(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """The same for a notification, with ``masters_objections?``; its receipt: ``{notification, received_at, …}``."""
    return _make(service, actor, ref, n, body, key, _NOTICE)


def _make(
    service: Service,
    actor: Actor,
    ref: str,
    n: int,
    body: Mapping[str, Any],
    key: Key | None,
    kind: _Kind,
) -> Reply:
    asked = Asked(body)
    number = asked.number(kind.number, least=1)
    received = asked.instant("received_at", required=number is not None)
    told: dict[str, Any] = {"by": by_whom(asked), "words": asked.text("words")}
    if number is not None:
        return _receipt(service, actor, ref, n, asked, key, kind, number, received, told)
    told |= {"channel": asked.text("channel", longest=40), "to": read_to(asked)}
    if kind is _NOTICE:
        told["masters_objections"] = asked.text("masters_objections")
    provisions, happened = asked.texts("basis"), asked.told("happened_at")
    files = asked.parts("attachments")
    with service.write(actor, Action.ACTION_RECORD, case_stream(ref), key=key) as work:
        exchange = exchange_of(work, n)
        side = asked.word("side", (OURS, THEIRS), THEIRS if exchange.is_inbound else OURS)
        told["attachments"] = [a for each in files if (a := keep_file(work, each))]
        _check_provisions(service, asked, provisions)
        if received is None and side == THEIRS:
            received = work.now
        _check_instant(asked, work, received)
        asked.check_unknown()
        asked.done()
        entry = {"exchange": n, kind.number: _next(work.case, kind), "side": side, **told}
        entry["received_at"] = None if received is None else to_text(received)
        clean = {k: v for k, v in entry.items() if v not in (None, {}, [])}
        work.append(Draft(kind.made, clean, happened_at=happened, told_at=work.now))
        armed = arming.arm_waiting(
            service, work, exchange, kind.event, _provisions(service, exchange, kind, provisions)
        )
        return _answer(work, exchange, kind, entry[kind.number], received, armed.no_clock_because)


def _receipt(
    service: Service,
    actor: Actor,
    ref: str,
    n: int,
    asked: Asked,
    key: Key | None,
    kind: _Kind,
    number: int,
    received: datetime | None,
    told: Mapping[str, Any],
) -> Reply:
    asked.check_unknown()
    asked.done()
    assert received is not None
    with service.write(actor, Action.ACTION_RECORD, case_stream(ref), key=key) as work:
        exchange = exchange_of(work, n)
        if number not in [e[kind.number] for e in _made(work.case, kind) if e["exchange"] == n]:
            raise NotFound(f"exchange {n} has no {kind.number} {number}")
        _check_instant(asked, work, received)
        asked.done()
        entry = {"exchange": n, kind.number: number, "received_at": to_text(received), **told}
        work.append(Draft(kind.received, {k: v for k, v in entry.items() if v}, told_at=work.now))
        return _answer(work, exchange, kind, number, received, None)


def _answer(
    work: Work, exchange: Exchange, kind: _Kind, number: int, received: datetime | None, why: str | None
) -> Reply:
    started = [] if received is None else arming.start_waiting(work, exchange, kind.event, received)
    after = work.case.exchange(exchange.n)
    return done(work, exchange=exchange.n, **{kind.number: number}, started=started, no_clock_because=why,
                clocks=clocks_json(work.case, after, own=True))  # fmt: skip


def _made(record: CaseRecord, kind: _Kind) -> tuple[Mapping[str, Any], ...]:
    return record.sea.evidence_summaries if kind is _SUMMARY else record.sea.notifications_made


def _next(record: CaseRecord, kind: _Kind) -> int:
    return len(_made(record, kind)) + 1


def _check_instant(asked: Asked, work: Work, received: datetime | None) -> None:
    if received is not None and received > work.now:
        asked.wrong("received_at", to_text(received), "lies ahead", "enter when it was received")


def _check_provisions(service: Service, asked: Asked, provisions: tuple[str, ...]) -> None:
    for each in provisions:
        if each not in service.policies.catalogue.by_id:
            asked.wrong("basis", each, "is not in the catalogue", "use an id of the rule card")


def _provisions(service: Service, exchange: Exchange, kind: _Kind, named: tuple[str, ...]) -> list[str]:
    """Those named, those of the exchange, and what the same agreements begin by this event."""
    catalogue = service.policies.catalogue
    chosen = (exchange.chosen or {}).get("provisions", ())
    known = [catalogue.by_id[p] for p in (*named, *chosen, *exchange.bases) if p in catalogue.by_id]
    agreements = {p.agreement for p in known}
    begun = [
        p.id
        for p in catalogue.by_id.values()
        if p.agreement in agreements and p.start.value == kind.event.value
    ]
    return list(dict.fromkeys([*named, *begun]))
