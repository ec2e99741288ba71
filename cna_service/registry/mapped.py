"""Any register as CSV, by a mapping file that says which column is what.

A mapping is TOML::

    delimiter = ";"                 # default ","
    encoding = "cp1252"             # default "utf-8"
    [columns]                       # field = column of the file; several are joined by a blank
    rid = "Matricula"
    name = "Nome"
    former_names = "Nomes anteriores"
    registration_number = ["Capitania", "Numero"]
    length_m = "Comprimento"
    [constants]                     # what no column says
    flag = "PT"
    [units]
    length = "ft"                   # default "m"
"""

from __future__ import annotations

import codecs
import csv
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from cna_service.kit.errors import Problem
from cna_service.registry.layout import LONGEST_FIELD, Reject
from cna_service.registry.model import RegisterVessel
from cna_service.registry.opened import Progress, no_progress, opened
from cna_service.registry.rules import RegisterUnreadable
from cna_service.vessels.names import former_names
from cna_service.vessels.states import state_from_words

NAME = "mapped"
FIELDS = tuple(f.name for f in fields(RegisterVessel) if f.name != "rest")
_UNITS = {"m": Decimal(1), "ft": Decimal("0.3048"), "cm": Decimal("0.01")}
_KEYS = frozenset({"delimiter", "encoding", "columns", "constants", "units"})


@dataclass(frozen=True, slots=True)
class Mapped:
    delimiter: str
    encoding: str
    columns: Mapping[str, tuple[str, ...]]
    constants: Mapping[str, str]
    length_in_metres: Decimal


def read_mapping(path: Path) -> Mapped:
    """Raises RegisterUnreadable, naming every key that is wrong."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RegisterUnreadable(f"the mapping {path.name} cannot be read: {error}") from error
    problems = list(_wrong(told))
    if problems:
        words = "; ".join(f"{p.pointer} {p.why}" for p in problems)
        raise RegisterUnreadable(f"the mapping {path.name}: {words}", *problems)
    columns = {f: (c,) if isinstance(c, str) else tuple(c) for f, c in told["columns"].items()}
    encoding = str(told.get("encoding", "utf-8"))
    return Mapped(
        delimiter=str(told.get("delimiter", ",")),
        encoding="utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding,
        columns=columns,
        constants=dict(told.get("constants", {})),
        length_in_metres=_UNITS[told.get("units", {}).get("length", "m")],
    )


def _wrong(told: Mapping[str, Any]) -> Iterator[Problem]:
    for key in sorted(told.keys() - _KEYS):
        yield Problem(f"/{key}", told[key], "is no key of a mapping", f"use {', '.join(sorted(_KEYS))}")
    columns, constants = told.get("columns"), told.get("constants", {})
    if not isinstance(columns, dict) or not isinstance(constants, dict):
        yield Problem("/columns", columns, "is no table of columns", 'write [columns] and name = "…" lines')
        return
    for field in sorted((columns.keys() | constants.keys()) - set(FIELDS)):
        yield Problem(f"/columns/{field}", None, "is no field of a vessel", f"use {', '.join(FIELDS)}")
    for field in ("rid", "flag"):
        if field not in columns and field not in constants:
            yield Problem(f"/columns/{field}", None, "is missing", "name its column, or a constant")
    for field, column in columns.items():
        parts = [column] if isinstance(column, str) else column
        if not isinstance(parts, list) or not parts or not all(isinstance(p, str) for p in parts):
            yield Problem(f"/columns/{field}", column, "is no column", "write a name, or a list of names")
    delimiter = told.get("delimiter", ",")
    if not isinstance(delimiter, str) or len(delimiter) != 1:
        yield Problem("/delimiter", delimiter, "is not one character", 'write "," or ";" or "\\t"')
    try:
        codecs.lookup(str(told.get("encoding", "utf-8")))
    except LookupError:
        yield Problem("/encoding", told["encoding"], "is not known", 'write "utf-8" or "cp1252"')
    unit = told.get("units", {}).get("length", "m") if isinstance(told.get("units", {}), dict) else None
    if unit not in _UNITS:
        yield Problem("/units/length", unit, "is no unit of length here", f"use {', '.join(_UNITS)}")


def read_mapped(
    path: Path, mapping: Mapped, *, progress: Progress = no_progress
) -> Iterator[RegisterVessel | Reject]:
    """The vessels and rejects of the file, in its order. Raises RegisterUnreadable."""
    seen: set[str] = set()
    with opened(path, encoding=mapping.encoding, progress=progress) as file:
        rows = csv.reader(file, delimiter=mapping.delimiter)
        try:
            header = [cell.strip() for cell in next(rows, [])]
            missing = sorted({c for parts in mapping.columns.values() for c in parts} - set(header))
            if missing:
                has = ", ".join(header)[:300] or "nothing"
                raise RegisterUnreadable(f"the header has no column {', '.join(missing)}; it has {has}")
            for row in rows:
                if any(cell.strip() for cell in row):
                    yield _vessel(row, header, mapping, rows.line_num, seen)
        except csv.Error as error:
            raise RegisterUnreadable(f"line {rows.line_num + 1} is not CSV: {error}") from error


def _vessel(
    row: list[str], header: list[str], mapping: Mapped, line: int, seen: set[str]
) -> RegisterVessel | Reject:
    shown = mapping.delimiter.join(row).replace("\0", "\N{REPLACEMENT CHARACTER}")[:1000]
    if len(row) != len(header):
        return Reject(line, f"it has {len(row)} columns, the header has {len(header)}", shown)
    if any(len(cell) > LONGEST_FIELD * 4 or "\0" in cell for cell in row):
        return Reject(line, "a cell is too long, or holds a NUL character", shown)
    cells = dict(zip(header, (cell.strip() for cell in row), strict=True))
    told: dict[str, Any] = dict(mapping.constants)
    for field, parts in mapping.columns.items():
        told[field] = " ".join(cells[part] for part in parts if cells[part])[:LONGEST_FIELD]
    rid = told["rid"]
    if not rid or rid in seen:
        return Reject(line, f"rid {rid} stands in an earlier line" if rid else "it has no rid", shown)
    seen.add(rid)
    told["flag"] = state_from_words(told["flag"]) or told["flag"]
    told["former_names"] = tuple(former_names(told.get("former_names", "")))
    told["length_m"] = _metres(told.get("length_m", ""), mapping.length_in_metres)
    return RegisterVessel(**told)


def _metres(text: str, unit: Decimal) -> str:
    try:
        length = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return ""
    return str((length * unit).quantize(Decimal("0.01"))) if length.is_finite() and length > 0 else ""
