"""Folding who decides and who is asked before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cna_service.cases.changing import replace
from cna_service.cases.clocks import after_event
from cna_service.cases.fold_arrivals import noted
from cna_service.cases.record import CaseRecord
from cna_service.cases.record_deciding import Approval, Clearance, Consultation, ReadBack
from cna_service.kit.instants import from_optional, from_text
from cna_service.ledger.entry import Entry


def _approval_asked(record: CaseRecord, entry: Entry) -> CaseRecord:
    b = entry.body
    approval = Approval(
        n=b["approval"],
        seq=entry.seq,
        act=b["act"],
        about=b["about"],
        when=b["rule"]["when"],
        roles=tuple(b["rule"]["by"]),
        maker=b.get("maker") or entry.actor,
        asked_at=entry.recorded_at,
        exchange=b.get("exchange"),
        rule=b["rule"]["id"],
        due_at=from_optional(b.get("due_at")),
        alert=b.get("alert"),
        clock=b.get("clock"),
        words=b.get("words"),
    )
    return _deciding(record, approvals=(*record.deciding.approvals, approval))


def _settled(state: str) -> Callable[[CaseRecord, Entry], CaseRecord]:
    def fold(record: CaseRecord, entry: Entry) -> CaseRecord:
        b = entry.body
        told: dict[str, Any] = {
            "state": state,
            "settled_by": entry.actor,
            "settled_at": entry.recorded_at,
            "settled_seq": entry.seq,
            "settled_how": b.get("how"),
            "settled_words": b.get("words"),
            "late": bool(b.get("late", False)),
        }
        record = _change_approval(record, b["approval"], **told)
        return _stop(record, b.get("clock"), entry)

    return fold


def _approval_lapsed(record: CaseRecord, entry: Entry) -> CaseRecord:
    return _change_approval(record, entry.body["approval"], state="lapsed", lapsed_seq=entry.seq)


def _change_approval(record: CaseRecord, n: int, **told: Any) -> CaseRecord:
    approvals = tuple(replace(a, **told) if a.n == n else a for a in record.deciding.approvals)
    return _deciding(record, approvals=approvals)


def _read_back(record: CaseRecord, entry: Entry) -> CaseRecord:
    b = entry.body
    read_back = ReadBack(
        exchange=b["exchange"],
        decision=b["decision"],
        seq=entry.seq,
        sent_at=entry.recorded_at,
        due_at=from_text(b["due_at"]),
        stated=tuple(b["stated"]),
        to=b.get("to"),
        channel=b.get("channel"),
        alert=b.get("alert"),
        clock=b.get("clock"),
        words=b.get("words"),
        why=b.get("why"),
        state="sent" if b.get("to") else "not_sent",
    )
    return _deciding(record, read_backs=(*record.deciding.read_backs, read_back))


def _decider_said(state: str) -> Callable[[CaseRecord, Entry], CaseRecord]:
    def fold(record: CaseRecord, entry: Entry) -> CaseRecord:
        b = entry.body
        told: dict[str, Any] = {
            "state": state,
            "settled_at": entry.recorded_at,
            "settled_seq": entry.seq,
            "settled_by": b.get("decider") or entry.actor,
            "settled_how": b.get("how"),
            "settled_words": b.get("words"),
        }
        place = (b["exchange"], b["decision"])
        read_backs = tuple(
            replace(r, **told) if (r.exchange, r.decision) == place else r for r in record.deciding.read_backs
        )
        return _stop(_deciding(record, read_backs=read_backs), b.get("clock"), entry)

    return fold


def _consulted(record: CaseRecord, entry: Entry) -> CaseRecord:
    b = entry.body
    consultation = Consultation(
        n=b["consultation"],
        seq=entry.seq,
        agency=b["agency"],
        contact=b.get("contact") or {},
        question=b.get("question"),
        channel=b["channel"],
        asked_at=entry.recorded_at,
        due_at=from_optional(b.get("due_at")),
        exchange=b.get("exchange"),
        clock=b.get("clock"),
        attachments=tuple(b.get("attachments", ())),
    )
    return _deciding(record, consultations=(*record.deciding.consultations, consultation))


def _agency_answered(record: CaseRecord, entry: Entry) -> CaseRecord:
    b = entry.body
    consultations = tuple(
        replace(c, value=b["value"], answers=(*c.answers, noted(entry))) if c.n == b["consultation"] else c
        for c in record.deciding.consultations
    )
    return _stop(_deciding(record, consultations=consultations), b.get("clock"), entry)


def _cleared(record: CaseRecord, entry: Entry) -> CaseRecord:
    b = entry.body
    clearance = Clearance(
        n=b["clearance"],
        seq=entry.seq,
        chain=b["chain"],
        by=b.get("by") or {},
        measures=tuple(b["measures"]),
        words=b.get("words"),
        recorded_at=entry.recorded_at,
        value=b["value"],
        exchange=b.get("exchange"),
        conditions=b.get("conditions", ()),
        attachments=tuple(b.get("attachments", ())),
        delegation=b.get("delegation"),
    )
    return _deciding(record, clearances=(*record.deciding.clearances, clearance))


def _deciding(record: CaseRecord, **parts: Any) -> CaseRecord:
    return replace(record, deciding=replace(record.deciding, **parts))


def _stop(record: CaseRecord, clock: str | None, entry: Entry) -> CaseRecord:
    """The clock of what was settled stops; what ran out before stays marked as having run out."""
    found = None if clock is None else record.clock(clock)
    if found is None:
        return record
    event = str(found.terms.get("stops_by", {}).get("event"))
    return replace(record, clocks=after_event(record.clocks, found.exchange or 0, event, entry))


APPLY: Mapping[str, Callable[[CaseRecord, Entry], CaseRecord]] = {
    "approval.asked": _approval_asked,
    "approval.given": _settled("given"),
    "approval.refused": _settled("refused"),
    "approval.lapsed": _approval_lapsed,
    "decision.read_back": _read_back,
    "decision.confirmed": _decider_said("confirmed"),
    "decision.corrected": _decider_said("corrected"),
    "consultation.asked": _consulted,
    "consultation.answered": _agency_answered,
    "clearance.given": _cleared,
}
