"""Acknowledging a request: the instrument's own act, by a named officer, one tap; it may start a treaty clock.

No machine does it (desk-rules 1.2): the automatic receipt says of itself that it is no acknowledgement.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.agreements.terms import WaitsFor
from cna_service.cases.record import Exchange
from cna_service.db.idempotency import Key, Reply
from cna_service.documents.letters import acknowledgement_mail
from cna_service.documents.model import FormalAcknowledgement, OfficialLine
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict
from cna_service.ledger.entry import Draft
from cna_service.workflow import arming
from cna_service.workflow.asked import Asked
from cna_service.workflow.letters import basis_line, letter_head, vessel_lines
from cna_service.workflow.outgoing import queue_mail
from cna_service.workflow.projections import case_stream
from cna_service.workflow.receipts import done, exchange_of
from cna_service.workflow.replies_json import clocks_json
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work


class AlreadyAcknowledged(Conflict):
    code = "already-acknowledged"
    title = "This request was acknowledged before"


def acknowledge_request(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{words?, tell?: bool}``: acknowledge formally and tell the authority by mail at its directory address.

    Clocks that wait for acknowledgement start at this instant. Raises AlreadyAcknowledged, StreamNotFound.
    """
    asked = Asked(body)
    words, tell = asked.text("words"), asked.yes("tell", default=True)
    asked.raw("seen")
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.EXCHANGE_ACKNOWLEDGE, case_stream(ref), key=key) as work:
        exchange = exchange_of(work, n)
        if exchange.acknowledgement is not None:
            raise AlreadyAcknowledged(f"by {exchange.acknowledgement.by.get('name') or 'the service'}")
        told = {"exchange": n, "formal": True, "automatic": False, "words": words}
        work.append(Draft("exchange.acknowledged", {k: v for k, v in told.items() if v is not None}))
        started = arming.start_waiting(work, exchange, WaitsFor.ACKNOWLEDGEMENT, work.now)
        if tell and exchange.is_inbound:
            _tell(service, work, exchange)
        return done(work, exchange=n, started=started, clocks=clocks_json(work.case, work.case.exchange(n)))


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
