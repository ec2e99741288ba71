"""The directory as CSV, in and out: one row for each contact, the authority's columns repeated on each.

Columns, all there, in any order: ``id, state, name, functions, subjects, languages, zone, valid_from, valid_to,
source, contact, kind, value, function, verified_at, by``; and two that a file may lack: ``remarks, hours``.
Lists are divided by ``;``, instants are RFC 3339. An authority without a contact is one row whose ``kind`` is empty.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from cna_service.directory.model import CHANNELS, FUNCTIONS, HOURS, SUBJECTS, Authority, Contact
from cna_service.kit.errors import Problem
from cna_service.kit.instants import from_text, to_text
from cna_service.ledger.entry import Erased

AUTHORITY_COLUMNS = (
    "id",
    "state",
    "name",
    "functions",
    "subjects",
    "languages",
    "zone",
    "valid_from",
    "valid_to",
    "source",
)
CONTACT_COLUMNS = ("contact", "kind", "value", "function", "verified_at", "by")
ADDED = ("remarks", "hours")
"""Columns that files of before do not have; absent, they are empty."""
COLUMNS = AUTHORITY_COLUMNS + CONTACT_COLUMNS + ADDED


@dataclass(frozen=True, slots=True)
class Imported:
    """Bodies of ``authority.listed``, and what is wrong by line (``line 3/zone``). Use none if any is wrong."""

    bodies: tuple[dict[str, Any], ...]
    problems: tuple[Problem, ...]


def export_csv(authorities: Iterable[Authority]) -> str:
    """The authorities as CSV text; what was erased is an empty value."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for authority in authorities:
        head = {
            "id": authority.id,
            "state": authority.state,
            "name": authority.name,
            "functions": ";".join(authority.functions),
            "subjects": ";".join(authority.subjects),
            "languages": ";".join(authority.languages),
            "zone": authority.zone,
            "valid_from": "" if authority.valid_from is None else to_text(authority.valid_from),
            "valid_to": "" if authority.valid_to is None else to_text(authority.valid_to),
            "source": authority.source,
            "remarks": authority.remarks if isinstance(authority.remarks, str) else "",
        }
        writer.writerows([{**head, **_contact_row(c)} for c in authority.contacts] or [head])
    return out.getvalue()


def _contact_row(contact: Contact) -> dict[str, str]:
    return {
        "contact": contact.id,
        "kind": contact.kind,
        "value": "" if isinstance(contact.value, Erased) else contact.value,
        "function": contact.function or "",
        "hours": contact.hours or "",
        "verified_at": "" if contact.verified_at is None else to_text(contact.verified_at),
        "by": contact.by if isinstance(contact.by, str) else "",
    }


