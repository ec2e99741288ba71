"""A database with the tables of ``db`` alone, on both kinds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cna_service.db.database import Database
from cna_service.db.idempotency import idempotency
from cna_service.db.outbox import attempt, outbox, provider_event
from cna_service.db.timers import timer
from cna_service.db.types import metadata


@pytest.fixture
def rows(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    metadata.create_all(database.engine, tables=[idempotency, outbox, attempt, provider_event, timer])
    yield database
    database.close()
