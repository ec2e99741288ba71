"""Migrations: from empty to this build's schema, the same as the tables say, on both databases."""

from __future__ import annotations

import importlib
import pkgutil

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

import cna_service
from cna_service.db.database import Database
from cna_service.db.migrate import is_pending, migrate
from cna_service.db.types import metadata


def load_tables() -> None:
    for module in pkgutil.walk_packages(cna_service.__path__, "cna_service."):
        is_row = module.name.endswith(".tables") or module.name.startswith("cna_service.db.")
        if is_row and ".exercise" not in module.name and ".migrations" not in module.name:
            importlib.import_module(module.name)


def test_from_empty_the_schema_is_what_the_tables_say(database_url: str) -> None:
    load_tables()
    database = Database(database_url)
    assert migrate(database)
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        differences = compare_metadata(context, metadata)
    database.close()
    assert differences == []


def test_a_second_run_has_nothing_to_do(database_url: str) -> None:
    database = Database(database_url)
    assert is_pending(database)
    assert migrate(database)
    assert not is_pending(database)
    assert not migrate(database)
    database.close()
