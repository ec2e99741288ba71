"""Recording what whoever may decide has decided: who, to whom, by which line, in which words, measure by measure.

Taken by voice, it goes back to him as recorded (read_back.py). ``call_decider`` summons him, then his deputies.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.cases.clocks import decide_by, next_due
from cna_service.cases.grants import GRANTED
from cna_service.cases.record import CaseRecord, Exchange
from cna_service.db.idempotency import Key, Reply
from cna_service.escalation.state import Subject
from cna_service.identity.actors import Actor
from cna_service.identity.delegations import deciders
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict
from cna_service.ledger.entry import Draft
from cna_service.workflow import read_back
from cna_service.workflow.answer_deciding import decided_measures
from cna_service.workflow.answer_items import read_items
from cna_service.workflow.asked import Asked
from cna_service.workflow.delegations import find_person, rest_on
from cna_service.workflow.projections import ALERTS, DELEGATIONS, DESK, OFFICERS, case_stream
from cna_service.workflow.read_back import NOT_STATED, QUESTIONS
from cna_service.workflow.receipts import done, exchange_of
from cna_service.workflow.service import Service
from cna_service.workflow.steps import by_whom
from cna_service.workflow.summon import close_alert, raise_alert
from cna_service.workflow.work import Work

LINES = ("phone", "radio", "in_person", "mail", "console", "chat", "written")
SPOKEN = ("phone", "radio", "in_person")
ANSWERS_TO_QUESTIONS = ("yes", "no", NOT_STATED)


class NobodyMayDecide(Conflict):
    code = "nobody-may-decide"
    title = "No delegation in force names anybody who may decide this"


def record_decision(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{answers: [{vessel?, measure, value, conditions?}], by, decider?, line, words?, reason_internal?, reason_sent?,
    asked?: {detain, seize, persons: yes | no | not_stated}, read_back?: sms | email, delegation?, override_reason?,
    seen}``.

    What was decided and what was conveyed are two entries; what he did not mention is not granted. The reason for
    us and the reason that is sent are two fields. Raises Invalid, CaseMoved.
    """
    asked = Asked(body)
    seen, line = asked.number("seen", least=0), asked.word("line", LINES, "console")
    by, decider = by_whom(asked), asked.text("decider", longest=200)
    reasons = {f: asked.text(f) for f in ("words", "reason_internal", "reason_sent")}
    happened, channel = asked.told("happened_at"), asked.word("read_back", read_back.CHANNELS, "sms")
    with service.write(actor, Action.DECISION_RECORD, case_stream(ref), key=key) as work:
        exchange = exchange_of(work, n)
        items = read_items(asked, work.case, exchange)
        questions = _questions(asked, items)
        person = _decider(work, asked, decider, by)
        rests = rest_on(work, asked, "answer", decided_measures(items), person=decider or by.get("name"))
        asked.check_unknown()
        asked.done()
        work.refuse_if_moved(seen)
        decision = len(exchange.decisions) + 1
        told = {
            "exchange": n,
            "decision": decision,
            "items": items,
            "by": by or _named(work, person),
            "decider": person,
            "line": line,
            "asked": questions,
            **reasons,
            **rests,
        }
        kept = {k: v for k, v in told.items() if v is not None}
        work.append(Draft("decision.taken", kept, 2, happened_at=happened, told_at=work.now, seen=seen))
        _found_him(work, n)
        if line in SPOKEN and person != actor.id:
            said = read_back.stated(exchange, items, questions)
            read_back.send(service, work, exchange, decision, said, decider=person, channel=channel)
        return done(work, exchange=n, decision=decision)


def _decider(work: Work, asked: Asked, decider: str | None, by: Mapping[str, str]) -> str | None:
    """The account of who decided, where he has one; the actor himself where nobody else is named."""
    officers = work.of(OFFICERS, DESK)
    if decider is not None:
        found = find_person(officers.by_id.values(), decider)
        if found is None:
            asked.wrong(
                "decider", decider, "is no officer of this desk", "send an officer's id, or leave it out"
            )
        return None if found is None else found.id
    if by.get("name"):
        found = find_person(officers.by_id.values(), by["name"])
        return None if found is None else found.id
    if work.actor.role != "decider":
        asked.wrong("by", None, "says nobody", "name who decided")
    return work.actor.id


def _named(work: Work, person: str | None) -> dict[str, str]:
    officer = work.of(OFFICERS, DESK).by_id.get(person or "")
    if officer is None:
        return {}
    return {"name": officer.name, "post": officer.post, "office": officer.office}


def _questions(asked: Asked, items: list[dict[str, Any]]) -> dict[str, str]:
    """The three questions before the call ends: detain? seize? persons? (desk-rules 6.2). Where a measure of a question
    was decided, the two must say the same."""
    part = asked.part("asked")
    told = {q: part.word(q, ANSWERS_TO_QUESTIONS, NOT_STATED) for q in QUESTIONS}
    part.check_unknown()
    for question, measures in QUESTIONS.items():
        values = {i["value"] in GRANTED for i in items if i["measure"] in measures}
        if told[question] == "yes" and True not in values:
            why = f"says yes, and no measure of it ({', '.join(measures)}) is granted in answers"
            part.wrong(question, "yes", why, "add the measure to answers, measure by measure")
        elif told[question] == "no" and True in values:
            part.wrong(question, "no", "says no, and answers grants it", "correct the one that is wrong")
        elif values:
            told[question] = "yes" if True in values else "no"
    return told


def _found_him(work: Work, n: int) -> None:
    """Who was looked for has decided: nobody is summoned for it any more."""
    for alert in work.of(ALERTS).open:
        if alert.kind == "decision_wanted" and alert.subject.exchange == n:
            close_alert(work, alert.id, "decided")


def call_decider(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{measures?}``: summon who may decide, then his deputies, by the delegations in force; each try is logged.

    ``measures``: what is to be decided, all that the exchange asks for by default. When the last of them did not answer
    the supervisor is told that nobody could be reached. Raises NobodyMayDecide.
    """
    asked = Asked(body)
    named = asked.texts("measures")
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.DECISION_CALL, case_stream(ref), key=key) as work:
        exchange = exchange_of(work, n)
        measures = list(named or dict.fromkeys(i.measure for i in exchange.items))
        people = deciders(work.of(DELEGATIONS, DESK), work.of(OFFICERS, DESK), measures, work.now)
        if not people:
            what = ", ".join(m.replace("_", " ") for m in measures) or "what is asked"
            raise NobodyMayDecide(
                f"No delegation in force names a person for: {what}. The supervisor or the legal adviser notes it."
            )
        _found_him(work, n)
        facts = {"deciders": list(people), "measures": measures}
        due_at = _decide_before(work.case, exchange)
        alert = raise_alert(
            service, work, "decision_wanted", subject=Subject(ref, n), due_at=due_at, facts=facts
        )
        return done(work, exchange=n, alert=alert, deciders=list(people))


def _decide_before(record: CaseRecord, exchange: Exchange) -> Any:
    """When the decision must be there: the earliest decision lead of the exchange's clocks, else when one runs out."""
    running = [c for c in record.clocks if c.exchange == exchange.n and c.is_running and c.kind != "own"]
    leads = [at for c in running if (at := decide_by(c)) is not None]
    ends = [c.due_at for c in running if c.due_at is not None]
    return min(leads or ends, default=None) or next_due(record)
