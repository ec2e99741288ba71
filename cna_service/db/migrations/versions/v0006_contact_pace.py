"""How fast each contact is called: what the next summons that is not a first one waits for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cna_service.db import types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contact_pace",
        sa.Column("id", types.RowId, nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("contact", sa.String(length=254), nullable=False),
        sa.Column("free_at", types.Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_pace")),
    )
    op.create_index("ix_contact_pace_contact", "contact_pace", ["channel", "contact", "free_at"])
