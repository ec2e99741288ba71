"""The databases that tests are given are empty, apart from each other, and of the kind they say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import create_engine, inspect, text


def test_a_database_is_given_empty(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        assert inspect(connection).get_table_names() == []
        connection.execute(text("CREATE TABLE seen (a INTEGER)"))
    engine.dispose()


@pytest.mark.postgres
def test_two_postgresql_databases_are_apart(fresh_postgres_url: Callable[[], str]) -> None:
    one, other = create_engine(fresh_postgres_url()), create_engine(fresh_postgres_url())
    with one.begin() as connection:
        connection.execute(text("CREATE TABLE seen (a INTEGER)"))
    with other.begin() as connection:
        assert inspect(connection).get_table_names() == []
    one.dispose()
    other.dispose()
