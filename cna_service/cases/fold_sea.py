"""Folding what happened at sea and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cna_service.cases.changing import replace
from cna_service.cases.clocks import after_event
from cna_service.cases.fold_arrivals import noted
from cna_service.cases.record import CaseRecord
from cna_service.cases.record_sea import MAY, Instruction, Line
from cna_service.kit.instants import from_optional, from_text
from cna_service.ledger.entry import Entry

Fold = Callable[[CaseRecord, Entry], CaseRecord]

CUSTODY_ENDS = frozenset({"handed_over", "released", "before_judge"})


def report_event(report: str) -> str:
    """What stops the clock of a report owed."""
    return f"report:{report}"


def custody_event(vessel: int) -> str:
    """What stops the clock of a vessel's custody."""
    return f"custody:{vessel}"


def _told(entry: Entry) -> dict[str, Any]:
    """The entry as told, with when it happened beside when it was recorded."""
    return {**noted(entry), "happened_at": entry.happened_at}


def _sea(record: CaseRecord, **changed: Any) -> CaseRecord:
    return replace(record, sea=replace(record.sea, **changed))


def _line(b: Mapping[str, Any]) -> Line:
    return Line(
        vessel=b["vessel"],
        measure=b["measure"],
        says=b["says"],
        state=b.get("state"),
        exchange=b.get("exchange"),
        answer=b.get("answer"),
        seq=b.get("seq"),
        leaf=b.get("leaf"),
        form=b.get("form"),
        value=b.get("value"),
        starts_at=from_optional(b.get("starts_at")),
        until=from_optional(b.get("until")),
        asked_at=from_optional(b.get("asked_at")),
        why=b.get("why"),
        because=b.get("because"),
        conditions=b.get("conditions", ()),
        condition_items=tuple(b.get("condition_items", ())),
        is_deemed=bool(b.get("is_deemed", False)),
    )


def _given(record: CaseRecord, entry: Entry) -> CaseRecord:
    b = entry.body
    made = Instruction(
        n=b["instruction"],
        seq=entry.seq,
        recorded_at=entry.recorded_at,
        unit_n=b["unit_n"],
        unit=b.get("unit"),
        circuit=b.get("circuit"),
        passed_to=b.get("passed_to") or {},
        actor=entry.actor,
        lines=tuple(_line(each) for each in b["lines"]),
        text=b.get("text"),
        known_seq=entry.seq,
        number=b.get("number"),
        words=b.get("words"),
        delegations=tuple(b.get("delegations", ())),
        override_reason=b.get("override_reason"),
    )
    return _sea(record, instructions=(*record.sea.instructions, made))


def _change(record: CaseRecord, n: int, how: Callable[[Instruction], Instruction]) -> CaseRecord:
    return _sea(record, instructions=tuple(how(i) if i.n == n else i for i in record.sea.instructions))


def _read_back(record: CaseRecord, entry: Entry) -> CaseRecord:
    b, n = entry.body, entry.body["instruction"]
    record = _change(record, n, lambda i: replace(i, read_backs=(*i.read_backs, _told(entry))))
    if not b["is_correct"]:
        return record
    if b["of"] == "stop":
        return _change(record, n, lambda i: _stopped(i, entry))
    at = entry.recorded_at
    record = _change(record, n, lambda i: replace(i, read_back_at=i.read_back_at or at))
    unit = next((i.unit_n for i in record.sea.instructions if i.n == n), None)
    before = [i.n for i in record.sea.instructions if i.unit_n == unit and i.n < n and i.settled_seq is None]
    for each in before:
        record = _change(record, each, lambda i: replace(i, settled_seq=entry.seq, settled_by="instruction"))
    return record


def _stopped(instruction: Instruction, entry: Entry) -> Instruction:
    """The unit knows what the STOP said; where that leaves it something it may do, the instruction goes on."""
    lines = tuple(_line(each) for each in entry.body["lines"])
    told = replace(instruction, lines=lines, known_seq=entry.seq, read_back_at=entry.recorded_at)
    if any(line.says == MAY for line in lines):
        return replace(told, stale_at=None, stale_because=(), summoned=0)
    return replace(told, settled_seq=entry.seq, settled_by="stop")


def _stale(record: CaseRecord, entry: Entry) -> CaseRecord:
    b = entry.body
    at, why = from_text(b["at"]), tuple(b.get("because", ()))
    return _change(
        record,
        b["instruction"],
        lambda i: replace(
            i,
            stale_at=i.stale_at or at,
            stale_because=i.stale_because or why,
            summoned=i.summoned + 1,
        ),
    )


def _listed(part: str) -> Fold:
    """A fold for entries that are kept one after the other."""

    def fold(record: CaseRecord, entry: Entry) -> CaseRecord:
        return _sea(record, **{part: (*getattr(record.sea, part), _told(entry))})

    return fold


def _added(part: str, key: str, to: str) -> Fold:
    """A fold for entries that say more of an earlier one, found by its number ``key``; kept under ``to``."""

    def fold(record: CaseRecord, entry: Entry) -> CaseRecord:
        n = entry.body[key]
        changed = tuple(
            {**each, to: (*each.get(to, ()), _told(entry))} if each[key] == n else each
            for each in getattr(record.sea, part)
        )
        return _sea(record, **{part: changed})

    return fold


def _made(record: CaseRecord, entry: Entry) -> CaseRecord:
    report = entry.body["owes"]
    owed = tuple(
        {**o, "made": (*o.get("made", ()), _told(entry))} if o["report"] == report else o
        for o in record.sea.reports_owed
    )
    exchange = next((o.get("exchange", 0) for o in owed if o["report"] == report), 0)
    clocks = after_event(record.clocks, exchange, report_event(report), entry)
    return replace(_sea(record, reports_owed=owed), clocks=clocks)


def _custody(record: CaseRecord, entry: Entry) -> CaseRecord:
    b = entry.body
    record = _sea(record, custody=(*record.sea.custody, _told(entry)))
    if b["what"] not in CUSTODY_ENDS or not b.get("ends"):
        return record
    return replace(record, clocks=after_event(record.clocks, 0, custody_event(b["vessel"]), entry))


APPLY: Mapping[str, Fold] = {
    "instruction.given": _given,
    "instruction.read_back": _read_back,
    "instruction.stale": _stale,
    "action.recorded": _listed("actions"),
    "action.explained": _added("actions", "action", "explained"),
    "result.reported": _listed("results"),
    "condition.checked": _listed("condition_checks"),
    "custody.recorded": _custody,
    "report.owed": _listed("reports_owed"),
    "report.made": _made,
    "evidence.summarised": _listed("evidence_summaries"),
    "evidence.received": _added("evidence_summaries", "summary", "received"),
    "notification.made": _listed("notifications_made"),
    "notification.received": _added("notifications_made", "notification", "received"),
    "compensation.claimed": _listed("compensation"),
    "compensation.answered": _added("compensation", "claim", "answers"),
}
