"""Asking another State: the letter made from the case, sent to the address of the directory, its exact text kept."""

from __future__ import annotations

from typing import Any

from cna_service.cases.record import Exchange
from cna_service.documents.letters import ask_mail
from cna_service.documents.model import BasisLine, ClockKind, ClockLine, OfficialLine, OutboundAsk
from cna_service.kit.ids import uuid7
from cna_service.ledger.entry import Draft
from cna_service.vessels.positions import display, told_position
from cna_service.workflow.letters import basis_line, letter_head, vessel_lines
from cna_service.workflow.outgoing import address_of, queue_mail
from cna_service.workflow.projections import DESK, LAW
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work


def send_ask(service: Service, work: Work, exchange: Exchange) -> bool:
    """Mail the ask to the authority; False where the directory lists no address (then it goes by hand)."""
    address = address_of(work, exchange)
    if address is None:
        return False
    mail = ask_mail(_letter(service, work, exchange))
    queue_mail(service, work, exchange, mail.subject, mail.body, purpose="letter", to=address)
    body = {
        "communication": uuid7(work.now),
        "direction": "out",
        "channel": "mail",
        "exchange": exchange.n,
        "ours": {"name": work.actor.name, "office": work.actor.office},
        "theirs": {"office": exchange.authority_name, "email": address},
        "subject": mail.subject,
        "text": mail.body,
    }
    work.append(Draft("communication.logged", body, told_at=work.now))
    return True


def _letter(service: Service, work: Work, exchange: Exchange) -> OutboundAsk:
    record, actor = work.case, work.actor
    return OutboundAsk(
        **letter_head(service, work, exchange),
        vessels=vessel_lines(record),
        measures=tuple((i.vessel, i.measure) for i in exchange.items),
        basis=basis_line(record, exchange) or _cited(service, work, exchange),
        asked_by=OfficialLine(actor.name, actor.post or None, actor.office or None),
        offences=exchange.offences,
        grounds=exchange.text if isinstance(exchange.text, str) else None,
        positions=tuple(_where(f.value) for v in record.vessels for f in v.facts if f.field == "position"),
        reply_to=(service.desk.mail_from,),
        clocks=_clocks(work, exchange),
    )


def _cited(service: Service, work: Work, exchange: Exchange) -> BasisLine | None:
    """The first provision cited: one that gives no limit arms no clock, and is the basis all the same."""
    if not exchange.bases:
        return (
            BasisLine("", "", "; ".join(exchange.basis_told), adopted=False) if exchange.basis_told else None
        )
    provision = service.policies.catalogue.by_id[exchange.bases[0]]
    adoption = work.of(LAW, DESK).adoption(provision, work.now, None)
    title = service.policies.catalogue.agreement_of(provision).title
    return BasisLine(provision.id, f"art. {provision.article}", title, adopted=adoption is not None)


def _where(told: Any) -> str:
    return display(told_position(told, pointer="/position"))


def _clocks(work: Work, exchange: Exchange) -> tuple[ClockLine, ...]:
    """The limit that a provision sets for the other side, as it stands in the entry."""
    return tuple(
        ClockLine(
            ClockKind(c.kind),
            f"art. {c.terms['article']}, {c.terms['agreement_title']}",
            c.due_at,
            c.waits_for,
        )
        for c in work.case.clocks
        if c.exchange == exchange.n and c.terms.get("article")
    )
