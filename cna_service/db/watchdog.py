"""Rows by which nodes see each other, by which housekeeping is done once, and by which outside jobs are missed.

Operational: nothing here is a fact of the record, and all of it may be lost. What somebody could ask about (a node
fell silent, a job was late) is an entry as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Integer,
    String,
    Table,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from cna_service.db.types import Instant, metadata

node = Table(
    "node",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("build", String(80), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("beat_at", Instant, nullable=False),
    Column("stopped_at", Instant),
    Column("told_at", Instant),
    Column("duties", JSON, nullable=False),
)
"""One row a node. ``beat_at``: when it last wrote here, by its own clock; ``stopped_at``: it was told to stop, so that
its silence is nobody's worry; ``told_at``: somebody was told that it fell silent; ``duties``: seconds since each of its
duties last succeeded, as of ``beat_at``."""

duty_done = Table(
    "duty_done",
    metadata,
    Column("duty", String(40), primary_key=True),
    Column("period", String(20), primary_key=True),
    Column("begun_at", Instant, nullable=False),
    Column("done_at", Instant),
)
"""Housekeeping, keyed by the date it was for: several nodes do it once, and a start finds out what was missed."""

heartbeat = Table(
    "heartbeat",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("token_sha256", String(64), nullable=False),
    Column("every_s", Integer, nullable=False),
    Column("grace_s", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("count", Integer, nullable=False),
)
"""An outside job that must be heard of. ``last_at``: when it was last heard of, or when it was made."""


@dataclass(frozen=True, slots=True)
class Node:
    name: str
    build: str
    started_at: datetime
    beat_at: datetime
    stopped_at: datetime | None
    told_at: datetime | None
    duties: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Heard:
    """A heartbeat as its row says."""

    name: str
    token_sha256: str
    every: timedelta
    grace: timedelta
    last_at: datetime
    count: int

    @property
    def late_at(self) -> datetime:
        return self.last_at + self.every + self.grace


def nodes(connection: Connection) -> list[Node]:
    return [_node(r) for r in connection.execute(select(node).order_by(node.c.name)).mappings()]


def node_named(connection: Connection, name: str) -> Node | None:
    found = connection.execute(select(node).where(node.c.name == name)).mappings().first()
    return None if found is None else _node(found)


def _node(row: Mapping[Any, Any]) -> Node:
    return Node(**{str(name): value for name, value in row.items()})


def begin_node(connection: Connection, name: str, build: str, now: datetime) -> None:
    """The node starts: what its row said of an earlier life is over."""
    connection.execute(delete(node).where(node.c.name == name))
    row = {"name": name, "build": build, "started_at": now, "beat_at": now, "duties": {}}
    connection.execute(insert(node).values(row))


def beat(connection: Connection, name: str, now: datetime, duties: Mapping[str, Any]) -> bool:
    """The node is alive; False if its row is gone (the database was restored)."""
    values = {"beat_at": now, "duties": dict(duties), "stopped_at": None, "told_at": None}
    return connection.execute(update(node).where(node.c.name == name).values(values)).rowcount == 1


def end_node(connection: Connection, name: str, now: datetime) -> None:
    connection.execute(update(node).where(node.c.name == name).values(beat_at=now, stopped_at=now))


def mark_told(connection: Connection, name: str, beat_at: datetime, now: datetime) -> bool:
    """Claim the telling of a silence; False if another node was quicker, or the silent one is back."""
    where = and_(node.c.name == name, node.c.beat_at == beat_at, node.c.told_at.is_(None))
    return connection.execute(update(node).where(where).values(told_at=now)).rowcount == 1


def forget_nodes(connection: Connection, before: datetime) -> None:
    connection.execute(delete(node).where(node.c.beat_at < before))


_ABANDONED = timedelta(minutes=15)
"""Whoever began and did not finish within this has died over it."""


def begin_duty(connection: Connection, duty: str, period: str, now: datetime) -> bool:
    """Claim one period's housekeeping; False if it is done, or somebody is just doing it.

    Committed before the work begins: if we die over it, the claim is void after a quarter of an hour.
    """
    key = and_(duty_done.c.duty == duty, duty_done.c.period == period)
    # Two nodes at one moment: the second waits for the row's lock and then finds it taken.
    free = or_(duty_done.c.begun_at <= now - _ABANDONED, duty_done.c.begun_at > now + _ABANDONED)
    retake = update(duty_done).where(key, duty_done.c.done_at.is_(None), free).values(begun_at=now)
    if connection.execute(retake).rowcount == 1:
        return True
    row = {"duty": duty, "period": period, "begun_at": now}
    once = _insert_once(connection).values(row).on_conflict_do_nothing().returning(duty_done.c.duty)
    return connection.execute(once).first() is not None


def _insert_once(connection: Connection) -> Any:
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as upsert

        return upsert(duty_done)
    from sqlalchemy.dialects.sqlite import insert as upsert_sqlite

    return upsert_sqlite(duty_done)


def finish_duty(connection: Connection, duty: str, period: str, now: datetime) -> None:
    where = and_(duty_done.c.duty == duty, duty_done.c.period == period)
    connection.execute(update(duty_done).where(where).values(done_at=now))


def give_back_duty(connection: Connection, duty: str, period: str) -> None:
    """It failed: whoever looks next may try it again."""
    where = and_(duty_done.c.duty == duty, duty_done.c.period == period, duty_done.c.done_at.is_(None))
    connection.execute(delete(duty_done).where(where))


def is_done(connection: Connection, duty: str, period: str | None = None) -> bool:
    """Was this period of the duty finished? Without ``period``: any of its periods, ever."""
    c = duty_done.c
    query = select(c.period).where(c.duty == duty, c.done_at.is_not(None)).limit(1)
    if period is not None:
        query = query.where(c.period == period)
    return connection.execute(query).first() is not None


def forget_duties(connection: Connection, before: datetime) -> None:
    """All but the newest period of each duty: by that one it is known that the duty was ever done."""
    newest = select(func.max(duty_done.c.period)).group_by(duty_done.c.duty)
    old = and_(duty_done.c.begun_at < before, duty_done.c.period.not_in(newest.scalar_subquery()))
    connection.execute(delete(duty_done).where(old))


def heartbeats(connection: Connection) -> list[Heard]:
    return [_heard(r) for r in connection.execute(select(heartbeat).order_by(heartbeat.c.name)).mappings()]


def heartbeat_named(connection: Connection, name: str) -> Heard | None:
    found = connection.execute(select(heartbeat).where(heartbeat.c.name == name)).mappings().first()
    return None if found is None else _heard(found)


def _heard(row: Mapping[Any, Any]) -> Heard:
    every, grace = timedelta(seconds=row["every_s"]), timedelta(seconds=row["grace_s"])
    return Heard(row["name"], row["token_sha256"], every, grace, row["last_at"], row["count"])


def expect(connection: Connection, heard: Heard) -> None:
    """Make a heartbeat, or make it anew with another token and other times."""
    forget_heartbeat(connection, heard.name)
    row = {
        "name": heard.name,
        "token_sha256": heard.token_sha256,
        "every_s": int(heard.every.total_seconds()),
        "grace_s": int(heard.grace.total_seconds()),
        "last_at": heard.last_at,
        "count": heard.count,
    }
    connection.execute(insert(heartbeat).values(row))


def hear(connection: Connection, name: str, now: datetime) -> None:
    values = {"last_at": now, "count": heartbeat.c.count + 1}
    connection.execute(update(heartbeat).where(heartbeat.c.name == name).values(values))


def forget_heartbeat(connection: Connection, name: str) -> bool:
    return connection.execute(delete(heartbeat).where(heartbeat.c.name == name)).rowcount == 1
