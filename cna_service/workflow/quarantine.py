"""What arrives at the door without a token that counts: kept aside, unread, little of it, and told once a day.

It is no submission and opens no case (record.md, "What is refused and what is kept"). Each source may leave a few
messages a day, and all sources together a bounded number, so that a stranger fills no disk and wakes nobody.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Index, Integer, String, Table, delete, func, insert, select

from cna_service.db.types import Bytes, Instant, metadata
from cna_service.identity.actors import SERVICE
from cna_service.identity.throttle import address_key
from cna_service.kit.errors import Unavailable
from cna_service.kit.ids import uuid7
from cna_service.workflow.projections import ALERTS, DESK
from cna_service.workflow.service import Service
from cna_service.workflow.summon import raise_alert

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("source", String(64), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("reason", String(40), nullable=False),
    Column("media_type", String(120), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("content", Bytes, nullable=False),
    Index("ix_quarantine_source_received", "source", "received_at"),
    Index("ix_quarantine_received", "received_at"),
)

KIND = "quarantine"
KEPT_OF_ONE = 64 * 1024
"""Bytes of one message."""

WINDOW = timedelta(hours=24)
KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Limit:
    """How many messages and bytes may be kept within ``WINDOW``."""

    count: int
    size: int


OF_ONE_SOURCE = Limit(20, 256 * 1024)
OF_ALL = Limit(1000, 16 * 1024 * 1024)


@dataclass(frozen=True, slots=True)
class Stranger:
    """A message without a token that counts. ``content`` holds its beginning, ``size`` is its true length."""

    address: str
    content: bytes
    size: int
    media_type: str
    reason: str


def set_aside(service: Service, stranger: Stranger) -> bool:
    """Keep the message if its source and all sources are within their limits, and tell the administrator once a day.

    Returns whether it was kept; never raises because the database cannot be written.
    """
    try:
        with service.database.write() as connection:
            is_kept = _keep(connection, stranger, service.machine.now())
        _tell(service)
    except Unavailable:
        return False
    return is_kept


def _keep(connection: Connection, stranger: Stranger, now: datetime) -> bool:
    c = quarantine.c
    connection.execute(delete(quarantine).where(c.received_at < now - KEPT_FOR))
    content = stranger.content[:KEPT_OF_ONE]
    source = address_key(stranger.address)
    since = now - WINDOW
    if not _fits(connection, len(content), since, source, OF_ONE_SOURCE):
        return False
    if not _fits(connection, len(content), since, None, OF_ALL):
        return False
    row = {
        "id": uuid7(now),
        "source": source,
        "received_at": now,
        "reason": stranger.reason[:40],
        "media_type": stranger.media_type[:120],
        "size": stranger.size,
        "sha256": hashlib.sha256(content).hexdigest(),
        "content": content,
    }
    connection.execute(insert(quarantine).values(row))
    return True


def _fits(connection: Connection, size: int, since: datetime, source: str | None, limit: Limit) -> bool:
    c = quarantine.c
    held = func.coalesce(func.sum(func.length(c.content)), 0)
    query = select(func.count(), held).where(c.received_at >= since)
    if source is not None:
        query = query.where(c.source == source)
    count, kept = connection.execute(query).one()
    return bool(count < limit.count and kept + size <= limit.size)


def _tell(service: Service) -> None:
    if _is_told(service):
        return
    with service.tick(SERVICE, [DESK], wait=True) as work:
        told = work.of(ALERTS, DESK).by_id.values()
        # Another request may have told it while this one waited for the stream.
        if not any(a.kind == KIND and work.now - a.raised_at < WINDOW for a in told):
            raise_alert(service, work, KIND, stream=DESK)


def _is_told(service: Service) -> bool:
    with service.read() as reader:
        alerts = reader.stream(DESK).of(ALERTS).by_id.values()
        return any(a.kind == KIND and reader.now - a.raised_at < WINDOW for a in alerts)


def held(connection: Connection) -> int:
    """How many messages lie in quarantine."""
    return connection.execute(select(func.count()).select_from(quarantine)).scalar_one()
