"""Nodes that see each other, housekeeping done once, outside jobs that must be heard of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cna_service.db import types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "node",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("build", sa.String(length=80), nullable=False),
        sa.Column("started_at", types.Instant, nullable=False),
        sa.Column("beat_at", types.Instant, nullable=False),
        sa.Column("stopped_at", types.Instant, nullable=True),
        sa.Column("told_at", types.Instant, nullable=True),
        sa.Column("duties", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_node")),
    )
    op.create_table(
        "duty_done",
        sa.Column("duty", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("begun_at", types.Instant, nullable=False),
        sa.Column("done_at", types.Instant, nullable=True),
        sa.PrimaryKeyConstraint("duty", "period", name=op.f("pk_duty_done")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("every_s", sa.Integer(), nullable=False),
        sa.Column("grace_s", sa.Integer(), nullable=False),
        sa.Column("last_at", types.Instant, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )
