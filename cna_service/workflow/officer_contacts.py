"""An officer's contacts: added, changed, removed, put in order; each change told to the contact it takes away.

He does it himself, or whoever answers for rosters or accounts does it for him; either way it is an entry. A number
that another put in place of his is told to his old one: that somebody takes over his summonses must not be silent
(desk-rules 16.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.db.idempotency import Key, Reply
from cna_service.db.outbox import Sending
from cna_service.identity import proof_store as proofs
from cna_service.identity.actors import Actor
from cna_service.identity.contacts import FURTHER_KINDS, OWN, OfficerContact
from cna_service.identity.officers import Officer
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict, NotFound
from cna_service.kit.ids import uuid7
from cna_service.kit.instants import date_time_group
from cna_service.ledger.entry import Draft
from cna_service.workflow.asked import Asked
from cna_service.workflow.contact_values import read_value
from cna_service.workflow.officers import AlreadySo
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work

MOST_CONTACTS = 20
_NOTICE = 3


class ContactUnknown(NotFound):
    code = "contact-unknown"
    title = "This officer has no such contact"


class LastWakingContact(Conflict):
    code = "last-waking-contact"
    title = "Without this contact nothing could wake this officer"


class TooManyContacts(Conflict):
    code = "too-many-contacts"
    title = "This officer has as many contacts as the desk keeps"


def action_on(actor: Actor, officer: str) -> Action:
    """What the permission table is asked for: his own contacts, or another's."""
    return Action.OWN_CONTACTS if actor.id == officer else Action.OFFICERS_CONTACTS


def contact_of(officer: Officer, contact: str) -> OfficerContact:
    """Raises ContactUnknown."""
    found = officer.book.by_id.get(contact)
    if found is None:
        listed = ", ".join(officer.book.by_id) or "none"
        raise ContactUnknown(f"{officer.id} has no contact {contact}; listed: {listed}.")
    return found


