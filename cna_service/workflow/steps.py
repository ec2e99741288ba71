"""Steps of an exchange besides asking and answering: standing, questions, more time, withdrawal, the basis chosen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cna_service.cases.record import Exchange
from cna_service.db.idempotency import Key, Reply
from cna_service.escalation.state import Subject
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import NotFound
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow import arming
from cna_service.workflow.asked import Asked
from cna_service.workflow.contacts import on_number, row_of
from cna_service.workflow.projections import DIRECTORY, LISTED, case_stream
from cna_service.workflow.receipts import done, exchange_of
from cna_service.workflow.replies_json import clocks_json
from cna_service.workflow.service import Service
from cna_service.workflow.summon import close_alerts, raise_alert
from cna_service.workflow.work import Work

STANDINGS = ("unverified", "channel_authenticated", "called_back")


def by_whom(asked: Asked, *, required: bool = False) -> dict[str, str]:
    """Who acted on the other side, or for us: ``by: {name, post, office, capacity, phone, email, delegation}``."""
    by = asked.part("by", required=required)
    fields = ("name", "post", "office", "capacity", "phone", "email", "delegation")
    found = {f: by.text(f, longest=500) for f in fields}
    return {k: v for k, v in found.items() if v}


def theirs(work: Work, n: int) -> Exchange:
    """Exchange ``n``; for a partner's token only one addressed to it or opened by it. Raises NotFound."""
    exchange = exchange_of(work, n)
    if work.actor.kind == "authority" and exchange.authority != work.actor.id:
        raise NotFound(f"the case has no exchange {n}")
    return exchange


def record_standing(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{standing, number?, by?, reason?, words?, happened_at?}``: how sure we are who asks.

    ``called_back`` wants a number that the directory lists for that authority; its row stands in the entry, with since
    when and on whose word. Another number is no call-back, whatever was said on it: it stays a remark.
    """
    asked = Asked(body)
    told: dict[str, Any] = {
        "exchange": n,
        "standing": asked.word("standing", STANDINGS),
        "number": asked.text("number", longest=40),
    }
    told |= {"by": by_whom(asked), "reason": asked.text("reason"), "words": asked.text("words")}
    happened = asked.told("happened_at")
    if told["standing"] == "called_back" and not told["number"]:
        asked.wrong("number", None, "is missing", "enter the number that was called back")
    if told["standing"] == "called_back" and not (told["by"].get("name") or told["by"].get("office")):
        asked.wrong("by", None, "says nobody", "name whom you reached, or the office")
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.STANDING_RECORD, case_stream(ref), key=key) as work:
        exchange = exchange_of(work, n)
        if told["standing"] == "called_back":
            told["directory"] = _called(asked, work, exchange, told["number"])
        asked.done()
        kept = {k: v for k, v in told.items() if v}
        work.append(Draft("standing.recorded", kept, happened_at=happened, told_at=work.now))
        return done(work, exchange=n, standing=told["standing"], directory=told.get("directory"))


def _called(asked: Asked, work: Work, exchange: Exchange, number: str) -> dict[str, Any] | None:
    """The row of the directory under which this number stands; what is wrong is left in ``asked``."""
    directory = work.of(LISTED, DIRECTORY)
    if exchange.authority is not None:
        offices = tuple(a for a in (directory.authorities.get(exchange.authority),) if a is not None)
    else:
        offices = directory.for_state(exchange.state or "", at=work.now)
    for office in offices:
        found = on_number(office, number)
        if found is not None and found.is_usable:
            return row_of(office, found, work.now)
    who = exchange.authority_name or f"an authority of {exchange.state}"
    why = f"is no number that the directory lists for {who}"
    asked.wrong("number", None, why, "call one of the directory's; note this one as a remark (unverified)")
    return None


def ask_question(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{direction?, words, by?, channel?}``: a question is logged and linked; no clock restarts by it unless the
    provision says so."""
    asked = Asked(body)
    default = "in" if actor.kind == "authority" else "out"
    told = {
        "exchange": n,
        "direction": asked.word("direction", ("in", "out"), default),
        "words": asked.needed("words"),
    }
    told |= {"by": by_whom(asked), "channel": asked.text("channel", longest=40)}
    happened = asked.told("happened_at")
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.EXCHANGE_ASK, case_stream(ref), key=key) as work:
        exchange = theirs(work, n)
        work.append(
            Draft(
                "question.asked", {k: v for k, v in told.items() if v}, happened_at=happened, told_at=work.now
            )
        )
        if exchange.is_inbound == (told["direction"] == "out"):
            # Only a question of the State that was asked, and only where the provision says so.
            arming.restart_by_question(work, exchange)
        if actor.kind == "authority":
            raise_alert(service, work, "new_communication", subject=Subject(ref, n))
        return done(work, exchange=n)


