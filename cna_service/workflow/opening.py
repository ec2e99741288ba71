"""Opening a case from the desk, and an exchange in it: a telephone call, a radio report, a question of ours.

A case that the officer on watch opens himself is born acknowledged by him; opened by anybody else, it climbs from
the first rung (desk-rules 1.4).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cna_service.agreements.basis import match_basis
from cna_service.agreements.measures import MEASURES, OFFENCES
from cna_service.cases.clocks import counts_against_us
from cna_service.cases.record import Exchange
from cna_service.db.idempotency import Key, Reply
from cna_service.duty.rules import who_has_the_watch
from cna_service.escalation import drafts
from cna_service.escalation.state import Subject
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.ids import new_reference, read_reference
from cna_service.kit.instants import to_text
from cna_service.kit.told import exactly
from cna_service.ledger.entry import Draft
from cna_service.workflow import arming
from cna_service.workflow.arming import Armed
from cna_service.workflow.asked import Asked
from cna_service.workflow.asking import send_ask
from cna_service.workflow.calls_opened import call_of, join_opened
from cna_service.workflow.exchange_kinds import (
    DISTRIBUTION,
    KINDS,
    NOTIFICATION,
    REQUEST,
    read_distribution,
)
from cna_service.workflow.exercise_cases import AS_EXERCISE, NotAnExercise, link, offered, texts_in
from cna_service.workflow.facts import read_vessel, record_vessel
from cna_service.workflow.projections import ALERTS, DESK, DIRECTORY, LISTED, case_stream
from cna_service.workflow.receipts import done
from cna_service.workflow.replies_json import clocks_json, unidentified_json
from cna_service.workflow.roster_reading import rosters_in
from cna_service.workflow.service import Service
from cna_service.workflow.summon import raise_alert
from cna_service.workflow.work import Work

EARLIEST_CALL = timedelta(hours=12)
_WHY_LINKED = {True: "opened as an exercise beside this case", False: "a real event inside an exercise"}
CHANNELS = ("phone", "radio", "mail", "fax", "note", "in_person", "api", "chat")
FORMS = ("oral", "written")


def open_case(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """Open a case: ``{channel, caller?, summary?, call_began_at?, first_keystroke_at?, vessels?, exchange?,
    as_exercise?, refers_to?, call?}``.

    Usable while the caller speaks: only the channel is required; ``missing`` of the answer lists by what else the
    vessel could be known. ``as_exercise``: a drill, by a named officer (desk-rules 15.3); ``refers_to``: the case that
    it is linked to, such as one that turned out to be a drill. ``call``: the call to the desk's number by which it was
    told; it goes to this case. Raises Invalid, NotPermitted.
    """
    asked = Asked(body)
    as_exercise, beside = _drill(asked, actor)
    return _open(service, actor, asked, key, as_exercise=as_exercise, beside=beside)


def open_real_event(
    service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """Something happened for real inside an exercise: a case of its own, linked to it, into which nothing of the drill
    is copied. Takes what :func:`open_case` takes, and nothing at all will do. Raises Invalid, NotAnExercise."""
    return _open(service, actor, Asked({"channel": "note", **body}), key, as_exercise=False, beside=ref)


def _drill(asked: Asked, actor: Actor) -> tuple[bool, str | None]:
    as_exercise, named = asked.yes(AS_EXERCISE), asked.text("refers_to", longest=40)
    other = read_reference(named) if named else None
    if as_exercise and actor.kind != "officer":
        asked.wrong(AS_EXERCISE, True, "is for a named officer to say", "leave it out")
    if named and other is None:
        asked.wrong("refers_to", named, "is no case's reference", "its last character is a check")
    if named and not as_exercise:
        asked.wrong("refers_to", named, "goes with as_exercise", "link two real cases with POST …/links")
    return as_exercise, other


def _open(
    service: Service, actor: Actor, asked: Asked, key: Key | None, *, as_exercise: bool, beside: str | None
) -> Reply:
    channel = asked.word("channel", CHANNELS, "phone")
    began = asked.instant("call_began_at")
    keystroke = asked.instant("first_keystroke_at")
    caller, summary = _caller(asked), asked.text("summary")
    vessels = [read_vessel(each) for each in asked.parts("vessels")]
    exchange, call = asked.part("exchange"), asked.text("call", longest=40)
    asked.check_unknown()
    asked.done()
    others = () if beside is None else (case_stream(beside),)
    held = (*others, *([DESK] if call else []))
    with service.write(actor, Action.CASE_OPEN, *held, key=key) as work:
        if beside is not None and not as_exercise and not work.case.as_exercise:
            raise NotAnExercise("Add to this case what happens, or link another one.")
        at = _receipt_instant(asked, work, began)
        came_by = call_of(asked, work, call) if call else None
        asked.done()
        if work.paper is None:
            # A case that began on paper has its stream, under the reference that was given then.
            work.begin_case(lambda: new_reference(prefix=service.desk.reference_prefix))
        opened = {
            "exercise": service.desk.is_exercise,
            AS_EXERCISE: True if as_exercise else None,
            "channel": channel,
            "vessels": max(1, len(vessels)),
            "caller": caller,
            "summary": summary,
            "call_began_at": None if began is None else to_text(began),
            "first_keystroke_at": None if keystroke is None else to_text(keystroke),
            "began_stated_by": actor.id if began is not None else None,
        }
        told = exactly(at, source=f"stated by {actor.id}" if began is not None else None)
        work.append(
            Draft("case.opened", {k: v for k, v in opened.items() if v is not None}, happened_at=told)
        )
        for n, vessel in enumerate(vessels, start=1):
            record_vessel(work, n, vessel)
        if not exchange.is_empty:
            exchange_of_case(service, work, exchange, at=at)
        exchange.done()
        if came_by is not None:
            join_opened(work, came_by)
        for other in others:
            link(work, work.stream, other, _WHY_LINKED[as_exercise])
        take_or_summon(service, work)
        return done(work, vessels=[{"vessel": v.n, "name": v.label} for v in work.case.vessels],
                    exchange=work.case.exchanges[-1].n if work.case.exchanges else None,
                    missing=unidentified_json(work.case),
                    clocks=clocks_json(work.case, None, own=True),
                    **_offers(asked, as_exercise=as_exercise))  # fmt: skip


def _offers(asked: Asked, *, as_exercise: bool) -> dict[str, Any]:
    """The word EXERCISE was heard: offered, never assumed (desk-rules 15.3)."""
    found = [] if as_exercise else offered(texts_in(asked.body))
    return {"offers": found} if found else {}


def _caller(asked: Asked) -> dict[str, str] | None:
    """Who calls, as words or as ``{name, post, office, phone, email, state}``."""
    if isinstance(asked.raw("caller"), str):
        words = asked.text("caller", longest=500)
        return {"name": words} if words else None
    part = asked.part("caller")
    told = {f: part.text(f, longest=500) for f in ("name", "post", "office", "phone", "email", "state")}
    part.check_unknown()
    return {k: v for k, v in told.items() if v} or None


def _receipt_instant(asked: Asked, work: Work, began: datetime | None) -> datetime:
    """When the call began is the receipt for every clock (desk-rules 1.4)."""
    if began is None:
        return work.now
    if began > work.now or work.now - began > EARLIEST_CALL:
        asked.wrong(
            "call_began_at", to_text(began), "lies ahead, or more than twelve hours back", "check the instant"
        )
        return work.now
    return began


def take_or_summon(service: Service, work: Work) -> None:
    """Whoever has the watch and opens a case holds it; for anybody else's the watch is summoned (desk-rules 1.4)."""
    if work.paper is not None:
        return
    record = work.case
    watch = who_has_the_watch(rosters_in(work), work.now)
    subject = Subject(record.ref, record.exchanges[-1].n if record.exchanges else None)
    due = min(
        (c.due_at for c in record.clocks if c.is_running and c.due_at is not None and c.kind != "own"),
        default=None,
    )
    if work.actor.id != watch.posts.get("duty_officer"):
        raise_alert(
            service,
            work,
            "new_request",
            subject=subject,
            due_at=due,
            counts_against_us=counts_against_us(record),
        )
        return
    ladder = service.policies.ladders.for_kind("new_request")
    work.cite(*service.policies.text_of(ladder.sha256))
    alert = f"{record.ref}-own"
    facts = {} if due is None else {"due_at": to_text(due)}
    work.append(drafts.raised(alert, kind="new_request", subject=subject, ladder=ladder, text_facts=facts,
                              counts_against_us=counts_against_us(record)))  # fmt: skip
    work.append(drafts.acknowledged(work.of(ALERTS).by_id[alert], work.actor.id, by="console"))


