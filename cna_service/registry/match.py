"""Measuring: a file of cases against a file of a register, in memory, case by case."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cna_service.registry.candidates import search_register
from cna_service.registry.layout import Reject, read_register
from cna_service.registry.memory import MemoryRegister
from cna_service.registry.model import Query
from cna_service.registry.rules import Ranking, RegisterUnreadable, Suggestion

# Column of the case file: field of the question.
_COLUMNS = {
    "regno": "registration_number",
    "imo": "imo",
    "mmsi": "mmsi",
    "callsign": "call_sign",
    "hull_mark": "hull_mark",
    "homeport": "homeport",
    "flag": "flag",
    "length": "length",
    "vtype": "vessel_type",
    "remarks": "remarks",
}


_VERDICTS = {Suggestion.FOUND_ONE: "found", Suggestion.SEVERAL: "several", Suggestion.NONE: "none"}


@dataclass(frozen=True, slots=True)
class MatchedCase:
    """One case: what the register suggests, ranked ids with scores, how long it took."""

    case_id: str
    ranking: Ranking
    milliseconds: float

    def as_json(self) -> dict[str, object]:
        """Scores in hundredths of log-odds; ``verdict``: found, several or none."""
        return {
            "case_id": self.case_id,
            "verdict": _VERDICTS[self.ranking.suggestion],
            "reason": self.ranking.reason,
            "candidates": [{"rid": c.rid, "score": c.score} for c in self.ranking.candidates],
            "milliseconds": round(self.milliseconds, 3),
        }


def load_register(path: Path) -> MemoryRegister:
    """The vessels of a register file; rejects are left out. Raises RegisterUnreadable."""
    return MemoryRegister(row for row in read_register(path) if not isinstance(row, Reject))


def match_cases(
    register: MemoryRegister, cases: Path, monotonic: Callable[[], float]
) -> Iterator[MatchedCase]:
    """Each row of a CSV with the columns case_id, name, flag, regno, imo, mmsi, callsign, hull_mark, homeport,
    length, vtype, remarks; others are ignored. Raises RegisterUnreadable without case_id and name."""
    with cases.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        missing = {"case_id", "name"} - set(rows.fieldnames or ())
        if missing:
            raise RegisterUnreadable(f"{cases.name} has no column {', '.join(sorted(missing))}")
        for row in rows:
            began = monotonic()
            ranking = search_register(_query(row), register.index, register, register.flags)
            yield MatchedCase(row["case_id"], ranking, (monotonic() - began) * 1000)


def _query(row: dict[str, str]) -> Query:
    told = {field: row.get(column) or "" for column, field in _COLUMNS.items()}
    return Query(names=(row["name"],) if row["name"] else (), **told)  # type: ignore[arg-type]
