"""Reading a register file: CSV in UTF-8 with a header row, plain or gzip; bad rows are set aside by line number."""

from __future__ import annotations

import csv
import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from cna_service.kit.errors import Problem
from cna_service.registry.model import RegisterVessel
from cna_service.registry.opened import NotWhole, Progress, no_progress, opened
from cna_service.registry.rules import RegisterUnreadable
from cna_service.vessels.names import former_names
from cna_service.vessels.states import state_from_words

NAME = "cna-csv-1"
REQUIRED = ("rid", "name", "flag")
# Column of the file: field of the vessel.
COLUMNS = {
    "rid": "rid",
    "name": "name",
    "prev_names": "former_names",
    "flag": "flag",
    "imo": "imo",
    "mmsi": "mmsi",
    "callsign": "call_sign",
    "regno": "registration_number",
    "hull_mark": "hull_mark",
    "cfr": "fleet_number",
    "hin": "hin",
    "homeport": "homeport",
    "length_m": "length_m",
    "gt": "gross_tonnage",
    "vtype": "vessel_type",
    "built": "built",
}
LONGEST_FIELD = 500
# Thousands of rows share these values: one string for each.
_REPEATED = ("flag", "homeport", "vessel_type", "built")
_NOTHING_MORE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not taken: its line in the file, why, and what it said (at most 1,000 characters)."""

    line: int
    why: str
    row: str


def file_digest(path: Path) -> str:
    """SHA-256 of the file as it lies there, in hexadecimal. Raises RegisterUnreadable if it cannot be opened."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise RegisterUnreadable(f"{path.name} cannot be opened: {error.strerror}") from error


def read_register(path: Path, *, progress: Progress = no_progress) -> Iterator[RegisterVessel | Reject]:
    """The vessels and rejects of a file, in its order.

    Raises RegisterUnreadable: a required column is missing, the text is not UTF-8, the gzip is damaged.
    """
    line = 0
    try:
        with opened(path, progress=progress) as file:
            rows = csv.reader(file, strict=True)
            header = [column.strip().lstrip("\ufeff").lower() for column in next(rows, [])]
            _check_header(header)
            seen: set[str] = set()
            for row in rows:
                line = rows.line_num
                if row:
                    yield _vessel(header, row, line, seen)
    except NotWhole as error:
        raise RegisterUnreadable(f"after line {line}: {error.detail}") from error
    except csv.Error as error:
        raise RegisterUnreadable(f"line {line + 1} is not CSV: {error}") from error


def _check_header(header: Sequence[str]) -> None:
    missing = [column for column in REQUIRED if column not in header]
    if missing:
        words = (
            f"the header has no column {', '.join(missing)}; it has {', '.join(header)[:300] or 'nothing'}"
        )
        fix = f"name the columns {', '.join(COLUMNS)}"
        raise RegisterUnreadable(words, Problem("/header", list(header[:60]), words, fix))
    twice = sorted({column for column in header if column and header.count(column) > 1})
    if twice:
        raise RegisterUnreadable(f"the header names {', '.join(twice)} twice")


def _vessel(header: Sequence[str], row: Sequence[str], line: int, seen: set[str]) -> RegisterVessel | Reject:
    why = _fault(header, row)
    if why is None:
        told = {column: value.strip() for column, value in zip(header, row, strict=True) if column}
        rid = told["rid"]
        if not rid:
            why = "it has no rid"
        elif rid in seen:
            why = f"rid {rid} stands in an earlier line"
        elif not any(told.get(column) for column in COLUMNS if column not in {"rid", "flag"}):
            why = "it has neither a name nor anything else to find it by"
        else:
            seen.add(rid)
            return _made(told)
    shown = ",".join(row).replace("\0", "\N{REPLACEMENT CHARACTER}")
    return Reject(line, why, shown[:1000])


def _fault(header: Sequence[str], row: Sequence[str]) -> str | None:
    if len(row) != len(header):
        return f"it has {len(row)} columns, the header has {len(header)}"
    for column, value in zip(header, row, strict=True):
        if len(value) > LONGEST_FIELD and column != "prev_names":
            return f"{column} has {len(value)} characters; at most {LONGEST_FIELD} are taken"
        if "\0" in value:
            return f"{column} holds a NUL character"
    return None


def _made(told: dict[str, str]) -> RegisterVessel:
    known = {field: told.get(column, "") for column, field in COLUMNS.items() if field != "former_names"}
    known["flag"] = _flag(known["flag"])
    for column in _REPEATED:
        known[column] = sys.intern(known[column])
    rest = {column: value for column, value in told.items() if column not in COLUMNS and value}
    former = told.get("prev_names")
    return RegisterVessel(
        **known, former_names=tuple(former_names(former)) if former else (), rest=rest or _NOTHING_MORE
    )


@lru_cache(maxsize=10_000)
def _flag(words: str) -> str:
    return state_from_words(words) or words
