"""Whom a rung means now: the watch, the accounts and the holder, with the contacts they can be reached on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from cna_service.alerts import store as alert_store
from cna_service.duty.local_time import wall_time, zone
from cna_service.duty.rules import Watch, who_has_the_watch
from cna_service.escalation.ladders import Channel, Who, above
from cna_service.escalation.rules import People, Person
from cna_service.escalation.state import Contact, Later
from cna_service.identity.contact_rules import plan
from cna_service.identity.contacts import in_order_of_use
from cna_service.identity.officers import Officer, Officers
from cna_service.workflow import self_test_line
from cna_service.workflow.projections import DELEGATIONS, DESK, OFFICERS
from cna_service.workflow.roster_reading import rosters_in
from cna_service.workflow.watch_holder import for_holder, post_of_holder
from cna_service.workflow.work import Work

_SENDABLE = frozenset(channel.value for channel in Channel)

_BY_ROLE = {Who.SUPERVISOR: "supervisor", Who.ADMINISTRATOR: "administrator", Who.DECIDER: "decider",
            Who.LEGAL_ADVISER: "legal_adviser"}  # fmt: skip


_DECIDERS = (Who.DECIDER, Who.SECOND_DECIDER, Who.THIRD_DECIDER, Who.FOURTH_DECIDER)
_NOTHING: Mapping[str, Any] = {}


def people(
    work: Work,
    holder: str | None,
    facts: Mapping[str, Any] = _NOTHING,
    *,
    is_second: bool = True,
    urgency: str = "high",
) -> People:
    """A function from post to the persons on it at the command's instant; ``holder`` is who holds the matter,
    ``facts`` what the alert itself names: its deciders in order, the one person it asks. ``is_second``: a holder whose
    watch is over is summoned too, after who has the watch (desk-rules 3.5). ``urgency``: the alert's, for which each
    person may have set rules of his own."""

    def on(who: Who) -> Sequence[Person]:
        if who is Who.ASKED_PERSON and self_test_line.is_probe(facts):
            return [self_test_line.probe(facts)]
        named = _named(who, facts)
        officers = _officers(work, who, holder, is_second) if named is None else named
        return [p for o in officers if (p := person(work, o, urgency)) is not None]

    return on


def _named(who: Who, facts: Mapping[str, Any]) -> list[str] | None:
    """Those whom the alert names for this post; None where the watch says it."""
    deciders = facts.get("deciders")
    if who in _DECIDERS and isinstance(deciders, list | tuple):
        return [str(d) for d in deciders[_DECIDERS.index(who) :][:1]]
    if who is Who.ASKED_PERSON:
        return [str(facts["person"])] if facts.get("person") else []
    return [] if who in _DECIDERS[1:] else None


def person(work: Work, officer_id: str, urgency: str = "high") -> Person | None:
    """The officer with his contacts in the order of use, and his own rules; None for one who is unknown or
    disabled."""
    officer = work.of(OFFICERS, DESK).by_id.get(officer_id)
    if officer is None or not officer.is_enabled:
        return None
    local = local_time(officer, work.now, work.zone)
    at_night = officer.book.preferences.is_night(local)
    usable = in_order_of_use(officer.book.contacts, work.now, at_night=at_night)
    found = [
        Contact(Channel(channel), each.id)
        for each in usable
        if each.value
        for channel in each.channels
        if channel in _SENDABLE
        and not (channel == "sms" and alert_store.is_stopped(work.connection, each.value))
    ]
    if all(contact.channel is Channel.CHAT for contact in found):
        # Best effort and nothing more: who has only that cannot be reached, and the next rung is due at once.
        found = []
    rules = officer.book.rules
    # What cannot be sent just now (a number that answered STOP) is no contact of a rule either.
    wanted = plan(rules, [c for c in usable if any(f.id == c.id for f in found)], urgency, local)
    tries = (Later(p.after, Contact(Channel(p.channel), p.contact)) for p in wanted)
    repeat = rules.repeat_every if urgency == "high" else None
    return Person(officer_id, tuple(found), tuple(t for t in tries if t.contact in found), repeat)


def local_time(officer: Officer, now: datetime, desk_zone: str) -> time:
    """What the officer's own wall clock shows."""
    return wall_time(now, zone(officer.book.preferences.zone or desk_zone)).time()


def address(officer: Officer, contact: Contact) -> str:
    """Where a sending to this contact goes, for the outbox. The number or the mail address; for what holds a secret
    (a subscription, a webhook's or a chat's address) ``<officer>/<contact>``, and whoever sends looks the value up
    (:func:`value_of`), so that it lies in no second place."""
    kept = officer.book.by_id.get(contact.id or "phone")
    if kept is None or not kept.value:
        return ""
    return kept.value if kept.kind in _IN_CLEAR else f"{officer.id}/{kept.id}"


_IN_CLEAR = frozenset({"phone", "second_phone", "number", "landline", "email"})


def value_of(officers: Officers, address: str) -> str | None:
    """The value behind ``<officer>/<contact>``; None if there is no such contact any more."""
    officer_id, _, contact = address.partition("/")
    officer = officers.get(officer_id)
    found = None if officer is None else officer.book.by_id.get(contact)
    return None if found is None else found.value


def _officers(work: Work, who: Who, holder: str | None, is_second: bool) -> list[str]:
    now = work.now
    watch = who_has_the_watch(rosters_in(work), now)
    if who is Who.HOLDER:
        return for_holder(watch, holder, is_second=is_second)
    if who is Who.ABOVE_HOLDER:
        return _officers(work, above(post_of_holder(watch, holder)), None, is_second)
    on_watch = _on_watch(watch, who)
    if on_watch or who not in _BY_ROLE:
        return on_watch
    officers = work.of(OFFICERS, DESK).by_id
    if who is Who.DECIDER and (holders := _holders(work, now)):
        return [o for o in holders if o in officers and officers[o].is_enabled]
    return sorted(o.id for o in officers.values() if o.role == _BY_ROLE[who] and o.is_enabled)


def _holders(work: Work, now: datetime) -> list[str]:
    """Whom a delegation in force names: they decide, whatever role their account has (desk-rules 6.1)."""
    in_force = work.of(DELEGATIONS, DESK).in_force(now)
    return list(dict.fromkeys(d.officer for d in in_force if d.officer is not None))


def _on_watch(watch: Watch, post: Who) -> list[str]:
    found = watch.posts.get(post.value)
    return [found] if found else []
