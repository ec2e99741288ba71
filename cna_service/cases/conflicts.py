"""Reports that cannot all be right about one field of a vessel, and what a named person made of them (practice R11).

Detected, shown and kept; nothing chooses but a person, and a new report that contradicts him opens it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import combinations
from typing import Any

from cna_service.cases.record import CaseRecord, Fact
from cna_service.vessels.quantities import told_quantity

ONE_EACH = frozenset(
    {
        "claim",
        "imo",
        "mmsi",
        "call_sign",
        "registration_number",
        "hull_mark",
        "homeport",
        "type",
        "length",
        "persons_on_board",
    }
)
"""Of these a vessel has one at a time: two different values contradict each other. Names she may have several."""

_MEASURED = frozenset({"length", "persons_on_board"})


@dataclass(frozen=True, slots=True)
class Report:
    """One value as told. ``source`` may be erased."""

    value: object
    seq: int
    source: object
    how: str | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Conflict:
    """Every report on one field. ``reconciled``: the entry of the person whose word holds; None while it is open.

    ``earlier``: what was reconciled before and is open again.
    """

    vessel: int
    field: str
    values: tuple[Report, ...]
    reconciled: Mapping[str, Any] | None
    earlier: tuple[Mapping[str, Any], ...]

    @property
    def is_open(self) -> bool:
        return self.reconciled is None


def conflicts(record: CaseRecord) -> tuple[Conflict, ...]:
    """Every field of every vessel on which reports contradict each other, reconciled or not."""
    return tuple(_found(record))


def _found(record: CaseRecord) -> Iterator[Conflict]:
    for vessel in record.vessels:
        for field in dict.fromkeys(f.field for f in vessel.facts if f.field in ONE_EACH):
            facts = [f for f in vessel.facts if f.field == field]
            if not is_contradicted(field, facts):
                continue
            made = [
                r
                for r in record.dealings.reconciliations
                if (r.get("vessel"), r.get("field")) == (vessel.n, field)
            ]
            holds = made[-1] if made and _still_holds(made[-1], field, facts) else None
            reports = tuple(Report(f.value, f.seq, f.source, f.how, f.recorded_at) for f in facts)
            yield Conflict(vessel.n, field, reports, holds, tuple(r for r in made if r is not holds))


def is_contradicted(field: str, facts: Iterable[Fact]) -> bool:
    """Whether two of the values told of a field cannot both be right."""
    if field not in ONE_EACH:
        return False
    # Each value once: a number that was told a hundred times is compared once.
    values = {bare(f.value): f.value for f in facts if bare(f.value)}
    return any(differ(field, one, other) for one, other in combinations(values.values(), 2))


def _still_holds(made: Mapping[str, Any], field: str, facts: Iterable[Fact]) -> bool:
    """Nothing came since that contradicts it: another value than the one chosen, or one that nobody had before him."""
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    for fact in facts:
        (before if fact.seq <= made["seq"] else after)[bare(fact.value)] = fact.value
    new = [value for key, value in after.items() if key and key not in before]
    if made.get("value") is not None:
        return not any(differ(field, value, made["value"]) for value in after.values() if bare(value))
    return all(any(not differ(field, value, known) for known in before.values()) for value in new)


def differ(field: str, one: object, other: object) -> bool:
    """Whether two values told of a field contradict each other. Ranges that overlap do not."""
    if field in _MEASURED:
        bounds = _bounds(field, one), _bounds(field, other)
        if bounds[0] is not None and bounds[1] is not None:
            return bounds[0][1] < bounds[1][0] or bounds[1][1] < bounds[0][0]
    return bare(one) != bare(other)


def bare(value: object) -> str:
    """A value as it is compared: letters and figures, upper case; empty for one that is not there."""
    told = value.get("text") if isinstance(value, Mapping) else value
    return "".join(c for c in str(told).upper() if c.isalnum()) if isinstance(told, (str, int)) else ""


def _bounds(field: str, value: object) -> tuple[Decimal, Decimal] | None:
    """What a length (in metres, where it can be) or a number of persons is at least and at most; None if not told."""
    if not isinstance(value, (str, int, Mapping)) or isinstance(value, bool):
        return None
    quantity, _ = told_quantity(value, pointer="")
    if quantity is None:
        return None
    low, high = (quantity.low, quantity.high) if field != "length" else quantity.in_metres()
    if low is None and high is None:
        return None
    least, most = low if low is not None else Decimal(0), high if high is not None else Decimal("Infinity")
    # Lengths are told by eye and in two systems: a tenth more or less contradicts nobody.
    slack = Decimal("0.1") if field == "length" else Decimal(0)
    return least * (1 - slack), most * (1 + slack)
