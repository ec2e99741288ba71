"""Runs migrations on the connection that ``db.migrate`` hands over, inside its transaction and its lock."""

from __future__ import annotations

from alembic import context

from cna_service.db.types import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
