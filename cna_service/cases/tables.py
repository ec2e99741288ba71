"""The search row of a case: derived, rebuildable, names the stream, ``seq`` and leaf it was folded from."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text

from cna_service.db.types import Instant, metadata

FOLD_VERSION = 4
"""Raised when the row's meaning changes; rows of another version are rebuilt at start."""

case_row = Table(
    "case_row",
    metadata,
    Column("ref", String(20), primary_key=True),
    Column("stream", String(80), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("leaf", String(64), nullable=False),
    Column("fold_version", Integer, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("is_closed", Boolean, nullable=False),
    Column("is_to_be_read", Boolean, nullable=False),
    Column("next_due_at", Instant),
    Column("next_due_kind", String(20)),
    Column("direction", String(10)),
    Column("state", String(8)),
    Column("vessel", Text),
    Column("holder", String(40)),
    Column("label", String(80), nullable=False),
    Index("ix_case_row_board", "is_closed", "next_due_at"),
)

case_key = Table(
    "case_key",
    metadata,
    Column("ref", String(20), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("value", String(200), primary_key=True),
    Index("ix_case_key_kind_value", "kind", "value"),
)
"""What a case can be found by: authority, authority's reference, normalised identifiers and names of its vessels, the
register records (``rid``) that officers found, names in comparable form (``name_words``), and who holds of it what has
a running clock (``busy``: an officer's id)."""
