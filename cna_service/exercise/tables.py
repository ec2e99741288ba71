"""Where an exercise keeps its clock: one row, in exercise databases only."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Integer, MetaData, Table

from cna_service.db.types import Instant

# Not the MetaData of the desk: no migration makes this table, so that no real database has it.
metadata = MetaData()

exercise_state = Table(
    "exercise_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    # Case time when the row was written; ``saved_at`` is the machine's time then.
    Column("base_at", Instant, nullable=False),
    Column("held", Boolean, nullable=False),
    Column("rate", Float, nullable=False),
    Column("saved_at", Instant, nullable=False),
)
