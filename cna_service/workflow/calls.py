"""A call to an officer: what it says before a key, and what each key does. Only a key acknowledges; a machine that
picks up hears nothing of any case (desk-rules 2.6)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from cna_service.alerts.twiml import Spoken, closing_page, opening_page, question_page
from cna_service.db import outbox
from cna_service.escalation import call_words as words
from cna_service.escalation.call_words import CallKey
from cna_service.escalation.state import Alert
from cna_service.escalation.words import matter_of
from cna_service.kit.errors import Conflict, NotFound
from cna_service.workflow.alerts import acknowledge_alert, next_rung
from cna_service.workflow.projections import ALERTS
from cna_service.workflow.replies import officer_actor
from cna_service.workflow.service import Service
from cna_service.workflow.summon import voice_for

IN_TRANSIT_MINUTES = 20


def answered(service: Service, sending: str) -> str:
    """Somebody, or a machine, picked up: the opening words in the provider's markup. Raises NotFound."""
    _row(service, sending)
    texts, voice = service.policies.texts, voice_for(service)
    action = f"{service.desk.public_url}/callbacks/twilio/call/key?sending={quote(sending)}"
    opening = (Spoken(words.call_opening(texts, voice)),)
    return opening_page(
        opening, action_url=action, farewell=(Spoken(words.call_left_on_machine(texts, voice)),)
    )


def key_pressed(service: Service, sending: str, digits: str) -> str:
    """Do what the key asks for and say so. Raises NotFound for a sending that never was."""
    row = _row(service, sending)
    alert = _alert(service, row["stream"], sending)
    officer = str(row["content"]["officer"])
    said: CallKey
    minutes = None
    try:
        if digits == "1":
            acknowledge_alert(
                service, officer_actor(service, officer, "keypress"), row["stream"], alert.id, by="voice"
            )
            said = "acknowledged"
        elif digits == "3":
            minutes = IN_TRANSIT_MINUTES
            actor = officer_actor(service, officer, "keypress")
            acknowledge_alert(service, actor, row["stream"], alert.id, by="voice", minutes=minutes)
            said = "in_transit"
        elif digits == "5":
            next_rung(service, officer_actor(service, officer, "keypress"), row["stream"], alert.id)
            said = "next_rung"
        else:
            return _again(service, sending, alert, "facts" if digits == "2" else "unknown_key")
    except Conflict:
        said = "already_held" if alert.is_open else "closed"
    return closing_page((Spoken(_say(service, said, alert, minutes)),))


def _again(service: Service, sending: str, alert: Alert, name: CallKey) -> str:
    action = f"{service.desk.public_url}/callbacks/twilio/call/key?sending={quote(sending)}"
    return question_page((Spoken(_say(service, name, alert, None)),), action_url=action)


def _say(service: Service, name: CallKey, alert: Alert, minutes: int | None) -> str:
    held = alert.acknowledgement
    return words.call_after_key(
        service.policies.texts,
        voice_for(service),
        name,
        matter_of(alert),
        now=service.clock.now(),
        since=held.at if held else service.clock.now(),
        minutes=minutes,
    )


def _row(service: Service, sending: str) -> dict[str, Any]:
    with service.read() as reader:
        row = outbox.row(reader.connection, sending)
    if row is None or row["content"].get("purpose") != "alert":
        raise NotFound(f"no sending {sending}")
    return dict(row)


def _alert(service: Service, stream: str, sending: str) -> Alert:
    with service.read() as reader:
        alerts = reader.stream(stream).of(ALERTS).by_id.values()
    found = next((a for a in alerts if sending in a.sendings), None)
    if found is None:
        raise NotFound(f"no alert of sending {sending}")
    return found
