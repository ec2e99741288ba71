"""Officers' accounts: added, changed, disabled, enabled; their credentials set and reset, and told of.

An account is never deleted. Setting or resetting a credential is an entry, is told to the officer on his other
contact and to the supervisors, and stands beside his decisions for 24 h (desk-rules 8.2, 16.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cna_service.db.idempotency import Key, Reply
from cna_service.db.outbox import Sending
from cna_service.identity import links, passwords, store
from cna_service.identity.actors import Actor
from cna_service.identity.links import Purpose
from cna_service.identity.numbers import NoNumber, read_number
from cna_service.identity.officers import Contact, Officer, Officers
from cna_service.identity.permissions import OFFICER_ROLES, Action
from cna_service.identity.rules import OfficerAlreadyListed, officer_problems
from cna_service.kit.errors import Conflict
from cna_service.kit.ids import uuid7
from cna_service.kit.instants import date_time_group
from cna_service.ledger.entry import Draft
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service
from cna_service.workflow.signing_in import open_link
from cna_service.workflow.work import Work

_FIELDS = ("officer", "name", "post", "office", "role", "language", "phone", "second_phone", "email")
_LEAST_PRIORITY = 3


class AlreadySo(Conflict):
    code = "already-so"
    title = "That is so already"


class OwnAccount(Conflict):
    code = "own-account"
    title = "Another administrator must do this to your own account"


@dataclass(frozen=True, slots=True)
class MadeLink:
    """``secret`` is the last part of the link, shown once and kept nowhere; ``reply`` what the command wrote."""

    officer: str
    reply: Reply
    expires_at: datetime
    secret: str = field(repr=False)


def add_officer(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> MadeLink:
    """Add an account: ``{officer, name, post, office, role, language?, phone, second_phone?, email}``.

    Returns the one-time link by which the officer sets password and code generator, good for 72 hours. Raises
    Invalid, OfficerAlreadyListed, NotPermitted.
    """
    told = _told(body, service.desk.state)
    with service.write(actor, Action.OFFICER_CHANGE, DESK, key=key) as work:
        work.refuse_if(officer_problems(told, frozenset(map(str, OFFICER_ROLES))))
        if work.of(OFFICERS).get(told["officer"]) is not None:
            raise OfficerAlreadyListed(f"{told['officer']} is listed; officers are disabled, never deleted.")
        work.append(Draft("officer.added", told))
        return _link(service, work, told["officer"], "first")


def change_officer(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """Change what is given of an account: ``{officer, name?, post?, office?, role?, language?, phone?, …}``.

    An empty ``second_phone`` takes it away. Raises Invalid, OfficerUnknown, AlreadySo.
    """
    told = _told(body, service.desk.state, keep_blank=True)
    with service.write(actor, Action.OFFICER_CHANGE, DESK, key=key) as work:
        officer = work.of(OFFICERS).find(str(told.get("officer", "")))
        now = {name: getattr(officer, name, None) or "" for name in _FIELDS[1:]}
        changed = {name: value for name, value in told.items() if name in now and value != now[name]}
        merged = {"officer": officer.id, **now, **changed}
        work.refuse_if(officer_problems(merged, frozenset(map(str, OFFICER_ROLES))))
        if not changed:
            raise AlreadySo("Nothing was changed.")
        work.append(Draft("officer.changed", {"officer": officer.id, **changed}))
        _tell_replaced(service, work, officer, changed)
        return done(work, officer=officer.id)


def reset_credential(
    service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None
) -> MadeLink:
    """End an officer's password, code generator and sessions and make a new link: ``{officer, reason}``.

    Good for 24 hours. The officer and the supervisors are told. Raises Invalid, OfficerUnknown, NotPermitted.
    """
    asked = Asked(body)
    name, reason = asked.needed("officer", longest=64), asked.needed("reason", longest=500)
    asked.done()
    with service.write(actor, Action.CREDENTIAL_RESET, DESK, key=key) as work:
        officer = work.of(OFFICERS).find(name)
        work.append(Draft("credential.reset", {"officer": officer.id, "by": actor.id, "reason": reason}))
        by = actor.name or actor.id
        _tell(service, work, officer, f"Password and code of {officer.name} were reset by {by}")
        return _link(service, work, officer.id, "reset")


def set_credential(service: Service, secret: str, body: Mapping[str, Any]) -> Reply:
    """What the form behind a one-time link does: ``{password, repeated, code}``.

    Raises LinkSpent, PasswordTooWeak, Invalid, CodeRefused, NotPermitted (a disabled account).
    """
    opened = open_link(service, secret)
    officer, asked = opened.officer, Asked(body)
    password, repeated = asked.raw("password") or "", asked.raw("repeated") or ""
    code = asked.needed("code", longest=16)
    if password != repeated:
        asked.wrong("repeated", None, "is not the same as the password above", "type the password again")
    asked.done()
    passwords.check_password(password, (officer.id, officer.name, officer.email or ""))
    hashed = passwords.hash_password(password)
    actor = officer.actor(service.clock.now(), signed_in={"by": "link"})
    with service.write(actor, Action.CREDENTIAL_SET, DESK) as work:
        link = links.set_credential(
            work.connection, secret, password_hash=hashed, code=code, now=service.machine.now()
        )
        work.append(Draft("credential.set", {"officer": officer.id, "by": officer.id}))
        words = f"A password and code were set for {officer.name} by a link that {link.made_by} made"
        _tell(service, work, officer, words)
        return done(work, officer=officer.id)


def disable_officer(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """The account may do nothing from here on, its sessions and tokens end: ``{officer, reason}``.

    Raises Invalid, OfficerUnknown, AlreadySo, OwnAccount.
    """
    asked = Asked(body)
    name, reason = asked.needed("officer", longest=64), asked.needed("reason", longest=500)
    asked.done()
    with service.write(actor, Action.OFFICER_CHANGE, DESK, key=key) as work:
        officer = work.of(OFFICERS).find(name)
        if officer.id == actor.id:
            raise OwnAccount("You cannot disable the account you are signed in with.")
        if not officer.is_enabled:
            raise AlreadySo(f"{officer.id} is disabled already.")
        work.append(Draft("officer.disabled", {"officer": officer.id, "reason": reason}))
        store.end_sessions_of(work.connection, officer.id)
        return done(work, officer=officer.id)


def enable_officer(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """The account may act again, with the credential it had: ``{officer, reason}``."""
    asked = Asked(body)
    name, reason = asked.needed("officer", longest=64), asked.needed("reason", longest=500)
    asked.done()
    with service.write(actor, Action.OFFICER_CHANGE, DESK, key=key) as work:
        officer = work.of(OFFICERS).find(name)
        if officer.is_enabled:
            raise AlreadySo(f"{officer.id} is enabled already.")
        work.append(Draft("officer.enabled", {"officer": officer.id, "reason": reason}))
        return done(work, officer=officer.id)


def _told(body: Mapping[str, Any], region: str, *, keep_blank: bool = False) -> dict[str, Any]:
    """What was typed of the known fields, trimmed; a telephone number in its international form, where it is one."""
    told = {}
    for name in _FIELDS:
        value = body.get(name)
        if not isinstance(value, str):
            continue
        value = value.strip()
        if name in ("phone", "second_phone"):
            value = _number(value, region)
        if value or (keep_blank and name in body):
            told[name] = value
    if not keep_blank:
        told.setdefault("language", "en")
    return told


def _number(typed: str, region: str) -> str:
    try:
        return read_number(typed, region).e164 if typed else ""
    except NoNumber:
        # Shown again as it was typed, and refused there (identity.rules.officer_problems).
        return "".join(c for c in typed if c not in " -().")


def _tell_replaced(service: Service, work: Work, officer: Officer, changed: Mapping[str, str]) -> None:
    """A contact that another replaced is told so: whoever takes over a man's summonses cannot do it in silence."""
    by = work.actor.name or work.actor.id
    gone = [c for c in officer.contacts if c.kind in changed and c.value == getattr(officer, c.kind)]
    mark, text = _text(service, f"{by}: your summonses go to another number or address from now", work.now)
    work.send(_notice(work, contact, text, mark, "An officer's contacts changed") for contact in gone)


