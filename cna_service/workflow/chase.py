"""Chasing the authority that was asked: whom to try next and when, and each try as an entry (desk-rules 5.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cna_service.cases.efforts import OUTCOMES, Effort, effort_lines, efforts
from cna_service.cases.record import CaseRecord, Exchange
from cna_service.db.idempotency import Key, Reply
from cna_service.directory.model import VERIFIED, Authority, Contact, function_of
from cna_service.directory.rules import Directory
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action, require
from cna_service.kit.errors import NotFound, Refused
from cna_service.kit.instants import from_optional, to_text
from cna_service.kit.told import ToldInstant
from cna_service.ledger.entry import Draft, Erased
from cna_service.workflow.asked import Asked
from cna_service.workflow.contacts import digits, doubted, on_number, row_of
from cna_service.workflow.projections import CASE, DIRECTORY, LISTED, case_stream
from cna_service.workflow.receipts import done, exchange_of
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work

AGAIN: Mapping[str, timedelta] = {
    "no_answer": timedelta(minutes=15),
    "line_dead": timedelta(minutes=60),
    "spoke_to": timedelta(minutes=30),
    "told_to_wait": timedelta(minutes=30),
}
"""When a contact is due again where nobody named an instant. A wrong number is never tried again."""

_SPOKEN = ("phone", "sms", "radio", "fax", "email", "post", "api")


class NotOutbound(Refused):
    code = "not-outbound"
    title = "Only an ask of ours is chased"


@dataclass(frozen=True, slots=True)
class Line:
    """One contact in its place. ``at``: when it may be tried (again); None: never, because it is wrong."""

    authority: Authority
    contact: Contact
    tries: tuple[Mapping[str, Any], ...]
    at: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Chase:
    """``next``: the first that may be tried, and when; None where nobody is listed or an answer stands."""

    exchange: int
    lines: tuple[Line, ...]
    next: Line | None
    is_answered: bool
    efforts: tuple[Effort, ...]
    text: tuple[str, ...]


def chase_list(service: Service, actor: Actor, ref: str, n: int) -> Chase:
    """Whom to try next. Raises NotFound, NotOutbound, NotPermitted."""
    require(actor, Action.CASE_READ)
    with service.read() as reader:
        record = reader.stream(case_stream(ref)).of(CASE)
        exchange = record.exchange(n)
        if exchange is None or actor.kind == "authority":
            raise NotFound(f"the case has no exchange {n}")
        return chase(record, exchange, reader.stream(DIRECTORY).of(LISTED), reader.now)


def chase(record: CaseRecord, exchange: Exchange, directory: Directory, now: datetime) -> Chase:
    """The list for one exchange, pure. Raises NotOutbound."""
    if exchange.is_inbound:
        raise NotOutbound(f"Exchange {exchange.n} asks us; its other side is not chased.")
    tries = [t for t in record.dealings.tries if t["exchange"] == exchange.n]
    wanted = {function_of(i.measure) for i in exchange.items}
    offices = _offices(exchange, directory, now)
    lines = [
        _line(a, c, tries, exchange.at, now)
        for a in offices
        for c in sorted(a.contacts, key=lambda c: _place(c, wanted, now))
        if not isinstance(c.value, Erased)
    ]
    answered = bool(exchange.answers) or exchange.withdrawn_seq is not None
    held_until = _told_to_wait(tries)
    return Chase(
        exchange.n,
        tuple(lines),
        None if answered else _next(lines, held_until),
        answered,
        efforts(record, exchange),
        effort_lines(record, exchange),
    )


def _offices(exchange: Exchange, directory: Directory, now: datetime) -> Sequence[Authority]:
    """The office asked first, then those of its State that take requests; only those listed now."""
    mine = [a for a in (directory.version_at(exchange.authority or "", now),) if a is not None]
    others = directory.for_state(exchange.state or "", at=now)
    return [*mine, *(a for a in others if all(a.id != m.id for m in mine))]


def _place(contact: Contact, wanted: set[str], now: datetime) -> tuple[bool, bool, bool, int]:
    """By function, then what is answered day and night, then what was proved, then by how directly it speaks."""
    fits = contact.function is None or contact.function in wanted or contact.function == "requests"
    kind = _SPOKEN.index(contact.kind) if contact.kind in _SPOKEN else len(_SPOKEN)
    return (not fits, contact.hours == "office", contact.state_at(now) != VERIFIED, kind)


def _line(
    authority: Authority,
    contact: Contact,
    tries: Sequence[Mapping[str, Any]],
    asked_at: datetime,
    now: datetime,
) -> Line:
    mine = tuple(t for t in tries if (t.get("authority"), t.get("contact")) == (authority.id, contact.id))
    if not contact.is_usable:
        why = f"found wrong: {(contact.doubted_why or '').replace('_', ' ')}"
        return Line(authority, contact, mine, None, why)
    if not mine:
        return Line(authority, contact, mine, asked_at, "not tried yet")
    last = mine[-1]
    outcome = str(last["outcome"])
    if outcome == "wrong_number":
        # The directory was proved right since: the number may be another now.
        is_mended = contact.since is not None and contact.since > last["recorded_at"]
        return Line(authority, contact, mine, now if is_mended else None, OUTCOMES[outcome])
    at = from_optional(last.get("wait_until")) or _happened(last) + AGAIN[outcome]
    return Line(authority, contact, mine, at, OUTCOMES[outcome])


def _happened(told: Mapping[str, Any]) -> datetime:
    happened = told.get("happened_at")
    exact = happened.exact if isinstance(happened, ToldInstant) else None
    at: datetime = exact or told["recorded_at"]
    return at


def _told_to_wait(tries: Sequence[Mapping[str, Any]]) -> datetime | None:
    """Somebody who was reached said until when to wait: the whole office waits, and nobody rings its other lines."""
    if not tries or tries[-1]["outcome"] not in ("told_to_wait", "spoke_to"):
        return None
    return from_optional(tries[-1].get("wait_until")) or _happened(tries[-1]) + AGAIN[tries[-1]["outcome"]]


def _next(lines: Sequence[Line], held_until: datetime | None) -> Line | None:
    open_lines = [line for line in lines if line.at is not None]
    if not open_lines:
        return None
    if held_until is not None:
        # Whoever asked us to wait is called back first.
        last = max(open_lines, key=lambda line: line.tries[-1]["seq"] if line.tries else 0)
        if last.tries:
            return Line(
                last.authority, last.contact, last.tries, max(held_until, last.at or held_until), last.why
            )
    # Among those never tried the order of the list decides; then whichever is due first.
    untried = next((line for line in open_lines if not line.tries), None)
    return untried or min(open_lines, key=_due)


def _due(line: Line) -> datetime:
    assert line.at is not None
    return line.at


def record_try(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{contact | number, authority?, outcome, spoke_to?, wait_until?, words?, happened_at?}``.

    A wrong number of the directory marks it there in the same transaction. Raises Invalid, NotFound, NotOutbound.
    """
    asked = Asked(body)
    told: dict[str, Any] = {
        "exchange": n,
        "authority": asked.text("authority", longest=64),
        "contact": asked.text("contact", longest=40),
        "number": asked.text("number", longest=300),
        "outcome": asked.word("outcome", tuple(OUTCOMES)),
        "spoke_to": asked.text("spoke_to", longest=500),
        "words": asked.text("words"),
    }
    until, happened = asked.instant("wait_until"), asked.told("happened_at")
    told["wait_until"] = None if until is None else to_text(until)
    _check(asked, told)
    asked.check_unknown()
    asked.done()
    # In ascending order: case, then directory; the lock of the directory is taken only where it is marked.
    marks = (DIRECTORY,) if told["outcome"] == "wrong_number" else ()
    with service.write(actor, Action.CONTACT_TRY, case_stream(ref), *marks, key=key) as work:
        exchange = exchange_of(work, n)
        if exchange.is_inbound:
            raise NotOutbound(f"Exchange {n} asks us; its other side is not chased.")
        found = _contact(asked, work, exchange, told)
        asked.done()
        return _tried(work, exchange, told, found, happened)


