"""Statements made elsewhere beside the answers on record (desk-rules 7.4): what contradicts what. Pure.

A statement is never an answer: it changes no item, stops no clock and grants nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cna_service.cases.record import Answer, AnswerItem, CaseRecord


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A statement that a person set against an answer: their numbers, and the entries of both."""

    statement: int
    statement_seq: int
    state: str | None
    made_where: str
    exchange: int
    answer: int
    answer_seq: int
    vessel: int
    measure: str
    value: str
    """What the answer said."""


def contradictions(record: CaseRecord) -> tuple[Contradiction, ...]:
    """What whoever holds a certificate of this case must be told; a certificate annexes each (practice R4)."""
    found = (_one(record, told) for told in record.dealings.statements)
    return tuple(c for c in found if c is not None)


def _one(record: CaseRecord, told: Mapping[str, Any]) -> Contradiction | None:
    against = told.get("contradicts")
    given = answered(record, against) if isinstance(against, Mapping) else None
    if given is None or not isinstance(against, Mapping):
        return None
    answer, item = given
    return Contradiction(
        statement=told["statement"],
        statement_seq=told["seq"],
        state=told.get("state"),
        made_where=str(told.get("made_where")),
        exchange=int(against["exchange"]),
        answer=answer.n,
        answer_seq=answer.seq,
        vessel=item.vessel,
        measure=item.measure,
        value=item.value,
    )


def answered(record: CaseRecord, against: Mapping[str, Any]) -> tuple[Answer, AnswerItem] | None:
    """The answer's item that ``{exchange, answer, vessel, measure}`` means; None where there is none."""
    exchange = record.exchange(int(against.get("exchange") or 0))
    answer = next((a for a in exchange.answers if a.n == against.get("answer")), None) if exchange else None
    for item in answer.items if answer is not None else ():
        if (item.vessel, item.measure) == (against.get("vessel"), against.get("measure")):
            assert answer is not None
            return answer, item
    return None
