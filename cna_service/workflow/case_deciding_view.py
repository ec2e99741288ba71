"""What the page of a case shows of who decides: read-backs, second officers, our own agencies and chain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cna_service.cases.record import CaseRecord
from cna_service.cases.record_deciding import Approval, Clearance, Consultation, ReadBack
from cna_service.documents.measures import measure_words
from cna_service.ledger.entry import Erased
from cna_service.workflow.read_back import in_words

_READ_BACK = {
    "sent": "not confirmed yet",
    "not_sent": "could not be sent to him: no account here",
    "confirmed": "confirmed by him",
    "corrected": "CORRECTED: he said otherwise",
}
_APPROVAL = {
    "asked": "waits for another officer",
    "lapsed": "NOT GIVEN IN TIME",
    "given": "approved",
    "refused": "REFUSED",
}
_VALUES = {
    "no_objection": "no objection",
    "no_objection_with_conditions": "no objection, with conditions",
    "objection": "OBJECTION",
    "information": "information",
    "none": "nothing to say",
}
_ABOUT = {
    "answer": "our answer",
    "certificate": "a certificate",
    "release": "a release",
}


@dataclass(frozen=True, slots=True)
class DecisionLine:
    read_back: ReadBack
    says: str
    state: str
    is_alarm: bool


@dataclass(frozen=True, slots=True)
class ApprovalLine:
    approval: Approval
    what: str
    state: str
    maker: str
    second: str
    roles: str
    is_alarm: bool


@dataclass(frozen=True, slots=True)
class ConsultationLine:
    consultation: Consultation
    whom: str
    state: str
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class ClearanceLine:
    clearance: Clearance
    who: str
    measures: str
    value: str


@dataclass(frozen=True, slots=True)
class DecidingView:
    """``rests``: for each answer of ours (exchange, answer) what it rests on in words, and whether any was in force."""

    decisions: tuple[DecisionLine, ...]
    approvals: tuple[ApprovalLine, ...]
    consultations: tuple[ConsultationLine, ...]
    clearances: tuple[ClearanceLine, ...]
    rests: tuple[tuple[int, int, str, bool], ...]

    @property
    def is_empty(self) -> bool:
        return not (self.decisions or self.approvals or self.consultations or self.clearances or self.rests)


def deciding_view(record: CaseRecord, now: datetime) -> DecidingView:
    d = record.deciding
    return DecidingView(
        decisions=tuple(_decision(r, now) for r in reversed(d.read_backs)),
        approvals=tuple(_approval(a) for a in reversed(d.approvals)),
        consultations=tuple(_consultation(c, now) for c in reversed(d.consultations)),
        clearances=tuple(_clearance(c) for c in reversed(d.clearances)),
        rests=tuple(_rests(record)),
    )


def _decision(read_back: ReadBack, now: datetime) -> DecisionLine:
    late = read_back.is_open and read_back.due_at <= now
    state = _READ_BACK[read_back.state] + (" · half an hour is over" if late else "")
    return DecisionLine(read_back, in_words(read_back.stated), state, late or read_back.state == "corrected")


def _approval(approval: Approval) -> ApprovalLine:
    number = approval.about.get(approval.act)
    what = _ABOUT.get(approval.act, approval.act.replace("_", " "))
    held = " · held back until then" if approval.holds_back and approval.state == "asked" else ""
    return ApprovalLine(
        approval=approval,
        what=f"{what}{f' {number}' if number else ''}",
        state=_APPROVAL[approval.state] + held,
        maker=_name(approval.maker),
        second=_name(approval.settled_by),
        roles=" or ".join(role.replace("_", " ") for role in approval.roles),
        is_alarm=approval.state in ("lapsed", "refused"),
    )


def _consultation(consultation: Consultation, now: datetime) -> ConsultationLine:
    late = consultation.is_open and consultation.due_at is not None and consultation.due_at <= now
    state = _VALUES.get(consultation.value or "", "OVERDUE: no answer" if late else "no answer yet")
    return ConsultationLine(consultation, _name(consultation.contact), state, late)


def _clearance(clearance: Clearance) -> ClearanceLine:
    measures = ", ".join(measure_words(m).label for m in clearance.measures)
    return ClearanceLine(
        clearance, _name(clearance.by), measures, _VALUES.get(clearance.value, clearance.value)
    )


def _rests(record: CaseRecord) -> list[tuple[int, int, str, bool]]:
    lines = []
    for exchange in record.exchanges:
        for answer in exchange.answers:
            if not answer.ours:
                continue
            if answer.rests_on:
                words = "; ".join(_rest(d) for d in answer.rests_on)
                lines.append((exchange.n, answer.n, words, True))
            elif answer.override_reason is not None:
                lines.append((exchange.n, answer.n, str(answer.override_reason), False))
    return lines


def _rest(delegation: Mapping[str, Any]) -> str:
    standing = str(delegation.get("as") or "")
    how = f", {standing}" if standing.startswith("deputy") else ""
    return f"{delegation['delegation']}, {delegation.get('instrument')}: {delegation.get('name')}{how}"


def _name(person: Mapping[str, Any]) -> str:
    """Name and office as far as they are there; who has erased values is still somebody."""
    told = (person.get("name"), person.get("office"))
    return ", ".join("(erased)" if isinstance(t, Erased) else str(t) for t in told if t)
