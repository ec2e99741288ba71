"""What was learnt of a vessel after the register was last searched for her: a search again is offered, never made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cna_service.cases.record import CaseRecord, Fact, Vessel
from cna_service.vessels.names import fold
from cna_service.workflow.case_facts import FIELDS

SEARCHED: Mapping[str, str] = {
    "name": "names",
    "former_name": "former_names",
    "imo": "imo",
    "mmsi": "mmsi",
    "call_sign": "call_sign",
    "registration_number": "registration_number",
    "hull_mark": "hull_mark",
    "homeport": "homeport",
    "length": "length",
}
"""Kinds of fact by the key under which a search names them."""


@dataclass(frozen=True, slots=True)
class Learnt:
    seq: int
    label: str
    value: str


def learnt_since_search(record: CaseRecord) -> dict[int, tuple[Learnt, ...]]:
    """By vessel; a vessel that was never searched for is not there, nor one of which nothing new is known."""
    found = {v.n: tuple(_learnt(v, made)) for v in record.vessels if (made := _last_search(record, v.n))}
    return {n: learnt for n, learnt in found.items() if learnt}


def _last_search(record: CaseRecord, vessel: int) -> Mapping[str, Any] | None:
    mine = [s for s in record.searches if s.get("vessel", 1) == vessel]
    return max(mine, key=lambda s: int(s["seq"]), default=None)


def _learnt(vessel: Vessel, made: Mapping[str, Any]) -> Iterator[Learnt]:
    keys = made.get("keys")
    asked = keys if isinstance(keys, Mapping) else {}
    seen: set[tuple[str, str]] = set()
    for fact in vessel.facts:
        key, value = SEARCHED.get(fact.field), _text(fact)
        if key is None or not value or fact.seq <= int(made["seq"]):
            continue
        place = (fact.field, fold(value))
        if place in seen or place[1] in _asked(asked.get(key)):
            continue
        seen.add(place)
        yield Learnt(fact.seq, FIELDS.get(fact.field, fact.field), value)


def _asked(told: object) -> set[str]:
    several = told if isinstance(told, list | tuple) else [told]
    return {fold(str(each)) for each in several if each}


def _text(fact: Fact) -> str:
    """Empty for what was erased."""
    if isinstance(fact.value, Mapping):
        return str(fact.value.get("text") or "")
    return fact.value if isinstance(fact.value, str) else ""
