"""Telling the administrator that something of the desk itself is wrong: once, until somebody has taken it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.escalation.state import Alert, Escalations
from cna_service.identity.actors import SERVICE
from cna_service.workflow.projections import ALERTS, DESK
from cna_service.workflow.service import Service
from cna_service.workflow.summon import close_alert, raise_alert
from cna_service.workflow.work import Work


def tell_once(service: Service, kind: str, facts: Mapping[str, Any]) -> bool:
    """Raise an alert of this kind unless one about the same is open. ``facts``: codes only; they tell two troubles of
    one kind apart. Returns whether it was raised."""
    with service.tick(SERVICE, [DESK], wait=True) as work:
        return raise_once(service, work, kind, facts)


def raise_once(service: Service, work: Work, kind: str, facts: Mapping[str, Any]) -> bool:
    """The same within a command that holds the desk's stream."""
    if is_told(work, kind, facts):
        return False
    raise_alert(service, work, kind, stream=DESK, facts=facts)
    return True


def is_told(work: Work, kind: str, facts: Mapping[str, Any]) -> bool:
    """Is an alert about this very thing open? Who has taken one knows; it is closed by what mends it."""
    return bool(_about(work.of(ALERTS, DESK), kind, facts))


def is_told_now(service: Service, kind: str, facts: Mapping[str, Any]) -> bool:
    """The same, read without any lock: for who looks again and again."""
    with service.read() as reader:
        return bool(_about(reader.stream(DESK).of(ALERTS), kind, facts))


def no_longer(work: Work, kind: str, facts: Mapping[str, Any], why: str) -> None:
    """What was told of it has no purpose any more, taken by somebody or not."""
    for alert in _about(work.of(ALERTS, DESK), kind, facts):
        close_alert(work, alert.id, why, DESK)


def _about(alerts: Escalations, kind: str, facts: Mapping[str, Any]) -> list[Alert]:
    return [
        alert
        for alert in alerts.open
        if alert.kind == kind and all(alert.text_facts.get(name) == value for name, value in facts.items())
    ]
