"""What was done at sea and what came of it: recorded as told, held against what was granted, never refused for it.

What happened is kept whether or not anybody had granted it. An act beyond every grant and without a ground of its own
is shown as such, a reason is demanded and the legal adviser is told (desk-rules 6.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.agreements.measures import MEASURES
from cna_service.cases.afterwards import BEGINS_CUSTODY
from cna_service.cases.fold_sea import custody_event
from cna_service.cases.judging import GROUNDS, Finding, judge
from cna_service.cases.record import CaseRecord, Exchange
from cna_service.db.idempotency import Key, Reply
from cna_service.escalation.state import Subject
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import NotFound
from cna_service.kit.ids import uuid7
from cna_service.kit.instants import to_text
from cna_service.kit.told import ToldInstant
from cna_service.ledger.entry import Draft
from cna_service.vessels.positions import told_position
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import case_stream
from cna_service.workflow.receipts import done
from cna_service.workflow.reports import DETENTION, OURS, THEIRS, owe_duties
from cna_service.workflow.service import Service
from cna_service.workflow.steps import by_whom
from cna_service.workflow.summon import raise_alert
from cna_service.workflow.work import Work

OVERREACH = "overreach"
KINDS = ("rescue", "warning_shots", "disabling_fire", "tow", "escort", "sink", "release", "pursuit", "other")
SIDES = (OURS, THEIRS)


def record_action(
    service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{vessel?, measure | kind, by_unit, happened_at, side?, position?, words?, basis?, reason?, shots?, injuries?,
    deaths?, force?, told_by?, seen?}``.

    ``basis``: ``{exchange, answer?}``, the answer relied on, or ``{ground, provision?, reason?}``. ``side``: ours or
    theirs, whose unit it was. ``reason``: why, where nothing had granted it. Raises Invalid.
    """
    asked = Asked(body)
    seen = asked.number("seen", least=0)
    with service.write(actor, Action.ACTION_RECORD, case_stream(ref), key=key) as work:
        happened = asked.told("happened_at", required=True)
        told = {"action": len(work.case.sea.actions) + 1, **_read_action(service, work, asked)}
        _check_instant(asked, work, happened)
        asked.check_unknown()
        asked.done()
        exchange = exchange_relied_on(work.case, told)
        provisions = _provisions(work.case, told, exchange)
        judged = judge(work.case, {**told, "happened_at": happened, "recorded_at": work.now})
        told |= {
            "provisions": provisions,
            "check": {"code": judged.code, "words": judged.words, "seq": judged.seq},
            "reason_given": bool(told.get("reason")),
        }
        clean = {k: v for k, v in told.items() if v not in (None, [], False)}
        work.append(Draft("action.recorded", clean, happened_at=happened, told_at=work.now, seen=seen))
        _begin_custody(work, told, happened)
        facts = _facts(told)
        owed = owe_duties(service, work, provisions, exchange=exchange, side=told["side"], facts=facts,
                          because={"action": told["action"]})  # fmt: skip
        if judged.is_overreach:
            raise_alert(service, work, OVERREACH, subject=Subject(ref))
        return done(work, action=told["action"], check=finding_json(judged), reports_owed=owed,
                    reason_wanted=judged.is_overreach and not told.get("reason"))  # fmt: skip


def _read_action(service: Service, work: Work, asked: Asked) -> dict[str, Any]:
    measure, kind = asked.raw("measure"), asked.raw("kind")
    if measure in (None, "") and kind in (None, ""):
        asked.wrong("measure", None, "is missing: what was done", "name a measure, or a kind of act")
    told: dict[str, Any] = {
        "vessel": read_vessel(asked, work.case),
        "measure": asked.word("measure", MEASURES) if measure not in (None, "") else None,
        "kind": asked.word("kind", KINDS) if kind not in (None, "") else None,
        "by_unit": asked.needed("by_unit", longest=500),
        "told_by": asked.text("told_by", longest=500),
        "position": _position(asked),
        "words": asked.text("words"),
        "reason": asked.text("reason"),
        "force": asked.text("force"),
    }
    told |= {f: asked.number(f, least=0) for f in ("shots", "injuries", "deaths")}
    told["basis"] = _basis(service, work, asked.part("basis"))
    told["side"] = asked.word("side", SIDES, _side(work.case, told))
    return told


def read_vessel(asked: Asked, record: CaseRecord) -> int:
    """The vessel's number; may be left out where there is one."""
    n = asked.number("vessel", least=1, most=999)
    vessels = [v.n for v in record.vessels] or [1]
    if n is None and len(vessels) > 1:
        asked.wrong("vessel", None, "is missing: the case has several vessels", f"one of: {vessels}")
    elif n is not None and n not in vessels:
        asked.wrong("vessel", n, "is no vessel of this case", f"one of: {vessels}")
    return n or vessels[0]


def _position(asked: Asked) -> dict[str, Any] | None:
    told = asked.raw("position")
    if told in (None, ""):
        return None
    read = told_position(told, pointer="/position")
    asked.problems.extend(read.problems)
    return read.as_json()


