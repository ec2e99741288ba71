"""Telling a unit what it may and may not do: made from the grants in force, read back, taken back (desk-rules 5.2).

The service tells no unit anything: an officer passes the text on, and what he passed on is the entry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from cna_service.agreements.measures import MEASURES
from cna_service.cases.instructions import line_json, lines_at, not_holding, state_of
from cna_service.cases.record import CaseRecord
from cna_service.cases.record_sea import MAY, MAY_NOT, Line
from cna_service.db.idempotency import Key, Reply
from cna_service.documents.instruction_text import instruction_text
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Refused
from cna_service.ledger import store
from cna_service.ledger.entry import Draft
from cna_service.workflow.asked import Asked
from cna_service.workflow.delegations import rest_on
from cna_service.workflow.instruction_words import (
    NothingToStop,
    head_of,
    instruction_of,
    stop_lines,
    stop_words,
    told_line,
)
from cna_service.workflow.projections import ALERTS, case_stream
from cna_service.workflow.receipts import done
from cna_service.workflow.service import Service
from cna_service.workflow.steps import by_whom
from cna_service.workflow.summon import close_alert
from cna_service.workflow.work import Work

STALE = "instruction_stale"


class OnlyExercise(Refused):
    code = "only-exercise"
    title = "A case opened as an exercise gives no unit an instruction"


def give_instruction(
    service: Service, actor: Actor, ref: str, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{unit, circuit, passed_to: {name, post}, number?, words?, measures?, happened_at?, delegation?,
    override_reason?, seen}``.

    It names the delegation by which the officer instructs units (desk-rules 6.1). The text is generated from what
    is granted; ``measures`` (codes, or ``{vessel, measure}``) passes on some of it only. Refuses to state a
    measure that is not granted. Raises Invalid, CaseMoved, OnlyExercise.
    """
    asked = Asked(body)
    seen = asked.number("seen", least=0)
    told: dict[str, Any] = {
        "unit": asked.needed("unit", longest=500),
        "circuit": asked.needed("circuit", longest=200),
        "number": asked.text("number", longest=80),
        "words": asked.text("words"),
    }
    told["passed_to"] = _passed_to(asked)
    wanted = asked.raw("measures")
    happened = asked.told("happened_at")
    with service.write(actor, Action.INSTRUCTION_GIVE, case_stream(ref), key=key) as work:
        record = work.case
        lines = _chosen(asked, record, wanted, lines_at(record, work.now))
        deciding = rest_on(work, asked, "instruction", [line.measure for line in lines if line.says == MAY])
        asked.check_unknown()
        asked.done()
        work.refuse_if_moved(seen)
        if record.as_exercise:
            raise OnlyExercise("Open the real event as a case of its own.")
        lines = tuple(_with_leaf(work, line) for line in lines)
        n = len(record.sea.instructions) + 1
        head = head_of(service.desk.name, record, n, told, work.now)
        text = instruction_text(head, [told_line(line) for line in lines], told["words"])
        entry = {
            "instruction": n,
            "unit_n": _unit_number(record, told["unit"]),
            **{k: v for k, v in told.items() if v},
            "lines": [line_json(line) for line in lines],
            "rests_on": _rests_on(lines),
            **({"delegations": deciding["rests_on"]} if deciding.get("rests_on") else {}),
            **{k: v for k, v in deciding.items() if k == "override_reason"},
            "text": text,
        }
        work.append(Draft("instruction.given", entry, happened_at=happened, told_at=work.now, seen=seen))
        return done(work, instruction=n, text=text, lines=entry["lines"], rests_on=entry["rests_on"])


def _passed_to(asked: Asked) -> dict[str, str]:
    part = asked.part("passed_to", required=True)
    told = {f: part.text(f, longest=500) for f in ("name", "post")}
    part.check_unknown()
    if not any(told.values()):
        asked.wrong("passed_to", None, "names nobody", "enter the name or the post of who took it down")
    return {k: v for k, v in told.items() if v}


