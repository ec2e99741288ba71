"""Instants as an officer types them at night: ``now``, ``0427Z``, ``211427Z NOV 26``, ``2 h``, or in full.

What cannot be read is handed on as typed, so that the verb names the field and the fix.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from cna_service.kit.instants import date_time_group, to_text

HINT = "UTC, such as 0427Z, 211427Z NOV 26, or now"
HINT_AHEAD = "UTC, such as 0512Z, 211427Z NOV 26, or a length such as 2 h or 90 min"

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_CLOCK = re.compile(r"(\d{1,2})[:.]?(\d{2})\s*(?:Z|UTC)?", re.IGNORECASE)
_GROUP = re.compile(r"(\d{2})(\d{2})(\d{2})\s*Z\s*(?:([A-Z]{3})\s*(\d{2}|\d{4})?)?", re.IGNORECASE)
_PLAIN = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2})?")
_LENGTH = re.compile(
    r"(?:in\s+)?(?:(\d+)\s*h(?:ours?|rs?)?)?\s*(?:(\d+)\s*(?:m|min|minutes?))?", re.IGNORECASE
)
_AHEAD_OF_US = timedelta(minutes=10)
"""A time of day may lie this far ahead and still be today's: clocks differ."""


def read_typed(
    typed: str, now: datetime, *, ahead: bool = False, base: datetime | None = None
) -> datetime | None:
    """The instant that was typed, UTC; None where it cannot be read.

    A time without a date is the last such time, or with ``ahead`` the next one; a length counts from ``base``.
    """
    words = " ".join(typed.split())
    if words.lower() == "now":
        return now
    if found := _GROUP.fullmatch(words):
        return _group(found, now)
    if found := _CLOCK.fullmatch(words):
        return _time_of_day(found, now, ahead=ahead)
    if ahead and words and (found := _LENGTH.fullmatch(words)):
        hours, minutes = (int(part or 0) for part in found.groups())
        return (base or now) + timedelta(hours=hours, minutes=minutes)
    try:
        full = datetime.fromisoformat(words)
    except ValueError:
        return None
    if full.tzinfo is None and _PLAIN.fullmatch(words):
        # All times of the console are UTC unless another zone is named.
        return full.replace(tzinfo=UTC)
    return None if full.tzinfo is None else full.astimezone(UTC)


def _group(found: re.Match[str], now: datetime) -> datetime | None:
    day, hour, minute = (int(part) for part in found.groups()[:3])
    month, year = now.month, now.year
    if found[4]:
        if found[4].upper() not in _MONTHS:
            return None
        month = _MONTHS.index(found[4].upper()) + 1
    if found[5]:
        year = int(found[5]) if len(found[5]) == 4 else 2000 + int(found[5])
    try:
        return datetime(year, month, day, hour, minute, tzinfo=UTC)
    except ValueError:
        return None


def _time_of_day(found: re.Match[str], now: datetime, *, ahead: bool) -> datetime | None:
    hour, minute = int(found[1]), int(found[2])
    if hour > 23 or minute > 59:
        return None
    today = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if ahead:
        return today if today > now else today + timedelta(days=1)
    return today if today <= now + _AHEAD_OF_US else today - timedelta(days=1)


def as_instant(typed: str, now: datetime, *, ahead: bool = False, base: datetime | None = None) -> str:
    """For a field that wants an exact instant: RFC 3339, or what was typed."""
    found = read_typed(typed, now, ahead=ahead, base=base)
    return typed if found is None else to_text(found)


def as_told(typed: str, now: datetime) -> Any:
    """For a field that keeps what was told: the words beside the instant that was read from them."""
    found = read_typed(typed, now)
    if found is None:
        return typed
    instant = to_text(found)
    words = date_time_group(found) if typed.strip().lower() == "now" else typed
    return {"text": words, "zone": "UTC", "earliest": instant, "latest": instant}
