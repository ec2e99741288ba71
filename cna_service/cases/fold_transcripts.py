"""Folding paper periods: what was typed in counts from the instant that stands on the paper (desk-rules 11.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cna_service.cases.changing import replace
from cna_service.cases.fold_arrivals import noted
from cna_service.cases.record import CaseRecord
from cna_service.cases.record_transcripts import PaperPeriod, TranscribedEntry
from cna_service.kit.instants import from_text
from cna_service.ledger.entry import Entry

MARK = "transcribed"
"""In the actor of an entry typed in: ``{period, page?, written_at, acted_by?}``."""


def mark_of(entry: Entry) -> Mapping[str, Any] | None:
    return entry.actor.get(MARK)


def as_written(entry: Entry) -> Entry:
    """The entry as of the instant on the paper, for clocks that are computed as they ran."""
    mark = mark_of(entry)
    return entry if mark is None else replace(entry, recorded_at=from_text(mark["written_at"]))


def after_transcribed(record: CaseRecord, entry: Entry) -> CaseRecord:
    """The record knowing of an entry that it was typed in, and stopping what it shows never to have run out."""
    mark = mark_of(entry)
    if mark is None:
        return record
    told = TranscribedEntry(
        seq=entry.seq,
        period=mark["period"],
        page=mark.get("page"),
        written_at=from_text(mark["written_at"]),
        recorded_at=entry.recorded_at,
        acted_by=mark.get("acted_by"),
    )
    parts = record.transcripts
    clocks = tuple(
        replace(c, lapsed_at=None, lapsed_seq=None)
        if c.stopped_seq == entry.seq
        and c.lapsed_at is not None
        and c.lapse is None
        and c.due_at is not None
        and told.written_at <= c.due_at
        else c
        for c in record.clocks
    )
    return replace(record, clocks=clocks, transcripts=replace(parts, transcribed=(*parts.transcribed, told)))


def _transcribed(record: CaseRecord, entry: Entry) -> CaseRecord:
    b = entry.body
    period = PaperPeriod(
        n=b["period"],
        seq=entry.seq,
        begins_at=from_text(b["from"]),
        ends_at=from_text(b["to"]),
        scan=tuple(b["scan"]),
        acts=b["acts"],
        transcribed_by=entry.actor,
        transcribed_at=entry.recorded_at,
        words=b.get("words"),
    )
    parts = record.transcripts
    return replace(record, transcripts=replace(parts, paper_periods=(*parts.paper_periods, period)))


def _compared(record: CaseRecord, entry: Entry) -> CaseRecord:
    parts = record.transcripts
    periods = tuple(
        replace(p, compared=(*p.compared, noted(entry))) if p.n == entry.body["period"] else p
        for p in parts.paper_periods
    )
    return replace(record, transcripts=replace(parts, paper_periods=periods))


APPLY = {"paper.transcribed": _transcribed, "paper.compared": _compared}
