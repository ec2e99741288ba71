"""The Coast Guard's bulk file "Merchant Vessels of the United States": fixed width, or the same columns behind tabs.

Columns as of the file of July 2023 (390,568 records). It lists vessels with a valid Certificate of Documentation and no
foreign ones; an expired certificate is no loss of nationality by itself, so that its status and dates are kept. Lengths
are feet; owners are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import MappingProxyType

from cna_service.registry.layout import Reject
from cna_service.registry.model import RegisterVessel
from cna_service.registry.opened import Progress, no_progress, opened
from cna_service.registry.rules import RegisterUnreadable

NAME = "mvus"
WIDTH = 2567
"""The last column ends there; lines are often padded to 2,570."""
# First and last byte of each column that is read, counted from 1.
PLACES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "VesselID": (1, 10),
        "VesselName": (11, 60),
        "Call_Sign": (61, 68),
        "Official_Number": (69, 78),
        "IMO_Number": (79, 108),
        "Hull_Number": (109, 138),
        "HIN": (139, 168),
        "Service": (169, 198),
        "Flag": (199, 200),
        "Gross_Ton": (202, 208),
        "Length": (216, 222),
        "ITC_Gross_Ton": (235, 241),
        "ITC_Length": (249, 255),
        "Hailing_Port": (365, 414),
        "Hailing_Port_State": (415, 416),
        "Build_Year": (612, 615),
        "COD_Status": (2518, 2547),
        "COD_Issue": (2548, 2557),
        "COD_Expire": (2558, 2567),
    }
)
_FEET = Decimal("0.3048")
# The State of the Union's letters, and no more, follow the port.
_KEPT = ("Hull_Number", "COD_Status", "COD_Issue", "COD_Expire")
_DIGITS = re.compile(r"\d{7}")
_SHORTEST = PLACES["Build_Year"][1]
"""A line that ends before the year of build is cut; one that ends later lacks the certificate at most."""


def read_mvus(path: Path, *, progress: Progress = no_progress) -> Iterator[RegisterVessel | Reject]:
    """The vessels and rejects of the file, in its order. Raises RegisterUnreadable."""
    # The file is of single bytes; a letter outside ASCII must not move the columns behind it.
    with opened(path, encoding="cp1252", progress=progress) as file:
        first = file.readline()
        if "\t" in first:
            yield from _tabbed(first, file)
        else:
            yield from _fixed(first, file)


def _fixed(first: str, rest: Iterator[str]) -> Iterator[RegisterVessel | Reject]:
    if len(first.rstrip("\r\n")) < _SHORTEST:
        raise RegisterUnreadable(
            f"line 1 has {len(first.rstrip())} characters; a fixed-width file of this kind has {WIDTH}"
        )
    for number, line in _lines(first, rest):
        plain = line.rstrip("\r\n")
        if not plain.strip():
            continue
        if len(plain) < _SHORTEST:
            why = f"it has {len(plain)} characters of {WIDTH}: the line is cut"
            yield Reject(number, why, plain[:1000])
            continue
        told = {name: plain[begin - 1 : end].strip() for name, (begin, end) in PLACES.items()}
        yield _vessel(told, number, plain)


def _tabbed(first: str, rest: Iterator[str]) -> Iterator[RegisterVessel | Reject]:
    header = [_plain(column) for column in first.rstrip("\r\n").split("\t")]
    wanted = {name: header.index(_plain(name)) for name in PLACES if _plain(name) in header}
    missing = [name for name in ("VesselID", "VesselName", "Official_Number") if name not in wanted]
    if missing:
        raise RegisterUnreadable(f"the first line names no column {', '.join(missing)}")
    for number, line in enumerate(rest, start=2):
        plain = line.rstrip("\r\n")
        cells = plain.split("\t")
        if not plain.strip():
            continue
        if len(cells) != len(header):
            yield Reject(number, f"it has {len(cells)} columns, the first line {len(header)}", plain[:1000])
            continue
        yield _vessel({name: cells[at].strip() for name, at in wanted.items()}, number, plain)


def _lines(first: str, rest: Iterator[str]) -> Iterator[tuple[int, str]]:
    yield 1, first
    yield from enumerate(rest, start=2)


def _plain(column: str) -> str:
    return re.sub(r"[^a-z]", "", column.lower())


def _vessel(told: Mapping[str, str], number: int, line: str) -> RegisterVessel | Reject:
    if not told.get("VesselID"):
        return Reject(number, "it has no VesselID", line[:1000])
    if not (told.get("VesselName") or told.get("Official_Number")):
        return Reject(number, "it has neither a name nor an official number", line[:1000])
    imo = _DIGITS.search(told.get("IMO_Number", ""))
    state = told.get("Hailing_Port_State", "")
    port = told.get("Hailing_Port", "")
    return RegisterVessel(
        rid=told["VesselID"],
        name=told.get("VesselName", ""),
        flag=told.get("Flag") or "US",
        imo=imo[0] if imo else "",
        call_sign=told.get("Call_Sign", ""),
        registration_number=told.get("Official_Number", ""),
        hin=told.get("HIN", ""),
        homeport=f"{port}, {state}" if port and state else port,
        length_m=_metres(told.get("Length") or told.get("ITC_Length", "")),
        gross_tonnage=_number(told.get("Gross_Ton") or told.get("ITC_Gross_Ton", "")),
        vessel_type=told.get("Service", ""),
        built=told.get("Build_Year", ""),
        rest={name: told[name] for name in _KEPT if told.get(name)},
    )


def _number(text: str) -> str:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return ""
    return text if value.is_finite() and value > 0 else ""


def _metres(feet: str) -> str:
    number = _number(feet)
    return str((Decimal(number) * _FEET).quantize(Decimal("0.01"))) if number else ""
