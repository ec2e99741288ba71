"""Nodes that see each other: each writes that it is alive, and who finds another silent says so, once.

A silence is measured by the finder's own monotonic clock, from when it saw the other's row change last: no clock that
is set, here or there, makes a node look dead or alive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from cna_service.db import watchdog
from cna_service.db.watchdog import Node
from cna_service.identity.actors import SERVICE
from cna_service.kit.instants import to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow.projections import DESK, WATCHING
from cna_service.workflow.service import Service
from cna_service.workflow.trouble import no_longer, raise_once
from cna_service.workflow.work import Work

SILENT_AFTER = timedelta(minutes=3)
SHOWN_FOR = timedelta(hours=24)
"""A node that was replaced by one of another name need not be mourned for longer: it was told, and is an entry."""

FORGOTTEN_AFTER = timedelta(days=7)
KIND = "node_silent"

log = structlog.get_logger(__name__)


@dataclass
class Neighbours:
    """What one node has seen of the others; owned by the thread that looks."""

    me: str
    seen: dict[str, tuple[datetime, float]] = field(default_factory=dict)
    """By node, its last sign of life as its row says, and our monotonic clock when we first saw that."""


def begin(service: Service, me: str) -> None:
    """This node starts. One that ended without being told to, and was away for three minutes, says so in the log: for
    so long nobody was watched over by it."""
    now = service.machine.now()
    with service.tick(SERVICE, [DESK], wait=True) as work:
        before = watchdog.node_named(work.connection, me)
        was_dark = before is not None and before.stopped_at is None and now - before.beat_at > SILENT_AFTER
        if before is not None and (was_dark or me in work.of(WATCHING, DESK).silent):
            _note_return(work, before)
        watchdog.begin_node(work.connection, me, service.desk.build, now)


def beat(service: Service, me: str, ages: Mapping[str, float]) -> None:
    """This node is alive; ``ages``: seconds since each of its duties last succeeded."""
    rounded = {duty: round(age, 1) for duty, age in ages.items()}
    with service.database.read() as connection:
        before = watchdog.node_named(connection, me)
    if before is not None and before.told_at is not None:
        # It hung, and another has said that it is gone.
        with service.tick(SERVICE, [DESK], wait=True) as work:
            if me in work.of(WATCHING, DESK).silent:
                _note_return(work, before)
    now = service.machine.now()
    with service.database.write() as connection:
        if not watchdog.beat(connection, me, now, rounded):
            watchdog.begin_node(connection, me, service.desk.build, now)


def end(service: Service, me: str) -> None:
    """This node was told to stop: its silence is nobody's worry."""
    with service.database.write() as connection:
        watchdog.end_node(connection, me, service.machine.now())


def look(service: Service, neighbours: Neighbours) -> list[str]:
    """Find the others that fell silent; each is recorded and told once, whoever finds it first. Returns the names of
    those that fell silent within a day."""
    with service.database.read() as connection:
        rows = watchdog.nodes(connection)
    silent = [row for row in rows if _is_silent(service, neighbours, row)]
    for row in silent:
        if row.told_at is None:
            _tell(service, neighbours.me, row)
    now = service.machine.now()
    return [row.name for row in silent if row.told_at is None or now - row.told_at < SHOWN_FOR]


def _is_silent(service: Service, neighbours: Neighbours, row: Node) -> bool:
    if row.name == neighbours.me or row.stopped_at is not None:
        neighbours.seen.pop(row.name, None)
        return False
    now = service.machine.monotonic()
    beat_at, since = neighbours.seen.get(row.name, (None, now))
    if beat_at != row.beat_at:
        neighbours.seen[row.name] = row.beat_at, now
        return False
    return now - since > SILENT_AFTER.total_seconds()


def _tell(service: Service, me: str, row: Node) -> None:
    with service.tick(SERVICE, [DESK], wait=True) as work:
        if not watchdog.mark_told(work.connection, row.name, row.beat_at, work.now):
            return
        body = {"node": row.name, "build": row.build, "last_at": to_text(row.beat_at), "seen_by": me}
        work.append(Draft("node.silent", body), DESK)
        raise_once(service, work, KIND, {"node": row.name})
    log.error("another node fell silent", node=row.name)


def _note_return(work: Work, before: Node) -> None:
    body = {"node": before.name, "build": before.build, "last_at": to_text(before.beat_at)}
    work.append(Draft("node.returned", body), DESK)
    no_longer(work, KIND, {"node": before.name}, "node_returned")


def forget_old(service: Service) -> None:
    """Rows of nodes that were given up a week ago, and of housekeeping two days ago."""
    now = service.machine.now()
    with service.database.write() as connection:
        watchdog.forget_nodes(connection, now - FORGOTTEN_AFTER)
        watchdog.forget_duties(connection, now - timedelta(days=2))
