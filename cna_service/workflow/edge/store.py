"""The SQL of the quarantine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from cna_service.workflow.edge.tables import quarantine


@dataclass(frozen=True, slots=True)
class Held:
    """How many messages and bytes are kept."""

    count: int
    size: int


def held(connection: Connection, *, since: datetime, source: str | None = None) -> Held:
    """What came at or after ``since``, of one source or of all."""
    c = quarantine.c
    size = func.coalesce(func.sum(func.length(c.content)), 0)
    query = select(func.count(), size).where(c.received_at >= since)
    if source is not None:
        query = query.where(c.source == source)
    count, kept = connection.execute(query).one()
    return Held(count, kept)


def keep(connection: Connection, row: Mapping[str, Any]) -> None:
    connection.execute(insert(quarantine).values(dict(row)))


def forget(connection: Connection, before: datetime) -> None:
    connection.execute(delete(quarantine).where(quarantine.c.received_at < before))


def how_many(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(quarantine)).scalar_one()
