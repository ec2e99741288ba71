"""Reading a TOML file of authorities into bodies of ``authority.listed``, to seed an empty directory with."""

from __future__ import annotations

import tomllib
from typing import Any, ClassVar

from cna_service.directory.table import listing_problems
from cna_service.kit.errors import Invalid, Problem

_AUTHORITY = (
    "id",
    "state",
    "name",
    "functions",
    "subjects",
    "languages",
    "zone",
    "from",
    "to",
    "source",
    "contact",
)
_CONTACT = ("id", "kind", "value", "function", "verified_at", "by")


class DirectoryUnreadable(Invalid):
    """A file of authorities cannot be used; the problems name file, authority, field and fix."""

    code: ClassVar[str] = "directory-unreadable"
    title: ClassVar[str] = "A file of authorities cannot be used"


def authority_seeds(name: str, content: bytes, *, exercise: bool = False) -> list[tuple[str, dict[str, Any]]]:
    """Entry type and body for each ``[[authority]]`` of the file. Raises DirectoryUnreadable.

    A file marked ``exercise = true`` is refused unless ``exercise`` is set.
    """
    try:
        file = tomllib.loads(content.decode())
    except ValueError as error:
        problem = Problem(name, None, f"is not TOML in UTF-8: {error}", "correct that place")
        raise DirectoryUnreadable("", problem) from None
    problems: list[Problem] = []
    if file.get("exercise", False) and not exercise:
        problems.append(Problem(name, True, "is an exercise directory", "keep it out of a real desk"))
    bodies: dict[str, dict[str, Any]] = {}
    for place, table in enumerate(file.get("authority", [])):
        body = _body(table)
        strange = sorted(
            {*table} - {*_AUTHORITY} | {k for c in table.get("contact", []) for k in {*c} - {*_CONTACT}}
        )
        where = f"{name}/authority/{body['authority'] or place}"
        problems.extend(
            Problem(f"{where}/{k}", None, "is no key of this table", "correct its spelling") for k in strange
        )
        if body["authority"] in bodies:
            problems.append(Problem(where, body["authority"], "is there twice", "give each its own id"))
        problems.extend(Problem(where + p.pointer, p.told, p.why, p.fix) for p in listing_problems(body))
        bodies[body["authority"]] = body
    if problems:
        raise DirectoryUnreadable("", *problems)
    return [("authority.listed", b) for b in bodies.values()]


def _body(table: dict[str, Any]) -> dict[str, Any]:
    return {
        "authority": table.get("id", ""),
        "state": table.get("state", ""),
        "name": table.get("name", ""),
        "functions": table.get("functions", []),
        "subjects": table.get("subjects", []),
        "languages": table.get("languages", []),
        "zone": table.get("zone", "UTC"),
        "from": table.get("from"),
        "to": table.get("to"),
        "source": table.get("source", ""),
        "contacts": [
            {
                "contact": c.get("id", f"c{n}"),
                "kind": c.get("kind", ""),
                "value": c.get("value", ""),
                "function": c.get("function"),
                "verified_at": c.get("verified_at"),
                "by": c.get("by"),
            }
            for n, c in enumerate(table.get("contact", []), 1)
        ],
    }
