"""Recording what whoever may decide has decided: who, to whom, by which line, in which words, measure by measure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.db.idempotency import Key, Reply
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.ledger.entry import Draft
from cna_service.workflow.answer_items import read_items
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import case_stream
from cna_service.workflow.receipts import done, exchange_of
from cna_service.workflow.service import Service
from cna_service.workflow.steps import by_whom

LINES = ("phone", "radio", "in_person", "mail", "console", "chat", "written")


def record_decision(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{answers: [{vessel?, measure, value, conditions?}], by, line, words?, reason_internal?, reason_sent?, seen}``.

    What was decided and what was conveyed are two entries; what he did not mention is not granted. The reason for
    us and the reason that is sent are two fields. Raises Invalid, CaseMoved.
    """
    asked = Asked(body)
    seen, line = asked.number("seen", least=0), asked.word("line", LINES, "console")
    by = by_whom(asked)
    reasons = {f: asked.text(f) for f in ("words", "reason_internal", "reason_sent")}
    happened = asked.told("happened_at")
    with service.write(actor, Action.DECISION_RECORD, case_stream(ref), key=key) as work:
        exchange = exchange_of(work, n)
        items = read_items(asked, work.case, exchange)
        if actor.role != "decider" and not by.get("name"):
            asked.wrong("by", None, "says nobody", "name who decided")
        asked.check_unknown()
        asked.done()
        work.refuse_if_moved(seen)
        decision = len(exchange.decisions) + 1
        told = {
            "exchange": n,
            "decision": decision,
            "items": items,
            "by": by or {"name": actor.name, "post": actor.post, "office": actor.office},
            "line": line,
            **reasons,
        }
        draft = Draft(
            "decision.taken",
            {k: v for k, v in told.items() if v is not None},
            happened_at=happened,
            told_at=work.now,
            seen=seen,
        )
        work.append(draft)
        return done(work, exchange=n, decision=decision)
