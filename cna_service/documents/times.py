"""Instants as documents show them: date-time group in UTC, ISO beside it, the other side's local time behind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cna_service.documents.model import AuthorityLine
from cna_service.documents.shown import one_line
from cna_service.kit.instants import date_time_group

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def utc_and_iso(instant: datetime) -> str:
    """``211403Z NOV 26 (2026-11-21T14:03:00Z)``. Raises ValueError for an instant without a zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return f"{date_time_group(instant)} ({instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ})"


def local(instant: datetime, authority: AuthorityLine) -> str:
    """``09:03 on 21 Nov 2026 in America/Bogota (UTC-05:00)``; says so where the zone cannot be read."""
    zone = _zone(authority.zone)
    if zone is None:
        return f"local time of {one_line(authority.state)} not known (zone {one_line(authority.zone)!r})"
    there = instant.astimezone(zone)
    date = f"{there.day} {_MONTHS[there.month - 1]} {there.year}"
    return f"{there:%H:%M} on {date} in {authority.zone} ({_offset(there.utcoffset())})"


def both(instant: datetime, theirs: AuthorityLine) -> str:
    """The instant in UTC and, behind it, in the partner's zone."""
    return f"{utc_and_iso(instant)}; {local(instant, theirs)}"


def window(start: datetime | None, end: datetime | None, theirs: AuthorityLine) -> tuple[str, ...]:
    """The validity of one answer, a line for each end that is stated."""
    lines = []
    if start is not None:
        lines.append(f"from {both(start, theirs)}")
    if end is not None:
        lines.append(f"until {both(end, theirs)}")
    return tuple(lines)


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _offset(offset: timedelta | None) -> str:
    minutes = round((offset or timedelta()).total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
