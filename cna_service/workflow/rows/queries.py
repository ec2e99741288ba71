"""Reading the derived rows: of one stream, and the names of all streams that have any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from cna_service.cases import store as case_store
from cna_service.cases.tables import case_key, case_row
from cna_service.db import timers
from cna_service.db.timers import TimerKey, timer

CASE_PREFIX = "case:"


@dataclass(frozen=True, slots=True)
class Rows:
    """What is derived from one stream. ``row`` and ``keys`` are a case's: its search row, by what it is found."""

    row: Mapping[str, Any] | None
    keys: frozenset[tuple[str, str]]
    timers: Mapping[TimerKey, datetime]


def stored(connection: Connection, stream: str) -> Rows:
    """The rows of a stream as they are stored; empty for one that has none."""
    wanted = timers.read(connection, stream)
    if not stream.startswith(CASE_PREFIX):
        return Rows(None, frozenset(), wanted)
    ref = stream.removeprefix(CASE_PREFIX)
    found = connection.execute(select(case_key.c.kind, case_key.c.value).where(case_key.c.ref == ref))
    keys = frozenset((r.kind, r.value) for r in found)
    return Rows(case_store.stored_row(connection, ref), keys, wanted)


def streams_with_rows(connection: Connection) -> set[str]:
    """Every stream that a search row, a key or a timer names, whether or not it exists."""
    refs = set(connection.execute(select(case_row.c.ref)).scalars())
    refs |= set(connection.execute(select(case_key.c.ref).distinct()).scalars())
    named = set(connection.execute(select(timer.c.stream).distinct()).scalars())
    return {f"{CASE_PREFIX}{ref}" for ref in refs} | named
