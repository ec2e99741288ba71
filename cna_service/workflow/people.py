"""Whom a rung means now: the watch, the accounts and the holder, with the contacts they can be reached on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cna_service.alerts import store as alert_store
from cna_service.duty.rules import Watch, who_has_the_watch
from cna_service.escalation.ladders import Channel, Who, above
from cna_service.escalation.rules import People, Person
from cna_service.escalation.state import Contact
from cna_service.identity.officers import Officer
from cna_service.workflow.projections import DELEGATIONS, DESK, DUTY, OFFICERS, ROSTERS
from cna_service.workflow.work import Work

# In the order in which they wake a person.
_CONTACTS = ((Channel.SMS, "phone"), (Channel.VOICE, "phone"), (Channel.SMS, "second_phone"),
             (Channel.VOICE, "second_phone"), (Channel.EMAIL, "email"))  # fmt: skip

_BY_ROLE = {Who.SUPERVISOR: "supervisor", Who.ADMINISTRATOR: "administrator", Who.DECIDER: "decider",
            Who.LEGAL_ADVISER: "legal_adviser"}  # fmt: skip


_DECIDERS = (Who.DECIDER, Who.SECOND_DECIDER, Who.THIRD_DECIDER, Who.FOURTH_DECIDER)
_NOTHING: Mapping[str, Any] = {}


def people(work: Work, holder: str | None, facts: Mapping[str, Any] = _NOTHING) -> People:
    """A function from post to the persons on it at the command's instant; ``holder`` is who holds the matter,
    ``facts`` what the alert itself names: its deciders in order, the one person it asks."""

    def on(who: Who) -> Sequence[Person]:
        named = _named(who, facts)
        officers = _officers(work, who, holder, work.now) if named is None else named
        return [p for o in officers if (p := person(work, o)) is not None]

    return on


def _named(who: Who, facts: Mapping[str, Any]) -> list[str] | None:
    """Those whom the alert names for this post; None where the watch says it."""
    deciders = facts.get("deciders")
    if who in _DECIDERS and isinstance(deciders, list | tuple):
        return [str(d) for d in deciders[_DECIDERS.index(who) :][:1]]
    if who is Who.ASKED_PERSON:
        return [str(facts["person"])] if facts.get("person") else []
    return [] if who in _DECIDERS[1:] else None


def person(work: Work, officer_id: str) -> Person | None:
    """The officer with his contacts; None for one who is unknown or disabled."""
    officer = work.of(OFFICERS, DESK).by_id.get(officer_id)
    if officer is None or not officer.is_enabled:
        return None
    stopped = {f for f in ("phone", "second_phone") if _is_stopped(work, getattr(officer, f))}
    contacts = [
        Contact(channel, name)
        for channel, name in _CONTACTS
        if getattr(officer, name) and not (channel is Channel.SMS and name in stopped)
    ]
    return Person(officer_id, tuple(contacts))


def _is_stopped(work: Work, number: object) -> bool:
    return isinstance(number, str) and alert_store.is_stopped(work.connection, number)


def address(officer: Officer, contact: Contact) -> str:
    """The number or address behind a contact's name."""
    found = getattr(officer, contact.id or "phone")
    return str(found or "")


def _officers(work: Work, who: Who, holder: str | None, now: datetime) -> list[str]:
    watch = who_has_the_watch(work.of(ROSTERS, DUTY), now)
    if who is Who.HOLDER:
        return [holder] if holder else _on_watch(watch, Who.DUTY_OFFICER)
    if who is Who.ABOVE_HOLDER:
        post = next(
            (p for p in (Who.DUTY_OFFICER, Who.DEPUTY) if holder in _on_watch(watch, p)), Who.SUPERVISOR
        )
        return _officers(work, above(post), None, now)
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
