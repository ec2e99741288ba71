"""One post's rotation: officers who relieve each other at a wall time, or who are listed stretch by stretch."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from cna_service.duty.local_time import first_occurrence, hand_over, last_occurrence, wall_time

NO_DAYS: AbstractSet[date] = frozenset()
OnHolidays = Literal["only", "not"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Whom a rotation names around an instant, and within which bounds that is certain; None: without bound.

    ``officers``: whose turn it is, then who follows him, should he be absent; empty: nobody.
    """

    officers: tuple[str, ...]
    starts_at: datetime | None
    ends_at: datetime | None

    @property
    def officer(self) -> str | None:
        return self.officers[0] if self.officers else None


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
class Months:
    """A period of whole months. A day that a month lacks is its last day: the 31st hands over on 28 February."""

    n: int

    def after(self, first: datetime, k: int) -> datetime:
        months = first.year * 12 + first.month - 1 + k * self.n
        year, month = divmod(months, 12)
        last = monthrange(year, month + 1)[1]
        return first.replace(year=year, month=month + 1, day=min(first.day, last))

    def before(self, first: datetime, wall: datetime) -> int:
        """Of the hand-over at or before ``wall``: which one it is."""
        k = ((wall.year - first.year) * 12 + wall.month - first.month) // self.n
        return k if self.after(first, k) <= wall else k - 1


@dataclass(frozen=True, slots=True)
class Rotation:
    """``first``: the wall time of the first hand-over; before it the post is empty. ``period``: between two
    hand-overs, in wall time, so that 08:00 stays 08:00 through a clock change. ``until``: wall time of its end.

    ``holidays``: that it counts only, or not, on the holidays of the roster's calendar, each from midnight to midnight
    by the wall. ``skips``: turns go on only with days on which it counts, so that a day off costs nobody his turn.
    """

    post: str
    officers: tuple[str, ...]
    first: datetime
    period: timedelta | Months
    until: datetime | None = None
    hours: Hours | None = None
    holidays: OnHolidays | None = None
    skips: bool = False

    def piece(self, instant: datetime, where: ZoneInfo, days_off: AbstractSet[date] = NO_DAYS) -> Piece:
        begins = hand_over(self.first, where)
        ends = None if self.until is None else last_occurrence(self.until, where)
        if instant < begins:
            return Piece((), None, begins)
        if ends is not None and instant >= ends:
            return Piece((), ends, None)
        officers, starts_at, ends_at = self._turn(instant, where, days_off)
        if ends is not None:
            ends_at = min(ends_at, ends)
        for is_within, since, until in self._limits(instant, where, days_off):
            officers = officers if is_within else ()
            starts_at, ends_at = max(starts_at, since), min(ends_at, until)
        return Piece(officers, starts_at, ends_at)

    def _limits(
        self, instant: datetime, where: ZoneInfo, days_off: AbstractSet[date]
    ) -> list[tuple[bool, datetime, datetime]]:
        limits = [] if self.hours is None else [self.hours.piece(instant, where)]
        if self.holidays is not None:
            today = wall_time(instant, where).date()
            midnight = datetime.combine(today + timedelta(days=1), time())
            since, until = (
                first_occurrence(midnight - timedelta(days=1), where),
                first_occurrence(midnight, where),
            )
            if until <= instant:  # A clock set back over midnight: the day is not over yet.
                until = last_occurrence(midnight, where)
            limits.append(((today in days_off) == (self.holidays == "only"), since, until))
        return limits

    def _turn(
        self, instant: datetime, where: ZoneInfo, days_off: AbstractSet[date]
    ) -> tuple[tuple[str, ...], datetime, datetime]:
        """In a repeated hour the hand-over has already been although the wall shows an earlier time again."""
        k = self._before(wall_time(instant, where))
        while (ends_at := hand_over(self._after(k + 1), where)) <= instant:
            k += 1
        turn = (self._counted(self._after(k).date(), days_off) if self.skips else k) % len(self.officers)
        return self.officers[turn:] + self.officers[:turn], hand_over(self._after(k), where), ends_at

    def _after(self, k: int) -> datetime:
        if isinstance(self.period, Months):
            return self.period.after(self.first, k)
        return self.first + k * self.period

    def _before(self, wall: datetime) -> int:
        if isinstance(self.period, Months):
            return self.period.before(self.first, wall)
        return (wall - self.first) // self.period

    def _counted(self, day: date, days_off: AbstractSet[date]) -> int:
        """How many days on which it counts went before that of ``day``, ``day`` included, less one."""
        first = self.first.date()
        weekdays = self.hours.days if self.hours is not None else frozenset(range(7))
        off = sum(1 for d in days_off if first <= d <= day and d.weekday() in weekdays)
        if self.holidays == "only":
            return off - 1
        weeks, rest = divmod((day - first).days + 1, 7)
        counted = weeks * len(weekdays)
        counted += sum(1 for n in range(rest) if (first.weekday() + n) % 7 in weekdays)
        return counted - 1 - (off if self.holidays == "not" else 0)


@dataclass(frozen=True, slots=True)
class Stretch:
    officer: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """Stretches written out one by one, as a calendar gives them; of two that overlap the first one counts."""

    post: str
    stretches: tuple[Stretch, ...]

    @property
    def officers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(s.officer for s in self.stretches))

    def piece(self, instant: datetime, where: ZoneInfo, days_off: AbstractSet[date] = NO_DAYS) -> Piece:
        bounds = [b for s in self.stretches for b in (s.starts_at, s.ends_at)]
        now = tuple(s.officer for s in self.stretches if s.starts_at <= instant < s.ends_at)
        return Piece(
            now,
            max((b for b in bounds if b <= instant), default=None),
            min((b for b in bounds if b > instant), default=None),
        )
