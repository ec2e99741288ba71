"""What the page of a case shows of a unit at sea and after: plain words, computed from the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cna_service.cases.afterwards import Condition, Day, conditions, custody_days, instant_of
from cna_service.cases.instructions import asking_since, lines_at, stale_since, state_of
from cna_service.cases.judging import Finding, judge
from cna_service.cases.record import CaseRecord
from cna_service.cases.record_sea import MAY, Instruction, Line
from cna_service.documents.measures import measure_words
from cna_service.workflow.custody import line_words
from cna_service.workflow.instruction_words import reason_words, stop_words, words_now
from cna_service.workflow.sea_reading import result_label

SAYS: Mapping[str, str] = {"may": "MAY", "may_not": "MAY NOT", "not_granted": "NOT GRANTED"}
STATES: Mapping[str, str] = {
    "passed": "passed on, not read back yet",
    "misread": "read back WRONG: pass it on again",
    "read_back": "read back",
    "stale": "NO LONGER HOLDS: read the STOP",
    "stopped": "stopped, read back",
    "replaced": "replaced by a later one",
}


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """One measure as a unit would be told it now; ``why`` in words."""

    line: Line
    label: str
    says: str
    why: str

    @property
    def is_may(self) -> bool:
        return self.line.says == MAY


@dataclass(frozen=True, slots=True)
class InstructionView:
    """``stop``: the words to read out, where it no longer holds."""

    instruction: Instruction
    state: str
    words: str
    stop: str | None


@dataclass(frozen=True, slots=True)
class ActionView:
    action: Mapping[str, Any]
    label: str
    at: datetime
    finding: Finding
    reason_wanted: bool


@dataclass(frozen=True, slots=True)
class DayView:
    day: Day
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeaView:
    """``is_shown``: somebody asked something for a unit, or something happened at sea. ``words_now``: what a unit would
    be told at this moment."""

    is_shown: bool
    asking_since: datetime | None
    stale_since: datetime | None
    lines: tuple[MeasureLine, ...]
    words_now: str
    instructions: tuple[InstructionView, ...]
    actions: tuple[ActionView, ...]
    results: tuple[tuple[str, Mapping[str, Any]], ...]
    conditions: tuple[tuple[str, Condition], ...]
    reports: tuple[Mapping[str, Any], ...]
    days: tuple[DayView, ...]
    compensation: tuple[Mapping[str, Any], ...]

    @property
    def reasons_wanted(self) -> tuple[ActionView, ...]:
        return tuple(a for a in self.actions if a.reason_wanted)


def sea_view(record: CaseRecord, now: datetime, *, desk: str) -> SeaView:
    """``desk``: the name that a STOP is sent under."""
    sea, lines = record.sea, lines_at(record, now)
    days = custody_days(record, now)
    return SeaView(
        is_shown=bool(
            lines or sea.instructions or sea.actions or sea.results or sea.custody or sea.reports_owed
        ),
        asking_since=asking_since(record),
        stale_since=stale_since(record),
        lines=tuple(_line(line) for line in lines),
        words_now=words_now(desk, record, now),
        instructions=tuple(_instruction(record, i, now, desk) for i in reversed(sea.instructions)),
        actions=tuple(_action(record, a) for a in reversed(sea.actions)),
        results=tuple((result_label(r), r) for r in reversed(sea.results)),
        conditions=tuple((measure_words(c.measure).label, c) for c in conditions(record)),
        reports=sea.reports_owed,
        days=tuple(DayView(d, tuple(line_words(each) for each in d.lines)) for d in days),
        compensation=sea.compensation,
    )


def _line(line: Line) -> MeasureLine:
    return MeasureLine(line, measure_words(line.measure).label, SAYS[line.says], reason_words(line))


def _instruction(record: CaseRecord, each: Instruction, now: datetime, desk: str) -> InstructionView:
    state = state_of(record, each, now)
    stop = stop_words(desk, record, each, now) if state == "stale" else None
    return InstructionView(each, state, STATES[state], stop)


def _action(record: CaseRecord, action: Mapping[str, Any]) -> ActionView:
    found = judge(record, action)
    measure, kind = action.get("measure"), str(action.get("kind") or "act")
    label = measure_words(measure).label if measure else kind.replace("_", " ").capitalize()
    has_reason = bool(action.get("reason_given") or action.get("explained"))
    return ActionView(action, label, instant_of(action), found, found.is_overreach and not has_reason)
