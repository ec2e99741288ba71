"""A database with identity's tables alone, on both kinds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cna_service.db.database import Database
from cna_service.db.types import metadata
from cna_service.identity import tables

TABLES = [
    tables.credential,
    tables.one_time_link,
    tables.session,
    tables.sign_in_failure,
    tables.token,
]


@pytest.fixture
def rows(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    metadata.create_all(database.engine, tables=TABLES)
    yield database
    database.close()
