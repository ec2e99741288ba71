"""Folding clocks: armed, started, extended, warned, lapsed, and the effect that a named officer recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from cna_service.cases.changing import replace
from cna_service.cases.clocks import warnings
from cna_service.cases.fold_arrivals import extended, noted
from cna_service.cases.record import CaseRecord, Clock, Item
from cna_service.kit.hours import hours_from_json
from cna_service.kit.instants import from_optional, from_text
from cna_service.ledger.entry import Entry


def _armed(record: CaseRecord, entry: Entry) -> CaseRecord:
    b = entry.body
    clock = Clock(
        id=b["clock"],
        seq=entry.seq,
        kind=b["kind"],
        exchange=b.get("exchange"),
        items=tuple(Item(i["vessel"], i["measure"]) for i in b.get("items", ())),
        terms=b["terms"],
        starts_at=from_optional(b.get("starts_at")),
        due_at=from_optional(b.get("due_at")),
        waits_for=b.get("waits_for"),
        reason=b.get("reason"),
        stated_by=b.get("stated_by"),
    )
    return replace(record, clocks=(*record.clocks, _with_warnings(clock)))


def _with_warnings(clock: Clock) -> Clock:
    if clock.starts_at is None or clock.due_at is None:
        return clock
    lead = clock.terms.get("decision_lead_s")
    told = clock.terms.get("working_hours")
    working = None if told is None else hours_from_json(told)
    marks = warnings(
        clock.starts_at, clock.due_at, None if lead is None else timedelta(seconds=lead), working
    )
    wanted = clock.terms.get("warn", True)
    return replace(clock, warnings=marks if wanted else ())


def _change(record: CaseRecord, clock_id: str, how: Callable[[Clock], Clock]) -> CaseRecord:
    return replace(record, clocks=tuple(how(c) if c.id == clock_id else c for c in record.clocks))


def _started(record: CaseRecord, entry: Entry) -> CaseRecord:
    b = entry.body
    starts, due = from_text(b["starts_at"]), from_text(b["due_at"])
    return _change(
        record,
        b["clock"],
        # Begun anew (a provision may say so of a question), it warns anew.
        lambda c: _with_warnings(
            replace(c, starts_at=starts, due_at=due, waits_for=None, warned=frozenset())
        ),
    )


def _extension(record: CaseRecord, entry: Entry) -> CaseRecord:
    record = extended(record, entry)
    due, moved = from_text(entry.body["until"]), frozenset(entry.body.get("clocks", ()))
    clocks = tuple(_moved(c, due, entry) if c.id in moved else c for c in record.clocks)
    return replace(record, clocks=clocks)


def _moved(clock: Clock, due: Any, entry: Entry) -> Clock:
    """The clock with a later end; marks that lay ahead move with it, those already warned stay warned.

    A clock that had lapsed runs again: an extension granted late is still an extension, and both stay in the log.
    """
    moved = _with_warnings(replace(clock, due_at=due, lapsed_at=None, lapsed_seq=None, warned=frozenset()))
    return replace(moved, warned=frozenset(m for m, at in moved.warnings if at <= entry.recorded_at))


def _warned(record: CaseRecord, entry: Entry) -> CaseRecord:
    marks = frozenset([entry.body["mark"], *entry.body.get("passed", ())])
    return _change(record, entry.body["clock"], lambda c: replace(c, warned=c.warned | marks))


def _lapsed(record: CaseRecord, entry: Entry) -> CaseRecord:
    at, marks = entry.recorded_at, frozenset(entry.body.get("passed", ()))
    return _change(
        record,
        entry.body["clock"],
        lambda c: replace(c, lapsed_at=at, lapsed_seq=entry.seq, warned=c.warned | marks),
    )


def _lapse(record: CaseRecord, entry: Entry) -> CaseRecord:
    return _change(record, entry.body["clock"], lambda c: replace(c, lapse=noted(entry), lapse_proposed=None))


def _lapse_proposed(record: CaseRecord, entry: Entry) -> CaseRecord:
    return _change(record, entry.body["clock"], lambda c: replace(c, lapse_proposed=noted(entry)))


def _lapse_refused(record: CaseRecord, entry: Entry) -> CaseRecord:
    return _change(record, entry.body["clock"], lambda c: replace(c, lapse_proposed=None))


APPLY = {
    "exchange.extended": _extension,
    "clock.armed": _armed,
    "clock.started": _started,
    "clock.warned": _warned,
    "clock.lapsed": _lapsed,
    "lapse.proposed": _lapse_proposed,
    "lapse.refused": _lapse_refused,
    "lapse.recorded": _lapse,
}
