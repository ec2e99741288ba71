"""Rows of the registers: each import is a version of its own, kept whole; bad rows stand aside.

Indexes are on (version, key) for every identifier. ``name_forms`` holds the comparable names, one per line, from
which the index in memory is built without reading names again.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from cna_service.db.types import Instant, RowId, metadata

register = Table(
    "register",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("terms", Text, nullable=False),
    Column("layout", String(40), nullable=False),
)

# state: pending -> current -> superseded; or pending -> abandoned.
register_version = Table(
    "register_version",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("register", String(40), ForeignKey("register.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("imported_at", Instant, nullable=False),
    Column("as_of", String(10)),
    Column("sha256", String(64), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("rejects", Integer, nullable=False),
    UniqueConstraint("register", "number"),
)

register_vessel = Table(
    "register_vessel",
    metadata,
    Column("version", RowId, ForeignKey("register_version.id"), nullable=False),
    Column("rid", String(500), nullable=False),
    Column("name", Text, nullable=False),
    Column("former_names", Text, nullable=False),
    Column("flag", Text, nullable=False),
    Column("imo", Text, nullable=False),
    Column("mmsi", Text, nullable=False),
    Column("call_sign", Text, nullable=False),
    Column("registration_number", Text, nullable=False),
    Column("hull_mark", Text, nullable=False),
    Column("fleet_number", Text, nullable=False),
    Column("hin", Text, nullable=False),
    Column("homeport", Text, nullable=False),
    Column("length_m", Text, nullable=False),
    Column("gross_tonnage", Text, nullable=False),
    Column("vessel_type", Text, nullable=False),
    Column("built", Text, nullable=False),
    Column("rest", Text, nullable=False),
    Column("name_forms", Text, nullable=False),
    Column("imo_key", String(100)),
    Column("mmsi_key", String(100)),
    Column("call_sign_key", String(100)),
    Column("registration_number_key", String(100)),
    Column("hull_mark_key", String(100)),
    Column("fleet_number_key", String(100)),
    Column("hin_key", String(100)),
    PrimaryKeyConstraint("version", "rid"),
    Index(None, "version", "imo_key"),
    Index(None, "version", "mmsi_key"),
    Index(None, "version", "call_sign_key"),
    Index(None, "version", "registration_number_key"),
    Index(None, "version", "hull_mark_key"),
    Index(None, "version", "fleet_number_key"),
    Index(None, "version", "hin_key"),
)

register_reject = Table(
    "register_reject",
    metadata,
    Column("version", RowId, ForeignKey("register_version.id"), nullable=False),
    Column("line", Integer, nullable=False),
    Column("why", Text, nullable=False),
    Column("row", Text, nullable=False),
    PrimaryKeyConstraint("version", "line"),
)
