"""A seeded desk for a test: on SQLite, or once on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.database import PostgresServer
from tests.workflow.desk import LiveDesk, a_desk
from tests.workflow.station import fresh_postgres, fresh_sqlite


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[LiveDesk]:
    with a_desk(fresh_sqlite(tmp_path)) as one:
        yield one


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def either_desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LiveDesk]:
    """The test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        with a_desk(fresh_sqlite(tmp_path)) as one:
            yield one
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = fresh_postgres(server)
    with a_desk(url) as one:
        yield one
    server.drop(url.rsplit("/", 1)[1].split("?")[0])