def _link(service: Service, work: Work, officer: str, purpose: Purpose) -> MadeLink:
    now = service.machine.now()
    secret = links.make_link(work.connection, officer, purpose, made_by=work.actor.id, now=now)
    expires_at = links.open_link(work.connection, secret, now).expires_at
    # The stored answer holds no secret: a repeated command makes no second link and shows none.
    return MadeLink(officer, done(work, officer=officer), expires_at, secret)


def _tell(service: Service, work: Work, officer: Officer, words: str) -> None:
    """Tell the officer on his other contacts, on those lately replaced, and every supervisor (desk-rules 16.3)."""
    officers: Officers = work.of(OFFICERS)
    mark, text = _text(service, words, work.now)
    subject = "An officer's credential was set or reset"
    told = officers.told_of_reset(officer.id, work.now)
    work.send(_notice(work, contact, text, mark, subject) for contact in told)


def _text(service: Service, words: str, now: datetime) -> tuple[str, str]:
    """(what it begins with in an exercise, the whole)"""
    mark = "EXERCISE: " if service.desk.is_exercise else ""
    number = f" Was it not you? Call {service.desk.telephone}." if service.desk.telephone else ""
    return mark, f"{mark}{service.desk.name}: {words}, {date_time_group(now)}.{number}"


def _notice(work: Work, contact: Contact, text: str, mark: str, subject: str) -> Sending:
    sending = uuid7(work.now)
    content = {
        "purpose": "notice",
        "subject": f"{mark}{subject}",
        "text": text,
    }
    channel = "email" if contact.kind == "email" else "sms"
    return Sending(
        sending, DESK, f"notice:{sending}", channel, contact.value, content, priority=_LEAST_PRIORITY
    )
