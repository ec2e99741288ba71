"""Codes and keys on their way to an officer's contact, to come back from its owner."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cna_service.db import types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contact_proof",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("officer", sa.String(length=64), nullable=False),
        sa.Column("contact", sa.String(length=40), nullable=False),
        sa.Column("code_sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", types.Instant, nullable=False),
        sa.Column("expires_at", types.Instant, nullable=False),
        sa.Column("wrong", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ended_at", types.Instant, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_proof")),
    )
    op.create_index("ix_contact_proof_officer", "contact_proof", ["officer", "contact"])
