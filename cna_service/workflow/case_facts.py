"""What is known of a case's vessels, as a page shows it: every value with source, instant, how it was taken, doubts.

Nothing is chosen and nothing overwritten: values that differ stand side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from cna_service.cases.conflicts import conflicts, is_contradicted
from cna_service.cases.record import CaseRecord, Fact, Vessel
from cna_service.kit.instants import date_time_group, from_text
from cna_service.kit.told import ToldInstant
from cna_service.ledger.entry import Entry
from cna_service.vessels.states import state_name

FIELDS: Mapping[str, str] = {
    "name": "Name",
    "former_name": "Former name",
    "claim": "Nationality claimed",
    "indicium": "Seen on her",
    "imo": "IMO number",
    "mmsi": "MMSI",
    "call_sign": "Call sign",
    "registration_number": "Registration number",
    "hull_mark": "Hull mark",
    "homeport": "Home port",
    "type": "Type",
    "length": "Length",
    "description": "Description",
    "position": "Position",
    "persons_on_board": "Persons on board",
    "person": "Person on board",
    "last_port": "Last port",
    "next_port": "Next port",
}
"""Every kind of fact about a vessel, in the order in which a page shows them."""

HOW = {
    "as_heard": "as heard",
    "spelt": "spelt",
    "read_back": "read back and agreed",
    "written": "in writing",
    "seen": "seen",
}
INDICIA = {
    "flag_flown": "Flag flown",
    "name_on_stern": "Name on the stern",
    "port_on_stern": "Port on the stern",
    "flag_painted": "Flag painted",
    "papers": "Papers",
    "other": "Other",
}

_OF_PERSON = ("name", "post", "nationality", "born", "papers")


@dataclass(frozen=True, slots=True)
class FactLine:
    """One value as told. ``source`` and ``words`` may be erased; ``doubts``: what a check found wrong with it."""

    seq: int
    value: object
    source: object
    how: str | None
    told: ToldInstant | None
    recorded_at: datetime
    words: object
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FactGroup:
    """Every value told of one field. ``is_contradicted``: two of them cannot both be right."""

    field: str
    label: str
    lines: tuple[FactLine, ...]
    is_contradicted: bool
    reconciled: Mapping[str, Any] | None = None
    """The entry of the person whose word holds; None while the contradiction is open."""


@dataclass(frozen=True, slots=True)
class VesselView:
    n: int
    label: str
    has_name: bool
    groups: tuple[FactGroup, ...]

    @property
    def contradictions(self) -> tuple[FactGroup, ...]:
        """What nobody has reconciled, or what a later report opened again."""
        return tuple(g for g in self.groups if g.is_contradicted and g.reconciled is None)

    @property
    def reconciled(self) -> tuple[FactGroup, ...]:
        return tuple(g for g in self.groups if g.is_contradicted and g.reconciled is not None)


def vessel_views(record: CaseRecord, entries: Iterable[Entry]) -> tuple[VesselView, ...]:
    """Every vessel of the case. ``entries``: of its stream; doubts and marks stand in them."""
    by_seq = {e.seq: e for e in entries}
    found = conflicts(record)
    return tuple(
        VesselView(
            v.n,
            v.label,
            bool(v.values("name")),
            tuple(_groups(v, by_seq, {c.field: c.reconciled for c in found if c.vessel == v.n})),
        )
        for v in record.vessels
    )


def _groups(
    vessel: Vessel, by_seq: Mapping[int, Entry], reconciled: Mapping[str, Mapping[str, Any] | None]
) -> Iterator[FactGroup]:
    told = sorted({f.field for f in vessel.facts}, key=_place)
    for field in told:
        facts = [f for f in vessel.facts if f.field == field]
        lines = tuple(_line(vessel, f, by_seq.get(f.seq)) for f in facts)
        yield FactGroup(
            field,
            FIELDS.get(field, field.replace("_", " ").capitalize()),
            lines,
            is_contradicted(field, facts),
            reconciled.get(field),
        )


def _place(field: str) -> tuple[int, str]:
    order = list(FIELDS)
    return (order.index(field) if field in order else len(order), field)


def _line(vessel: Vessel, fact: Fact, entry: Entry | None) -> FactLine:
    return FactLine(
        seq=fact.seq,
        value=_shown(fact, entry),
        source=fact.source,
        how=HOW.get(fact.how, fact.how) if fact.how else None,
        told=fact.happened_at,
        recorded_at=fact.recorded_at,
        words=fact.words,
        doubts=tuple(_doubts(vessel, fact, entry)),
    )


def _shown(fact: Fact, entry: Entry | None) -> object:
    value = fact.value
    if fact.field == "claim" and isinstance(value, str):
        name = state_name(value)
        return value if name == value else f"{name} ({value})"
    if fact.field == "indicium" and entry is not None:
        kind = str(entry.body.get("kind", "other"))
        return f"{INDICIA.get(kind, kind)}: {value}"
    return _of_shape(value)


def _of_shape(value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    if point := value.get("point"):
        where = f"{_minutes(point['latitude'], 'NS', 2)} {_minutes(point['longitude'], 'EW', 3)}"
        return f"{value.get('text')} (read as {where})"
    if "text" in value:
        return value["text"]
    return ", ".join(str(value[f]) for f in _OF_PERSON if value.get(f)) or "(nothing told)"


def _minutes(degrees: str, letters: str, width: int) -> str:
    """``14°03.500'N``: degrees and decimal minutes, rounded to a thousandth."""
    value = Decimal(degrees)
    whole, minutes = divmod((abs(value) * 60).quantize(Decimal("0.001")), 60)
    return f"{int(whole):0{width}d}°{minutes:06.3f}'{letters[value < 0]}"


