"""The database server's own clock, to hold a node's against."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import text

from cna_service.db.database import Database


def server_now(database: Database) -> datetime:
    """What it says now; nothing is decided by it. Raises DatabaseUnavailable.

    On SQLite that is this machine's.
    """
    asked = (
        "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')" if database.is_sqlite else "SELECT clock_timestamp()"
    )
    with database.read() as connection:
        found = connection.execute(text(asked)).scalar_one()
    told = datetime.fromisoformat(found) if isinstance(found, str) else found
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
