"""When the test of a watch may ring: at its start within the person's waking hours, else at his first waking hour of
it, else in the hour before he went to sleep ahead of it (desk-rules 13.3, 15.5). Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from cna_service.duty.local_time import first_occurrence, wall_time
from cna_service.identity.preferences import Preferences

BEFORE_SLEEP = timedelta(hours=1)
NIGHT_TEST = time(3)
"""On his own wall clock."""


def is_awake(preferences: Preferences, at: datetime, where: ZoneInfo) -> bool:
    return not preferences.is_night(wall_time(at, where).time())


def may_ring_at(
    starts_at: datetime, ends_at: datetime, preferences: Preferences, where: ZoneInfo
) -> datetime:
    """The instant from which this watch's test may ring."""
    if is_awake(preferences, starts_at, where):
        return starts_at
    wakes_at = _next(starts_at, preferences.wakes, where)
    if wakes_at < ends_at:
        return wakes_at
    return _last(starts_at, preferences.sleeps, where) - BEFORE_SLEEP


def night_instant(
    starts_at: datetime, ends_at: datetime, preferences: Preferences, where: ZoneInfo
) -> datetime | None:
    """The first instant of a watch at which it is three in the morning to him, and night; None if it has none."""
    at = _next(starts_at, NIGHT_TEST, where)
    return at if at < ends_at and preferences.is_night(NIGHT_TEST) else None


def _next(after: datetime, wall: time, where: ZoneInfo) -> datetime:
    day = wall_time(after, where).date()
    days = (day + timedelta(days=n) for n in range(3))
    found = (first_occurrence(datetime.combine(each, wall), where) for each in days)
    return next(at for at in found if at >= after)


def _last(before: datetime, wall: time, where: ZoneInfo) -> datetime:
    day = wall_time(before, where).date()
    days = (day - timedelta(days=n) for n in range(3))
    found = (first_occurrence(datetime.combine(each, wall), where) for each in days)
    return next(at for at in found if at <= before)
