"""Proving that a contact is his: a code sent to it and typed back, or a call that asks for a key on his screen.

An unverified contact is used all the same, after those that are verified: better an unverified ring than none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.db.idempotency import Key, Reply
from cna_service.db.outbox import Sending
from cna_service.escalation import phone_test_words
from cna_service.escalation.ladders import Channel
from cna_service.escalation.state import Contact
from cna_service.identity import proof_store as proofs
from cna_service.identity.actors import SERVICE, Actor
from cna_service.identity.contacts import OfficerContact
from cna_service.identity.permissions import Action, require
from cna_service.identity.proof_store import Proof
from cna_service.kit.errors import Conflict, Invalid, Problem
from cna_service.kit.ids import uuid7
from cna_service.ledger.entry import Draft
from cna_service.workflow.asked import Asked
from cna_service.workflow.officer_contacts import action_on, contact_of
from cna_service.workflow.people import address
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.receipts import done
from cna_service.workflow.replies_json import as_bytes
from cna_service.workflow.service import Service

PURPOSE = "proof"
_PRIORITY = 2
"""After the first summons of a case, before everything else: somebody stands there and waits for it."""


class NotThisWay(Conflict):
    code = "not-this-way"
    title = "This contact cannot be verified in this way"


class ProofRefused(Invalid):
    code = "proof-refused"
    title = "That is not what was sent there"


def send_proof(
    service: Service, actor: Actor, officer_id: str, contact: str, body: Mapping[str, Any]
) -> tuple[Reply, str | None]:
    """Send a code to a contact, or call it: ``{by?: code | call}``. Returns the reply and, for a call, the key that
    must be pressed: for the screen of who asked, and for nobody else.

    No entry: nothing is known yet. Raises ContactUnknown, NotThisWay, OfficerUnknown, NotPermitted.
    """
    asked = Asked(body)
    way = asked.word("by", ("code", "call"), "")
    asked.check_unknown()
    asked.done()
    require(actor, action_on(actor, officer_id))
    with service.tick(SERVICE, [DESK], wait=True) as work:
        officer = work.of(OFFICERS, DESK).find(officer_id)
        found = contact_of(officer, contact)
        way = way or ("code" if set(found.channels) - {"voice"} else "call")
        channel = _channel(found, way)
        proof = Proof(uuid7(work.now), proofs.new_key() if way == "call" else proofs.new_code())
        proofs.begin(work.connection, proof, officer_id, contact, service.machine.now())
        to = address(officer, Contact(Channel(channel), contact))
        text = phone_test_words.proof(
            service.policies.texts, officer.language, proof.secret, exercise=service.desk.is_exercise
        )
        content = {
            "purpose": PURPOSE,
            "officer": officer_id,
            "contact": contact,
            "subject": text.split(":", 1)[0],
            "text": "" if way == "call" else text,
        }
        row = Sending(uuid7(work.now), DESK, f"proof:{proof.id}", channel, to, content, priority=_PRIORITY)
        work.send([row])
    told = {"officer": officer_id, "contact": contact, "by": way, "sending": row.id}
    return Reply(202, as_bytes(told)), proof.secret if way == "call" else None


def _channel(contact: OfficerContact, way: str) -> str:
    able = [c for c in contact.channels if (c == "voice") == (way == "call")]
    if not able:
        other = "by a call" if way == "code" else "by a code"
        raise NotThisWay(f"{contact.id} is verified {other}.")
    return able[0]


def verify_contact(
    service: Service,
    actor: Actor,
    officer_id: str,
    contact: str,
    body: Mapping[str, Any],
    key: Key | None = None,
) -> Reply:
    """The code as it arrived there: ``{code}``. Raises ProofRefused, ContactUnknown, OfficerUnknown, NotPermitted."""
    asked = Asked(body)
    code = asked.needed("code", longest=20)
    asked.check_unknown()
    asked.done()
    return _prove(service, actor, action_on(actor, officer_id), (officer_id, contact), code, "code", key)


def key_in_proof(service: Service, content: Mapping[str, Any], digits: str) -> bool:
    """A key was pressed in a call that asked for one; whether it was the one on the screen."""
    place = (str(content["officer"]), str(content["contact"]))
    try:
        _prove(service, SERVICE, Action.OFFICERS_CONTACTS, place, digits, "key", None)
    except Invalid:
        return False
    return True


def _prove(
    service: Service,
    actor: Actor,
    action: Action,
    place: tuple[str, str],
    told: str,
    by: str,
    key: Key | None,
) -> Reply:
    officer_id, contact = place
    machine_now = service.machine.now()
    try:
        with service.write(actor, action, DESK, key=key) as work:
            contact_of(work.of(OFFICERS).find(officer_id), contact)
            if not proofs.use(work.connection, officer_id, contact, told, machine_now):
                raise ProofRefused("")
            work.append(
                Draft("officer.contact_verified", {"officer": officer_id, "contact": contact, "by": by})
            )
            return done(work, officer=officer_id, contact=contact, verified=True)
    except ProofRefused:
        # The transaction of a refusal is undone, and with it the count: it is made in one of its own.
        with service.database.write() as connection:
            left = proofs.note_wrong(connection, officer_id, contact, machine_now)
            if by == "key":
                # Of four keys each is soon found: the first wrong one ends it.
                proofs.end(connection, officer_id, contact, machine_now)
        fix = f"look again; {left} tries are left" if left else "have a new code sent"
        raise ProofRefused("", Problem("/code", told[:20], "is not what was sent there", fix)) from None
