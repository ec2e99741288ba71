"""A text message as the telephone company hands it over: acted on once, kept as received."""

from __future__ import annotations

from collections.abc import Mapping

from cna_service.db import outbox
from cna_service.workflow.edge.queries import came_before
from cna_service.workflow.replies import receive_text
from cna_service.workflow.service import Service

_RECEIVED = "received"


def take_text(service: Service, params: Mapping[str, str], token: str) -> None:
    """Act on a reply by SMS, signature checked; the same message handed over again changes nothing.

    It is kept after it was acted on: dying between the two repeats a reply, the other order would lose one.
    """
    sid = params.get("MessageSid", "")[:80]
    with service.read() as reader:
        if sid and came_before(reader.connection, sid, _RECEIVED):
            return
    receive_text(service, params.get("From", ""), params.get("Body", ""))
    with service.database.write() as connection:
        outbox.keep_report(connection, sid, _RECEIVED, token[:80], dict(params), service.machine.now())
