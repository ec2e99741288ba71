"""A text message as the telephone company hands it over: acted on once, kept as received."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from cna_service.alerts import store as alert_store
from cna_service.db import outbox
from cna_service.workflow.edge.queries import came_before
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.replies import receive_text
from cna_service.workflow.self_test import take_back_loop
from cna_service.workflow.service import Service
from cna_service.workflow.texts_in import RECEIVED as _RECEIVED
from cna_service.workflow.texts_in import take_stranger


def take_text(service: Service, params: Mapping[str, str], token: str) -> None:
    """Act on a reply by SMS, signature checked; the same message handed over again changes nothing. What comes from a
    number that is none of ours is no reply: it is filed in a case (``texts_in``).

    It is kept after it was acted on: dying between the two repeats a reply, the other order would lose one.
    """
    sid = params.get("MessageSid", "")[:80]
    with service.read() as reader:
        if sid and came_before(reader.connection, sid, _RECEIVED):
            return

    def keep(connection: Connection) -> bool:
        return outbox.keep_report(connection, sid, _RECEIVED, token[:80], dict(params), service.machine.now())

    if take_back_loop(service, params, keep):
        return
    if not _is_ours(service, params.get("From", "")):
        take_stranger(service, params, token)
        return
    receive_text(service, params.get("From", ""), params.get("Body", ""))
    with service.database.write() as connection:
        keep(connection)


def _is_ours(service: Service, number: str) -> bool:
    """An officer's, or one that a code of ours was sent to: there a text is a reply."""
    with service.read() as reader:
        officers = reader.stream(DESK).of(OFFICERS).all()
        if any(number == each.value for officer in officers for each in officer.book.contacts):
            return True
        return bool(alert_store.codes_open_to(reader.connection, number)) or bool(
            alert_store.last_acknowledged(reader.connection, number)
        )
