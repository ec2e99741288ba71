"""The EU fleet register's bulk file: one row for each change of a vessel; the one valid on the day counts.

Columns as exported: semicolons, a header, dates as day/month/year or ISO 8601. A vessel whose valid event takes it out
of the fleet (destroyed, exported, retired) is not in the register of that day.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path

from cna_service.registry.layout import Reject
from cna_service.registry.model import RegisterVessel
from cna_service.registry.opened import Progress, no_progress, opened
from cna_service.registry.rules import RegisterUnreadable
from cna_service.vessels.states import state_from_words

NAME = "eu-fleet"
# What a column may be called: the first word that stands in the header counts.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "country": ("country of registration", "country"),
    "cfr": ("cfr",),
    "uvi": ("uvi", "imo"),
    "event": ("event", "event code"),
    "begins": ("event start date", "start date"),
    "ends": ("event end date", "end date"),
    "number": ("registration number",),
    "marking": ("external marking",),
    "name": ("name of vessel", "vessel name"),
    "port": ("place of registration name", "place of registration"),
    "sign": ("ircs",),
    "mmsi": ("mmsi",),
    "type": ("vessel type",),
    "gear": ("main fishing gear", "gear main code"),
    "loa": ("loa", "length overall"),
    "tonnage": ("tonnage gt", "gt"),
    "built": ("year of construction", "construction year"),
}
_NEEDED = ("country", "cfr", "event", "begins", "ends", "name")
GONE = frozenset({"DES", "EXP", "RET"})
"""Events that end a vessel's place in the fleet: destroyed, exported, retired from activity."""
_DATES = ("%d/%m/%Y", "%Y-%m-%d", "%Y%m%d")


def read_eu_fleet(
    path: Path, *, on: date, progress: Progress = no_progress
) -> Iterator[RegisterVessel | Reject]:
    """The vessels of the fleet on that day, then the rows set aside. Raises RegisterUnreadable."""
    valid: dict[str, tuple[date, Mapping[str, str]]] = {}
    set_aside: list[Reject] = []
    with opened(path, progress=progress) as file:
        rows = csv.reader(file, delimiter=";")
        try:
            header = [" ".join(cell.lower().replace("_", " ").split()) for cell in next(rows, [])]
            places = _places(header)
            for row in rows:
                found = _row(row, header, places, rows.line_num)
                if isinstance(found, Reject):
                    set_aside.append(found)
                elif found is not None and found[0] <= on <= found[1]:
                    _keep_later(valid, found)
        except csv.Error as error:
            raise RegisterUnreadable(f"line {rows.line_num + 1} is not CSV: {error}") from error
    for cfr, (_, told) in valid.items():
        if told["event"].upper() not in GONE:
            yield _vessel(cfr, told)
    yield from set_aside


_Row = tuple[date, date, Mapping[str, str]]


def _keep_later(valid: dict[str, tuple[date, Mapping[str, str]]], found: _Row) -> None:
    """Of two rows that both claim the day, the one that began later."""
    begins, _, told = found
    known = valid.get(told["cfr"])
    if known is None or known[0] <= begins:
        valid[told["cfr"]] = begins, told


def _places(header: list[str]) -> dict[str, int]:
    places = {
        field: header.index(word)
        for field, words in _COLUMNS.items()
        for word in [next((w for w in words if w in header), None)]
        if word is not None
    }
    missing = [_COLUMNS[field][0] for field in _NEEDED if field not in places]
    if missing:
        raise RegisterUnreadable(
            f"the header has no column {', '.join(missing)}; it has {'; '.join(header)[:300] or 'nothing'}"
        )
    return places


def _row(row: list[str], header: list[str], places: Mapping[str, int], line: int) -> _Row | Reject | None:
    if not any(cell.strip() for cell in row):
        return None
    shown = ";".join(row)[:1000]
    if len(row) != len(header):
        return Reject(line, f"it has {len(row)} columns, the header has {len(header)}", shown)
    told = {field: row[at].strip() for field, at in places.items()}
    if not re.fullmatch(r"[A-Z]{3}[A-Z0-9]{4,12}", told["cfr"].upper()):
        return Reject(line, f"its CFR {told['cfr'][:20]!r} is none", shown)
    begins, ends = _date(told["begins"]), _date(told["ends"] or "31/12/2100")
    if begins is None or ends is None:
        return Reject(line, "the date of its event cannot be read", shown)
    return begins, ends, told


def _date(text: str) -> date | None:
    for form in _DATES:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def _vessel(cfr: str, told: Mapping[str, str]) -> RegisterVessel:
    uvi = told.get("uvi", "")
    return RegisterVessel(
        rid=cfr,
        name=told["name"],
        flag=state_from_words(told["country"]) or told["country"],
        imo=uvi if re.fullmatch(r"\d{7}", uvi) else "",
        mmsi=told.get("mmsi", ""),
        call_sign=told.get("sign", ""),
        registration_number=told.get("number", ""),
        hull_mark=told.get("marking", ""),
        fleet_number=cfr,
        homeport=told.get("port", ""),
        length_m=told.get("loa", "").replace(",", "."),
        gross_tonnage=told.get("tonnage", "").replace(",", "."),
        vessel_type=told.get("type") or "Fishing",
        built=told.get("built", ""),
        rest={k: told[f] for k, f in (("event", "event"), ("main_gear", "gear")) if told.get(f)},
    )
