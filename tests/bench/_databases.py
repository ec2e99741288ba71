"""Databases for benchmarks: a SQLite file, and a PostgreSQL server that keeps what it acknowledges."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.database import PostgresServer, sqlite_url

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
KINDS = ("sqlite", "postgresql")


@contextmanager
def fresh(kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database that is durable as in service."""
    if kind == "sqlite":
        yield sqlite_url(folder)
        return
    server = PostgresServer(DURABLE)
    try:
        server.start()
        yield server.url(server.fresh())
    finally:
        server.stop()
