"""What is granted at an instant, measure by measure: computed from answers, never stored.

A grant counts from the instant at which the acting side has it: theirs from our receipt, ours from the conveyance that
reached them. A later answer of the same State to the same measure of the same vessel ends or narrows it from *its*
receipt by the acting side, and turns nothing earlier red (desk-rules 6.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from cna_service.cases.record import Answer, AnswerItem, CaseRecord, Clock, Exchange
from cna_service.kit.instants import from_text

GRANTED = frozenset({"granted", "granted_with_conditions"})
NO_WORD = frozenset({"more_information", "unclear"})
"""An answer in words that changes nothing of what was granted before."""

IN_FORCE, HELD, NOT_COUNTED, NOT_YET, ENDED = "in_force", "held", "not_counted", "not_yet", "ended"


@dataclass(frozen=True, slots=True)
class Grant:
    """One measure granted for one vessel, as it stands at the instant asked about.

    ``state``: in_force; held (word and writing differ, nobody has read it: desk-rules 6.4); not_counted (``why``);
    not_yet (its own beginning lies ahead); ended (its own end has passed). ``seq``: the entry it rests on;
    ``counts_from``: when the acting side had it. ``is_deemed``: recorded by a named officer after a lapse.
    """

    vessel: int
    measure: str
    value: str
    by_state: str | None
    exchange: int
    answer: int | None
    seq: int
    counts_from: datetime
    form: str
    conditions: object = ()
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    state: str = IN_FORCE
    why: str | None = None
    is_deemed: bool = False
    is_ours: bool = False

    @property
    def is_in_force(self) -> bool:
        return self.state == IN_FORCE


@dataclass(frozen=True, slots=True)
class _Step:
    """One thing that changes what stands of one measure: an answer's item, or a recorded effect of silence."""

    at: datetime
    grant: Grant | None


def grants(record: CaseRecord, at: datetime | None = None) -> tuple[Grant, ...]:
    """What stands granted at ``at`` (None: by everything on record), a line for each State, vessel and measure."""
    standing: dict[tuple[str | None, int, str], tuple[datetime, Grant | None]] = {}
    for exchange in record.exchanges:
        for key, step in _steps(record, exchange):
            known = standing.get(key)
            if (at is None or step.at <= at) and (known is None or step.at >= known[0]):
                standing[key] = (step.at, step.grant)
    found = (grant for _, grant in standing.values() if grant is not None)
    return tuple(sorted((_as_at(g, at) for g in found), key=lambda g: (g.vessel, g.seq, g.measure)))


def granted_at(record: CaseRecord, vessel: int, measure: str, at: datetime) -> Grant | None:
    """The grant of a measure in force at an instant, or None."""
    return next(
        (g for g in grants(record, at) if (g.vessel, g.measure) == (vessel, measure) and g.is_in_force), None
    )


def _as_at(grant: Grant, at: datetime | None) -> Grant:
    if grant.state != IN_FORCE or at is None:
        return grant
    if grant.valid_from is not None and at < grant.valid_from:
        return replace(grant, state=NOT_YET, why="its validity has not begun")
    if grant.valid_to is not None and at >= grant.valid_to:
        return replace(grant, state=ENDED, why="its validity has ended")
    return grant


def _steps(record: CaseRecord, exchange: Exchange) -> Iterator[tuple[tuple[str | None, int, str], _Step]]:
    for answer in exchange.answers:
        counts_from = answer.conveyed_at if answer.ours else answer.recorded_at
        if counts_from is None:
            continue
        for item in answer.items:
            if item.measure == "confirm_registry" or item.value in NO_WORD:
                continue
            key = (exchange.state, item.vessel, item.measure)
            yield key, _Step(counts_from, _grant(exchange, answer, item, counts_from))
    for clock in record.clocks:
        if clock.exchange == exchange.n and clock.lapse is not None:
            yield from _deemed(exchange, clock)


def _grant(exchange: Exchange, answer: Answer, item: AnswerItem, counts_from: datetime) -> Grant | None:
    if item.value not in GRANTED:
        return None
    state, why = _counts(exchange, answer, item)
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
        state=state,
        why=why,
        is_ours=answer.ours,
    )


def _counts(exchange: Exchange, answer: Answer, item: AnswerItem) -> tuple[str, str | None]:
    """Whether the answer counts as an authorization yet, and why not."""
    return IN_FORCE, None


def _deemed(exchange: Exchange, clock: Clock) -> Iterable[tuple[tuple[str | None, int, str], _Step]]:
    """What a named officer recorded of a lapse: the measures that the provision names, and no more."""
    lapse = clock.lapse or {}
    if lapse.get("effect", "none") not in ("deemed_grant", "deemed_waiver"):
        return
    for item in clock.items:
        if item.measure not in lapse.get("scope", ()):
            continue
        grant = Grant(
            vessel=item.vessel,
            measure=item.measure,
            value="granted",
            by_state=exchange.state,
            exchange=exchange.n,
            answer=None,
            seq=lapse["seq"],
            counts_from=lapse["recorded_at"],
            form="silence",
            is_deemed=True,
            is_ours=exchange.is_inbound,
        )
        yield (exchange.state, item.vessel, item.measure), _Step(lapse["recorded_at"], grant)
