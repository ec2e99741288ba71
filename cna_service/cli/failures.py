"""What could not be done, in words on standard error, and the exit status that its kind has."""

from __future__ import annotations

import json
import sys

from sqlalchemy.exc import DBAPIError

from cna_service.kit.errors import Invalid, Kind, ServiceError, Unavailable

EXITS = {
    Kind.NOT_FOUND: 1,
    Kind.CONFLICT: 1,
    Kind.REFUSED: 1,
    Kind.INVALID: 3,
    Kind.UNAVAILABLE: 2,
}


class FileTrouble(Unavailable):
    code = "file-trouble"
    title = "A file cannot be read or written"


class DatabaseUnreadable(Unavailable):
    code = "database-unreadable"
    title = "The database cannot be read"


def tell(error: ServiceError | DBAPIError | OSError, *, as_json: bool) -> int:
    """Say what went wrong, field and fix first; returns the exit status."""
    known = _as_service_error(error)
    for line in lines(known):
        print(line, file=sys.stderr)
    if as_json:
        print(json.dumps({"error": as_dict(known)}, ensure_ascii=False, indent=2, default=str))
    return EXITS[known.kind]


def lines(error: ServiceError) -> list[str]:
    """Words for a person: title and detail, then every field that is wrong with its remedy."""
    problems = error.problems if isinstance(error, Invalid) else ()
    if problems:
        told = [f"  {p.pointer}: {p.why}. {p.fix[:1].upper()}{p.fix[1:]}".rstrip(".") + "." for p in problems]
        return [f"cna: {error.title}.", *told]
    if error.detail in ("", error.title):
        return [f"cna: {error.title}."]
    return [f"cna: {error.title}: {error.detail}"]


def as_dict(error: ServiceError) -> dict[str, object]:
    told: dict[str, object] = {
        "code": error.code,
        "title": error.title,
        "detail": error.detail,
        **error.facts,
    }
    if isinstance(error, Invalid):
        told["problems"] = [p.as_json() for p in error.problems]
    return told


def _as_service_error(error: ServiceError | DBAPIError | OSError) -> ServiceError:
    if isinstance(error, ServiceError):
        return error
    if isinstance(error, DBAPIError):
        # The driver's first line alone: the statement and its values are nobody's business on a screen.
        return DatabaseUnreadable(str(error.orig).splitlines()[0])
    named = f"{error.filename}: " if error.filename else ""
    return FileTrouble(f"{named}{error.strerror or error}")
