"""Keeping a statement that another State, or anybody, made elsewhere: press, social media, court (desk-rules 7.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.agreements.measures import MEASURES
from cna_service.cases.statements import answered
from cna_service.db.idempotency import Key, Reply
from cna_service.escalation.state import Subject
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.ledger.entry import Draft
from cna_service.workflow.asked import Asked
from cna_service.workflow.certificate_holders import tell_holders
from cna_service.workflow.derived import holder_of
from cna_service.workflow.projections import ALERTS, case_stream
from cna_service.workflow.receipts import done
from cna_service.workflow.reports import keep_file
from cna_service.workflow.service import Service
from cna_service.workflow.summon import raise_alert
from cna_service.workflow.work import Work

MADE_WHERE = ("press", "social_media", "court", "parliament", "other")
FOR_HOLDER, FOR_ADVISER = "statement_contradicts", "statement_for_adviser"


def keep_statement(
    service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{made_by, made_where, source, words, state?, capture?, happened_at?, contradicts?}``; ``capture`` is
    ``{name, media_type, base64}``, ``contradicts`` is ``{exchange, answer, vessel?, measure}``.

    It answers nothing. Where it contradicts an answer on record, the holder and the legal adviser are told.
    Raises Invalid, NotPermitted.
    """
    asked = Asked(body)
    told: dict[str, Any] = {
        "state": (asked.text("state", longest=2) or "").upper() or None,
        "made_by": asked.needed("made_by", longest=500),
        "made_where": asked.word("made_where", MADE_WHERE),
        "source": asked.needed("source", longest=1000),
        "words": asked.needed("words"),
    }
    if told["state"] and not told["state"].isalpha():
        asked.wrong("state", told["state"], "is no two-letter State code", "send ISO 3166 alpha-2")
    happened, capture, against = asked.told("happened_at"), asked.part("capture"), asked.part("contradicts")
    asked.check_unknown()
    with service.write(actor, Action.STATEMENT_KEEP, case_stream(ref), key=key) as work:
        told["contradicts"] = _against(asked, work, against)
        if not asked.problems and not capture.is_empty:
            told["capture"] = keep_file(work, capture)
        asked.done()
        n = len(work.case.dealings.statements) + 1
        entry = {k: v for k, v in {"statement": n, **told}.items() if v is not None}
        work.append(Draft("statement.kept", entry, happened_at=happened, told_at=work.now))
        if told["contradicts"] is not None:
            _tell(service, work, told["contradicts"]["exchange"])
            tell_holders(service, work)
        return done(work, statement=n, contradicts=told["contradicts"])


def _against(asked: Asked, work: Work, part: Asked) -> dict[str, Any] | None:
    """The answer that it contradicts, with the value and the entry of that answer copied beside it."""
    if part.is_empty:
        return None
    named = {
        "exchange": part.number("exchange", required=True, least=1),
        "answer": part.number("answer", required=True, least=1),
        "vessel": part.number("vessel", least=1) or 1,
        "measure": part.word("measure", MEASURES),
    }
    part.check_unknown()
    if part.problems:
        return None
    found = answered(work.case, named)
    if found is None:
        part.wrong(
            "answer", named["answer"], "is no answer of this case to that", "name exchange, answer, measure"
        )
        return None
    return {**named, "value": found[1].value, "answer_seq": found[0].seq, "ours": found[0].ours}


def _tell(service: Service, work: Work, exchange: int) -> None:
    """Of the whole case, not of the exchange: a further answer settles nothing of it."""
    alerts = work.of(ALERTS)
    holder = alerts.holder(work.case.ref, exchange) or holder_of(work.case, alerts)
    for kind in (FOR_HOLDER, FOR_ADVISER):
        raise_alert(service, work, kind, subject=Subject(work.case.ref), holder=holder)
