"""The answer and decision forms: one row for each measure and vessel, and what surrounds them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from cna_service.agreements.measures import MEASURE_ANSWERS, REGISTRY_ANSWERS
from cna_service.cases.record import Exchange
from cna_service.console.forms import Posted
from cna_service.console.pages.case_fields import Field, body_of
from cna_service.console.typed_instants import as_instant
from cna_service.documents.measures import value_words
from cna_service.kit.errors import Problem
from cna_service.kit.instants import date_time_group
from cna_service.workflow.case_items import ItemLine

REGISTRY = "confirm_registry"
_ROW = ("vessel", "measure", "value", "conditions", "valid_from", "valid_to", "words")

BY = (
    Field("by/name", "Decided by: name"),
    Field("by/post", "Post or rank"),
    Field("by/office", "Office"),
    Field("by/capacity", "In what capacity", hint="Such as: head of the authority, acting"),
    Field(
        "by/delegation", "Delegation as he names it", hint="Kept as told; the desk looks for the one in force"
    ),
)
WITHOUT = (
    Field(
        "override_reason",
        "Reason without a delegation in force",
        "area",
        hint="Only where the desk finds none that lets him decide; it is printed",
        rows=2,
    ),
)
THEIR_BY = (
    Field("by/name", "Answered by: name", hint="An oral answer needs the person and the office"),
    Field("by/post", "Post or rank"),
    Field("by/office", "Office"),
    Field("by/phone", "Number", mode="tel"),
    Field(
        "by/authority",
        "Its id in the directory",
        hint="Only where another office answered that the directory lists, such as a ministry of justice",
    ),
)
ASKED, OTHER = "asked", "other"


def whose(other: str) -> Field:
    """Whose answer it is: an office that is not the listed authority authorizes nothing until that one confirms."""
    options = (
        (ASKED, f"{other}: the authority we asked"),
        (OTHER, "Another office: an embassy, a ministry, a unit"),
    )
    return Field("by/is_listed", "Whose answer it is", "one_of", options, is_required=True)


def told_by(by: Mapping[str, Any], authority: str | None) -> dict[str, Any]:
    """Who answered, with what the tap said; another office may be one of the directory, by its id."""
    said, named = by.get("is_listed"), by.get("authority")
    rest = {k: v for k, v in by.items() if k != "is_listed"}
    if said == ASKED and authority is not None:
        return {**rest, "authority": authority}
    if said == ASKED or (said == OTHER and named):
        return {**rest, **({} if named else {"is_listed": True})}
    return {**rest, "is_listed": False if said == OTHER else "nobody said"}


def confirming(exchange: Exchange) -> tuple[Field, ...]:
    """Which oral answer a writing confirms; nothing where nobody answered by word of mouth."""
    oral = [a for a in exchange.answers if a.form == "oral" and a.withdrawal is None]
    if not oral:
        return ()
    options = [(str(a.n), f"Answer {a.n}, given by word of mouth {date_time_group(a.as_of)}") for a in oral]
    hint = "Only a written answer. Left open: the desk compares it with what it was granted by word of mouth"
    none = ("0", "No earlier answer: it stands by itself")
    return (Field("confirms", "Confirms in writing", "choice", (*options, none), hint=hint),)


REASONS = (
    Field("reason_sent", "Reason that is sent", "area", hint="They will read this", rows=2),
    Field(
        "reason_internal", "Reason for us", "area", hint="Stays in our record; nobody else reads it", rows=2
    ),
)


def values_of(measure: str) -> tuple[tuple[str, str], ...]:
    """What may be answered to a measure: code and words."""
    codes = REGISTRY_ANSWERS if measure == REGISTRY else MEASURE_ANSWERS
    return tuple((code, value_words(measure, code).label) for code in codes)


def items_body(posted: Posted, now: datetime) -> tuple[list[dict[str, Any]], list[int]]:
    """The rows that have a value, as ``answers``; and which row of the form each of them is."""
    rows = sorted({int(n.split("/")[1]) for n, _ in posted.fields if _is_row(n)})
    answers, kept = [], []
    for row in rows:
        told = {f: posted.value(f"items/{row}/{f}").strip() for f in _ROW}
        if not told["value"]:
            continue
        answer: dict[str, Any] = {k: v for k, v in told.items() if v}
        if vessel := answer.get("vessel"):
            answer["vessel"] = int(vessel) if vessel.isdigit() else vessel
        if conditions := answer.get("conditions"):
            answer["conditions"] = [line.strip() for line in conditions.splitlines() if line.strip()]
        for name, ahead in (("valid_from", False), ("valid_to", True)):
            if name in answer:
                answer[name] = as_instant(answer[name], now, ahead=ahead)
        answers.append(answer)
        kept.append(row)
    return answers, kept


def _is_row(name: str) -> bool:
    steps = name.split("/")
    return len(steps) == 3 and steps[0] == "items" and steps[1].isdigit() and len(steps[1]) < 4


def at_rows(problems: Iterable[Problem], kept: Sequence[int]) -> tuple[Problem, ...]:
    """The problems of a verb's ``answers`` beside the rows of the form that they are about."""
    return tuple(replace(p, pointer=_row_pointer(p.pointer, kept)) for p in problems)


def _row_pointer(pointer: str, kept: Sequence[int]) -> str:
    steps = pointer.split("/")
    if len(steps) < 3 or steps[1] != "answers" or not steps[2].isdigit() or int(steps[2]) >= len(kept):
        return pointer
    return "/".join(["", "items", str(kept[int(steps[2])]), *steps[3:]])


def item_labels(lines: Sequence[ItemLine]) -> dict[str, str]:
    """For the summary of what is wrong: ``items/0/value`` → ``Board, vessel 1: answer``."""
    names = {"value": "answer", "conditions": "conditions", "valid_to": "valid until", "valid_from": "valid from",
             "words": "words"}  # fmt: skip
    return {
        f"items/{n}/{f}": f"{line.label}, vessel {line.vessel}: {words}"
        for n, line in enumerate(lines)
        for f, words in names.items()
    }


def plain_body(fields: Sequence[Field], posted: Posted, now: datetime) -> dict[str, Any]:
    """Everything beside the rows."""
    rest = Posted(tuple((n, v) for n, v in posted.pairs if not n.startswith("items/")))
    return body_of(fields, rest, now)


def decided(decision: Mapping[str, Any], lines: Sequence[ItemLine]) -> dict[str, str]:
    """A decision taken before, as the first values of an answer's form."""
    given = {(i["vessel"], i["measure"]): i for i in decision.get("items", ())}
    found: dict[str, str] = {"decision": str(decision["decision"])}
    for n, line in enumerate(lines):
        item = given.get((line.vessel, line.measure))
        if item is None:
            continue
        found[f"items/{n}/value"] = str(item["value"])
        conditions = item.get("conditions")
        if isinstance(conditions, list | tuple):
            found[f"items/{n}/conditions"] = "\n".join(str(c) for c in conditions)
        for f in ("valid_from", "valid_to", "words"):
            if isinstance(item.get(f), str):
                found[f"items/{n}/{f}"] = item[f]
    by = decision.get("by")
    if isinstance(by, Mapping):
        found |= {f"by/{f}": v for f, v in by.items() if isinstance(v, str)}
    for f in ("reason_sent", "reason_internal"):
        if isinstance(decision.get(f), str):
            found[f] = decision[f]
    return found
