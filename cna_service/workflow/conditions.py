"""Checking the conditions of a grant one by one: was it kept, by what evidence, who says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.agreements.measures import MEASURES
from cna_service.cases.afterwards import Condition, conditions
from cna_service.cases.as_json import plain
from cna_service.cases.record import CaseRecord
from cna_service.db.idempotency import Key, Reply
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.ledger.entry import Draft
from cna_service.workflow.asked import Asked
from cna_service.workflow.at_sea import read_vessel
from cna_service.workflow.projections import case_stream
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service
from cna_service.workflow.steps import by_whom

MET = ("yes", "no", "not_yet", "cannot_be_told")


def check_condition(
    service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{exchange, answer, vessel?, measure, condition, met, evidence?, by?, words?, happened_at?}``.

    ``condition`` is its number in the answer. Every check stays; the newest counts. Raises Invalid.
    """
    asked = Asked(body)
    with service.write(actor, Action.ACTION_RECORD, case_stream(ref), key=key) as work:
        told: dict[str, Any] = {
            "exchange": asked.number("exchange", required=True, least=1),
            "answer": asked.number("answer", required=True, least=1),
            "vessel": read_vessel(asked, work.case),
            "measure": asked.word("measure", MEASURES),
            "condition": asked.number("condition", required=True, least=1),
            "met": asked.word("met", MET),
            "evidence": asked.text("evidence"),
            "by": by_whom(asked),
            "words": asked.text("words"),
        }
        happened = asked.told("happened_at")
        asked.check_unknown()
        if not asked.problems:
            _check_known(asked, work.case, told)
        asked.done()
        entry = {k: v for k, v in told.items() if v not in (None, {})}
        work.append(Draft("condition.checked", entry, happened_at=happened, told_at=work.now))
        still = [condition_json(c) for c in conditions(work.case) if c.is_open]
        return done(work, condition=told["condition"], met=told["met"], open_conditions=still)


def _check_known(asked: Asked, record: CaseRecord, told: Mapping[str, Any]) -> None:
    from cna_service.cases.afterwards import numbered

    exchange = record.exchange(told["exchange"])
    answer = next((a for a in exchange.answers if a.n == told["answer"]), None) if exchange else None
    items = [
        i
        for i in (answer.items if answer else ())
        if (i.vessel, i.measure) == (told["vessel"], told["measure"])
    ]
    if not items:
        asked.wrong(
            "answer", told["answer"], "answers nothing of this measure and vessel", "check the numbers"
        )
        return
    known = [n for n, _ in numbered(items[0])]
    if told["condition"] not in known:
        asked.wrong("condition", told["condition"], "is no condition of this answer", f"one of: {known}")


def condition_json(each: Condition) -> dict[str, Any]:
    """One condition with its checks, for the interface."""
    return {
        "id": each.id,
        "exchange": each.exchange,
        "answer": each.answer,
        "vessel": each.vessel,
        "measure": each.measure,
        "condition": each.n,
        "kind": each.kind,
        "text": plain(each.text),
        "until": each.until,
        "seq": each.seq,
        "met": each.met,
        "is_open": each.is_open,
        "checks": plain(each.checks),
    }
