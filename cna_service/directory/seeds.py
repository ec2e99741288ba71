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
    "remarks",
    "contact",
)
_LISTS = ("functions", "subjects", "languages", "contact")
_CONTACT = ("id", "kind", "value", "function", "hours", "verified_at", "by")


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
    tables = file.get("authority", [])
    for place, table in enumerate(tables if isinstance(tables, list) else [tables]):
        misshapen = _misshapen(table)
        if misshapen:
            why = f"{misshapen} is not of its kind"
            problems.append(
                Problem(f"{name}/authority/{place}", None, why, "write it as in the shipped example")
            )
            continue
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


def _misshapen(table: Any) -> str | None:
    """The first key whose value is not a text, a list of texts or a list of tables as it should be."""
    if not isinstance(table, dict):
        return "it"
    for key in ("functions", "subjects", "languages"):
        told = table.get(key, [])
        if not isinstance(told, list) or not all(isinstance(t, str) for t in told):
            return key
    contacts = table.get("contact", [])
    if not isinstance(contacts, list) or not all(isinstance(c, dict) for c in contacts):
        return "contact"
    texts = [(k, v) for t in (table, *contacts) for k, v in t.items() if k not in _LISTS]
    return next((k for k, v in texts if not isinstance(v, str)), None)


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
        **({"remarks": table["remarks"]} if table.get("remarks") else {}),
        "contacts": [
            {
                "contact": c.get("id", f"c{n}"),
                "kind": c.get("kind", ""),
                "value": c.get("value", ""),
                "function": c.get("function"),
                **({"hours": c["hours"]} if c.get("hours") else {}),
                "verified_at": c.get("verified_at"),
                "by": c.get("by"),
            }
            for n, c in enumerate(table.get("contact", []), 1)
        ],
    }
