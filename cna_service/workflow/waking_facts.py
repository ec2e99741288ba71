"""Reading what :mod:`cna_service.workflow.waking` judges by: the watch, its contacts, and what proved itself last."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection, select

from cna_service.alerts import store as alert_store
from cna_service.db.database import DatabaseUnavailable, ping
from cna_service.db.outbox import attempt, outbox
from cna_service.duty.rules import who_has_the_watch
from cna_service.identity.officers import Officer
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.roster_reading import rosters_of
from cna_service.workflow.service import Reader, Service
from cna_service.workflow.waking import WAKING_CHANNELS, Waking, WakingFacts, can_wake

_NEVER = timedelta(days=36500)


class Ages(Protocol):
    def age(self, duty: str) -> float | None:
        """Seconds since the duty last succeeded; None if it never did."""
        ...


def waking(service: Service, ages: Ages | None = None, *, probe: bool = False) -> Waking:
    """The judgement now. Without ``ages`` the engine is not judged: a command line runs none. ``probe`` opens a write
    transaction: for the signal and ``/readyz``, not for pages."""
    try:
        if probe:
            ping(service.database)
        with service.read() as reader:
            return can_wake(read_facts(service, reader, ages))
    except DatabaseUnavailable:
        return can_wake(WakingFacts(service.machine.now(), engine_age(ages), False, None))


def read_facts(service: Service, reader: Reader, ages: Ages | None = None) -> WakingFacts:
    """What there is to judge by, of a database that can be written."""
    on_watch = who_has_the_watch(rosters_of(reader), reader.now).posts.get("duty_officer")
    officer = None if on_watch is None else reader.stream(DESK).of(OFFICERS).get(on_watch)
    return WakingFacts(
        at=service.machine.now(),
        engine_age=engine_age(ages),
        is_writable=True,
        on_watch=on_watch,
        is_enabled=officer is not None and officer.is_enabled,
        channels=() if officer is None else _channels(reader.connection, officer),
        proved=_proved(reader.connection),
    )


def engine_age(ages: Ages | None) -> timedelta | None:
    if ages is None:
        return None
    age = ages.age("tick")
    return _NEVER if age is None else timedelta(seconds=age)


def _channels(connection: Connection, officer: Officer) -> tuple[str, ...]:
    numbers = [n for n in (officer.phone, officer.second_phone) if isinstance(n, str) and n]
    if not numbers:
        return ()
    texts = any(not alert_store.is_stopped(connection, n) for n in numbers)
    return tuple(c for c in WAKING_CHANNELS if c != "sms" or texts)


def _proved(connection: Connection) -> Mapping[str, datetime]:
    """By channel, the newest message that a provider took. By row and not by instant: after a step back of the clock
    the newest of all would stay one of the future."""
    found = {}
    for channel in WAKING_CHANNELS:
        query = (
            select(attempt.c.began_at)
            .join(outbox, outbox.c.id == attempt.c.sending)
            .where((outbox.c.channel == channel) & (attempt.c.outcome == "accepted"))
            .order_by(attempt.c.id.desc())
            .limit(1)
        )
        at = connection.execute(query).scalar_one_or_none()
        if at is not None:
            found[channel] = at
    return found
