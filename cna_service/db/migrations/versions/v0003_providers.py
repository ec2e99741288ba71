"""What is known of the telephone companies: the newest look at each account, its balance day by day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cna_service.db import types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_attempt_provider", "attempt", ["provider", "id"])
    op.create_table(
        "provider_check",
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("checked_at", types.Instant, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("active_at", types.Instant, nullable=True),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("looked_at", types.Instant, nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("provider", name=op.f("pk_provider_check")),
    )
    op.create_table(
        "provider_balance",
        sa.Column("id", types.RowId, nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("at", types.Instant, nullable=False),
        sa.Column("balance", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_balance")),
    )
    op.create_index("ix_provider_balance_provider_at", "provider_balance", ["provider", "at"])
