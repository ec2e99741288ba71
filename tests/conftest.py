"""What every test may ask for: a fresh database, of one kind or of both."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.database import PostgresServer, sqlite_url

# A busy machine is no reason to fail; on the build server the same examples come every time.
settings.register_profile("desk", deadline=None, print_blob=True, derandomize="CI" in os.environ)
settings.load_profile("desk")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def fresh_postgres_url(postgres_server: PostgresServer) -> Iterator[Callable[[], str]]:
    """Each call makes another empty database, gone after the test, and gives its SQLAlchemy URL."""
    made: list[str] = []

    def fresh() -> str:
        made.append(postgres_server.fresh())
        return postgres_server.url(made[-1])

    yield fresh
    for name in made:
        postgres_server.drop(name)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database; the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path)
    fresh: Callable[[], str] = request.getfixturevalue("fresh_postgres_url")
    return fresh()
