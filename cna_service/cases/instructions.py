"""What a unit may do now, line by line, and when what it was told no longer holds. Pure; computed from the record.

An instruction goes stale by everything that narrows, ends, holds or contradicts a permission it states: a refusal, a
withdrawal, an end of validity, a measure held, a register that answers otherwise (desk-rules 5.2). That something more
was granted makes nothing stale.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from cna_service.cases.grants import ENDED, NO_WORD, Grant, grants
from cna_service.cases.record import Answer, AnswerItem, CaseRecord, Exchange
from cna_service.cases.record_sea import MAY, MAY_NOT, NOT_GRANTED, Instruction, Line
from cna_service.kit.instants import to_text

NOT_FOR_UNITS = ("confirm_registry", "waive_jurisdiction")
"""Measures between States; no unit does them."""

WITHDRAWN, NOT_IN_FORCE = "withdrawn", "not_in_force"

AGAIN = timedelta(minutes=15)
"""How long after a summons about a stale instruction the next one comes, while no read-back is logged."""

Key = tuple[str | None, int, str]


def is_for_units(measure: str) -> bool:
    return not measure.startswith(NOT_FOR_UNITS)


def lines_at(record: CaseRecord, at: datetime) -> tuple[Line, ...]:
    """Every measure that we asked of a State for a unit, in the order asked, and as it stands at ``at``."""
    standing = {(g.by_state, g.vessel, g.measure): g for g in grants(record, at) if not g.is_ours}
    asked: dict[Key, Exchange] = {}
    for exchange in record.exchanges:
        if not exchange.is_inbound and exchange.at <= at:
            for item in exchange.items:
                asked.setdefault((exchange.state, item.vessel, item.measure), exchange)
    keys = [k for k in dict.fromkeys([*asked, *standing]) if is_for_units(k[2])]
    return tuple(_line(record, k, standing.get(k), asked.get(k), at) for k in keys)


def asking_since(record: CaseRecord) -> datetime | None:
    """Since when we have been asking any State for something that a unit would do."""
    asked = (
        e.at for e in record.exchanges if not e.is_inbound and any(is_for_units(i.measure) for i in e.items)
    )
    return min(asked, default=None)


def _line(record: CaseRecord, key: Key, grant: Grant | None, asked: Exchange | None, at: datetime) -> Line:
    state, vessel, measure = key
    since = asked.at if asked else None
    if grant is not None:
        return _granted(record, grant, since, at)
    refused = _last_word(record, key, at)
    if refused is not None:
        exchange, answer, item = refused
        return Line(
            vessel,
            measure,
            MAY_NOT,
            state,
            exchange.n,
            answer.n,
            answer.seq,
            answer.leaf,
            answer.form,
            item.value,
            asked_at=since,
            why=item.value,
        )
    return Line(vessel, measure, NOT_GRANTED, state, asked.n if asked else None, asked_at=since)


def _granted(record: CaseRecord, grant: Grant, since: datetime | None, at: datetime) -> Line:
    answer, item = _source(record, grant)
    items = item.condition_items if item else ()
    why = _why_not(grant, at)
    says = MAY if why is None else MAY_NOT if why in (ENDED, WITHDRAWN) else NOT_GRANTED
    return Line(
        vessel=grant.vessel,
        measure=grant.measure,
        says=says,
        state=grant.by_state,
        exchange=grant.exchange,
        answer=grant.answer,
        seq=grant.seq,
        leaf=answer.leaf if answer else None,
        form=grant.form,
        value=grant.value,
        starts_at=grant.valid_from,
        until=grant.valid_to,
        asked_at=since,
        why=why,
        because=None if why is None else grant.why,
        conditions=grant.conditions,
        condition_items=items,
        is_deemed=grant.is_deemed,
    )


def _why_not(grant: Grant, at: datetime) -> str | None:
    """A code for why it is no permission now: held, not_counted, not_yet, ended, withdrawn; None where it is one."""
    if grant.is_in_force:
        return None
    if grant.state == ENDED and not (grant.valid_to is not None and at >= grant.valid_to):
        return WITHDRAWN
    return grant.state


def _source(record: CaseRecord, grant: Grant) -> tuple[Answer | None, AnswerItem | None]:
    exchange = record.exchange(grant.exchange)
    for answer in exchange.answers if exchange else ():
        for item in answer.items:
            if (answer.n, item.vessel, item.measure) == (grant.answer, grant.vessel, grant.measure):
                return answer, item
    return None, None


def _last_word(record: CaseRecord, key: Key, at: datetime) -> tuple[Exchange, Answer, AnswerItem] | None:
    """The newest answer of that State that settles the item, where no permission stands."""
    state, vessel, measure = key
    found = [
        (exchange, answer, item)
        for exchange in record.exchanges
        if exchange.state == state and not exchange.is_inbound
        for answer in exchange.answers
        if not answer.ours and answer.recorded_at <= at
        for item in answer.items
        if (item.vessel, item.measure) == (vessel, measure) and item.value not in NO_WORD
    ]
    newest = max(found, key=lambda each: each[1].seq, default=None)
    return None if newest is None or newest[2].value in ("granted", "granted_with_conditions") else newest


# --- when it no longer holds


def causes(record: CaseRecord, instruction: Instruction, at: datetime) -> tuple[dict[str, Any], ...]:
    """Why the instruction does not hold at ``at``: a code with vessel, measure and the entry, one a line."""
    now = {(line.state, line.vessel, line.measure): line for line in lines_at(record, at)}
    told = [line for line in instruction.lines if line.says == MAY]
    found = [
        {"what": what, "vessel": line.vessel, "measure": line.measure, "state": line.state, "seq": seq}
        for line in told
        for what, seq in _changes(line, now.get((line.state, line.vessel, line.measure)))
    ]
    found += _contradictions(record, instruction, told, at)
    return tuple({k: v for k, v in each.items() if v is not None} for each in found)


def _changes(told: Line, now: Line | None) -> Iterator[tuple[str, int | None]]:
    if now is None or now.says != MAY:
        yield (now.why or NOT_IN_FORCE, now.seq) if now is not None else (NOT_IN_FORCE, None)
    elif now.until is not None and (told.until is None or now.until < told.until):
        yield "ends_earlier", now.seq
    elif now.value == "granted_with_conditions" and now.seq != told.seq:
        # Texts of conditions are private: that a later answer has any is reason enough to tell the unit anew.
        yield "conditions", now.seq


def _contradictions(
    record: CaseRecord, instruction: Instruction, told: Iterable[Line], at: datetime
) -> Iterator[dict[str, Any]]:
    for state, vessel in dict.fromkeys((line.state, line.vessel) for line in told):
        newest = _registry(record, state, vessel, at)
        if newest is not None and newest[0] > instruction.known_seq and newest[1] in ("refuted", "neither"):
            yield {"what": f"registry_{newest[1]}", "vessel": vessel, "state": state, "seq": newest[0]}
    for n in dict.fromkeys(line.exchange for line in told):
        exchange = record.exchange(n) if n is not None else None
        withdrawn = exchange.withdrawn_seq if exchange is not None else None
        if withdrawn is not None and withdrawn > instruction.known_seq:
            yield {"what": "ask_withdrawn", "exchange": n, "seq": withdrawn}


def _registry(record: CaseRecord, state: str | None, vessel: int, at: datetime) -> tuple[int, str] | None:
    said = [
        (answer.seq, item.value)
        for exchange in record.exchanges
        if exchange.state == state and not exchange.is_inbound
        for answer in exchange.answers
        if not answer.ours and answer.recorded_at <= at
        for item in answer.items
        if (item.vessel, item.measure) == (vessel, "confirm_registry")
    ]
    return max(said, default=None)


def stale_from(
    record: CaseRecord, instruction: Instruction
) -> tuple[datetime, tuple[dict[str, Any], ...]] | None:
    """From when the instruction does not hold, and why; the instant may lie ahead (an end of validity). None while
    nothing is known that ends it, or where that is settled."""
    if instruction.settled_seq is not None or instruction.stale_at is not None or record.changed_at is None:
        return None
    ends = {line.until for line in lines_at(record, record.changed_at) if line.until is not None}
    ends |= {line.until for line in instruction.lines if line.says == MAY and line.until is not None}
    # After closing no unit is waited for; what still comes in is looked at when it comes.
    ahead = {
        e for e in ends if e > instruction.recorded_at and not (record.is_closed and e > record.changed_at)
    }
    for at in sorted({record.changed_at, *ahead}):
        if why := causes(record, instruction, at):
            return at, why
    return None


def due(record: CaseRecord) -> dict[tuple[str, str, int], datetime]:
    """What instructions want next: (kind, number of the instruction, count) -> instant. Pure, and not of now."""
    wanted: dict[tuple[str, str, int], datetime] = {}
    for each in record.sea.instructions:
        if found := stale_from(record, each):
            at = found[0]
            kind = "instruction_stale" if at == record.changed_at else "instruction_end"
            wanted[kind, str(each.n), 0] = at
        elif each.is_stale and each.stale_at is not None and not record.is_closed:
            wanted["instruction_again", str(each.n), each.summoned] = each.stale_at + AGAIN * each.summoned
    return wanted


def not_holding(record: CaseRecord) -> tuple[Instruction, ...]:
    """Instructions that no longer hold and whose unit has not said that it knows: by the fold alone, before any
    summons was recorded."""
    at = record.changed_at
    return tuple(
        i
        for i in record.sea.instructions
        if i.is_stale or ((found := stale_from(record, i)) is not None and at is not None and found[0] <= at)
    )


def stale_since(record: CaseRecord) -> datetime | None:
    """Since when a unit acts on what no longer holds; None where none does."""
    found = (i.stale_at or (stale_from(record, i) or (None,))[0] for i in not_holding(record))
    return min((at for at in found if at is not None), default=None)


def state_of(record: CaseRecord, instruction: Instruction, now: datetime) -> str:
    """passed, misread, read_back, stale, stopped or replaced, as of now."""
    found = stale_from(record, instruction)
    return "stale" if found is not None and found[0] <= now else instruction.state


def line_json(line: Line) -> dict[str, Any]:
    """A line as it stands in an entry and in the interface; absent where nothing is known."""
    told = {
        "vessel": line.vessel,
        "measure": line.measure,
        "says": line.says,
        "state": line.state,
        "exchange": line.exchange,
        "answer": line.answer,
        "seq": line.seq,
        "leaf": line.leaf,
        "form": line.form,
        "value": line.value,
        "starts_at": None if line.starts_at is None else to_text(line.starts_at),
        "until": None if line.until is None else to_text(line.until),
        "asked_at": None if line.asked_at is None else to_text(line.asked_at),
        "why": line.why,
        "because": line.because,
        "conditions": list(line.conditions) if isinstance(line.conditions, list | tuple) else None,
        "condition_items": [dict(i) for i in line.condition_items],
        "is_deemed": line.is_deemed or None,
    }
    return {k: v for k, v in told.items() if v not in (None, [])}
