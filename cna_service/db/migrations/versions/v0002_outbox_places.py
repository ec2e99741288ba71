"""A place in the queue for every sending, so that nobody's two thousand hold up one of somebody else's.

The previous release writes neither column: its rows come first within their priority, as the oldest do.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cna_service.db import types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_WAITING = "state IN ('pending', 'unknown')"


def upgrade() -> None:
    op.add_column("outbox", sa.Column("person", sa.String(length=254), nullable=True))
    op.add_column(
        "outbox",
        sa.Column("place", types.Instant, nullable=False, server_default="1970-01-01T00:00:00.000000Z"),
    )
    op.execute("UPDATE outbox SET place = created_at, person = contact")
    where = sa.text(_WAITING)
    for name, columns in (
        ("ix_outbox_place", ["priority", "place", "id"]),
        ("ix_outbox_person", ["person", "place"]),
    ):
        op.create_index(name, "outbox", columns, sqlite_where=where, postgresql_where=where)
    op.create_index("ix_outbox_lease", "outbox", ["state", "lease_until"])
