"""Operational rows of identity: none of them is the record, all may be lost at the price of signing in again."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from cna_service.db.types import Bytes, Instant, RowId, metadata

credential = Table(
    "credential",
    metadata,
    Column("officer", String(64), primary_key=True),
    # Empty after a reset: nothing verifies against it until the link has been used.
    Column("password_hash", String(255), nullable=False),
    Column("totp_secret", String(64), nullable=False),
    Column("totp_last_step", BigInteger),
    Column("tokens_valid_after", Instant, nullable=False),
    Column("set_at", Instant, nullable=False),
)

one_time_link = Table(
    "one_time_link",
    metadata,
    Column("token_sha256", String(64), primary_key=True),
    Column("officer", String(64), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("made_by", String(64), nullable=False),
    # Empty once the link is used: the secret lives in the credential alone.
    Column("totp_secret", String(64), nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Index("ix_one_time_link_officer", "officer"),
)

session = Table(
    "session",
    metadata,
    Column("id_sha256", String(64), primary_key=True),
    Column("officer", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("totp_at", Instant, nullable=False),
    Column("address", String(64), nullable=False),
    Column("form_secret", Bytes, nullable=False),
    Index("ix_session_officer", "officer"),
    Index("ix_session_expires_at", "expires_at"),
)

sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("account", String(64), nullable=False),
    Column("address", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_sign_in_failure_account_at", "account", "at"),
    Index("ix_sign_in_failure_address_at", "address", "at"),
)

token = Table(
    "token",
    metadata,
    Column("jti", String(64), primary_key=True),
    Column("subject", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("last_used_at", Instant),
    Column("note", String(200), nullable=False),
    Index("ix_token_subject", "subject"),
)

contact_proof = Table(
    "contact_proof",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("officer", String(64), nullable=False),
    Column("contact", String(40), nullable=False),
    Column("code_sha256", String(64), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("wrong", Integer, nullable=False, server_default="0"),
    Column("ended_at", Instant),
    Index("ix_contact_proof_officer", "officer", "contact"),
)
"""Codes and keys on their way to a contact, to come back from its owner."""
