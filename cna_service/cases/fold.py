"""``apply(record, entry) -> record``: pure, reads entries and nothing else (record.md, "The fold").

One function per entry type, in ``fold_*.py``; a type that changes nothing of the record is listed as such, so that
forgetting one is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cna_service.cases import (
    fold_answer_words,
    fold_answers,
    fold_arrivals,
    fold_clocks,
    fold_dealings,
    fold_deciding,
    fold_facts,
    fold_law,
    fold_outside,
    fold_papers,
    fold_sea,
    fold_transcripts,
)
from cna_service.cases.changing import replace
from cna_service.cases.fold_transcripts import after_transcribed, as_written
from cna_service.cases.record import CaseRecord
from cna_service.cases.types import ENTRY_TYPES
from cna_service.ledger.entry import Entry

Apply = Callable[[CaseRecord, Entry], CaseRecord]

APPLY: Mapping[str, Apply] = {
    **fold_arrivals.APPLY,
    **fold_facts.APPLY,
    **fold_answers.APPLY,
    **fold_answer_words.APPLY,
    **fold_clocks.APPLY,
    **fold_dealings.APPLY,
    **fold_deciding.APPLY,
    **fold_law.APPLY,
    **fold_sea.APPLY,
    **fold_papers.APPLY,
    **fold_transcripts.APPLY,
    **fold_outside.APPLY,
}

# What the service itself writes is no sign that a person is working on the case.
_HUMAN = ("officer",)
# Reading is not an act, and neither is answering the telephone (desk-rules 3.1).
_NOT_AN_ACT = ("alert.",)


def begin(stream: str) -> CaseRecord:
    return CaseRecord(ref=stream.removeprefix("case:"))


def apply(record: CaseRecord, entry: Entry) -> CaseRecord:
    known = APPLY.get(entry.type)
    if known is not None:
        record = after_transcribed(known(record, as_written(entry)), entry)
    after = fold_papers.AFTER.get(entry.type)
    if after is not None and record.papers.certificates:
        record = after(record, entry)
    told: dict[str, object] = {"seq": entry.seq, "leaf": entry.leaf, "changed_at": entry.recorded_at}
    if entry.actor.get("kind") in _HUMAN and not entry.type.startswith(_NOT_AN_ACT):
        told |= {"last_human_at": entry.recorded_at, "last_human": entry.actor}
    return replace(record, **told)


def undeclared() -> set[str]:
    """Types of this slice without a function here; a test holds it empty."""
    return {t.name for t in ENTRY_TYPES} - APPLY.keys()
