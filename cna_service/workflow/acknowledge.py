"""Acknowledging a request: the instrument's own act, by a named officer, one tap; it may start a treaty clock.

No machine does it (desk-rules 1.2): the automatic receipt says of itself that it is no acknowledgement.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cna_service.agreements.terms import WaitsFor
from cna_service.cases.record import Exchange
from cna_service.db.idempotency import Key, Reply
from cna_service.documents.letters import acknowledgement_mail
from cna_service.documents.model import FormalAcknowledgement, OfficialLine
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action, require
from cna_service.kit.errors import Conflict
from cna_service.kit.instants import to_text
from cna_service.kit.told import ToldInstant
from cna_service.ledger.entry import Draft
from cna_service.workflow import arming
from cna_service.workflow.asked import Asked
from cna_service.workflow.letters import basis_line, letter_head, vessel_lines
from cna_service.workflow.outgoing import queue_mail
from cna_service.workflow.projections import CASE, case_stream
from cna_service.workflow.receipts import done, exchange_of
from cna_service.workflow.replies_json import clocks_json
from cna_service.workflow.service import Service
from cna_service.workflow.steps import by_whom
from cna_service.workflow.work import Work

EARLIEST = timedelta(minutes=1)
"""How far an acknowledgement may seem to lie before its ask: clocks of two offices differ."""


class AlreadyAcknowledged(Conflict):
    code = "already-acknowledged"
    title = "This request was acknowledged before"


def acknowledge_request(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{words?, tell?: bool}``: acknowledge formally and tell the authority by mail at its directory address. Of an
    ask of ours: ``{by: {name|office}, words, happened_at?, channel?, is_automatic?}``, their acknowledgement as told.

    Clocks that wait for acknowledgement start at this instant. Raises AlreadyAcknowledged, StreamNotFound.
    """
    require(actor, Action.EXCHANGE_ACKNOWLEDGE)
    asked = Asked(body)
    with service.read() as reader:
        known = reader.stream(case_stream(ref)).of(CASE).exchange(n)
    if known is not None and not known.is_inbound:
        return _acknowledged_by_them(service, actor, ref, n, asked, key)
    words, tell = asked.text("words"), asked.yes("tell", default=True)
    asked.raw("seen")
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.EXCHANGE_ACKNOWLEDGE, case_stream(ref), key=key) as work:
        exchange = exchange_of(work, n)
        if exchange.acknowledgement is not None:
            raise AlreadyAcknowledged(f"by {exchange.acknowledgement.by.get('name') or 'the service'}")
        told = {"exchange": n, "formal": True, "automatic": False, "ours": True, "words": words}
        work.append(Draft("exchange.acknowledged", {k: v for k, v in told.items() if v is not None}, 2))
        started = arming.start_waiting(work, exchange, WaitsFor.ACKNOWLEDGEMENT, work.now)
        if tell and exchange.is_inbound:
            _tell(service, work, exchange)
        return done(work, exchange=n, started=started, clocks=clocks_json(work.case, work.case.exchange(n)))


def _acknowledged_by_them(
    service: Service, actor: Actor, ref: str, n: int, asked: Asked, key: Key | None
) -> Reply:
    """Their acknowledgement of our ask: by a person, with name or office and words. What a machine replied is kept as
    that and starts nothing (desk-rules 5.3)."""
    by, words, happened = by_whom(asked), asked.needed("words"), asked.told("happened_at")
    is_automatic, channel = asked.yes("is_automatic"), asked.text("channel", longest=40)
    asked.raw("seen")
    if not is_automatic and not by.get("name") and not by.get("office"):
        fix = (
            "name the person or the office; a read receipt, auto-reply or ticket number is is_automatic: true"
        )
        asked.wrong("by", None, "says nobody", fix)
    asked.check_unknown()
    with service.write(actor, Action.EXCHANGE_ACKNOWLEDGE, case_stream(ref), key=key) as work:
        exchange = exchange_of(work, n)
        told = {"exchange": n, "by": by, "words": words, "channel": channel}
        if is_automatic:
            asked.done()
            kept = {k: v for k, v in told.items() if v}
            work.append(Draft("machine_word.kept", kept, happened_at=happened, told_at=work.now))
            return done(work, exchange=n, automatic=True, started=[])
        if exchange.acknowledgement is not None:
            raise AlreadyAcknowledged("the other side acknowledged it before")
        at = _instant(asked, work, exchange, happened)
        asked.done()
        told |= {"formal": True, "automatic": False, "ours": False}
        kept = {k: v for k, v in told.items() if v is not None}
        work.append(Draft("exchange.acknowledged", kept, 2, happened_at=happened, told_at=work.now))
        started = arming.start_waiting(work, exchange, WaitsFor.ACKNOWLEDGEMENT, at)
        clocks = clocks_json(work.case, work.case.exchange(n), own=True)
        return done(work, exchange=n, automatic=False, started=started, clocks=clocks)


def _instant(asked: Asked, work: Work, exchange: Exchange, happened: ToldInstant | None) -> datetime:
    """From when clocks that wait for it run: the exact instant told, else ours of the log (record.md, "Told")."""
    at = happened.exact if happened is not None else None
    if at is None:
        return work.now
    if at > work.now or at < exchange.at - EARLIEST:
        asked.wrong("happened_at", to_text(at), "lies ahead, or before the ask", "check the instant")
        return work.now
    return at


def _tell(service: Service, work: Work, exchange: Exchange) -> None:
    letter = FormalAcknowledgement(
        **letter_head(service, work, exchange),
        asked_at=exchange.at,
        acknowledged_at=work.now,
        acknowledged_by=OfficialLine(work.actor.name, work.actor.post or None, work.actor.office or None),
        basis=basis_line(work.case, exchange),
        measures=tuple((i.vessel, i.measure) for i in exchange.items),
        vessels=vessel_lines(work.case),
    )
    mail = acknowledgement_mail(letter)
    queue_mail(service, work, exchange, mail.subject, mail.body, purpose="letter")
