"""What carriers and owners say against a contact: STOP, or an error that will not pass. It is then used last.

A transaction of its own, after the one that recorded the sending: that one holds another stream. What is true if we
die in between: the sending's own entry stands, the flag comes with the next refusal.
"""

from __future__ import annotations

from cna_service.alerts.rules import verdict
from cna_service.identity.actors import SERVICE
from cna_service.identity.contacts import OfficerContact
from cna_service.identity.officers import Officers
from cna_service.ledger.entry import Draft
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work

STOP = "stop"


def flag_refused(service: Service, to: str, code: str | None) -> None:
    """A sending to this number or address failed with this code: flag it where the code says that the contact itself
    is wrong (``alerts.rules``)."""
    if code is None or not verdict(code).flags_contact:
        return
    with service.read() as reader:
        if not _unflagged(reader.stream(DESK).of(OFFICERS), to):
            return
    with service.tick(SERVICE, [DESK], wait=True) as work:
        flag(work, to, code)


def flag(work: Work, to: str, why: str) -> None:
    """Flag every contact with this value; the desk's stream is held."""
    for contact in _unflagged(work.of(OFFICERS, DESK), to):
        body = {"officer": contact.officer, "contact": contact.id, "why": why}
        work.append(Draft("officer.contact_flagged", body), DESK)


def clear_stop(service: Service, number: str) -> None:
    """Its owner sent START."""
    with service.tick(SERVICE, [DESK], wait=True) as work:
        for contact in _with_value(work.of(OFFICERS, DESK), number):
            if contact.flag is not None and contact.flag.why == STOP:
                body = {"officer": contact.officer, "contact": contact.id, "why": "start"}
                work.append(Draft("officer.contact_cleared", body), DESK)


def _unflagged(officers: Officers, to: str) -> list[OfficerContact]:
    return [c for c in _with_value(officers, to) if c.flag is None]


def _with_value(officers: Officers, to: str) -> list[OfficerContact]:
    return [
        c
        for officer in officers.all()
        for c in officer.book.contacts
        if to in (c.value, f"{officer.id}/{c.id}")
    ]
