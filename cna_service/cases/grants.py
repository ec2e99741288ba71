"""What is granted at an instant, measure by measure: computed from answers, never stored.

A grant counts from the instant at which the acting side has it: theirs from our receipt, ours from the conveyance that
reached them. A later answer of the same State to the same measure of the same vessel ends or narrows it from *its*
receipt by the acting side, and turns nothing earlier red (desk-rules 6.3). What a writing or a withdrawal does to it
stands in ``grant_changes``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from cna_service.cases.grant import (
    ENDED,
    GRANTED,
    HELD,
    IN_FORCE,
    NO_WORD,
    NOT_COUNTED,
    NOT_YET,
    Change,
    Grant,
    Key,
)
from cna_service.cases.grant_changes import Counted, after_answer, deemed, not_counted
from cna_service.cases.record import Answer, AnswerItem, CaseRecord, Exchange
from cna_service.kit.instants import from_text

__all__ = (
    "ENDED",
    "GRANTED",
    "HELD",
    "IN_FORCE",
    "NOT_COUNTED",
    "NOT_YET",
    "NO_WORD",
    "Grant",
    "change_instants",
    "granted_at",
    "grants",
)

HOLD, HOLDING_ONLY = "hold", "holding_only"


def grants(record: CaseRecord, at: datetime | None = None) -> tuple[Grant, ...]:
    """What stands granted at ``at`` (None: by everything on record), a line for each State, vessel and measure."""
    standing: dict[Key, Grant | None] = {}
    for change in sorted(_changes(record), key=lambda c: (c.at, c.seq)):
        if at is None or change.at <= at:
            standing[change.key] = change.becomes(standing.get(change.key))
    found = (grant for grant in standing.values() if grant is not None)
    if record.as_exercise:
        # Nothing that a unit could take for real (desk-rules 15.3).
        found = (replace(g, state=NOT_COUNTED, why="the case is an exercise") for g in found)
    return tuple(sorted((_as_at(g, at) for g in found), key=lambda g: (g.vessel, g.seq, g.measure)))


def granted_at(record: CaseRecord, vessel: int, measure: str, at: datetime) -> Grant | None:
    """The grant of a measure in force at an instant, or None."""
    return next(
        (g for g in grants(record, at) if (g.vessel, g.measure) == (vessel, measure) and g.is_in_force), None
    )


def change_instants(record: CaseRecord) -> tuple[datetime, ...]:
    """Every instant at which what stands granted may change, in order: a word, a writing, a reading, a notice, a
    withdrawal, a lapse recorded, a beginning or an end of validity."""
    found = {change.at for change in _changes(record)}
    for item in (i for e in record.exchanges for a in e.answers for i in a.items):
        found |= {from_text(told) for told in (item.valid_from, item.valid_to) if told is not None}
    return tuple(sorted(found))


def _as_at(grant: Grant, at: datetime | None) -> Grant:
    if grant.state != IN_FORCE or at is None:
        return grant
    if grant.valid_from is not None and at < grant.valid_from:
        return replace(grant, state=NOT_YET, why="its validity has not begun")
    if grant.valid_to is not None and at >= grant.valid_to:
        return replace(grant, state=ENDED, why="its validity has ended")
    return grant


def _changes(record: CaseRecord) -> Iterator[Change]:
    for exchange in record.exchanges:
        for answer in exchange.answers:
            counts_from = answer.conveyed_at if answer.ours else answer.recorded_at
            if counts_from is None:
                continue
            for item in answer.items:
                if item.measure != "confirm_registry" and item.value not in NO_WORD:
                    yield from _of_item(exchange, answer, item, counts_from)
            yield from after_answer(exchange, answer, counts_from, _grant)
        for clock in record.clocks:
            if clock.exchange == exchange.n and clock.lapse is not None:
                yield from deemed(exchange, clock)


def _of_item(exchange: Exchange, answer: Answer, item: AnswerItem, counts_from: datetime) -> Iterator[Change]:
    """What one answered measure changes; one that differs from an earlier word changes nothing by itself."""
    key = (exchange.state, item.vessel, item.measure)
    if any((d["vessel"], d["measure"]) == key[1:] for d in answer.differs):
        return
    grant = _grant(exchange, answer, item, counts_from)
    why = not_counted(answer, item)
    yield Change(counts_from, answer.seq, key, Counted(grant) if why is None else _not_counted(grant, why))
    if not any((i.vessel, i.measure) == (item.vessel, HOLD) for i in answer.items):
        hold = (exchange.state, item.vessel, HOLD)
        yield Change(counts_from, answer.seq, hold, _holding(exchange, answer, item, counts_from, why))


def _holding(
    exchange: Exchange, answer: Answer, item: AnswerItem, counts_from: datetime, why: str | None
) -> Callable[[Grant | None], Grant | None]:
    """Holding measure only: escape may be prevented while the flag State decides on the measure asked (San José
    16(4)), and nothing else; its answer on that measure ends the holding, whatever it is."""
    waits = f"only while {exchange.state or 'the flag State'} decides on: {item.measure}"
    made = _grant(exchange, answer, replace(item, measure=HOLD, value="granted"), counts_from)

    def becomes(before: Grant | None) -> Grant | None:
        if item.value == HOLDING_ONLY and made is not None:
            return replace(made, state=IN_FORCE if why is None else NOT_COUNTED, why=why or waits)
        if before is not None and before.exchange == exchange.n and before.why == waits and why is None:
            return replace(before, state=ENDED, why=f"decided: {item.measure}")
        return before

    return becomes


def _not_counted(grant: Grant | None, why: str) -> Counted:
    """What an office that is not the listed one said: it grants nothing, and it holds what the listed one granted
    if it says otherwise."""
    return Counted(None if grant is None else replace(grant, state=NOT_COUNTED, why=why), by_listed=False)


def _grant(exchange: Exchange, answer: Answer, item: AnswerItem, counts_from: datetime) -> Grant | None:
    if item.value not in GRANTED:
        return None
    return Grant(
        vessel=item.vessel,
        measure=item.measure,
        value=item.value,
        by_state=exchange.state,
        exchange=exchange.n,
        answer=answer.n,
        seq=answer.seq,
        counts_from=counts_from,
        form=answer.form,
        conditions=item.conditions,
        valid_from=None if item.valid_from is None else from_text(item.valid_from),
        valid_to=None if item.valid_to is None else from_text(item.valid_to),
        is_ours=answer.ours,
    )
