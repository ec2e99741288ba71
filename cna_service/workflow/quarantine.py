"""What arrives at the door without a token that counts: kept aside, unread, little of it, and told once a day.

It is no submission and opens no case (record.md, "What is refused and what is kept"). Each source may leave a few
messages a day, and all sources together a bounded number, so that a stranger fills no disk and wakes nobody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from cna_service.identity.actors import SERVICE
from cna_service.identity.throttle import address_key
from cna_service.kit.errors import Unavailable
from cna_service.kit.ids import uuid7
from cna_service.workflow.edge import store
from cna_service.workflow.edge.store import Held
from cna_service.workflow.projections import ALERTS, DESK
from cna_service.workflow.service import Service
from cna_service.workflow.summon import raise_alert

KIND = "quarantine"
KEPT_OF_ONE = 64 * 1024
"""Bytes of one message."""

WINDOW = timedelta(hours=24)
KEPT_FOR = timedelta(days=30)
OF_ONE_SOURCE = Held(20, 256 * 1024)
OF_ALL = Held(1000, 16 * 1024 * 1024)
"""The most that is kept of what came within ``WINDOW``."""


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
    store.forget(connection, now - KEPT_FOR)
    row = _row(stranger, now)
    size, since = len(row["content"]), now - WINDOW
    of_one = store.held(connection, since=since, source=row["source"])
    if not _fits(of_one, size, OF_ONE_SOURCE) or not _fits(store.held(connection, since=since), size, OF_ALL):
        return False
    store.keep(connection, row)
    return True


def _row(stranger: Stranger, now: datetime) -> Mapping[str, Any]:
    content = stranger.content[:KEPT_OF_ONE]
    return {
        "id": uuid7(now),
        "source": address_key(stranger.address),
        "received_at": now,
        "reason": stranger.reason[:40],
        "media_type": stranger.media_type[:120],
        "size": stranger.size,
        "sha256": hashlib.sha256(content).hexdigest(),
        "content": content,
    }


def _fits(held: Held, size: int, most: Held) -> bool:
    return held.count < most.count and held.size + size <= most.size


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
