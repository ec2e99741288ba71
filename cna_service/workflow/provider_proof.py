"""Proving the spare: an SMS by it to an administrator each month, unless anything went by it (desk-rules 13.4)."""

from __future__ import annotations

from datetime import timedelta

from cna_service.alerts import provider_store
from cna_service.alerts.provider_rules import is_day
from cna_service.db import outbox
from cna_service.db.outbox import Sending
from cna_service.escalation.gsm7 import fold
from cna_service.kit.ids import uuid7
from cna_service.workflow.outside import Outside
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.service import Service

PROVED_EVERY = timedelta(days=25)
"""Before the thirty days are over that the watch page allows."""

PURPOSE = "provider_test"
TEXT = "TEST. The desk's spare line works. Nothing to do. Save this number as the duty desk's."


def prove_spare(service: Service, outside: Outside, *, now_please: bool = False) -> bool:
    """Ask for the month's SMS by the spare, by day; True if it was asked for. ``now_please``: somebody wants it now.
    What comes of it is an attempt of that line, which is the proof."""
    if outside.spare is None:
        return False
    now = service.machine.now()
    with service.read() as reader:
        officers = reader.stream(DESK).of(OFFICERS).all()
        last = provider_store.accepted_at(reader.connection, outside.spare.name)
    if not now_please and (not is_day(now, service.desk.zone) or (last and now - last < PROVED_EVERY)):
        return False
    numbers = [o.phone for o in officers if o.is_enabled and o.role == "administrator" and o.phone]
    if not numbers:
        return False
    # Keyed by day: the hourly look asks once a day until something has arrived, whichever node looks.
    day = f"{now:%Y-%m-%dT%H:%M:%S.%f}" if now_please else f"{now:%Y-%m-%d}"
    content = {"purpose": PURPOSE, "text": fold(TEXT), "provider": "spare"}
    sending = Sending(uuid7(now), DESK, f"spare-proof:{day}", "sms", str(numbers[0]), content, priority=8)
    with service.database.write() as connection:
        outbox.ask(connection, [sending], service.clock.now())
    service.wakes.wake()
    return True
