"""Maps that the administrator imported: one row each, whole; the newest of a name and kind counts."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from cna_service.db.types import Bytes, Instant, RowId, metadata

zone_map = Table(
    "zone_map",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("name", String(60), nullable=False),
    Column("kind", String(30), nullable=False),
    Column("source", Text, nullable=False),
    Column("terms", Text, nullable=False),
    Column("as_of", String(10), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("polygons", Integer, nullable=False),
    Column("imported_at", Instant, nullable=False),
    Column("retired_at", Instant),
    Column("content", Bytes, nullable=False),
    Index("ix_zone_map_name", "name", "kind"),
)
