"""The tables of the log (ledger.md 2.3). All but ``stream`` and ``ledger_pending`` are insert-only, by trigger."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from cna_service.db.types import Bytes, Instant, RowId, metadata

stream = Table(
    "stream",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("head_seq", Integer, nullable=False),
    Column("head_leaf", Bytes),
)

ledger_entry = Table(
    "ledger_entry",
    metadata,
    Column("entry_id", RowId, primary_key=True),
    Column("log", String(120), nullable=False),
    Column("stream", String(80), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("type", String(60), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("leaf", Bytes, nullable=False),
    UniqueConstraint("log", "stream", "seq"),
    Index("ix_ledger_entry_stream_seq", "stream", "seq"),
)

ledger_body = Table(
    "ledger_body",
    metadata,
    Column("entry_id", RowId, ForeignKey("ledger_entry.entry_id"), primary_key=True, autoincrement=False),
    Column("body", Bytes, nullable=False),
)

ledger_disclosure = Table(
    "ledger_disclosure",
    metadata,
    Column("entry_id", RowId, ForeignKey("ledger_entry.entry_id"), primary_key=True, autoincrement=False),
    Column("path", String(200), primary_key=True),
    Column("disclosure", Text, nullable=False),
)

blob = Table(
    "blob",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("media_type", String(120), nullable=False),
    Column("bytes", Bytes, nullable=False),
)

policy = Table(
    "policy",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("path", String(200), nullable=False),
    Column("text", Text, nullable=False),
)

ledger_pending = Table(
    "ledger_pending",
    metadata,
    Column("entry_id", RowId, ForeignKey("ledger_entry.entry_id"), primary_key=True, autoincrement=False),
    Column("leaf", Bytes, nullable=False),
)

ledger_leaf = Table(
    "ledger_leaf",
    metadata,
    Column("log", String(120), primary_key=True),
    Column("idx", RowId, primary_key=True, autoincrement=False),
    Column("entry_id", RowId, ForeignKey("ledger_entry.entry_id"), nullable=False, unique=True),
    Column("leaf", Bytes, nullable=False),
)

ledger_tile = Table(
    "ledger_tile",
    metadata,
    Column("log", String(120), primary_key=True),
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("n", RowId, primary_key=True, autoincrement=False),
    Column("hashes", Bytes, nullable=False),
)

ledger_head = Table(
    "ledger_head",
    metadata,
    Column("log", String(120), primary_key=True),
    Column("size", RowId, primary_key=True, autoincrement=False),
    Column("root", Bytes, nullable=False),
    Column("frontier", Bytes, nullable=False),
)

ledger_checkpoint = Table(
    "ledger_checkpoint",
    metadata,
    Column("log", String(120), primary_key=True),
    Column("size", RowId, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
    Column("signed_at", Instant, nullable=False),
)

INSERT_ONLY = (
    "ledger_entry",
    "ledger_body",
    "ledger_leaf",
    "ledger_tile",
    "ledger_head",
    "ledger_checkpoint",
    "blob",
    "policy",
)
"""Disclosures are deletable (erasure), so they are not in this list; they may not be updated."""
