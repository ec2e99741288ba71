"""An officer's own rules within a rung: another try so long after he was summoned, again and again until somebody takes
the alert. The ladder goes on meanwhile; what his rules want is never the reason for a later rung."""

from __future__ import annotations

from cna_service.escalation import drafts
from cna_service.escalation.ladders import Channel
from cna_service.escalation.state import Contact
from cna_service.kit.ids import uuid7
from cna_service.workflow.people import person
from cna_service.workflow.projections import ALERTS
from cna_service.workflow.service import Service
from cna_service.workflow.summon import queue
from cna_service.workflow.work import Work


def follow_own_rules(service: Service, work: Work, stream: str, subject: str) -> None:
    """``subject``: ``<alert>/<officer>``. A contact that he can no longer be reached on is passed over, with an
    entry."""
    alert_id, _, officer = subject.partition("/")
    alert = work.of(ALERTS, stream).by_id[alert_id]
    sending = uuid7(work.now)
    draft = drafts.contact_used(alert, officer, sending, work.now)
    contact = Contact(Channel(draft.body["channel"]), draft.body["contact"])
    reachable = person(work, officer, alert.urgency)
    if reachable is None or contact not in reachable.contacts:
        work.append(drafts.contact_used(alert, officer, None, work.now), stream)
        return
    work.append(draft, stream)
    after = work.of(ALERTS, stream).by_id[alert_id]
    queue(service, work, after, sending, officer, contact, stream)