def add_contact(
    service: Service, actor: Actor, officer_id: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """Add a contact: ``{kind, value, label?, by_day?}``; ``kind``: number, email, push, webhook, chat. A number that
    is a landline becomes one, and is called only. The reply holds the contact's id and what is doubtful of it.

    Raises Invalid, TooManyContacts, OfficerUnknown, NotPermitted.
    """
    asked = Asked(body)
    kind = asked.word("kind", FURTHER_KINDS)
    value = read_value(asked, "value", kind, service.desk.state)
    label, by_day = asked.text("label", longest=40), asked.yes("by_day")
    asked.check_unknown()
    asked.done()
    assert value is not None
    with service.write(actor, action_on(actor, officer_id), DESK, key=key) as work:
        officer = work.of(OFFICERS).find(officer_id)
        if len(officer.book.by_id) >= MOST_CONTACTS:
            raise TooManyContacts(f"{MOST_CONTACTS}: remove one first.")
        known = next((c for c in officer.book.contacts if c.value == value.text), None)
        if known is not None:
            asked.wrong("value", None, f"is {known.id} already", "change that contact instead")
            asked.done()
        contact = officer.book.next_id(value.kind)
        told = {"value": value.text, "label": label, "by_day": by_day or None, "by": actor.id}
        body = {"officer": officer_id, "contact": contact, "kind": value.kind, **told}
        work.append(Draft("officer.contact_added", {k: v for k, v in body.items() if v is not None}))
        if actor.id != officer_id:
            _tell(
                service, work, officer, officer.book.contacts[:1], f"{_who(actor)} added a contact to yours"
            )
        return done(work, officer=officer_id, contact=contact, doubts=list(value.doubts))


def change_contact(
    service: Service,
    actor: Actor,
    officer_id: str,
    contact: str,
    body: Mapping[str, Any],
    key: Key | None = None,
) -> Reply:
    """Change one contact: ``{value?, label?, by_day?}``. A new value is unverified until its owner proves it, and the
    old one is told. Raises Invalid, ContactUnknown, OfficerUnknown, NotPermitted.
    """
    asked = Asked(body)
    label, by_day = asked.raw("label"), asked.raw("by_day")
    flag = None if by_day is None else asked.yes("by_day")
    with service.write(actor, action_on(actor, officer_id), DESK, key=key) as work:
        officer = work.of(OFFICERS).find(officer_id)
        before = contact_of(officer, contact)
        kind = "number" if before.kind in ("phone", "second_phone", "landline") else before.kind
        value = None if not body.get("value") else read_value(asked, "value", kind, service.desk.state)
        asked.raw("value")
        asked.check_unknown()
        if label is not None and (not isinstance(label, str) or len(label) > 40):
            asked.wrong("label", label, "is no text of at most 40 signs", "shorten it")
        asked.done()
        new = value is not None and value.text != before.value
        changed: dict[str, Any] = {"value": value.text} if new and value is not None else {}
        if isinstance(label, str) and label != (before.label or ""):
            changed["label"] = label
        if flag is not None and flag != before.is_by_day:
            changed["by_day"] = flag
        _append_change(work, officer, before, changed, actor)
        if new:
            proofs.end(work.connection, officer_id, contact, service.machine.now())
            words = "Your summonses go to another number or address from now"
            _tell(service, work, officer, _told_of(officer, before, actor), f"{_who(actor)}: {words}")
        return done(work, officer=officer_id, contact=contact, doubts=list(value.doubts) if value else [])


def _append_change(
    work: Work, officer: Officer, before: OfficerContact, changed: dict[str, Any], actor: Actor
) -> None:
    if not changed:
        raise AlreadySo("Nothing was changed.")
    told = dict(changed)
    if before.id in OWN and "value" in told:
        # The account's own contacts stand where they always stood, so that every release reads them.
        work.append(Draft("officer.changed", {"officer": officer.id, before.id: told.pop("value")}))
    if told:
        body = {"officer": officer.id, "contact": before.id, **told, "by": actor.id}
        work.append(Draft("officer.contact_changed", body))


def remove_contact(
    service: Service,
    actor: Actor,
    officer_id: str,
    contact: str,
    body: Mapping[str, Any],
    key: Key | None = None,
) -> Reply:
    """Take a contact away: ``{reason?}``; it is told so. Refused for the only one that can wake him, and for the
    account's first telephone and mail address, which are changed instead.

    Raises Invalid, ContactUnknown, LastWakingContact, OfficerUnknown, NotPermitted.
    """
    asked = Asked(body)
    reason = asked.text("reason", longest=500)
    asked.check_unknown()
    asked.done()
    with service.write(actor, action_on(actor, officer_id), DESK, key=key) as work:
        officer = work.of(OFFICERS).find(officer_id)
        before = contact_of(officer, contact)
        if contact in ("phone", "email"):
            raise LastWakingContact(f"An account keeps its {contact}: change it instead.")
        if before.wakes and len(officer.book.waking) == 1:
            raise LastWakingContact("Add another one first.")
        if contact in OWN:
            work.append(Draft("officer.changed", {"officer": officer_id, contact: ""}))
        else:
            told = {"officer": officer_id, "contact": contact, "by": actor.id, "reason": reason}
            work.append(Draft("officer.contact_removed", {k: v for k, v in told.items() if v is not None}))
        proofs.end(work.connection, officer_id, contact, service.machine.now())
        words = "no summons goes to this number or address any more"
        _tell(service, work, officer, _told_of(officer, before, actor), f"{_who(actor)}: {words}")
        return done(work, officer=officer_id, contact=contact)


def order_contacts(
    service: Service, actor: Actor, officer_id: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """Say in which order contacts are used: ``{order: [ids]}``; what is left out comes after. Raises Invalid,
    OfficerUnknown, NotPermitted."""
    asked = Asked(body)
    wanted = asked.texts("order", required=True)
    asked.check_unknown()
    with service.write(actor, action_on(actor, officer_id), DESK, key=key) as work:
        officer = work.of(OFFICERS).find(officer_id)
        for name in wanted:
            if name not in officer.book.by_id:
                asked.wrong("order", name, "is no contact of this officer", "use the ids as listed")
        if len(set(wanted)) != len(wanted):
            asked.wrong("order", None, "names a contact twice", "name each once")
        asked.done()
        work.append(
            Draft("officer.contacts_ordered", {"officer": officer_id, "order": list(wanted), "by": actor.id})
        )
        return done(work, officer=officer_id, order=list(wanted))


def _who(actor: Actor) -> str:
    return actor.name or actor.id or "the service"


def _told_of(officer: Officer, before: OfficerContact, actor: Actor) -> tuple[OfficerContact, ...]:
    """The contact that goes, and, where another did it, his first other one."""
    others = [c for c in officer.book.contacts if c.id != before.id]
    return (before, *(others[:1] if actor.id != officer.id else ()))


def _tell(
    service: Service, work: Work, officer: Officer, whom: tuple[OfficerContact, ...], words: str
) -> None:
    mark = "EXERCISE: " if service.desk.is_exercise else ""
    number = f" Was it not you? Call {service.desk.telephone}." if service.desk.telephone else ""
    text = f"{mark}{service.desk.name}: {words}, {date_time_group(work.now)}.{number}"
    work.send(row for each in whom if (row := _notice(work, each, text, mark)) is not None)


def _notice(work: Work, contact: OfficerContact, text: str, mark: str) -> Sending | None:
    channel = next((c for c in ("sms", "email") if c in contact.channels), None)
    if channel is None or not contact.value:
        return None
    sending = uuid7(work.now)
    content = {"purpose": "notice", "subject": f"{mark}An officer's contacts changed", "text": text}
    return Sending(sending, DESK, f"notice:{sending}", channel, contact.value, content, priority=_NOTICE)
