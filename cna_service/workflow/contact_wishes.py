"""An officer's wishes: his own order of calling at high and low urgency, his quiet hours, his zone and waking hours.

The desk takes rules only by which he would be woken: at high urgency something that rings must come within two
minutes. Whoever wants no call gives the watch away, not his telephone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Any

from cna_service.db.idempotency import Key, Reply
from cna_service.duty.local_time import zone
from cna_service.identity.actors import Actor
from cna_service.identity.contact_rules import ANY, CHANNELS, ContactRules, Quiet, Step, hour_of
from cna_service.identity.contacts import ContactBook
from cna_service.identity.preferences import Preferences
from cna_service.ledger.entry import Draft
from cna_service.workflow.asked import Asked
from cna_service.workflow.officer_contacts import action_on
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service

RINGS = frozenset({"sms", "voice"})
FIRST_RING = timedelta(minutes=2)
LATEST = timedelta(minutes=30)
SHORTEST_REPEAT, LONGEST_REPEAT = 60, 3600
MOST_STEPS = 12


def set_rules(
    service: Service, actor: Actor, officer_id: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{high: [{after_seconds, channel, contact?}], repeat_every_seconds?, low: [...], quiet?: {from, to}}``; all
    empty: the ladder's own channels again. Raises Invalid, OfficerUnknown, NotPermitted.
    """
    asked = Asked(body)
    with service.write(actor, action_on(actor, officer_id), DESK, key=key) as work:
        officer = work.of(OFFICERS).find(officer_id)
        rules = read_rules(asked, officer.book)
        asked.done()
        work.append(
            Draft("officer.rules_set", {"officer": officer_id, "rules": rules.as_json(), "by": actor.id})
        )
        return done(work, officer=officer_id, rules=rules.as_json())


def read_rules(asked: Asked, book: ContactBook) -> ContactRules:
    """The rules that were asked for; what is wrong is noted in ``asked``."""
    high = _steps(asked, "high", book)
    low = _steps(asked, "low", book)
    repeat = asked.number("repeat_every_seconds", least=SHORTEST_REPEAT, most=LONGEST_REPEAT)
    quiet = _span(asked, "quiet")
    asked.check_unknown()
    if high and not any(s.channel in RINGS and s.after <= FIRST_RING for s in high):
        why = "nothing that rings comes within two minutes"
        asked.wrong("high", None, why, "add an SMS or a call to a telephone within 120 seconds")
    if repeat is not None and not high:
        asked.wrong("repeat_every_seconds", repeat, "repeats nothing", "name steps at high urgency first")
    return ContactRules(
        high,
        None if repeat is None else timedelta(seconds=repeat),
        low,
        None if quiet is None else Quiet(*quiet),
    )


def _steps(asked: Asked, field: str, book: ContactBook) -> tuple[Step, ...]:
    found = []
    for each in asked.parts(field)[:MOST_STEPS]:
        after = each.number("after_seconds", most=int(LATEST.total_seconds())) or 0
        channel = each.word("channel", CHANNELS)
        contact = each.word("contact", (ANY, *book.by_id), ANY)
        each.check_unknown()
        named = book.by_id.get(contact)
        able = (
            [c for c in book.contacts if channel in c.channels]
            if contact == ANY
            else [named]
            if named
            else []
        )
        if channel and not any(channel in c.channels for c in able):
            each.wrong("channel", channel, "is none that this contact has", "choose a contact that has it")
        found.append(Step(timedelta(seconds=after), channel, contact))
    return tuple(sorted(found, key=lambda step: step.after))


def _span(asked: Asked, field: str) -> tuple[time, time] | None:
    if not asked.body.get(field):
        asked.raw(field)
        return None
    told = asked.part(field)
    starts, ends = _hour(told, "from"), _hour(told, "to")
    told.check_unknown()
    return None if starts is None or ends is None else (starts, ends)


def _hour(asked: Asked, field: str) -> time | None:
    text = asked.needed(field, longest=8)
    if not text:
        return None
    try:
        return hour_of(text)
    except ValueError:
        asked.wrong(field, text, "is no time of day", "write it like 07:00")
        return None


def set_preferences(
    service: Service, actor: Actor, officer_id: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{zone?, waking?: {from, to}, language?}``: his time zone (empty: the desk's), the hours in which he is awake,
    the language in which the desk speaks to him. Raises Invalid, OfficerUnknown, NotPermitted.
    """
    asked = Asked(body)
    name, waking, language = asked.text("zone", longest=64), _span(asked, "waking"), asked.text("language")
    asked.check_unknown()
    if name is not None and not _is_zone(name):
        asked.wrong("zone", name, "is no time zone", "write one such as Europe/Lisbon")
    if language is not None and not (len(language) == 2 and language.isascii() and language.islower()):
        asked.wrong("language", language, "is no language", "write two letters, such as en")
    asked.done()
    with service.write(actor, action_on(actor, officer_id), DESK, key=key) as work:
        officer = work.of(OFFICERS).find(officer_id)
        before = officer.book.preferences
        wakes, sleeps = waking or (before.wakes, before.sleeps)
        wished = Preferences(name if "zone" in body else before.zone, wakes, sleeps)
        work.append(
            Draft("officer.preferences_set", {"officer": officer_id, **wished.as_json(), "by": actor.id})
        )
        if language is not None and language != officer.language:
            work.append(Draft("officer.changed", {"officer": officer_id, "language": language}))
        return done(work, officer=officer_id)


def _is_zone(name: str) -> bool:
    try:
        zone(name)
    except ValueError:
        return False
    return True
