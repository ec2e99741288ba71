"""A call to an officer: what it says before a key, and what each key does. Only a key acknowledges; a machine that
picks up hears nothing of any case (desk-rules 2.6). It speaks the officer's language."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

from cna_service.alerts.twiml import Spoken, closing_page, opening_page, question_page, talk_only_page
from cna_service.db import outbox
from cna_service.duty.rules import who_has_the_watch
from cna_service.escalation import call_words as words
from cna_service.escalation.call_words import CallKey
from cna_service.escalation.state import Alert
from cna_service.escalation.words import Voice, matter_of
from cna_service.kit.errors import Conflict, NotFound
from cna_service.workflow import phone_test_calls
from cna_service.workflow.alerts import acknowledge_alert, next_rung
from cna_service.workflow.projections import ALERTS, DESK, DUTY, OFFICERS, ROSTERS
from cna_service.workflow.replies import officer_actor
from cna_service.workflow.service import Reader, Service
from cna_service.workflow.summon import voice_to

IN_TRANSIT_MINUTES = 20
_HERE = frozenset({"127.0.0.1", "localhost", "::1", ""})


def answered(service: Service, sending: str) -> str:
    """Somebody, or a machine, picked up: the opening words in the provider's markup. Raises NotFound."""
    row = _row(service, sending)
    if row["content"]["purpose"] in phone_test_calls.PURPOSES:
        return phone_test_calls.answered(service, row)
    voice = voice_to(service, str(row["content"]["officer"]), row["stream"])
    action = f"{service.desk.public_url}/callbacks/twilio/call/key?sending={quote(sending)}"
    texts = service.policies.texts
    opening = _spoken(service, voice, words.call_opening(texts, voice))
    left = _spoken(service, voice, words.call_left_on_machine(texts, voice))
    return opening_page((opening,), action_url=action, farewell=(left,))


def talk_only(service: Service, officer: str) -> str | None:
    """For a desk whose address no telephone company can reach: the page goes along with the call, asks for no key and
    says "call the desk". None where the desk can be reached, and asks for keys."""
    is_here = (urlsplit(service.desk.public_url).hostname or "") in _HERE
    if service.desk.is_exercise or not is_here:
        return None
    voice = voice_to(service, officer)
    left = words.call_left_on_machine(service.policies.texts, voice)
    return talk_only_page((_spoken(service, voice, left),))


def key_pressed(service: Service, sending: str, digits: str) -> str:
    """Do what the key asks for and say so. Raises NotFound for a sending that never was."""
    row = _row(service, sending)
    if row["content"]["purpose"] in phone_test_calls.PURPOSES:
        return phone_test_calls.key_pressed(service, row, digits)
    alert = _alert(service, row["stream"], sending)
    officer = str(row["content"]["officer"])
    if digits in _ACTS:
        return closing_page(act_on_key(service, officer, row["stream"], alert.id, digits))
    name: CallKey = "facts" if digits == "2" else "unknown_key"
    action = f"{service.desk.public_url}/callbacks/twilio/call/key?sending={quote(sending)}"
    return question_page((_say(service, officer, name, alert),), action_url=action)


_ACTS = ("1", "3", "5")


def act_on_key(service: Service, officer: str, stream: str, alert_id: str, digits: str) -> tuple[Spoken, ...]:
    """1: he takes the alert. 3: he takes it and is on the way. 5: the next rung. What came of it, to be said; of an
    alert that is taken already, by whom and since when. Raises NotFound."""
    minutes = IN_TRANSIT_MINUTES if digits == "3" else None
    said: CallKey = "unknown_key"
    try:
        actor = officer_actor(service, officer, "keypress")
        if digits in ("1", "3"):
            acknowledge_alert(service, actor, stream, alert_id, by="voice", minutes=minutes)
            said = "in_transit" if minutes else "acknowledged"
        elif digits == "5":
            next_rung(service, actor, stream, alert_id)
            said = "next_rung"
    except Conflict:
        alert = find_alert(service, stream, alert_id)
        held = alert.acknowledgement
        # Pressed twice, or taken by text a moment ago: it is his.
        is_his = held is not None and held.officer == officer
        said = "acknowledged" if is_his else "already_held" if alert.is_open else "closed"
        minutes = None
    return (_say(service, officer, said, find_alert(service, stream, alert_id), minutes),)


def facts_of(service: Service, stream: str, alert_id: str, officer: str) -> tuple[Spoken, ...]:
    """What an alert is about, once a key or a code was given. Raises NotFound."""
    return (_say(service, officer, "facts", find_alert(service, stream, alert_id)),)


def _say(service: Service, officer: str, name: CallKey, alert: Alert, minutes: int | None = None) -> Spoken:
    held, voice = alert.acknowledgement, voice_to(service, officer, alert.stream)
    told = words.call_after_key(
        service.policies.texts,
        voice,
        name,
        matter_of(alert),
        now=service.clock.now(),
        since=held.at if held else service.clock.now(),
        minutes=minutes,
        post=_post_of(service, held.officer) if held else "other",
    )
    return _spoken(service, voice, told)


def _spoken(service: Service, voice: Voice, text: str) -> Spoken:
    """In the language that the words are in: English where the texts of the policy have none in his."""
    language = voice.language if voice.language in service.policies.texts.by_language else "en"
    return Spoken(text, service.policies.calls.voice(language))


def _post_of(service: Service, officer: str) -> str:
    with service.read() as reader:
        return _post(reader, officer)


def _post(reader: Reader, officer: str) -> str:
    watch = who_has_the_watch(reader.stream(DUTY).of(ROSTERS), reader.now)
    on_watch = next((p for p, o in watch.posts.items() if o == officer), None)
    known = reader.stream(DESK).of(OFFICERS).by_id.get(officer)
    return on_watch or (known.role if known is not None else "other")


def _row(service: Service, sending: str) -> dict[str, Any]:
    with service.read() as reader:
        row = outbox.row(reader.connection, sending)
    if row is None or row["content"].get("purpose") not in {"alert", *phone_test_calls.PURPOSES}:
        raise NotFound(f"no sending {sending}")
    return dict(row)


def _alert(service: Service, stream: str, sending: str) -> Alert:
    with service.read() as reader:
        alerts = reader.stream(stream).of(ALERTS).by_id.values()
    found = next((a for a in alerts if sending in a.sendings), None)
    if found is None:
        raise NotFound(f"no alert of sending {sending}")
    return found


def find_alert(service: Service, stream: str, alert_id: str) -> Alert:
    """Raises NotFound."""
    with service.read() as reader:
        found = reader.stream(stream).of(ALERTS).by_id.get(alert_id)
    if found is None:
        raise NotFound(f"no alert {alert_id[:40]}")
    return found
