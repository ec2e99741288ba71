"""Asking our own agencies within the case, each with its own due time, and what our own chain of command has no
objection to. Neither is an answer of a State (practice R16): no grant, and nothing that a certificate of consent
cites."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cna_service.agreements.measures import MEASURES
from cna_service.db.idempotency import Key, Reply
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import NotFound
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow.arming import arm_own_clock
from cna_service.workflow.asked import Asked
from cna_service.workflow.attachments import read_attachments
from cna_service.workflow.projections import case_stream
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service
from cna_service.workflow.steps import by_whom
from cna_service.workflow.work import Work

CHANNELS = ("phone", "radio", "mail", "fax", "chat", "in_person", "letter", "note")
VALUES = ("no_objection", "objection", "information", "none")
CLEARED = ("no_objection", "no_objection_with_conditions", "objection")


def ask_agency(
    service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{agency, contact: {name?, office?, phone?, email?}, question, due_at?, channel, exchange?, attachments?}``.

    With ``due_at`` a clock of our own runs for it, and overdue it summons who holds the case. Raises Invalid.
    """
    asked = Asked(body)
    agency, question = asked.needed("agency", longest=200), asked.needed("question")
    due_at, happened = asked.instant("due_at"), asked.told("happened_at")
    told: dict[str, Any] = {
        "agency": agency,
        "contact": _contact(asked),
        "question": question,
        "channel": asked.word("channel", CHANNELS),
        "exchange": asked.number("exchange", least=1),
    }
    with service.write(actor, Action.CONSULTATION_ASK, case_stream(ref), key=key) as work:
        _check(work, asked, told["exchange"], due_at)
        told["attachments"] = read_attachments(work, asked) or None
        asked.check_unknown()
        asked.done()
        n = len(work.case.deciding.consultations) + 1
        if due_at is not None:
            what = f"{agency} answers consultation {n}"
            told["clock"] = arm_own_clock(work, told["exchange"], work.now, due_at, words=what,
                                          event=f"consultation:{n}", alert="consultation_overdue")  # fmt: skip
        told |= {"consultation": n, "due_at": None if due_at is None else to_text(due_at)}
        kept = {k: v for k, v in told.items() if v is not None}
        work.append(Draft("consultation.asked", kept, happened_at=happened, told_at=work.now))
        return done(work, consultation=n)


def _contact(asked: Asked) -> dict[str, str]:
    part = asked.part("contact", required=True)
    told = {f: part.text(f, longest=300) for f in ("name", "office", "phone", "email")}
    part.check_unknown()
    if not told["name"] and not told["office"] and asked.raw("contact") is not None:
        part.wrong("name", None, "is missing: whom was it asked of", "name the person, or the office")
    return {k: v for k, v in told.items() if v}


def _check(work: Work, asked: Asked, exchange: int | None, due_at: datetime | None) -> None:
    if exchange is not None and work.case.exchange(exchange) is None:
        known = [e.n for e in work.case.exchanges]
        asked.wrong("exchange", exchange, "is no exchange of this case", f"one of {known}, or leave it out")
    if due_at is not None and due_at <= work.now:
        asked.wrong("due_at", to_text(due_at), "lies behind us", "choose a later instant, or leave it out")


def answer_agency(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{by, words, value?: no_objection | objection | information | none, conditions?, happened_at?, attachments?}``.

    Several answers to one consultation stand side by side; the first stops its clock. Raises Invalid, NotFound.
    """
    asked = Asked(body)
    by, happened = _who(asked), asked.told("happened_at")
    told: dict[str, Any] = {
        "by": by,
        "words": asked.needed("words"),
        "value": asked.word("value", VALUES, "information"),
        "conditions": list(asked.texts("conditions")) or None,
    }
    with service.write(actor, Action.CONSULTATION_ASK, case_stream(ref), key=key) as work:
        asked_of = work.case.deciding.consultation(n)
        if asked_of is None:
            raise NotFound(f"the case has no consultation {n}")
        told["attachments"] = read_attachments(work, asked) or None
        asked.check_unknown()
        asked.done()
        told |= {
            "consultation": n,
            "agency": asked_of.agency,
            "exchange": asked_of.exchange,
            "asked_seq": asked_of.seq,
            "clock": asked_of.clock,
            "answer": len(asked_of.answers) + 1,
        }
        kept = {k: v for k, v in told.items() if v is not None}
        work.append(Draft("consultation.answered", kept, happened_at=happened, told_at=work.now))
        return done(work, consultation=n, answer=told["answer"])


def record_clearance(
    service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{chain?: "own", by, measures, value?, conditions?, words, exchange?, happened_at?, attachments?}``.

    A statement of no objection by our own chain of command. It grants nothing and answers nobody. Raises Invalid.
    """
    asked = Asked(body)
    by, happened = _who(asked), asked.told("happened_at")
    told: dict[str, Any] = {
        "chain": asked.word("chain", ("own",), "own"),
        "by": by,
        "measures": list(dict.fromkeys(asked.texts("measures", required=True))),
        "value": asked.word("value", CLEARED, "no_objection"),
        "conditions": list(asked.texts("conditions")) or None,
        "words": asked.needed("words"),
        "exchange": asked.number("exchange", least=1),
    }
    for strange in [m for m in told["measures"] if m not in MEASURES]:
        asked.wrong("measures", strange, "is not a known measure", f"one of: {', '.join(MEASURES)}")
    if told["value"] == "no_objection_with_conditions" and not told["conditions"]:
        asked.wrong("conditions", None, "is missing", "write each condition")
    with service.write(actor, Action.CLEARANCE_RECORD, case_stream(ref), key=key) as work:
        _check(work, asked, told["exchange"], None)
        told["attachments"] = read_attachments(work, asked) or None
        asked.check_unknown()
        asked.done()
        told["clearance"] = len(work.case.deciding.clearances) + 1
        kept = {k: v for k, v in told.items() if v is not None}
        work.append(Draft("clearance.given", kept, happened_at=happened, told_at=work.now))
        return done(work, clearance=told["clearance"])


def _who(asked: Asked) -> dict[str, str]:
    by = by_whom(asked, required=True)
    if not by.get("name") and not by.get("office") and asked.raw("by") is not None:
        asked.wrong("by", by or None, "says nobody", "name the person, or the office")
    return by
