"""Rows of what arrived without a token that counts."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table

from cna_service.db.types import Bytes, Instant, metadata

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("source", String(64), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("reason", String(40), nullable=False),
    Column("media_type", String(120), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("content", Bytes, nullable=False),
    Index("ix_quarantine_source_received", "source", "received_at"),
    Index("ix_quarantine_received", "received_at"),
)
