"""The holder names what he waits for and until when, so that he is not asked before (desk-rules 3.1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cna_service.db.idempotency import Key, Reply
from cna_service.escalation import drafts
from cna_service.escalation.rules import furthest_wait
from cna_service.escalation.state import Subject
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict
from cna_service.kit.instants import to_text
from cna_service.workflow.asked import Asked
from cna_service.workflow.derived import due_of
from cna_service.workflow.projections import ALERTS, case_stream
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work


class NothingToWaitFor(Conflict):
    code = "nothing-to-wait-for"
    title = "You hold nothing here of which a clock runs"


def state_waiting(
    service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{for, until, exchange?}``: the holder waits, and need not be asked before ``until``; clocks run and warn on.

    Without ``exchange`` it is meant for everything that he holds of the case. Refused beyond half of the time left.
    Raises Invalid, NothingToWaitFor.
    """
    asked = Asked(body)
    waiting_for, until = asked.needed("for", longest=500), asked.instant("until", required=True)
    exchange = asked.number("exchange", least=1)
    asked.check_unknown()
    with service.write(actor, Action.ALERT_ACKNOWLEDGE, case_stream(ref), key=key) as work:
        held = _held(work, exchange)
        if until is not None and held:
            _check(asked, work.now, until, min(furthest_wait(work.now, due) for due in held.values()))
        asked.done()
        if not held:
            raise NothingToWaitFor(
                "Only the holder of a running clock says what he waits for; take it first."
            )
        assert until is not None
        for subject in held:
            work.append(drafts.waiting_stated(subject, until=until, waiting_for=waiting_for))
        return done(work, exchanges=[s.exchange for s in held], until=to_text(until))


def _held(work: Work, exchange: int | None) -> dict[Subject, datetime]:
    """What the actor holds of which a clock runs, and when that runs out."""
    alerts = work.of(ALERTS)
    due = due_of(work.case, alerts)
    mine = (h.subject for h in alerts.holds.values() if h.officer == work.actor.id)
    found = {s: due(s) for s in mine if exchange in (None, s.exchange)}
    return {s: at for s, at in found.items() if at is not None and at > work.now}


def _check(asked: Asked, now: datetime, until: datetime, furthest: datetime) -> None:
    if until <= now:
        asked.wrong("until", to_text(until), "is past", "name an instant to come")
    elif until > furthest:
        why = "lies beyond half of the time left"
        asked.wrong("until", to_text(until), why, f"at the latest {to_text(furthest)}")
