"""A decision taken by voice goes back to who took it, as recorded, to confirm or correct (desk-rules 6.2).

What he did not mention is *not stated*, and not granted. Unconfirmed after half an hour it stands on the case, in the
relief list and before whoever holds the case; it is not undone by that, and not confirmed by silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from cna_service.cases.record import Exchange
from cna_service.cases.record_deciding import ReadBack
from cna_service.db.idempotency import Key, Reply
from cna_service.escalation.ladders import Channel
from cna_service.escalation.state import READ_BACK, Subject
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict, NotFound, Refused
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow.arming import arm_own_clock
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import ALERTS, DESK, OFFICERS, case_stream
from cna_service.workflow.receipts import done, exchange_of
from cna_service.workflow.service import Service
from cna_service.workflow.summon import close_alert, raise_alert
from cna_service.workflow.work import Work

CONFIRM_WITHIN = timedelta(minutes=30)
CHANNELS = ("sms", "email")
NOT_STATED = "not_stated"
QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "detain": ("detain_vessel", "detain_cargo"),
    "seize": ("seize",),
    "persons": ("detain_persons", "arrest"),
}
"""What is asked before a call with a decider ends, and the measures that each question is about."""
_SAID = {
    "granted": "yes",
    "granted_with_conditions": "yes, with conditions",
    "denied": "no",
    NOT_STATED: "NOT STATED",
}


class NotYourDecision(Refused):
    code = "not-your-decision"
    title = "Who decided confirms it, or another officer than the one who recorded it"


class NothingReadBack(Conflict):
    code = "nothing-read-back"
    title = "This decision waits for no confirmation"


def stated(
    exchange: Exchange, items: Sequence[Mapping[str, Any]], questions: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Measure by measure what was decided; what was asked and not mentioned is ``not_stated``."""
    told = [{"vessel": i["vessel"], "measure": i["measure"], "value": i["value"]} for i in items]
    known = {(i["vessel"], i["measure"]) for i in items}
    for item in exchange.items:
        if (item.vessel, item.measure) not in known:
            told.append({"vessel": item.vessel, "measure": item.measure, "value": NOT_STATED})
    named = {each["measure"] for each in told}
    for question, measures in QUESTIONS.items():
        if not named.intersection(measures):
            value = {"no": "denied"}.get(questions.get(question, NOT_STATED), NOT_STATED)
            told.append({"question": question, "value": value})
    return told


def in_words(told: Sequence[Mapping[str, Any]]) -> str:
    """``board: yes, search: yes, detain: NOT STATED``: no vessel, State or position (desk-rules 2.6)."""
    several = len({each["vessel"] for each in told if "vessel" in each}) > 1
    said = []
    for each in told:
        what = str(each.get("measure") or each.get("question")).replace("_", " ")
        vessel = f"vessel {each['vessel']} " if several and "vessel" in each else ""
        value = str(each["value"])
        said.append(f"{vessel}{what}: {_SAID.get(value, value.replace('_', ' '))}")
    return ", ".join(said)


def send(
    service: Service,
    work: Work,
    exchange: Exchange,
    decision: int,
    told: list[dict[str, Any]],
    *,
    decider: str | None,
    channel: str,
) -> None:
    """Send what was recorded to who decided; where he has no account, the entry says that nobody could be sent it."""
    due_at = work.now + CONFIRM_WITHIN
    place = {"exchange": exchange.n, "decision": decision}
    event = f"decision:{exchange.n}:{decision}"
    what = f"decision {decision} confirmed by who took it"
    clock = arm_own_clock(
        work, exchange.n, work.now, due_at, words=what, event=event, alert="decision_unconfirmed"
    )
    words = in_words(told)
    sent: dict[str, Any] = {"why": "who decided has no account here that could be sent it"}
    if decider is not None:
        ladder = service.policies.ladders.for_kind(READ_BACK)
        rungs = tuple(replace(rung, channels=(Channel(channel),)) for rung in ladder.rungs)
        facts = {"person": decider, "words": words}
        alert = raise_alert(service, work, READ_BACK, subject=Subject(work.case.ref, exchange.n), facts=facts,
                            ladder=replace(ladder, rungs=rungs))  # fmt: skip
        sent = {"to": decider, "channel": channel, "alert": alert}
    body = {**place, "stated": told, "due_at": to_text(due_at), "clock": clock, "words": words, **sent}
    work.append(Draft("decision.read_back", body))


def confirm_decision(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{decision?, right: yes | no, words?, seen?}``: by who decided, or by another officer than the recorder who
    heard it from him. A *no* says what he decided; it changes nothing but what everybody sees.

    Raises Invalid, NothingReadBack, NotYourDecision, NotFound.
    """
    asked = Asked(body)
    number, right, words = (
        asked.number("decision", least=1),
        asked.word("right", ("yes", "no")),
        asked.text("words"),
    )
    if right == "no" and not words:
        asked.wrong("words", None, "is missing: what was decided instead", "say what is wrong")
    asked.raw("seen")
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.DECISION_CONFIRM, case_stream(ref), key=key) as work:
        exchange = exchange_of(work, n)
        decision = number or len(exchange.decisions)
        found = work.case.deciding.read_back(n, decision)
        if found is None:
            raise NotFound(f"decision {decision} of exchange {n} was not read back to anybody")
        settle(service, work, found, is_right=right == "yes", words=words, how="console")
        return done(work, exchange=n, decision=decision)


def settle(
    service: Service,
    work: Work,
    found: ReadBack,
    *,
    is_right: bool,
    words: str | None,
    how: str,
    number: str | None = None,
) -> None:
    """Append the decider's word; a correction summons who holds the case, for what was told may have to be unsaid."""
    if not found.is_open:
        raise NothingReadBack(f"It was {found.state} already.")
    _check_who(work, found)
    body = {
        "exchange": found.exchange,
        "decision": found.decision,
        "how": how,
        "decider": _person(work, found.to) if found.to else None,
        "clock": found.clock,
        "words": words,
        "from": number,
    }
    entry_type = "decision.confirmed" if is_right else "decision.corrected"
    work.append(Draft(entry_type, {k: v for k, v in body.items() if v is not None}))
    if found.alert is not None:
        close_alert(work, found.alert, "decision_settled")
    if not is_right:
        holder = work.of(ALERTS).holder(work.case.ref, found.exchange)
        raise_alert(
            service, work, "decision_corrected", subject=Subject(work.case.ref, found.exchange), holder=holder
        )


def _check_who(work: Work, found: ReadBack) -> None:
    exchange = work.case.exchange(found.exchange)
    taken = exchange.decisions[found.decision - 1] if exchange else {}
    recorder = taken.get("actor", {}).get("id")
    if work.actor.id == found.to or work.actor.id != recorder:
        return
    raise NotYourDecision(
        "You recorded it yourself: who decided confirms it, or another officer who hears it from him."
    )


def _person(work: Work, officer_id: str) -> dict[str, str]:
    officer = work.of(OFFICERS, DESK).by_id.get(officer_id)
    return {
        "id": officer_id,
        "name": officer.name if officer else "",
        "post": officer.post if officer else "",
    }
