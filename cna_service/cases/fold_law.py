"""Folding what changes of the law did to a case: which exchanges they touched, and what officers then did."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cna_service.cases.changing import replace
from cna_service.cases.fold_arrivals import change, noted
from cna_service.cases.record import CaseRecord, Clock
from cna_service.ledger.entry import Entry


def _law_changed(record: CaseRecord, entry: Entry) -> CaseRecord:
    law = replace(record.law, law_changes=(*record.law.law_changes, noted(entry)))
    return replace(record, law=law)


def _kept(record: CaseRecord, entry: Entry) -> CaseRecord:
    made = {**noted(entry), "keep": True}
    return replace(record, law=replace(record.law, rebasings=(*record.law.rebasings, made)))


def _changed(record: CaseRecord, entry: Entry) -> CaseRecord:
    """The clocks named are closed as superseded: they stay in the record, and nothing follows from them any more."""
    made = {**noted(entry), "keep": False}
    over = frozenset(entry.body["superseded"])
    record = replace(
        record,
        law=replace(record.law, rebasings=(*record.law.rebasings, made)),
        clocks=tuple(_superseded(c, entry) if c.id in over else c for c in record.clocks),
    )
    return change(record, entry.body["exchange"], lambda e: replace(e, chosen=noted(entry)))


def _superseded(clock: Clock, entry: Entry) -> Clock:
    closed = replace(clock, superseded_seq=entry.seq, superseded_at=entry.recorded_at)
    if clock.stopped_at is not None:
        return closed
    return replace(closed, stopped_at=entry.recorded_at, stopped_seq=entry.seq)


APPLY: Mapping[str, Callable[[CaseRecord, Entry], CaseRecord]] = {
    "law.changed": _law_changed,
    "basis.kept": _kept,
    "basis.changed": _changed,
}
