"""Folding what becomes of an answer afterwards: read, confirmed by the listed authority, taken back, limited."""

from __future__ import annotations

from collections.abc import Callable

from cna_service.cases.changing import replace
from cna_service.cases.clocks import LIMITATION_NOTICE, WRITTEN_CONFIRMATION, after_event
from cna_service.cases.fold_answers import change_answer, stop_clocks
from cna_service.cases.fold_arrivals import change, noted
from cna_service.cases.grant_changes import AS_SPOKEN
from cna_service.cases.record import Answer, CaseRecord
from cna_service.ledger.entry import Entry


def _of_answer(record: CaseRecord, entry: Entry, how: Callable[[Answer], Answer]) -> CaseRecord:
    b = entry.body
    return change(record, b["exchange"], lambda e: change_answer(e, b["answer"], how))


def _answer(record: CaseRecord, entry: Entry) -> Answer | None:
    exchange = record.exchange(entry.body["exchange"])
    return next((a for a in exchange.answers if a.n == entry.body["answer"]), None) if exchange else None


def _settled(record: CaseRecord, entry: Entry, event: str) -> CaseRecord:
    """What was owed about this answer is owed no more."""
    b = entry.body
    return replace(record, clocks=after_event(record.clocks, b["exchange"], event, entry, b["answer"]))


def _read(record: CaseRecord, entry: Entry) -> CaseRecord:
    """Where the word stands for every measure, nothing is limited and no notice is owed."""
    record = _of_answer(record, entry, lambda a: replace(a, readings=(*a.readings, noted(entry))))
    answer = _answer(record, entry)
    if answer is None:
        return record
    last = {(i["vessel"], i["measure"]): i["stands"] for r in answer.readings for i in r["items"]}
    as_spoken = all(last.get((d["vessel"], d["measure"])) == AS_SPOKEN for d in answer.differs)
    return _settled(record, entry, LIMITATION_NOTICE) if as_spoken else record


def _withdrawn(record: CaseRecord, entry: Entry) -> CaseRecord:
    """Who took his word back owes no confirmation of it any more."""
    record = _of_answer(record, entry, lambda a: replace(a, withdrawal=noted(entry)))
    return _settled(record, entry, WRITTEN_CONFIRMATION)


def _authority_confirmed(record: CaseRecord, entry: Entry) -> CaseRecord:
    """From now on the answer counts: the clocks of what it settles stop."""
    record = _of_answer(record, entry, lambda a: replace(a, listed_by=(*a.listed_by, noted(entry))))
    answer = _answer(record, entry)
    if answer is None:
        return record
    confirmed = {(i["vessel"], i["measure"]) for i in entry.body["items"]}
    counted = replace(answer, items=tuple(i for i in answer.items if (i.vessel, i.measure) in confirmed))
    return stop_clocks(record, entry.body["exchange"], counted, entry.body["form"], entry)


def _notified(record: CaseRecord, entry: Entry) -> CaseRecord:
    """Only their receipt settles what is owed: what was sent may not have arrived."""
    record = _of_answer(record, entry, lambda a: replace(a, notices=(*a.notices, noted(entry))))
    return _settled(record, entry, LIMITATION_NOTICE) if entry.body.get("received") else record


APPLY = {
    "answer.read": _read,
    "answer.withdrawn": _withdrawn,
    "answer.authority_confirmed": _authority_confirmed,
    "limitation.notified": _notified,
}
