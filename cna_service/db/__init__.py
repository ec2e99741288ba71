"""Engines (SQLite, PostgreSQL), the transaction (the only ``commit()``), the outbox table, migrations.

Knows no business words; ``Database.write`` is the only way to change a row.
"""