def _check(asked: Asked, told: Mapping[str, Any]) -> None:
    if not told["contact"] and not told["number"]:
        asked.wrong(
            "contact", None, "is missing, and no number either", "name the contact, or the number called"
        )
    if told["outcome"] == "spoke_to" and not told["spoke_to"]:
        asked.wrong("spoke_to", None, "is missing", "name whom you spoke to")


def _contact(
    asked: Asked, work: Work, exchange: Exchange, told: Mapping[str, Any]
) -> tuple[Authority, Contact] | None:
    """The contact of the directory that was tried; None for a number that it does not list."""
    directory = work.of(LISTED, DIRECTORY)
    offices = _offices(exchange, directory, work.now)
    if told["authority"]:
        offices = [directory.find(told["authority"])]
    for office in offices:
        found = office.contact(told["contact"]) if told["contact"] else on_number(office, told["number"])
        if found is not None:
            return office, found
    if told["contact"]:
        named = ", ".join(c.id for a in offices[:1] for c in a.contacts) or "none is listed"
        asked.wrong("contact", told["contact"], "is no contact of that authority", f"one of: {named}")
    return None


def _tried(
    work: Work,
    exchange: Exchange,
    told: dict[str, Any],
    found: tuple[Authority, Contact] | None,
    happened: ToldInstant | None,
) -> Reply:
    number = sum(t["exchange"] == exchange.n for t in work.case.dealings.tries) + 1
    entry: dict[str, Any] = {**told, "try": number, "authority": exchange.authority}
    if found is not None:
        office, contact = found
        entry |= {
            "authority": office.id,
            "contact": contact.id,
            "kind": contact.kind,
            "number": told["number"] or (None if isinstance(contact.value, Erased) else contact.value),
            "directory": row_of(office, contact, work.now),
        }
    kept = {k: v for k, v in entry.items() if v is not None}
    work.append(Draft("contact.tried", kept, happened_at=happened, told_at=work.now))
    if found is not None and told["outcome"] == "wrong_number":
        for contact in _same_line(*found):
            mark = doubted(found[0].id, contact.id, "wrong_number", words=told["words"], case=work.case.ref)
            work.append(mark, DIRECTORY)
    tried = work.case.exchange(exchange.n) or exchange
    chased = chase(work.case, tried, work.of(LISTED, DIRECTORY), work.now)
    return done(work, **{"exchange": exchange.n, "try": number, "next": next_json(chased, work.now)})


def _same_line(office: Authority, tried: Contact) -> Sequence[Contact]:
    """Every contact under that number: a line that is wrong for a call is wrong for a text too."""
    if isinstance(tried.value, Erased):
        return ()
    alike = (tried.kind == "email", tried.value if tried.kind == "email" else digits(tried.value))
    return [
        c
        for c in office.contacts
        if c.is_usable
        and not isinstance(c.value, Erased)
        and (c.kind == "email", c.value if c.kind == "email" else digits(c.value)) == alike
    ]


def next_json(chased: Chase, now: datetime) -> dict[str, Any] | None:
    return None if chased.next is None else line_json(chased.next, now)


def line_json(line: Line, now: datetime) -> dict[str, Any]:
    contact = line.contact
    return {
        "authority": line.authority.id,
        "name": line.authority.name,
        "contact": contact.id,
        "kind": contact.kind,
        "value": None if isinstance(contact.value, Erased) else contact.value,
        "function": contact.function,
        "hours": contact.hours,
        "state": contact.state_at(now),
        "tries": len(line.tries),
        "why": line.why,
        "at": None if line.at is None else to_text(line.at),
    }
