"""What came of a boarding, as told: found, force, injuries, persons, nationals aboard, the vessel's fate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.agreements.measures import OFFENCES
from cna_service.cases.record import CaseRecord
from cna_service.db.idempotency import Key, Reply
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.ledger.entry import Draft
from cna_service.vessels.quantities import told_quantity
from cna_service.workflow.asked import Asked
from cna_service.workflow.at_sea import SIDES, exchange_relied_on, read_vessel
from cna_service.workflow.projections import case_stream
from cna_service.workflow.receipts import done
from cna_service.workflow.reports import OURS, THEIRS, owe_consular, owe_duties
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work

BOARDED = ("yes", "no", "not_boarded_because")
FATES = ("released", "towed", "escorted", "sunk", "handed_over", "adrift", "followed", "unknown", "other")


def report_result(
    service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{vessel?, boarded?, because?, found?: [{what, quantity?, words?}], samples?, force?, shots?, injuries?,
    deaths?, persons_detained?: [{name?, nationality?, born?, papers?, place?}], other_offences?: [{offence, words?}],
    nationals_aboard?: [{state, count?}], damage?, whereabouts?, fate?, masters_objections?, words?, side?, told_by?,
    happened_at?}``.

    Quantities are kept as told, in their own unit. A search that found nothing leaves the case open. Raises Invalid.
    """
    asked = Asked(body)
    with service.write(actor, Action.ACTION_RECORD, case_stream(ref), key=key) as work:
        told = {"result": len(work.case.sea.results) + 1, **_read(work, asked)}
        happened = asked.told("happened_at")
        asked.raw("seen")
        asked.check_unknown()
        asked.done()
        clean = {k: v for k, v in told.items() if v not in (None, [], ())}
        work.append(Draft("result.reported", clean, happened_at=happened, told_at=work.now))
        because = {"result": told["result"]}
        owed = _owe(service, work, told, because)
        return done(work, result=told["result"], reports_owed=owed)


def _read(work: Work, asked: Asked) -> dict[str, Any]:
    boarded = asked.word("boarded", BOARDED, "yes")
    told: dict[str, Any] = {
        "vessel": read_vessel(asked, work.case),
        "boarded": "no" if boarded == "not_boarded_because" else boarded,
        "because": asked.text("because", required=boarded == "not_boarded_because"),
        "found": [_found(each) for each in asked.parts("found")],
        "samples": asked.text("samples"),
        "persons_detained": [_person(each) for each in asked.parts("persons_detained")],
        "other_offences": [_offence(each) for each in asked.parts("other_offences")],
        "nationals_aboard": [_nationals(each) for each in asked.parts("nationals_aboard")],
        "fate": asked.word("fate", FATES, "") or None,
        "side": asked.word("side", SIDES, side_of(work.case)),
    }
    told |= _force(asked)
    told["persons_count"] = len(told["persons_detained"]) or None
    told |= {f: asked.number(f, least=0) for f in ("shots", "injuries", "deaths")}
    texts = ("damage", "whereabouts", "masters_objections", "words", "told_by")
    return told | {f: asked.text(f) for f in texts}


def _force(asked: Asked) -> dict[str, Any]:
    """``force``: yes or no, or the words that tell of it, which say that there was some."""
    raw = asked.raw("force")
    if raw in (None, "", True, False, "yes", "no", "true", "false"):
        return {"is_force_used": None if raw in (None, "") else asked.yes("force"), "force_words": None}
    words = asked.text("force")
    return {"is_force_used": words is not None, "force_words": words}


def side_of(record: CaseRecord) -> str:
    """Whose boarding it was: theirs where only others ask us."""
    directions = {e.is_inbound for e in record.exchanges}
    return THEIRS if directions == {True} else OURS


def _found(each: Asked) -> dict[str, Any]:
    told: dict[str, Any] = {"what": each.needed("what", longest=200), "words": each.text("words")}
    if (raw := each.raw("quantity")) not in (None, ""):
        quantity, problem = told_quantity(raw, pointer="/found/quantity")
        if quantity is None and problem is not None:
            each.wrong("quantity", raw, problem.why, problem.fix)
        told["quantity"] = None if quantity is None else quantity.as_json()
    each.check_unknown()
    return {k: v for k, v in told.items() if v is not None}


def _person(each: Asked) -> dict[str, str]:
    told = {f: each.text(f, longest=500) for f in ("name", "nationality", "born", "papers", "place")}
    each.check_unknown()
    return {k: v for k, v in told.items() if v}


def _offence(each: Asked) -> dict[str, str]:
    told = {"offence": each.word("offence", (*OFFENCES, "other"), "other"), "words": each.text("words")}
    each.check_unknown()
    return {k: v for k, v in told.items() if v}


def _nationals(each: Asked) -> dict[str, Any]:
    state = each.needed("state", longest=2).upper()
    if state and (len(state) != 2 or not state.isalpha()):
        each.wrong("state", state, "is no two-letter State code", "send ISO 3166 alpha-2")
    count = each.number("count", least=1)
    each.check_unknown()
    return {"state": state} | ({} if count is None else {"count": count})


def _owe(service: Service, work: Work, told: Mapping[str, Any], because: Mapping[str, int]) -> list[str]:
    facts = _facts(told)
    owed: list[str] = []
    for action in work.case.sea.actions:
        if (action["vessel"], action["side"]) == (told["vessel"], told["side"]):
            exchange = exchange_relied_on(work.case, action)
            owed += owe_duties(service, work, action.get("provisions", ()), exchange=exchange, side=told["side"],
                               facts=facts, because=because)  # fmt: skip
    states = [n["state"] for n in told["nationals_aboard"]]
    last = work.case.exchanges[-1].n if work.case.exchanges else None
    return owed + owe_consular(
        work, states, side=told["side"], own=service.desk.state, because=because, exchange=last
    )


def _facts(told: Mapping[str, Any]) -> frozenset[str]:
    found = {"found"} if told["found"] else set()
    if told["persons_detained"]:
        found.add("detention")
    if told["is_force_used"] or any(told[f] for f in ("shots", "injuries", "deaths")):
        found.add("force")
    if told["other_offences"]:
        found.add("other_offences")
    return frozenset(found)