def import_csv(text: str) -> Imported:
    """Read CSV text. Every fault of every line is reported; the same authority on several lines must agree."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    bodies: dict[str, dict[str, Any]] = {}
    problems: list[Problem] = []
    try:
        missing = [c for c in COLUMNS if c not in ADDED and c not in (reader.fieldnames or ())]
        if missing:
            fix = "write a first line with " + ", ".join(COLUMNS)
            return Imported((), (Problem("line 1", ", ".join(missing), "columns are missing", fix),))
        for row in reader:
            _read_row(row, f"line {reader.line_num}", bodies, problems)
    except csv.Error as error:
        problems.append(
            Problem(f"line {reader.line_num}", None, f"is not CSV: {error}", "check its quotation marks")
        )
    return Imported(tuple(bodies.values()), tuple(problems))


def _read_row(
    row: Mapping[str | Any, Any], line: str, bodies: dict[str, dict[str, Any]], problems: list[Problem]
) -> None:
    if None in row or None in row.values():
        problems.append(Problem(line, None, "has too many or too few columns", "check its commas"))
        return
    told = {k: v.strip() for k, v in row.items()}
    body: dict[str, Any] = {
        "authority": told["id"],
        "state": told["state"],
        "name": told["name"],
        "functions": _split(told["functions"]),
        "subjects": _split(told["subjects"]),
        "languages": _split(told["languages"]),
        "zone": told["zone"] or "UTC",
        "from": told["valid_from"] or None,
        "to": told["valid_to"] or None,
        "source": told["source"],
        **_kept(remarks=told.get("remarks")),
        "contacts": [],
    }
    known = bodies.setdefault(told["id"], body)
    if {**known, "contacts": []} != body:
        fix = "repeat its facts on each line, or give another id"
        problems.append(Problem(f"{line}/id", told["id"], "is told differently on an earlier line", fix))
    if told["kind"]:
        known["contacts"].append(
            {
                "contact": told["contact"] or f"c{len(known['contacts']) + 1}",
                "kind": told["kind"],
                "value": told["value"],
                "function": told["function"] or None,
                **_kept(hours=told.get("hours")),
                "verified_at": told["verified_at"] or None,
                "by": told["by"] or None,
            }
        )
    checked = {**body, "contacts": known["contacts"][-1:] if told["kind"] else []}
    problems.extend(Problem(f"{line}{p.pointer}", p.told, p.why, p.fix) for p in listing_problems(checked))


def _kept(**told: str | None) -> dict[str, str]:
    """What was told; a column left empty is no field."""
    return {name: value for name, value in told.items() if value}


def listing_problems(body: Mapping[str, Any]) -> tuple[Problem, ...]:
    """What is wrong with the body of an ``authority.listed`` entry, every field at once."""
    problems = []

    def wrong(pointer: str, told: object, why: str, fix: str) -> None:
        problems.append(Problem(pointer, told, why, fix))

    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,62}", body["authority"]):
        wrong(
            "/authority", body["authority"], "is no identifier", "small letters, digits and hyphens: mrcc-xb"
        )
    if not re.fullmatch(r"[A-Z]{2}", body["state"]):
        wrong("/state", body["state"], "is no State code", "two capital letters of ISO 3166, or XA to XZ")
    if not body["name"]:
        wrong("/name", "", "is empty", "write the name of the office")
    for field, known in (("functions", FUNCTIONS), ("subjects", SUBJECTS)):
        strange = [f for f in body[field] if f not in known]
        if strange:
            wrong(f"/{field}", ", ".join(strange), "is not known here", "one of " + ", ".join(known))
    if not _is_zone(body["zone"]):
        wrong("/zone", body["zone"], "is no time zone", "an IANA name such as America/Bogota")
    for field in ("from", "to"):
        if body[field] is not None and not _is_instant(body[field]):
            wrong(f"/{field}", body[field], "is no instant", "2026-11-21T18:03:00Z")
    for place, contact in enumerate(body["contacts"]):
        for field, why, fix in _contact_problems(contact):
            wrong(f"/contacts/{place}/{field}", contact[field], why, fix)
    return tuple(problems)


def _contact_problems(contact: Mapping[str, Any]) -> Iterable[tuple[str, str, str]]:
    kind, value = contact["kind"], contact["value"]
    if kind not in CHANNELS:
        yield "kind", "is no way to reach anybody", "one of " + ", ".join(CHANNELS)
    if not value:
        yield "value", "is empty", "write the number or address"
    elif kind in ("phone", "sms", "fax") and not re.fullmatch(r"\+[1-9][0-9]{6,14}", value):
        yield "value", "is no number in international form", "+15550100, digits only after the plus sign"
    elif kind == "email" and not re.fullmatch(r"[^@\s]+@[^@\s]+", value):
        yield "value", "is no mail address", "name@example.org"
    if contact.get("hours") and contact["hours"] not in HOURS:
        yield "hours", "is not known here", "one of " + ", ".join(HOURS) + "; leave it out if nobody said"
    if contact.get("function") and contact["function"] not in FUNCTIONS:
        yield "function", "is not known here", "one of " + ", ".join(FUNCTIONS)
    if contact.get("verified_at") and not _is_instant(contact["verified_at"]):
        yield "verified_at", "is no instant", "2026-11-21T18:03:00Z"


def _split(told: str) -> list[str]:
    return [part.strip() for part in told.split(";") if part.strip()]


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True


def _is_instant(told: str) -> bool:
    try:
        from_text(told)
    except ValueError:
        return False
    return True
