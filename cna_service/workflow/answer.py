"""Answering, measure by measure: ours to an inbound exchange, theirs to an outbound one. No answer replaces another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cna_service.cases.record import CaseRecord, Exchange
from cna_service.db.idempotency import Key, Reply
from cna_service.escalation.state import Subject
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Refused
from cna_service.kit.instants import from_text, to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow import answer_deciding
from cna_service.workflow.answer_items import read_items, register_statement
from cna_service.workflow.answerer import read_answerer
from cna_service.workflow.asked import Asked
from cna_service.workflow.certificate_holders import tell_holders
from cna_service.workflow.convey import convey_one
from cna_service.workflow.in_writing import after_writing, read_confirms
from cna_service.workflow.opening import FORMS
from cna_service.workflow.projections import DESK, LAW, case_stream
from cna_service.workflow.receipts import done
from cna_service.workflow.replies_json import clocks_json
from cna_service.workflow.service import Service
from cna_service.workflow.steps import by_whom, theirs
from cna_service.workflow.summon import close_alerts, raise_alert
from cna_service.workflow.work import Work


class NotYourExchange(Refused):
    code = "not-your-exchange"
    title = "An exchange is answered by the side that was asked"


def give_answer(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{seen, answers: [{vessel?, measure, value, conditions?, valid_from?, valid_to?, words?}], form, by?,
    happened_at?, basis?, words?, reason_internal?, reason_sent?, register_reason?, copies?, decision?, decider?,
    delegation?, override_reason?, convey?, confirms?}``; of theirs ``by`` also names ``authority`` or ``is_listed``
    (``answerer``).

    An item that nobody answered stays ``unanswered``. ``convey`` is a list of conveyances done in the same step. Ours
    rests on a delegation in force that lets ``decider`` (else ``by``, else the actor) decide it, or on a reason.
    Raises Invalid (every field), CaseMoved, NotYourExchange.
    """
    asked = Asked(body)
    seen = asked.number("seen", least=0)
    with service.write(actor, Action.ANSWER_GIVE, case_stream(ref), key=key) as work:
        exchange = theirs(work, n)
        ours = exchange.is_inbound
        if actor.kind == "authority" and ours:
            raise NotYourExchange("This exchange is for this desk to answer.")
        told, happened = _read(service, work, asked, exchange, ours=ours)
        told |= _whose_and_of_what(asked, work, exchange, told, ours=ours)
        conveyances = asked.parts("convey") if ours else ()
        second = answer_deciding.second_wanted(service, told["items"]) if ours else None
        answer_deciding.check_held_back(asked, second, conveyances)
        asked.check_unknown()
        asked.done()
        if actor.kind != "authority":
            work.refuse_if_moved(seen)
        basis = told.pop("basis")
        draft = Draft("answer.given", told, 2, happened_at=happened, told_at=work.now, basis=basis, seen=seen)
        work.append(draft)
        for each in conveyances:
            convey_one(service, work, work.case.exchange(n) or exchange, told["answer"], each)
        asked.done()
        _after(service, work, n, told, ours=ours)
        said = told.get("words")
        approval = answer_deciding.ask_second(service, work, second, n, told["answer"], said)
        answered = work.case.exchange(n)
        return done(work, exchange=n, answer=told["answer"], clocks=clocks_json(work.case, answered),
                    contrary=_contrary(work.case, exchange, told["items"]), approval=approval,
                    **_flags(told))  # fmt: skip


def _whose_and_of_what(
    asked: Asked, work: Work, exchange: Exchange, told: Mapping[str, Any], *, ours: bool
) -> dict[str, Any]:
    """Whose word it is, which word it confirms, and whether the case was closed when it came."""
    if asked.yes("is_automatic"):
        why = "a machine's word is no answer (desk-rules 5.3)"
        asked.wrong("is_automatic", True, why, "log it as a communication with is_automatic")
    more = read_confirms(asked, exchange, told["items"], told["form"], ours=ours)
    if not ours:
        more |= read_answerer(asked, work, exchange, told["items"], from_text(told["as_of"]))
    return more | ({"to_closed_case": True} if work.case.is_closed else {})


def _flags(told: Mapping[str, Any]) -> dict[str, Any]:
    """What the answerer must know at once: what does not count, what is held, that the case was closed."""
    return {
        "counts": told.get("counts", True) and not told.get("not_counted"),
        "not_counted": told.get("not_counted", []),
        "confirms": told.get("confirms"),
        "differs": told.get("differs", []),
        "to_closed_case": told.get("to_closed_case", False),
    }


