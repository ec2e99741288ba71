"""Mail that leaves a case: to the address that the directory lists, never to a sender's own (desk-rules 4.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cna_service.cases.record import Exchange
from cna_service.db.outbox import Sending as Row
from cna_service.directory.rules import contact
from cna_service.kit.ids import uuid7
from cna_service.ledger.entry import Erased
from cna_service.workflow.letters import authority_of
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work


def address_of(work: Work, exchange: Exchange, channel: str = "email") -> str | None:
    """Where the directory says that this authority is reached; None where it lists nothing."""
    listed = authority_of(work, exchange)
    found = contact(listed, channel) if listed is not None else None
    return None if found is None or isinstance(found.value, Erased) else str(found.value)


def queue_mail(
    service: Service,
    work: Work,
    exchange: Exchange,
    subject: str,
    text: str,
    /,
    *,
    purpose: str,
    attachments: Sequence[Mapping[str, str]] = (),
    to: str | None = None,
    place: Mapping[str, Any] | None = None,
) -> str | None:
    """Ask for a mail; ``place`` says which conveyance it is. Returns the sending's id, or None without an address."""
    address = to or address_of(work, exchange)
    if address is None:
        return None
    sending = uuid7(work.now)
    content = {
        "purpose": purpose,
        "subject": subject,
        "text": text,
        "case": work.case.ref,
        "attachments": [dict(a) for a in attachments],
        **(place or {}),
    }
    work.send([Row(sending, work.stream, f"mail:{sending}", "email", address, content, priority=4)])
    return sending
