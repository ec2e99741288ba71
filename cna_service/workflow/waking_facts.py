"""Reading what :mod:`cna_service.workflow.waking` judges by: the watch, its contacts, and what proved itself last."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection

from cna_service.alerts import provider_store
from cna_service.alerts import store as alert_store
from cna_service.db.database import DatabaseUnavailable, ping
from cna_service.duty.rules import who_has_the_watch
from cna_service.identity.officers import Officer
from cna_service.workflow.edge import paging_store
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.provider_state import proved_by_account
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
    """What he can be rung on now: every number he has, SMS only where he did not answer STOP."""
    found = {
        channel
        for contact in officer.book.contacts
        if contact.value
        for channel in contact.channels
        if not (channel == "sms" and alert_store.is_stopped(connection, contact.value))
    }
    return tuple(channel for channel in WAKING_CHANNELS if channel in found)


def _proved(connection: Connection) -> Mapping[str, datetime]:
    """By channel. What is known of a provider's account goes before its messages: three failures in a row, or an
    account that is not active, take back what an earlier message proved (``provider_state``)."""
    if provider_store.checks(connection):
        return proved_by_account(connection)
    found = {channel: paging_store.accepted_on(connection, channel) for channel in WAKING_CHANNELS}
    return {channel: at for channel, at in found.items() if at is not None}
