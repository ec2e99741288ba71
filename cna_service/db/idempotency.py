"""Answers kept under the caller's key, so that a repeated request gets the same bytes (record.md, "A command")."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    String,
    Table,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql

from cna_service.db.types import Bytes, Instant, metadata
from cna_service.kit.errors import Conflict

idempotency = Table(
    "idempotency",
    metadata,
    Column("subject", String(120), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("request_sha256", String(64), nullable=False),
    Column("status", Integer),
    Column("body", Bytes),
    Column("recorded_at", Instant, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Key:
    """A caller's key, scoped to who the caller is, and the digest of what was sent under it."""

    subject: str
    key: str
    request_sha256: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer made before commit: it holds nothing known only afterwards (no index, no seal)."""

    status: int
    body: bytes


class IdempotencyMismatch(Conflict):
    code = "idempotency-mismatch"
    title = "This Idempotency-Key was used for another request"


class Replayed(Exception):
    """Not an error: the command ran before; here is what it answered."""

    def __init__(self, reply: Reply) -> None:
        super().__init__("replayed")
        self.reply = reply


def begin(connection: Connection, key: Key, now: datetime) -> None:
    """Claim the key, first thing in the command's transaction; a twin waits here until this one ends.

    Raises Replayed with the stored answer, IdempotencyMismatch for other bytes under the same key.
    """
    row = {"subject": key.subject, "key": key.key, "request_sha256": key.request_sha256, "recorded_at": now}
    if connection.dialect.name == "postgresql":
        # The driver does not count rows of such an insert; what it returns says whether there was one.
        once = postgresql.insert(idempotency).values(row).on_conflict_do_nothing()
        claimed = connection.execute(once.returning(idempotency.c.key)).first() is not None
    else:
        claimed = connection.execute(select(idempotency.c.key).where(_is(key))).first() is None
        if claimed:
            connection.execute(insert(idempotency).values(row))
    if claimed:
        return
    kept = connection.execute(select(idempotency).where(_is(key))).one()
    if kept.request_sha256 == key.request_sha256 and kept.status is not None:
        raise Replayed(Reply(kept.status, kept.body))
    if kept.status is not None and 400 <= kept.status < 500:
        # After a stored refusal a corrected body may use the key again.
        connection.execute(update(idempotency).where(_is(key)).values(row | {"status": None, "body": None}))
        return
    raise IdempotencyMismatch(
        "Use a new Idempotency-Key for a new request; the first request stands as it was."
    )


# Built once: putting a statement together costs several times what it costs to run.
_FINISH = (
    update(idempotency)
    .where((idempotency.c.subject == bindparam("b_subject")) & (idempotency.c.key == bindparam("b_key")))
    .values(status=bindparam("b_status"), body=bindparam("b_body"))
)


def finish(connection: Connection, key: Key, reply: Reply) -> None:
    told = {"b_subject": key.subject, "b_key": key.key, "b_status": reply.status, "b_body": reply.body}
    connection.execute(_FINISH, told)


def forget(connection: Connection, before: datetime) -> int:
    """Drop what is older than the seven days for which answers are kept."""
    return connection.execute(delete(idempotency).where(idempotency.c.recorded_at < before)).rowcount


def _is(key: Key) -> ColumnElement[bool]:
    return (idempotency.c.subject == key.subject) & (idempotency.c.key == key.key)