def _basis(service: Service, work: Work, part: Asked) -> dict[str, Any] | None:
    """What it was done under: an answer, or a ground of its own; each act cites its own (practice R9)."""
    if part.is_empty:
        return None
    n, answer = part.number("exchange", least=1), part.number("answer", least=1)
    ground, provision, reason = (
        part.text("ground", longest=40),
        part.text("provision", longest=80),
        part.text("reason"),
    )
    part.check_unknown()
    if (n is None) == (ground is None):
        part.wrong(
            "exchange", n, "stands beside a ground, or neither is named", "name an exchange or a ground"
        )
    exchange = work.case.exchange(n) if n is not None else None
    if n is not None and exchange is None:
        part.wrong(
            "exchange", n, "is no exchange of this case", f"one of: {[e.n for e in work.case.exchanges]}"
        )
    if answer is not None and exchange is not None and answer not in [a.n for a in exchange.answers]:
        part.wrong(
            "answer", answer, "is no answer of that exchange", f"one of: {[a.n for a in exchange.answers]}"
        )
    if ground is not None and ground not in GROUNDS:
        part.wrong("ground", ground, "is not a known ground", f"one of: {', '.join(GROUNDS)}")
    if provision is not None and provision not in service.policies.catalogue.by_id:
        part.wrong("provision", provision, "is not in the catalogue", "use an id of the rule card")
    told = {"exchange": n, "answer": answer, "ground": ground, "provision": provision, "reason": reason}
    return {k: v for k, v in told.items() if v is not None}


def _side(record: CaseRecord, told: Mapping[str, Any]) -> str:
    """Whose unit it was, where nobody says: of who asked in the exchange relied on, or in the only kind there is."""
    exchange = exchange_relied_on(record, told)
    if exchange is None:
        exchange = record.exchanges[-1] if record.exchanges else None
        if any(not e.is_inbound for e in record.exchanges):
            return OURS
    return THEIRS if exchange is not None and exchange.is_inbound else OURS


def exchange_relied_on(record: CaseRecord, told: Mapping[str, Any]) -> Exchange | None:
    """The exchange relied on; where none is named, the newest that asked for this measure."""
    basis = told.get("basis") or {}
    if basis.get("exchange"):
        return record.exchange(basis["exchange"])
    if basis.get("ground"):
        return None
    asked = (
        e
        for e in reversed(record.exchanges)
        if any((i.vessel, i.measure) == (told["vessel"], told.get("measure")) for i in e.items)
    )
    return next(asked, None)


def _provisions(record: CaseRecord, told: Mapping[str, Any], exchange: Exchange | None) -> list[str]:
    """Under what it was done, as its own basis says, or as the answer and the exchange relied on do."""
    basis = told.get("basis") or {}
    if basis.get("provision"):
        return [str(basis["provision"])]
    if exchange is None:
        return []
    wanted = basis.get("answer")
    of_answers = [
        str(a.basis["provision"])
        for a in exchange.answers
        if a.basis and a.basis.get("provision") and wanted in (None, a.n)
    ]
    chosen = (exchange.chosen or {}).get("provisions") or exchange.bases
    return list(dict.fromkeys(of_answers or [str(p) for p in chosen]))


def _check_instant(asked: Asked, work: Work, happened: ToldInstant | None) -> None:
    if happened is not None and happened.earliest is not None and happened.earliest > work.now:
        asked.wrong("happened_at", happened.text, "lies ahead", "check the instant and its zone")


def _facts(told: Mapping[str, Any]) -> frozenset[str]:
    found = set()
    if told.get("measure") in DETENTION:
        found.add("detention")
    used_force = told.get("kind") in ("warning_shots", "disabling_fire") or told.get("force")
    if used_force or any(told.get(f) for f in ("shots", "injuries", "deaths")):
        found.add("force")
    return frozenset(found)


def _begin_custody(work: Work, told: Mapping[str, Any], happened: ToldInstant | None) -> None:
    if told.get("measure") in BEGINS_CUSTODY:
        begin_custody_clock(work, told["vessel"], happened)


def begin_custody_clock(work: Work, vessel: int, happened: ToldInstant | None) -> None:
    """Count up from the boarding to the hand-over (practice R15); one clock a vessel."""
    event = custody_event(vessel)
    running = (c for c in work.case.clocks if c.stopped_at is None)
    if any(c.terms.get("stops_by", {}).get("event") == event for c in running):
        return
    at = happened.exact if happened is not None and happened.exact is not None else work.now
    terms = {
        "kind": "own",
        "words": f"custody, vessel {vessel}: since boarding",
        "counts_up": True,
        "silence": {"code": "nothing", "words": "nothing follows", "effect": "none"},
        "stops_by": {"event": event},
        "warn": False,
    }
    body = {
        "clock": uuid7(work.now),
        "kind": "own",
        "exchange": 0,
        "items": [],
        "terms": terms,
        "starts_at": to_text(at),
        "due_at": None,
    }
    work.append(Draft("clock.armed", body))


def finding_json(found: Finding) -> dict[str, Any]:
    """A finding for the interface."""
    return {
        "code": found.code,
        "words": found.words,
        "is_overreach": found.is_overreach,
        "seq": found.seq,
        "exchange": found.exchange,
        "answer": found.answer,
        "conveyed_at": None if found.conveyed_at is None else to_text(found.conveyed_at),
        "narrowed_at": None if found.narrowed_at is None else to_text(found.narrowed_at),
    }


def explain_action(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{reason, by?}``: why action ``n`` was done beyond every grant. Raises Invalid, NotFound."""
    asked = Asked(body)
    told = {"reason": asked.needed("reason"), "by": by_whom(asked)}
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.ACTION_RECORD, case_stream(ref), key=key) as work:
        if work.case.sea.action(n) is None:
            raise NotFound(f"the case has no action {n}")
        work.append(Draft("action.explained", {"action": n, **{k: v for k, v in told.items() if v}}))
        return done(work, action=n)
