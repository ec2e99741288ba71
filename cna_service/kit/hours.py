"""Hours of the day on some days of the week, as a wall clock shows them.

The wall clock here is a fixed distance from UTC, copied with the hours into whatever entry needs them: a fold gives the
same instants for ever, whatever the rules of the zone become. Across a change of the clocks it is wrong by that hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY = tuple(range(7))
_DAY = timedelta(days=1)
_LOOKS_BACK = 40
"""Days: longer than any run of holidays."""


@dataclass(frozen=True, slots=True)
class Hours:
    """``starts`` and ``ends``: minutes of the day; over midnight where they end before they start. ``days``: 0 is
    Monday, the day on which they start. ``offset``: wall clock minus UTC."""

    starts: int
    ends: int
    days: tuple[int, ...] = EVERY_DAY
    holidays: tuple[date, ...] = ()
    offset: timedelta = timedelta()

    def at_offset(self, offset: timedelta | None) -> Hours:
        return replace(self, offset=offset or timedelta())

    def holds(self, at: datetime) -> bool:
        wall = self._wall(at)
        minute = wall.hour * 60 + wall.minute
        if self.starts < self.ends:
            return self._counts(wall.date()) and self.starts <= minute < self.ends
        begun_today = minute >= self.starts and self._counts(wall.date())
        return begun_today or (minute < self.ends and self._counts(wall.date() - _DAY))

    def after(self, at: datetime) -> datetime:
        """``at``, or the end of the hours that hold it."""
        if not self.holds(at):
            return at
        wall = self._wall(at)
        day = wall.date() if wall.hour * 60 + wall.minute < self.ends else wall.date() + _DAY
        return self._instant(day, self.ends)

    def latest(self, at: datetime, *, before_end: timedelta = timedelta()) -> datetime | None:
        """``at`` where the hours hold it; else the latest instant before it that they hold, so long before they end.
        None where they held none for weeks. For hours that do not run over midnight."""
        if self.holds(at):
            return at
        day = self._wall(at).date()
        for back in range(_LOOKS_BACK):
            each = day - back * _DAY
            ends = self._instant(each, self.ends)
            if self._counts(each) and ends <= at:
                return max(self._instant(each, self.starts), ends - before_end)
        return None

    def as_json(self) -> dict[str, Any]:
        return {
            "from": _text(self.starts),
            "to": _text(self.ends),
            "days": [DAYS[d] for d in self.days],
            "holidays": [d.isoformat() for d in self.holidays],
            "utc_offset_minutes": int(self.offset.total_seconds() // 60),
        }

    def _counts(self, day: date) -> bool:
        return day.weekday() in self.days and day not in self.holidays

    def _wall(self, at: datetime) -> datetime:
        return at.astimezone(UTC).replace(tzinfo=None) + self.offset

    def _instant(self, day: date, minute: int) -> datetime:
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return midnight + timedelta(minutes=minute) - self.offset


def hours_from_json(told: Mapping[str, Any]) -> Hours:
    """What ``as_json`` wrote into an entry."""
    return Hours(
        minute_of(told["from"]),
        minute_of(told["to"]),
        tuple(DAYS.index(d) for d in told["days"]),
        tuple(date.fromisoformat(d) for d in told["holidays"]),
        timedelta(minutes=told["utc_offset_minutes"]),
    )


def minute_of(text: str) -> int:
    """``07:30`` as a minute of the day. Raises ValueError."""
    hours, _, minutes = text.partition(":")
    if len(hours) == 2 and len(minutes) == 2 and (hours + minutes).isdigit():
        minute = int(hours) * 60 + int(minutes)
        if int(minutes) < 60 and minute < 24 * 60:
            return minute
    raise ValueError(f"{text!r} is no time of day; write it like 07:30")


def _text(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