def _read(
    service: Service, work: Work, asked: Asked, exchange: Exchange, *, ours: bool
) -> tuple[dict[str, Any], Any]:
    items = read_items(asked, work.case, exchange)
    form, happened = asked.word("form", FORMS), asked.told("happened_at")
    by = by_whom(asked)
    if (
        not ours
        and work.actor.kind != "authority"
        and form == "oral"
        and not (by.get("name") and by.get("office"))
    ):
        # Practice R6; D8: an oral entry without the caller's identity reaches no authorization.
        asked.wrong("by", by or None, "an oral answer needs who spoke", "name the person and the office")
    reason = asked.text("register_reason")
    told: dict[str, Any] = {
        "exchange": exchange.n,
        "answer": len(exchange.answers) + 1,
        "ours": ours,
        "items": items,
        "form": form,
        "by": by or _self(work.actor),
        "as_of": to_text(happened.exact if happened and happened.exact else work.now),
        "late": _is_late(work.case, exchange, work.now),
        "words": asked.text("words"),
        "reason_internal": asked.text("reason_internal"),
        "reason_sent": asked.text("reason_sent"),
        "copies": list(asked.texts("copies")) or None,
        "decision": asked.number("decision", least=1),
        "register": register_statement(asked, work.case, items, reason) if ours else None,
        "register_reason": reason if ours else None,
    }
    if ours:
        told |= answer_deciding.who_decided(work, asked, exchange, items, by, told["decision"])
    kept = {k: v for k, v in told.items() if v is not None}
    return {**kept, "basis": _basis(service, work, asked)}, happened


def _self(actor: Actor) -> dict[str, str]:
    return {k: v for k, v in {"name": actor.name, "post": actor.post, "office": actor.office}.items() if v}


def _is_late(record: CaseRecord, exchange: Exchange, at: datetime) -> bool:
    """After a limit of a provision or of the other side; a target of ours makes no answer late. Typed in from paper,
    an answer is late by when it was given, not by when the desk noticed that the limit had passed."""
    return any(
        c.exchange == exchange.n
        and c.lapsed_at is not None
        and c.kind in ("legal", "claimed")
        and (c.due_at is None or c.due_at <= at)
        for c in record.clocks
    )


def _basis(service: Service, work: Work, asked: Asked) -> dict[str, Any] | None:
    """The provision an answer rests on, copied with its hashes; the file it stands in is kept."""
    part = asked.part("basis")
    name = part.text("provision", longest=80)
    if name is None:
        return None
    provision = service.policies.catalogue.by_id.get(name)
    if provision is None:
        part.wrong("provision", name, "is not in the catalogue", "use an id of the rule card")
        return None
    agreement = service.policies.catalogue.agreement_of(provision)
    work.cite(*service.policies.text_of(agreement.file_sha256))
    adoption = work.of(LAW, DESK).adoption(provision, work.now, None)
    told = {
        "provision": provision.id,
        "article": provision.article,
        "agreement_title": agreement.title,
        "terms_sha256": provision.terms_sha256,
        "text_sha256": provision.text_sha256,
        "file_sha256": agreement.file_sha256,
        "adopted": adoption.entry if adoption is not None else None,
    }
    return {k: v for k, v in told.items() if v is not None}


def _after(service: Service, work: Work, n: int, told: Mapping[str, Any], *, ours: bool) -> None:
    """An answered exchange summons nobody any more; theirs, come by itself, summons who has the watch."""
    if told.get("counts", True):
        close_alerts(work, "answered", about=n, climbing_only=True)
    if not ours and work.actor.kind == "authority":
        kind = "answer_to_closed_case" if told.get("to_closed_case") else "answer_received"
        raise_alert(service, work, kind, subject=Subject(work.case.ref, n))
    after_writing(service, work, n, told)
    tell_holders(service, work)


def _contrary(record: CaseRecord, exchange: Exchange, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Earlier answers to the same items that differ; both stay, side by side."""
    now = {(i["vessel"], i["measure"]): i["value"] for i in items}
    return [
        {"answer": a.n, "vessel": g.vessel, "measure": g.measure, "value": g.value}
        for a in exchange.answers
        for g in a.items
        if now.get((g.vessel, g.measure), g.value) != g.value
    ]