def extend(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{until, by, words?, clocks?}``: more time, granted by somebody; the running clocks of the exchange move.

    Refused where nobody granted it: time does not grant itself.
    """
    asked = Asked(body)
    until, by = asked.instant("until", required=True), by_whom(asked, required=actor.kind != "authority")
    words, happened, only = asked.text("words"), asked.told("happened_at"), asked.texts("clocks")
    asked.check_unknown()
    if actor.kind != "authority" and not by.get("name") and not by.get("office"):
        asked.wrong("by", None, "says nobody", "name who granted the extension, or the office")
    asked.done()
    with service.write(actor, Action.EXCHANGE_EXTEND, case_stream(ref), key=key) as work:
        exchange = theirs(work, n)
        clocks = _extendable(work, exchange, until, only)
        if not clocks:
            asked.wrong(
                "until", None, "moves no clock: none that runs ends before it", "choose a later instant"
            )
        asked.done()
        assert until is not None
        told = {
            "exchange": n,
            "until": to_text(until),
            "clocks": clocks,
            "by": by or {"name": actor.name},
            "words": words,
        }
        work.append(
            Draft(
                "exchange.extended",
                {k: v for k, v in told.items() if v is not None},
                happened_at=happened,
                told_at=work.now,
            )
        )
        extended = work.case.exchange(n)
        return done(work, exchange=n, clocks=clocks_json(work.case, extended, own=actor.kind != "authority"))


def _extendable(work: Work, exchange: Exchange, until: datetime | None, only: tuple[str, ...]) -> list[str]:
    if until is None:
        return []
    return [
        c.id
        for c in work.case.clocks
        if c.exchange == exchange.n
        and c.stopped_at is None
        and c.kind in ("legal", "claimed")
        and c.due_at is not None
        and c.due_at < until
        and (not only or c.id in only)
    ]


def withdraw(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{by?, words?}``: whoever made the ask takes it back; its clocks stop, its alerts close."""
    asked = Asked(body)
    told = {"exchange": n, "by": by_whom(asked), "words": asked.text("words")}
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.EXCHANGE_WITHDRAW, case_stream(ref), key=key) as work:
        exchange = theirs(work, n)
        work.append(Draft("exchange.withdrawn", {k: v for k, v in told.items() if v}))
        close_alerts(work, "withdrawn", about=n)
        if actor.kind == "authority":
            raise_alert(service, work, "new_communication", subject=Subject(ref, exchange.n))
        return done(work, exchange=n)


def choose_basis(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{provisions, reason?, zone?}``: an officer chooses under what to act; clocks under it run from receipt."""
    asked = Asked(body)
    provisions, reason, zone = (
        asked.texts("provisions", required=True),
        asked.text("reason"),
        asked.text("zone"),
    )
    known = service.policies.catalogue.by_id
    for provision in provisions:
        if provision not in known:
            asked.wrong("provisions", provision, "is not in the catalogue", "use an id of the rule card")
    asked.raw("seen")
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.EXCHANGE_ACKNOWLEDGE, case_stream(ref), key=key) as work:
        exchange = exchange_of(work, n)
        told = {"exchange": n, "provisions": list(provisions), "reason": reason}
        work.append(Draft("basis.chosen", {k: v for k, v in told.items() if v is not None}))
        armed_before = {c.terms.get("provision") for c in work.case.clocks if c.exchange == n}
        rows = arming.rule_card(service, work, exchange, zone=zone).under(
            p for p in provisions if p not in armed_before
        )
        armed = arming.arm_rows(service, work, exchange, rows)
        arming.start_what_happened(work, exchange)
        return done(
            work,
            exchange=n,
            no_clock_because=armed.no_clock_because,
            clocks=clocks_json(work.case, exchange, own=True),
        )
