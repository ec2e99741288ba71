"""Triggers that make tables insert-only, on both databases: the first fence, not the proof (ledger.md 2.3).

A superuser or the file's owner passes them; that is what the tree and its signatures are for.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, inspect, text

_FUNCTION = """
CREATE OR REPLACE FUNCTION cna_insert_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the table % is insert-only', TG_TABLE_NAME;
END $$
"""


def make_insert_only(connection: Connection, tables: Iterable[str]) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(_FUNCTION))
        for table in tables:
            _fence_postgres(connection, table)
    else:
        for table in tables:
            _fence_sqlite(connection, table)


def forbid_updates(connection: Connection, table: str) -> None:
    """Rows may be added and deleted (erasure), never changed."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(_FUNCTION))
        _trigger_postgres(connection, table, "row", "UPDATE", "ROW")
        return
    said = f"SELECT RAISE(ABORT, 'rows of {table} are not changed')"
    connection.execute(
        text(f"CREATE TRIGGER {table}_fence_UPDATE BEFORE UPDATE ON {table} BEGIN {said}; END")
    )


def _fence_postgres(connection: Connection, table: str) -> None:
    for name, when, level in (("row", "UPDATE OR DELETE", "ROW"), ("all", "TRUNCATE", "STATEMENT")):
        _trigger_postgres(connection, table, name, when, level)


def _trigger_postgres(connection: Connection, table: str, name: str, when: str, level: str) -> None:
    trigger = f"{table}_fence_{name}"
    made = f"CREATE TRIGGER {trigger} BEFORE {when} ON {table} FOR EACH {level} EXECUTE FUNCTION cna_insert_only()"
    connection.execute(text(made))
    # ALWAYS: session_replication_role = replica must not skip it.
    connection.execute(text(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}"))


def _fence_sqlite(connection: Connection, table: str) -> None:
    said = f"SELECT RAISE(ABORT, 'the table {table} is insert-only')"
    for what in ("UPDATE", "DELETE"):
        connection.execute(
            text(f"CREATE TRIGGER {table}_fence_{what} BEFORE {what} ON {table} BEGIN {said}; END")
        )
    # INSERT OR REPLACE deletes without asking the delete trigger unless recursive triggers are on.
    found = inspect(connection)
    keys = [found.get_pk_constraint(table)["constrained_columns"]]
    keys += [unique["column_names"] for unique in found.get_unique_constraints(table)]
    same = " OR ".join("(" + " AND ".join(f"{name} = NEW.{name}" for name in key) + ")" for key in keys)
    connection.execute(
        text(
            f"CREATE TRIGGER {table}_fence_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) BEGIN {said}; END"
        )
    )
