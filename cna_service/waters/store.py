"""The SQL of imported maps. Functions take a connection; who opened it commits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from cna_service.db.database import Database
from cna_service.waters.tables import zone_map


@dataclass(frozen=True, slots=True)
class ZoneMap:
    """One imported map. ``kind``: see ``rules.KINDS``; ``as_of``: the date its source states, YYYY-MM-DD."""

    id: int
    name: str
    kind: str
    source: str
    terms: str
    as_of: str
    sha256: str
    polygons: int
    imported_at: datetime
    retired_at: datetime | None


_FACTS = [c for c in zone_map.c if c.name != "content"]


def add(connection: Connection, facts: Mapping[str, Any], content: bytes, now: datetime) -> ZoneMap:
    """Enter a map; the one of the same name and kind that was in use is retired, and kept."""
    same = (zone_map.c.name == facts["name"]) & (zone_map.c.kind == facts["kind"])
    connection.execute(update(zone_map).where(same & zone_map.c.retired_at.is_(None)).values(retired_at=now))
    connection.execute(insert(zone_map).values(**facts, content=content, imported_at=now))
    return in_use(connection)[-1]


def retire(connection: Connection, id: int, now: datetime) -> bool:
    """Take a map out of use; False if it was not in use."""
    where = (zone_map.c.id == id) & zone_map.c.retired_at.is_(None)
    return connection.execute(update(zone_map).where(where).values(retired_at=now)).rowcount == 1


def in_use(connection: Connection) -> list[ZoneMap]:
    """The maps that count now, the oldest first."""
    query = select(*_FACTS).where(zone_map.c.retired_at.is_(None)).order_by(zone_map.c.id)
    return [ZoneMap(**row) for row in connection.execute(query).mappings()]


def content_of(connection: Connection, id: int) -> bytes:
    return bytes(connection.execute(select(zone_map.c.content).where(zone_map.c.id == id)).scalar_one())


def imported_maps(database: Database) -> Callable[[], Sequence[tuple[int, str, Callable[[], bytes]]]]:
    """What an ``Atlas`` asks before each look: which imported maps are in use."""

    def content(id: int) -> Callable[[], bytes]:
        def read() -> bytes:
            with database.read() as connection:
                return content_of(connection, id)

        return read

    def ask() -> Sequence[tuple[int, str, Callable[[], bytes]]]:
        with database.read() as connection:
            return [(each.id, each.kind, content(each.id)) for each in in_use(connection)]

    return ask
