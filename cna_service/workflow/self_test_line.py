"""The line and the mailbox that the desk's self-test goes to: nobody's, so that no account stands for them.

An alert of kind ``self_test`` asks this one "person"; everything else about it is what a real alert is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cna_service.db.timers import TimerKey
from cna_service.escalation.ladders import Channel
from cna_service.escalation.rules import Person
from cna_service.escalation.state import Alert, Contact, Escalations, Sending, SendingState
from cna_service.identity.officers import Officer

PROBE = "self-test"
KIND = TIMER = "self_test"
KINDS = frozenset({TIMER})
_FAILED = frozenset({SendingState.FAILED, SendingState.UNDELIVERED})
PROBE_OFFICER = Officer(id=PROBE, name="", post="", office="", role="")


@dataclass(frozen=True, slots=True)
class SelfTestLine:
    """``number``: E.164; ``is_loop``: it is a second number of the desk's own, whose SMS come back to the desk;
    ``mail``: a mailbox. Empty: not tried. ``within``: after that the test has failed."""

    number: str = ""
    is_loop: bool = False
    mail: str = ""
    within: timedelta = timedelta(minutes=5)

    @property
    def channels(self) -> tuple[str, ...]:
        tried = ((Channel.SMS, self.number), (Channel.EMAIL, self.mail))
        return tuple(channel.value for channel, address in tried if address)

    def address(self, contact: Contact) -> str:
        return self.number if contact.channel is Channel.SMS else self.mail


def is_probe(facts: Mapping[str, Any]) -> bool:
    return facts.get("person") == PROBE


def probe(facts: Mapping[str, Any]) -> Person:
    """The line as somebody who can be summoned; ``facts``: the alert's own."""
    channels = [Channel(each) for each in facts.get("channels", ())]
    return Person(PROBE, tuple(Contact(channel, channel.value) for channel in channels))


def due(alerts: Escalations) -> dict[TimerKey, datetime]:
    """When the result of a test under way can be said: at once when all is proved or something failed, else when its
    time is over."""
    return {TimerKey(TIMER, a.id): _decided_at(a) for a in alerts.open if a.kind == KIND}


def first_sendings(alert: Alert) -> dict[Channel, Sending]:
    """The first sending on each channel: later ones are the ladder's, and prove less."""
    found: dict[Channel, Sending] = {}
    for sending in alert.sendings.values():
        found.setdefault(sending.contact.channel, sending)
    return found


def _decided_at(alert: Alert) -> datetime:
    over = alert.raised_at + timedelta(seconds=int(alert.text_facts.get("within_seconds", 300)))
    firsts = first_sendings(alert)
    if any(s.state in _FAILED for s in firsts.values()):
        return min(s.since for s in firsts.values() if s.state in _FAILED)
    proved = [_proved_at(alert, s) for s in firsts.values()]
    if len(firsts) < len(alert.text_facts.get("channels", ())) or any(at is None for at in proved):
        return over
    return min(over, max(at for at in proved if at is not None))


def _proved_at(alert: Alert, sending: Sending) -> datetime | None:
    """When as much was proved of it as can be; None before that."""
    if sending.contact.channel is not Channel.SMS:
        return sending.since if sending.state >= SendingState.SENT else None
    if alert.text_facts.get("is_loop"):
        return None if alert.acknowledgement is None else alert.acknowledgement.at
    return sending.since if sending.state is SendingState.DELIVERED else None
