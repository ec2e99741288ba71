"""The roster across the next changes of its zone's clock: what each watch becomes, by the wall and in hours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cna_service.duty.rules import Shift, shifts
from cna_service.duty.state import Rosters

_DAY = timedelta(days=1)
AROUND, MONTH = timedelta(hours=36), timedelta(days=31)
SEARCHED = timedelta(days=800)
"""Zones that change at all change within two years; the others are searched no further."""


@dataclass(frozen=True, slots=True)
class ClockChange:
    """``at``: the first instant of the new offset."""

    zone: str
    at: datetime
    before: timedelta
    after: timedelta


@dataclass(frozen=True, slots=True)
class Previewed:
    """The shifts around one change of the clock, whole: they begin and end where they do."""

    change: ClockChange
    shifts: tuple[Shift, ...]


def previews(rosters: Rosters, now: datetime, *, count: int = 2) -> tuple[Previewed, ...]:
    """The next ``count`` changes of each zone that a roster in force goes by, in order of time."""
    changes = [c for zone in zones_in_force(rosters, now) for c in next_changes(zone, now, count)]
    return tuple(
        Previewed(c, tuple(_around(rosters, c))) for c in sorted(changes, key=lambda c: (c.at, c.zone))
    )


def zones_in_force(rosters: Rosters, now: datetime) -> tuple[ZoneInfo, ...]:
    """The zones of the rosters in force, each once."""
    found: dict[str, ZoneInfo] = {}
    for versions in rosters.versions.values():
        newest = next(v for v in reversed(versions) if v.in_force_from is None or v.in_force_from <= now)
        if not newest.is_ended:
            found.setdefault(newest.roster.zone.key, newest.roster.zone)
    return tuple(found.values())


def next_changes(zone: ZoneInfo, now: datetime, count: int) -> Iterator[ClockChange]:
    """By days, then by halves: no table of a zone's changes is kept anywhere else."""
    at, found = now, 0
    while at < now + SEARCHED and found < count:
        if _offset(at, zone) != _offset(at + _DAY, zone):
            change = _between(at, at + _DAY, zone)
            yield ClockChange(zone.key, change, _offset(at, zone), _offset(at + _DAY, zone))
            found += 1
        at += _DAY


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    old = _offset(before, zone)
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        before, after = (middle, after) if _offset(middle, zone) == old else (before, middle)
    return after.replace(microsecond=0)


def _around(rosters: Rosters, change: ClockChange) -> Iterator[Shift]:
    """A shift is shown whole as far as a month, so that its length is what it will be."""
    for shift in shifts(rosters, change.at - MONTH, change.at + MONTH):
        if shift.starts_at < change.at + AROUND and shift.ends_at > change.at - AROUND:
            yield shift
