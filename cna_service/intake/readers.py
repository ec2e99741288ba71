"""Reading one told value: what it is in the record, and what is wrong with it. Nothing is refused, all is kept.

A reader takes (value, pointer, problems) and returns what the entry keeps: text, integer, boolean, list or object
in the ledger's profile (no floats). Whatever it cannot read it keeps as told, in text, and says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from cna_service.kit.errors import Problem
from cna_service.kit.told import told_instant

Problems = list[Problem]
Reader = Callable[[Any, str, Problems], Any]

CLEAR_LIMIT = 500
PRIVATE_LIMIT = 20_000
_SHOWN = 200


def told(value: object) -> str:
    """What was told, short enough to show beside a problem."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return clean(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")


def clean(text: str) -> str:
    """Text that both databases and the log can hold: no NUL, no half of a surrogate pair."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _text(limit: int) -> Reader:
    def read(value: Any, pointer: str, problems: Problems) -> Any:
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            problems.append(Problem(pointer, told(value), "this should be text", "send a string"))
            return told(value)
        text = clean(str(value))
        if len(text) > limit:
            why = f"longer than {limit} characters; the whole text is in the submission as received"
            problems.append(Problem(pointer, told(text), why, "send the rest as an attachment"))
            text = text[:limit] + "…"
        return text

    return read


word = _text(CLEAR_LIMIT)
prose = _text(PRIVATE_LIMIT)


def yes_no(value: Any, pointer: str, problems: Problems) -> Any:
    if isinstance(value, bool):
        return value
    problems.append(Problem(pointer, told(value), "this is yes or no", "send true or false"))
    return told(value)


def count(value: Any, pointer: str, problems: Problems) -> Any:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9:
        return value
    problems.append(Problem(pointer, told(value), "this should be a whole number", "send digits, such as 4"))
    return told(value)


def state(value: Any, pointer: str, problems: Problems) -> Any:
    """A State as ISO 3166 alpha-2; anything else is kept as told."""
    if isinstance(value, str) and len(value.strip()) == 2 and value.strip().isalpha() and value.isascii():
        return value.strip().upper()
    problems.append(
        Problem(pointer, told(value), "no two-letter State code", "send ISO 3166 alpha-2, such as PA")
    )
    return told(value)


def instant(value: Any, pointer: str, problems: Problems) -> Any:
    """A told instant: RFC 3339 with a zone, or {text, zone, earliest, latest}; kept as told if it is neither."""
    fix = "write it with Z or an offset, such as 2026-11-21T16:00:00Z"
    try:
        if not isinstance(value, (str, Mapping)):
            raise ValueError("this should be an instant")
        return told_instant(value).as_json()
    except ValueError as error:
        problems.append(Problem(pointer, told(value), str(error), fix))
        return {"text": told(value), "zone": None, "earliest": None, "latest": None, "source": None}


def one_of(known: frozenset[str], words: str) -> Reader:
    def read(value: Any, pointer: str, problems: Problems) -> Any:
        if isinstance(value, str) and value in known:
            return value
        near = ", ".join(sorted(known))
        problems.append(
            Problem(pointer, told(value), f"not a known {words}; kept as told", f"one of: {near}")
        )
        return told(value)

    return read


def many(reader: Reader, limit: int = 200) -> Reader:
    """A list of such values; a single value is read as a list of one."""

    def read(value: Any, pointer: str, problems: Problems) -> Any:
        items = value if isinstance(value, list) else [value]
        if not isinstance(value, list):
            problems.append(
                Problem(pointer, told(value), "this should be a list", "put it in square brackets")
            )
        if len(items) > limit:
            why = f"more than {limit} elements; the whole list is in the submission as received"
            problems.append(Problem(pointer, f"{len(items)} elements", why, "send the rest as an attachment"))
        return [reader(item, f"{pointer}/{n}", problems) for n, item in enumerate(items[:limit])]

    return read


def fields(known: Mapping[str, Reader]) -> Reader:
    """An object of known fields; an unknown one is named, and stays in the submission as received."""

    def read(value: Any, pointer: str, problems: Problems) -> Any:
        if not isinstance(value, Mapping):
            problems.append(Problem(pointer, told(value), "this should be an object", "send {…}"))
            return {"text": told(value)}
        read_fields = {}
        for name, raw in value.items():
            where = f"{pointer}/{clean(str(name))[:80]}"
            if name not in known:
                words = "unknown field; kept as received and shown"
                problems.append(Problem(where, told(raw), words, "use the field names of the interface"))
            elif raw is not None:
                read_fields[name] = known[name](raw, where, problems)
        return read_fields

    return read
