"""What an exercise keeps of its own, in exercise databases only: its clock (one row), and its counterparts."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, Integer, MetaData, String, Table, Text

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

counterpart_order = Table(
    "exercise_counterpart_order",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("told", JSON, nullable=False),
)

counterpart_act = Table(
    "exercise_counterpart_act",
    metadata,
    Column("order_n", Integer, primary_key=True, autoincrement=False),
    Column("ref", String(20), primary_key=True),
    Column("exchange", Integer, primary_key=True, autoincrement=False),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("subject", String(20), primary_key=True),
    Column("done_at", Instant, nullable=False),
    Column("outcome", Text, nullable=False),
)
"""What a counterpart has done. Without the row it would act again after a restart."""
