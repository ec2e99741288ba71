"""Operational rows of alerts: the codes people answer with, and what numbers sent that was no answer."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, String, Table

from cna_service.db.types import Instant, RowId, metadata

alert_code = Table(
    "alert_code",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("alert", String(40), nullable=False),
    Column("stream", String(80), nullable=False),
    Column("officer", String(64), nullable=False),
    Column("number", String(32), nullable=False),
    Column("code", String(8), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("due_at", Instant),
    Column("counts_against_us", Boolean, nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Index("ix_alert_code_number", "number", "ended_at"),
    Index("ix_alert_code_alert", "alert", "officer"),
)

wrong_code = Table(
    "wrong_code",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("number", String(32), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_wrong_code_number_at", "number", "at"),
)

stopped_number = Table(
    "stopped_number",
    metadata,
    Column("number", String(32), primary_key=True),
    Column("at", Instant, nullable=False),
)
"""Numbers that answered STOP: the carrier delivers nothing to them until START."""

provider_check = Table(
    "provider_check",
    metadata,
    Column("provider", String(40), primary_key=True),
    Column("checked_at", Instant, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("active_at", Instant),
    Column("code", String(40)),
    Column("looked_at", Instant),
    Column("facts", JSON, nullable=False),
)
"""The newest look at each telephone company's account; ``looked_at`` is that of the daily look at the rest."""

provider_balance = Table(
    "provider_balance",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("provider", String(40), nullable=False),
    Column("at", Instant, nullable=False),
    Column("balance", String(40), nullable=False),
    Index("ix_provider_balance_provider_at", "provider", "at"),
)
"""A sample a day: what was used lately is how far it fell, whatever a message costs."""

contact_pace = Table(
    "contact_pace",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("contact", String(254), nullable=False),
    Column("free_at", Instant, nullable=False),
    Index("ix_contact_pace_contact", "channel", "contact", "free_at"),
)
"""A row for each sending that a limit counted; rows are only added, so that two commands that call the same people
never wait for each other crosswise. The newest ``free_at`` of a contact says when its bucket is full again."""
