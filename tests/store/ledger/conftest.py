"""A log on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cna_service.db.database import Database
from tests.store.ledger.logbook import LogBook


@pytest.fixture
def book(database_url: str) -> Iterator[LogBook]:
    database = Database(database_url)
    yield LogBook(database).begin()
    database.close()