def _doubts(vessel: Vessel, fact: Fact, entry: Entry | None) -> Iterator[str]:
    if entry is None:
        return
    for each in entry.body.get("doubts") or ():
        yield str(each.get("words") or each.get("why") or "is doubtful")
    if entry.type == "submission.received":
        at = f"/vessels/{vessel.n - 1}/{_sent_as(fact.field)}"
        for problem in entry.body.get("problems") or ():
            pointer = str(problem.get("pointer", ""))
            if pointer == at or pointer.startswith(f"{at}/"):
                yield why_and_fix(problem)


def why_and_fix(problem: Mapping[str, Any]) -> str:
    return f"{str(problem.get('why', '')).rstrip('.')}: {problem.get('fix')}"


def _sent_as(field: str) -> str:
    """The field's name in a submission (api: a vessel)."""
    plural = {"name": "names", "former_name": "former_names", "position": "positions", "person": "persons"}
    return plural.get(field, "flag_claimed" if field == "claim" else field)


def told_fields(draft: Mapping[str, Any]) -> tuple[tuple[str, object], ...]:
    """What a submission told besides vessels and measures, label and value, in the order of the form."""
    found: list[tuple[str, object]] = []
    for field, label in _TOLD:
        value = draft.get(field)
        if value not in (None, "", [], {}):
            found.append((label, _told_value(value)))
    return tuple(found)


def _told_value(value: object) -> object:
    if value is True or value is False:
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        if (earliest := value.get("earliest")) and earliest == value.get("latest"):
            return date_time_group(from_text(earliest))
        if "text" in value:
            return value["text"]
        return ", ".join(str(_told_value(v)) for v in value.values() if v not in (None, "", []))
    if isinstance(value, list | tuple):
        return ", ".join(str(_told_value(v)).replace("_", " ") for v in value)
    return value


_TOLD = (
    ("kind", "Kind"),
    ("requester_reference", "Their reference"),
    ("on_behalf_of", "On behalf of"),
    ("investigating_authority", "Investigating authority"),
    ("legal_basis", "Legal basis claimed"),
    ("offences", "Offences suspected"),
    ("zone", "Waters"),
    ("grounds", "Grounds for suspicion"),
    ("grounds_caveat", "Caveat on the grounds"),
    ("intended_action", "Intended action"),
    ("intentions_afterwards", "Intended afterwards"),
    ("operational_limits", "Operational limits"),
    ("assurance_like_treatment", "Assures like treatment of its own ships"),
    ("unit", "Unit at sea"),
    ("unit_status", "Status of the unit"),
    ("contact", "Contact"),
    ("reply_wanted_by", "Reply wanted by"),
    ("reply_wanted_reason", "Reason for that"),
    ("limit_stated", "Limit they state"),
    ("silence_stated", "What they say silence means"),
    ("language", "Language"),
    ("earlier_requests", "Earlier requests"),
    ("handling", "Handling"),
    ("unknown", "Fields nobody here knows"),
)
