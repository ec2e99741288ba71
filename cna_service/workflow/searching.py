"""Searching the register: for a case, the evidence becomes an entry; nothing is "found" without a person's verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.cases.record import CaseRecord
from cna_service.db.idempotency import Key, Reply
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action, require
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft
from cna_service.registry.model import Query
from cna_service.registry.search import Outcome
from cna_service.workflow.asked import Asked
from cna_service.workflow.looking import question_of_outcome
from cna_service.workflow.projections import CASE, case_stream
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work

VERDICTS = ("found", "not_found", "several", "undecided")
SHOWN = 8
_TEXTS = (
    "registration_number",
    "imo",
    "mmsi",
    "call_sign",
    "hull_mark",
    "homeport",
    "flag",
    "length",
    "vessel_type",
    "remarks",
)


def search_register(service: Service, actor: Actor, body: Mapping[str, Any]) -> dict[str, Any]:
    """Look without a case: candidates with scores in words, and what to ask where several remain; leaves no entry.

    ``register``: which one (the national one); ``at``: as it was then. Raises NoRegister, Invalid.
    """
    require(actor, Action.REGISTRY_SEARCH)
    asked = Asked(body)
    register, at = asked.text("register", longest=40), asked.instant("at")
    query = _query(asked)
    asked.done()
    outcome = service.registry.search(query, service.clock.now(), register=register, at=at)
    return {**outcome.as_json(), "question": _question(outcome)}


def search_for_case(
    service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{vessel?, names?, imo?, …, register?, at?, verdict?, rid?, words?}``, or ``{search, verdict, rid?, words?}`` to
    judge an earlier one.

    Without any field the facts of the case are asked for. ``register``: which one (the national one); ``at``: as it was
    then. A verdict of ``found`` names one of the candidates.
    Raises Invalid, NoRegister, StreamNotFound.
    """
    asked = Asked(body)
    earlier = asked.number("search", least=1)
    if earlier is not None:
        return _judge(service, actor, ref, asked, earlier, key)
    vessel = asked.number("vessel", least=1) or 1
    query = _query(asked)
    register, at = asked.text("register", longest=40), asked.instant("at")
    verdict = asked.word("verdict", VERDICTS, "undecided")
    rid, words = asked.text("rid", longest=80), asked.text("words")
    asked.raw("seen")
    asked.check_unknown()
    asked.done()
    if not query.keys_tried() and not query.remarks:
        query = query_of(_record(service, ref), vessel)
    # The register is read before any lock is held; its version stands in the entry.
    outcome = service.registry.search(query, service.clock.now(), register=register, at=at)
    _check_verdict(asked, verdict, rid, [c.rid for c in outcome.candidates])
    asked.done()
    with service.write(actor, Action.SEARCH_MAKE, case_stream(ref), key=key) as work:
        n = len(work.case.searches) + 1
        as_it_was = {} if at is None else {"at": to_text(at)}
        work.append(Draft("search.made", evidence(n, vessel, query, outcome) | as_it_was))
        if verdict != "undecided":
            _append_verdict(work, n, verdict, rid, words)
        return done(work, search=n, verdict=verdict, rid=rid, **_shown(outcome))


def _record(service: Service, ref: str) -> CaseRecord:
    with service.read() as reader:
        return reader.stream(case_stream(ref)).of(CASE)


def query_of(record: CaseRecord, vessel: int) -> Query:
    """What the case knows of a vessel, as a question to the register."""
    known = record.vessel(vessel)
    if known is None:
        return Query()

    def last(*fields: str) -> str:
        found = [v for v in known.values(*fields) if isinstance(v, str)]
        return found[-1] if found else ""

    length = next((f.value for f in reversed(known.facts) if f.field == "length"), None)
    return Query(
        names=tuple(str(v) for v in known.values("name")),
        former_names=tuple(str(v) for v in known.values("former_name")),
        registration_number=last("registration_number"),
        imo=last("imo"),
        mmsi=last("mmsi"),
        call_sign=last("call_sign"),
        hull_mark=last("hull_mark"),
        homeport=last("homeport"),
        flag=last("claim"),
        length=str(length.get("text", "")) if isinstance(length, Mapping) else str(length or ""),
        vessel_type=last("type"),
    )


def evidence(n: int, vessel: int, query: Query, outcome: Outcome) -> dict[str, Any]:
    """The body of ``search.made``: register and version, keys, candidates with scores (domain 5.1 no. 8)."""
    told = outcome.as_json()
    return {
        "search": n,
        "vessel": vessel,
        "keys": {**{f: getattr(query, f) for f in _TEXTS if getattr(query, f)}, **_names(query)},
        "verdict": "undecided",
        **told,
        "count": len(outcome.candidates),
        "candidates": told["candidates"][:SHOWN],  # type: ignore[index]
    }


def _names(query: Query) -> dict[str, list[str]]:
    return {f: list(getattr(query, f)) for f in ("names", "former_names") if getattr(query, f)}


def _query(asked: Asked) -> Query:
    names = (*asked.texts("names"), *asked.texts("name"))
    fields = {f: asked.text(f, longest=500) or "" for f in _TEXTS if f != "vessel_type"}
    kind = asked.text("vessel_type", longest=500) or asked.text("type", longest=500) or ""
    former = asked.texts("former_names")
    return Query(names=names, former_names=former, vessel_type=kind, **fields)


def _check_verdict(asked: Asked, verdict: str, rid: str | None, candidates: list[str]) -> None:
    if verdict == "found" and not rid:
        asked.wrong(
            "rid", None, "is missing: found means one record of the register", "name the candidate's rid"
        )
    if rid and rid not in candidates:
        asked.wrong(
            "rid",
            rid,
            "is none of the candidates of this search",
            "choose one that was shown, or search again",
        )


def _judge(service: Service, actor: Actor, ref: str, asked: Asked, n: int, key: Key | None) -> Reply:
    verdict, rid, words = asked.word("verdict", VERDICTS), asked.text("rid", longest=80), asked.text("words")
    asked.raw("seen")
    asked.check_unknown()
    with service.write(actor, Action.SEARCH_MAKE, case_stream(ref), key=key) as work:
        made = next((s for s in work.case.searches if s["search"] == n), None)
        if made is None:
            asked.wrong("search", n, "is no search of this case", "search first")
        else:
            _check_verdict(asked, verdict, rid, [c["rid"] for c in made["candidates"]])
        asked.done()
        _append_verdict(work, n, verdict, rid, words)
        return done(work, search=n, verdict=verdict, rid=rid)


def _append_verdict(work: Work, n: int, verdict: str, rid: str | None, words: str | None) -> None:
    body = {"search": n, "verdict": verdict, "rid": rid, "words": words}
    work.append(Draft("search.judged", {k: v for k, v in body.items() if v is not None}))


def _shown(outcome: Outcome) -> dict[str, Any]:
    told = outcome.as_json()
    shown = {k: told[k] for k in ("suggestion", "reason", "candidates", "keys_tried", "register")}
    return {**shown, "question": _question(outcome)}


def _question(outcome: Outcome) -> dict[str, object] | None:
    """What to ask where several candidates remain."""
    question = question_of_outcome(outcome)
    return None if question is None else question.as_json()
