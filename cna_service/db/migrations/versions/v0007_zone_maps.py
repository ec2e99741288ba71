"""Maps of zones that the authority imported."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cna_service.db import types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "zone_map",
        sa.Column("id", types.RowId, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("polygons", sa.Integer(), nullable=False),
        sa.Column("imported_at", types.Instant, nullable=False),
        sa.Column("retired_at", types.Instant, nullable=True),
        sa.Column("content", types.Bytes, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone_map")),
    )
    op.create_index("ix_zone_map_name", "zone_map", ["name", "kind"])