def _chosen(asked: Asked, record: CaseRecord, wanted: Any, lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines with what is passed on; what is granted and held back stands as *may not*."""
    if wanted in (None, []):
        return tuple(lines)
    granted = {(line.vessel, line.measure) for line in lines if line.says == MAY}
    only = len(record.vessels) == 1
    chosen: set[tuple[int, str]] = set()
    for n, each in enumerate(wanted if isinstance(wanted, list) else [wanted]):
        measure = each.get("measure") if isinstance(each, Mapping) else each
        vessel = each.get("vessel") if isinstance(each, Mapping) else None
        found = {k for k in granted if k[1] == measure and vessel in (None, k[0])}
        if measure not in MEASURES:
            asked.wrong(f"measures/{n}", measure, "is not a known measure", f"one of: {', '.join(MEASURES)}")
        elif not found:
            where = "" if only else f" for vessel {vessel}" if vessel else ""
            asked.wrong(
                f"measures/{n}", measure, f"is not granted{where}", "leave it out, or ask for it first"
            )
        chosen |= found
    return tuple(
        replace(line, says=MAY_NOT, why="not_instructed")
        if line.says == MAY and (line.vessel, line.measure) not in chosen
        else line
        for line in lines
    )


def _with_leaf(work: Work, line: Line) -> Line:
    if line.leaf is not None or line.seq is None:
        return line
    at = store.Head(line.seq - 1, None)
    found = store.read_entries(work.connection, work.stamp.log, work.stream, after=at, until=line.seq).entries
    return replace(line, leaf=found[0].leaf) if found else line


def _rests_on(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The permissions that the instruction passes on, each entry once."""
    found = {line.seq: line.leaf for line in lines if line.says == MAY and line.seq is not None}
    return [{"seq": seq, "leaf": leaf} for seq, leaf in sorted(found.items())]


def _unit_number(record: CaseRecord, unit: str) -> int:
    """The unit's number within the case: the same words mean the same unit."""
    known = {
        " ".join(i.unit.casefold().split()): i.unit_n
        for i in record.sea.instructions
        if isinstance(i.unit, str)
    }
    last = max((i.unit_n for i in record.sea.instructions), default=0)
    return known.get(" ".join(unit.casefold().split()), last + 1)


def read_back(
    service: Service, actor: Actor, ref: str, n: int, body: Mapping[str, Any], key: Key | None = None
) -> Reply:
    """``{by, words, is_correct, of?, happened_at?}``: the unit read instruction ``n`` back, or its STOP.

    ``of``: ``instruction`` or ``stop``; left out, it is the STOP of an instruction that no longer holds. Only a correct
    read-back ends a summons about it. Raises Invalid, NotFound, NothingToStop.
    """
    asked = Asked(body)
    by = by_whom(asked, required=True)
    told = {"by": by, "words": asked.needed("words")}
    if asked.raw("is_correct") is None:
        asked.wrong("is_correct", None, "is missing", "send true if what was read back is what was passed on")
    is_correct, of = asked.yes("is_correct"), asked.word("of", ("instruction", "stop"), "unsaid")
    happened = asked.told("happened_at")
    if not by and asked.raw("by") is not None:
        asked.wrong("by", None, "names nobody", "enter who read it back")
    asked.check_unknown()
    asked.done()
    with service.write(actor, Action.INSTRUCTION_GIVE, case_stream(ref), key=key) as work:
        instruction = instruction_of(work.case, n)
        is_stale = state_of(work.case, instruction, work.now) == "stale"
        if of == "unsaid":
            of = "stop" if is_stale else "instruction"
        if of == "stop" and not is_stale:
            raise NothingToStop(f"instruction {n} is {instruction.state.replace('_', ' ')}")
        entry = {"instruction": n, "of": of, "is_correct": is_correct, **told}
        if of == "stop":
            lines = stop_lines(work.case, instruction, work.now)
            entry |= {
                "lines": [line_json(x) for x in lines],
                "text": stop_words(service.desk.name, work.case, instruction, work.now),
            }
        work.append(Draft("instruction.read_back", entry, happened_at=happened, told_at=work.now))
        _end_summons(work)
        return done(
            work, instruction=n, of=of, state=state_of(work.case, instruction_of(work.case, n), work.now)
        )


def _end_summons(work: Work) -> None:
    """Only once every unit knows."""
    if not_holding(work.case):
        return
    for alert in work.of(ALERTS).open:
        if alert.kind == STALE:
            close_alert(work, alert.id, "read_back")
