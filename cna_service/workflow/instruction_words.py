"""What a unit would be told now, what it was told, and the STOP of what no longer holds; in words and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from cna_service.cases.as_json import plain
from cna_service.cases.instructions import asking_since, causes, line_json, lines_at, stale_from, state_of
from cna_service.cases.record import CaseRecord
from cna_service.cases.record_sea import MAY, MAY_NOT, Instruction, Line
from cna_service.documents.instruction_text import Head, Told, instruction_text, reason, stop_text
from cna_service.kit.errors import Conflict, NotFound
from cna_service.kit.instants import to_text
from cna_service.workflow.service import Service


class NothingToStop(Conflict):
    code = "nothing-to-stop"
    title = "The instruction holds; there is nothing to stop"


def instruction_of(record: CaseRecord, n: int) -> Instruction:
    found = record.sea.instruction(n)
    if found is None:
        raise NotFound(f"the case has no instruction {n}")
    return found


def stop_lines(record: CaseRecord, instruction: Instruction, at: datetime) -> tuple[Line, ...]:
    """What the unit is left with: of what it was told that it may, what still stands; nothing new."""
    told = {(line.state, line.vessel, line.measure) for line in instruction.lines if line.says == MAY}
    return tuple(
        replace(line, says=MAY_NOT, why="not_instructed")
        if line.says == MAY and (line.state, line.vessel, line.measure) not in told
        else line
        for line in lines_at(record, at)
    )


def stop_words(desk: str, record: CaseRecord, instruction: Instruction, at: datetime) -> str:
    because = instruction.stale_because or causes(record, instruction, at)
    head = head_of(desk, record, instruction.n, {"unit": instruction.unit, "circuit": ""}, at)
    return stop_text(head, because, [told_line(line) for line in stop_lines(record, instruction, at)])


def head_of(desk: str, record: CaseRecord, n: int, told: Mapping[str, Any], at: datetime) -> Head:
    passed = told.get("passed_to") or {}
    return Head(
        case=record.ref,
        number=n,
        unit=str(told["unit"]),
        circuit=str(told.get("circuit") or ""),
        passed_to=", ".join(str(passed[f]) for f in ("post", "name") if passed.get(f)),
        at=at,
        vessels={v.n: v.label for v in record.vessels},
        exercise=record.is_exercise,
        desk=desk,
        asking_since=asking_since(record),
    )


def told_line(line: Line) -> Told:
    texts = line.conditions if isinstance(line.conditions, list | tuple) else [line.conditions]
    return Told(
        vessel=line.vessel,
        measure=line.measure,
        says=line.says,
        state=line.state,
        answer=line.answer,
        seq=line.seq,
        value=line.value,
        starts_at=line.starts_at,
        until=line.until,
        asked_at=line.asked_at,
        why=line.why,
        because=line.because,
        conditions=tuple(str(t) for t in texts if t),
        is_deemed=line.is_deemed,
    )


# --- reading


def reason_words(line: Line) -> str:
    """Why it is no permission, in words; empty for one that is."""
    return "" if line.says == MAY or (line.why is None and line.answer is None) else reason(told_line(line))


def words_now(desk: str, record: CaseRecord, now: datetime) -> str:
    """The words as they would be passed on now; unit, circuit and name are filled in when they are."""
    blank = {"unit": "(unit)", "circuit": "(circuit)", "passed_to": {"name": "(name)"}}
    head = head_of(desk, record, len(record.sea.instructions) + 1, blank, now)
    return instruction_text(head, [told_line(line) for line in lines_at(record, now)], None)


def instructions_json(service: Service, record: CaseRecord, now: datetime) -> dict[str, Any]:
    """What a unit would be told now, and what each unit was told: ``{text, lines, asking_since, instructions}``."""
    lines = lines_at(record, now)
    since = asking_since(record)
    return {
        "text": words_now(service.desk.name, record, now),
        "lines": [line_json(line) for line in lines],
        "asking_since": None if since is None else to_text(since),
        "instructions": [_one_json(service, record, i, now) for i in reversed(record.sea.instructions)],
    }


def _one_json(service: Service, record: CaseRecord, each: Instruction, now: datetime) -> dict[str, Any]:
    state = state_of(record, each, now)
    found = stale_from(record, each)
    since = each.stale_at or (found[0] if found is not None and state == "stale" else None)
    because = each.stale_because or (found[1] if found is not None and state == "stale" else ())
    return {
        **plain(each),
        "instruction": each.n,
        "state": state,
        "lines": [line_json(line) for line in each.lines],
        "is_stale": state == "stale",
        "stale_since": None if since is None else to_text(since),
        "because": [dict(b) for b in because],
        "stop": stop_words(service.desk.name, record, each, now) if state == "stale" else None,
    }


def stop_json(service: Service, record: CaseRecord, n: int, now: datetime) -> dict[str, Any]:
    """The STOP of one instruction, ready to read out. Raises NotFound, NothingToStop."""
    instruction = instruction_of(record, n)
    told = _one_json(service, record, instruction, now)
    if told["stop"] is None:
        raise NothingToStop(f"instruction {n} is {str(told['state']).replace('_', ' ')}")
    return {k: told[k] for k in ("instruction", "state", "unit", "stale_since", "because")} | {
        "text": told["stop"],
        "lines": [line_json(line) for line in stop_lines(record, instruction, now)],
    }
