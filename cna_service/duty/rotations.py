"""One post's rotation: officers who relieve each other at a wall time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from cna_service.duty.local_time import first_occurrence, hand_over, last_occurrence, wall_time


@dataclass(frozen=True, slots=True)
class Piece:
    """Who has a post around an instant, and within which bounds that is certain; None: without bound."""

    officer: str | None
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Hours:
    """The only hours at which a rotation counts: weekdays (0 Monday) on which they begin, wall times; an end at or
    before the begin is the next day's."""

    days: frozenset[int]
    begins: time
    ends: time

    def piece(self, instant: datetime, where: ZoneInfo) -> tuple[bool, datetime, datetime]:
        """(whether within them, since, until)."""
        today = wall_time(instant, where).date()
        since = None
        for offset in range(-8, 10):
            day = today + timedelta(days=offset)
            if day.weekday() not in self.days:
                continue
            last_day = day if self.ends > self.begins else day + timedelta(days=1)
            opens = first_occurrence(datetime.combine(day, self.begins), where)
            closes = last_occurrence(datetime.combine(last_day, self.ends), where)
            if opens <= instant < closes:
                return True, opens, closes
            if instant < opens and since is not None:
                return False, since, opens
            since = closes
        raise AssertionError("every weekday lies within eight days")


@dataclass(frozen=True, slots=True)
class Rotation:
    """``first``: the wall time of the first hand-over; before it the post is empty. ``period``: between two
    hand-overs, in wall time, so that 08:00 stays 08:00 through a clock change. ``until``: wall time of its end."""

    post: str
    officers: tuple[str, ...]
    first: datetime
    period: timedelta
    until: datetime | None = None
    hours: Hours | None = None

    def piece(self, instant: datetime, where: ZoneInfo) -> Piece:
        begins = hand_over(self.first, where)
        ends = None if self.until is None else last_occurrence(self.until, where)
        if instant < begins:
            return Piece(None, None, begins)
        if ends is not None and instant >= ends:
            return Piece(None, ends, None)
        officer, starts_at, ends_at = self._turn(instant, where)
        if ends is not None:
            ends_at = min(ends_at, ends)
        if self.hours is None:
            return Piece(officer, starts_at, ends_at)
        is_within, since, until = self.hours.piece(instant, where)
        return Piece(officer if is_within else None, max(starts_at, since), min(ends_at, until))

    def _turn(self, instant: datetime, where: ZoneInfo) -> tuple[str, datetime, datetime]:
        """In a repeated hour the hand-over has already been although the wall shows an earlier time again."""
        k = (wall_time(instant, where) - self.first) // self.period
        while (ends_at := hand_over(self.first + (k + 1) * self.period, where)) <= instant:
            k += 1
        officer = self.officers[k % len(self.officers)]
        return officer, hand_over(self.first + k * self.period, where), ends_at
