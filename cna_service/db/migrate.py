"""Bringing a database to this build's schema, at start, behind a lock: two starting nodes do not race."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from cna_service.db.database import Database

_ADVISORY_KEY = 0x434E4142
_SCRIPTS = Path(__file__).with_name("migrations")


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """The revision that this build needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None, "the package holds no migrations"
    return head


def current(connection: Connection) -> str | None:
    """The revision of a database; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def is_pending(database: Database) -> bool:
    with database.read() as connection:
        return current(connection) != newest()


def migrate(database: Database) -> bool:
    """Run what is missing, all or nothing; returns whether anything was. Raises DatabaseUnavailable."""
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_KEY})
        if current(connection) == newest():
            return False
        command.upgrade(_config(connection), "head")
        return True
