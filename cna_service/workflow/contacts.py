"""What officers find out about the directory's numbers: proved by a call, found wrong, replaced."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cna_service.db.idempotency import Key, Reply
from cna_service.directory.model import CHANNELS, FUNCTIONS, HOURS, Authority, Contact
from cna_service.directory.table import listing_problems
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Problem
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft, Erased
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import DIRECTORY, LISTED
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work

WRONG = ("wrong_number", "line_dead", "no_longer_theirs")


def verify_contact(
    service: Service, actor: Actor, authority: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{contact, spoke_to, words?, happened_at?}``: a named officer reached them on this contact and says whom.

    Raises Invalid, AuthorityNotListed, NotPermitted.
    """
    asked = Asked(body)
    contact, spoke_to = asked.needed("contact", longest=40), asked.needed("spoke_to", longest=500)
    words, happened = asked.text("words"), asked.told("happened_at")
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.CONTACT_VERIFY, DIRECTORY, key=key) as work:
        _known(asked, work, authority, contact)
        exact = happened.exact if happened is not None else None
        if exact is not None and exact > work.now:
            asked.wrong("happened_at", to_text(exact), "lies ahead", "give the instant of the call")
        asked.done()
        told = {
            "authority": authority,
            "contact": contact,
            "verified_at": to_text(exact or work.now),
            "by": actor.name,
            "spoke_to": spoke_to,
            "words": words,
        }
        draft = Draft("authority.contact_verified", _told(told), happened_at=happened, told_at=work.now)
        work.append(draft)
        return done(work, authority=authority, contact=contact)


def doubt_contact(
    service: Service, actor: Actor, authority: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{contact, why, words?}``: offered no more until somebody proves it. Raises Invalid, AuthorityNotListed."""
    asked = Asked(body)
    contact, why, words = asked.needed("contact", longest=40), asked.word("why", WRONG), asked.text("words")
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.CONTACT_VERIFY, DIRECTORY, key=key) as work:
        _known(asked, work, authority, contact)
        asked.done()
        work.append(doubted(authority, contact, why, words=words))
        return done(work, authority=authority, contact=contact)


def doubted(
    authority: str, contact: str, why: str, *, words: str | None = None, case: str | None = None
) -> Draft:
    told = {"authority": authority, "contact": contact, "why": why, "words": words, "case": case}
    return Draft("authority.contact_doubted", _told(told))


def change_contact(
    service: Service, actor: Actor, authority: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{contact?, kind, value, function?, hours?, reason, by?}`` enters a contact or replaces one; ``{contact,
    remove: true, reason}`` takes it out. A new value is verified by nobody. Raises Invalid, AuthorityNotListed."""
    asked = Asked(body)
    contact, reason = asked.text("contact", longest=40), asked.needed("reason")
    removed = asked.yes("remove")
    told: dict[str, Any] = {"removed": True} if removed else _new_contact(asked)
    asked.check_unknown()
    if removed and not contact:
        asked.wrong("contact", None, "is missing", "name the contact to be taken out")
    asked.done()
    with service.write(actor, Action.AUTHORITY_CHANGE, DIRECTORY, key=key) as work:
        listed = work.of(LISTED).find(authority)
        if contact and removed:
            _known(asked, work, authority, contact)
        asked.done()
        name = contact or _free_name(listed)
        work.append(
            Draft(
                "authority.contact_changed",
                _told({"authority": authority, "contact": name, "reason": reason, **told}),
            )
        )
        return done(work, authority=authority, contact=name)


def _new_contact(asked: Asked) -> dict[str, Any]:
    told: dict[str, Any] = {
        "kind": asked.word("kind", CHANNELS),
        "value": asked.needed("value", longest=300),
        "function": asked.word("function", FUNCTIONS, "") or None,
        "hours": asked.word("hours", HOURS, "") or None,
        "by": asked.text("by", longest=500),
    }
    if told["kind"] and told["value"]:
        asked.problems.extend(_wrong(told))
    return told


def _wrong(told: Mapping[str, Any]) -> list[Problem]:
    """What the directory's own rules find wrong with one contact."""
    whole = {
        "authority": "some-office",
        "state": "XA",
        "name": "n",
        "functions": [],
        "subjects": [],
        "zone": "UTC",
    }
    found = listing_problems({**whole, "from": None, "to": None, "contacts": [told]})
    return [Problem(p.pointer.replace("/contacts/0", ""), p.told, p.why, p.fix) for p in found]


def _free_name(authority: Authority) -> str:
    taken = {c.id for c in authority.contacts}
    return next(name for n in range(1, 1000) if (name := f"c{n}") not in taken)


def _known(asked: Asked, work: Work, authority: str, contact: str) -> Contact | None:
    listed = work.of(LISTED, DIRECTORY).find(authority)
    found = listed.contact(contact)
    if found is None:
        named = ", ".join(c.id for c in listed.contacts) or "none is listed"
        asked.wrong("contact", contact, "is no contact of this authority", f"one of: {named}")
    return found


def on_number(authority: Authority, number: str) -> Contact | None:
    """The contact of the directory that has this number, however it is written; None for a number that it has not."""
    wanted = digits(number)
    spoken = (c for c in authority.contacts if c.kind in ("phone", "sms", "fax", "radio"))
    return next(
        (c for c in spoken if wanted and not isinstance(c.value, Erased) and digits(c.value) == wanted), None
    )


def digits(number: str) -> str:
    """A number as it is compared: ``+1 555 01-02`` and ``0015550102`` are one."""
    found = "".join(c for c in number if c.isdigit())
    return found.removeprefix("00") if not number.strip().startswith("+") else found


def row_of(authority: Authority, contact: Contact, at: datetime) -> dict[str, Any]:
    """What an entry copies of the directory: the office, and what stands of the number; never the number itself."""
    row = {k: v for k, v in contact.row(at).items() if k != "value"}
    return {"authority": authority.id, "name": authority.name, "listed_seq": authority.seq, **row}


def _told(told: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in told.items() if v is not None}