def open_exchange(
    service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """Open an exchange in a case: ``{direction, authority?, state?, measures, basis?, form, channel, text?, …}``."""
    asked = Asked(body)
    with service.write(actor, Action.EXCHANGE_OPEN, case_stream(ref), key=key) as work:
        exchange, armed = exchange_of_case(service, work, asked, at=work.now)
        asked.done()
        return done(
            work,
            exchange=exchange.n if exchange else None,
            clocks=clocks_json(work.case, exchange, own=True),
            no_clock_because=armed.no_clock_because,
        )


def exchange_of_case(
    service: Service, work: Work, asked: Asked, *, at: datetime
) -> tuple[Exchange | None, Armed]:
    """Append the exchange and its clocks, or say why it has none; what is wrong is left in ``asked`` for the caller
    to refuse."""
    kind = asked.word("kind", KINDS, REQUEST)
    default = "outbound" if kind == DISTRIBUTION else "inbound"
    direction = asked.word("direction", ("inbound", "outbound"), default)
    if kind == DISTRIBUTION and direction == "inbound":
        asked.wrong("direction", direction, "is not how partners are informed", "outbound")
    authority = asked.text("authority", longest=64)
    listed = work.of(LISTED, DIRECTORY).authorities.get(authority) if authority else None
    if authority and listed is None:
        asked.wrong(
            "authority", authority, "is not in the directory", "use its id there, or name its State instead"
        )
    state = listed.state if listed else asked.text("state", longest=2)
    if authority:
        asked.raw("state")
    informed = read_distribution(asked, work.of(LISTED, DIRECTORY), kind)
    if not state and kind != DISTRIBUTION:
        asked.wrong("state", None, "is missing", "name the authority, or its State by two letters")
    items = _items(asked, work)
    basis = asked.texts("basis")
    told = asked.told("at")
    body = {
        "exchange": len(work.case.exchanges) + 1,
        "direction": direction,
        "kind": kind,
        "distribution": informed,
        "state": state,
        "authority": {"id": listed.id, "name": listed.name} if listed else None,
        "items": items,
        "form": asked.word("form", FORMS, "oral" if direction == "inbound" else "written"),
        "channel": asked.word("channel", CHANNELS, "phone" if direction == "inbound" else "mail"),
        "at": to_text(told.exact if told and told.exact else at),
        "offences": _offences(asked),
        "provisions": list(dict.fromkeys(p for b in basis for p in _provisions(service, b))),
        "basis_told": [_in_words(service, b) for b in basis],
        "their_reference": asked.text("their_reference", longest=200),
        "standing": "unverified",
        "text": asked.text("text"),
    }
    zone, limit, says = asked.text("zone"), asked.instant("limit_stated"), asked.text("silence_stated")
    stated_by = asked.text("limit_stated_by")
    if asked.problems:
        return None, Armed((), None)
    opened = {k: v for k, v in body.items() if v is not None}
    work.append(Draft("exchange.opened", opened, 2, happened_at=told))
    exchange = work.case.exchanges[-1]
    armed = _arm(service, work, exchange, zone)
    if limit is not None:
        arming.arm_stated(service, work, exchange, limit, reason=None, stated_by=stated_by, says=says)
    if exchange.is_inbound and exchange.kind == REQUEST:
        arming.arm_own_target(service, work, exchange)
    if not exchange.is_inbound and exchange.channel == "mail" and work.paper is None:
        send_ask(service, work, exchange)
    return work.case.exchange(exchange.n), armed


def _arm(service: Service, work: Work, exchange: Exchange, zone: str | None) -> Armed:
    """What the provisions cited set off: an answer is owed to a request; to a notification only where one says so."""
    if exchange.kind == REQUEST:
        return arming.arm_cited(service, work, exchange, zone=zone)
    if exchange.kind == NOTIFICATION:
        return arming.arm_notified(service, work, exchange, zone=zone)
    return Armed((), None)


def _offences(asked: Asked) -> list[str]:
    told = asked.texts("offences")
    for offence in told:
        if offence not in OFFENCES:
            asked.wrong("offences", offence, "is not a known offence", f"one of: {', '.join(OFFENCES)}")
    return list(told)


def _provisions(service: Service, told: str) -> list[str]:
    catalogue = service.policies.catalogue
    return [told] if told in catalogue.by_id else match_basis(catalogue, told)


def _in_words(service: Service, told: str) -> str:
    """A provision chosen by its id as a paper cites it; anything else as told."""
    provision = service.policies.catalogue.by_id.get(told)
    if provision is None:
        return told
    return f"art. {provision.article}, {service.policies.catalogue.agreement_of(provision).title}"


def _items(asked: Asked, work: Work) -> list[dict[str, Any]]:
    vessels = [v.n for v in work.case.vessels] or [1]
    items: dict[tuple[int, str], None] = {}
    raw = asked.raw("measures")
    for n, each in enumerate(raw if isinstance(raw, list) else [raw] if isinstance(raw, str) else []):
        measure = each.get("measure") if isinstance(each, Mapping) else each
        which = each.get("vessel") if isinstance(each, Mapping) else None
        if measure not in MEASURES:
            asked.wrong(f"measures/{n}", measure, "is not a known measure", f"one of: {', '.join(MEASURES)}")
        elif which is not None and which not in vessels:
            asked.wrong(f"measures/{n}/vessel", which, "is no vessel of this case", f"one of: {vessels}")
        else:
            items |= {(v, str(measure)): None for v in ([which] if which else vessels)}
    return [{"vessel": v, "measure": m} for v, m in items]
