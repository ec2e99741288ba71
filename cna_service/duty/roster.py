"""Reading the body of ``roster.set``: zone, rotations, holidays, who fills in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from cna_service.duty.local_time import zone
from cna_service.duty.rotations import Hours, Listed, Months, OnHolidays, Rotation, Stretch
from cna_service.kit.errors import Invalid, Problem
from cna_service.kit.instants import from_text

POSTS = ("duty_officer", "deputy", "supervisor")
DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
KINDS = ("daily", "weekly", "monthly", "hourly", "listed")
CALENDAR = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
"""The id of a calendar of holidays: ISO 3166, a country or one of its subdivisions."""
_HAND_OVER = re.compile(r"(?:(MON|TUE|WED|THU|FRI|SAT|SUN|[1-9]|[12]\d|3[01]) )?([01]\d|2[0-3]):([0-5]\d)")
_UTC = "Etc/UTC"
_ON_HOLIDAYS: Mapping[str, OnHolidays] = {"only": "only", "not": "not"}
_EXAMPLES = {"weekly": "MON 08:00", "monthly": "1 08:00, the day of the month first"}


class RosterUnreadable(Invalid):
    code = "roster-unreadable"
    title = "The roster cannot be read"


@dataclass(frozen=True, slots=True)
class Roster:
    """One version of a roster. For a post the first rotation that has somebody counts; ``fallback``: who has the
    post when none has. ``holidays``: the calendar by which its rotations know holidays."""

    id: str
    zone: ZoneInfo
    rotations: tuple[Rotation | Listed, ...]
    fallback: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    holidays: str | None = None

    @property
    def posts(self) -> tuple[str, ...]:
        """Those that it says anything of."""
        named = {r.post for r in self.rotations} | set(self.fallback)
        return tuple(post for post in POSTS if post in named)


def read_roster(body: Mapping[str, Any]) -> Roster:
    """The roster of a ``roster.set`` body::

        {"roster": "desk", "zone": "Europe/Lisbon", "holidays": "PT", "fallback": {"duty_officer": "u-9"},
         "rotations": [{"post": "duty_officer", "officers": ["u-1", "u-2"], "kind": "weekly",
                        "hand_over": "MON 08:00", "from": "2026-11-16", "to": null, "every": 1,
                        "days": ["SAT", "SUN"], "between": ["20:00", "08:00"], "holidays": "not",
                        "turns": "worked_days"},
                       {"post": "deputy", "kind": "listed",
                        "stretches": [{"officer": "u-3", "from": "2026-11-16T08:00:00Z", "to": "…Z"}]}]}

    ``kind``: ``weekly``, ``daily`` and ``monthly`` with ``every`` n (default 1), ``hourly`` with ``hours``, or
    ``listed``. The first hand-over is the first at or after ``from``; ``to``, ``days``, ``between``, ``holidays``
    (``only``, ``not``) and ``turns`` may be left out. Raises RosterUnreadable, naming every field that is wrong and
    what to write.
    """
    reading = _Reading()
    roster = reading.roster(body)
    if reading.problems:
        raise RosterUnreadable("", *reading.problems)
    return roster


class _Reading:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._calendar: str | None = None

    def wrong(self, pointer: str, told: object, why: str, fix: str) -> None:
        self.problems.append(Problem(pointer, told, why, fix))

    def roster(self, body: Mapping[str, Any]) -> Roster:
        name = body.get("roster")
        if not isinstance(name, str) or not name:
            self.wrong("/roster", name, "the roster has no name", "write a short name")
        rotations = body.get("rotations")
        if not isinstance(rotations, list) or not rotations:
            self.wrong("/rotations", rotations, "there is no rotation", "write at least one")
            rotations = []
        self._calendar = self._holidays(body.get("holidays"))
        return Roster(
            id=str(name),
            zone=self._zone(body.get("zone")),
            rotations=tuple(self._rotation(f"/rotations/{n}", told) for n, told in enumerate(rotations)),
            fallback=self._fallback(body.get("fallback") or {}),
            holidays=self._calendar,
        )

    def _zone(self, told: object) -> ZoneInfo:
        try:
            return zone(str(told))
        except ValueError as error:
            self.wrong("/zone", told, str(error), "write an IANA name such as Europe/Lisbon")
            return zone(_UTC)

    def _holidays(self, told: object) -> str | None:
        if told is None or (isinstance(told, str) and CALENDAR.fullmatch(told)):
            return told
        self.wrong("/holidays", told, "is no country", "write it like PT, or with its subdivision US-FL")
        return None

    def _fallback(self, told: object) -> Mapping[str, str]:
        if not isinstance(told, dict) or not all(k in POSTS and isinstance(v, str) for k, v in told.items()):
            self.wrong("/fallback", told, "is not officers by post", f"use the posts {', '.join(POSTS)}")
            return {}
        return MappingProxyType(dict(told))

    def _rotation(self, at: str, told: object) -> Rotation | Listed:
        if not isinstance(told, dict):
            self.wrong(
                at, told, "is not a rotation", "write an object with post, officers, kind, hand_over, from"
            )
            told = {}
        post = told.get("post")
        if post not in POSTS:
            self.wrong(f"{at}/post", post, "is no post", f"write one of {', '.join(POSTS)}")
        if told.get("kind") == "listed":
            return Listed(str(post), self._stretches(f"{at}/stretches", told.get("stretches")))
        officers = told.get("officers")
        if not isinstance(officers, list) or not officers or not all(isinstance(o, str) for o in officers):
            self.wrong(f"{at}/officers", officers, "names no officer", "write a list of officer ids")
            officers = []
        day, clock = self._hand_over(f"{at}/hand_over", told.get("hand_over"), told.get("kind"))
        begins = _first_day(self._date(f"{at}/from", told.get("from")), told.get("kind"), day)
        ends = None if told.get("to") is None else self._date(f"{at}/to", told.get("to"))
        return Rotation(
            post=str(post),
            officers=tuple(officers),
            first=datetime.combine(begins, clock),
            period=self._period(at, told),
            until=None if ends is None else datetime.combine(ends, clock),
            hours=self._hours(at, told),
            holidays=self._on_holidays(f"{at}/holidays", told.get("holidays")),
            skips=self._skips(f"{at}/turns", told),
        )

    def _stretches(self, at: str, told: object) -> tuple[Stretch, ...]:
        if not isinstance(told, list) or not told:
            self.wrong(at, told, "lists nothing", "write at least one of officer, from, to")
            return ()
        read = [self._stretch(f"{at}/{n}", each) for n, each in enumerate(told)]
        return tuple(stretch for stretch in read if stretch is not None)

    def _stretch(self, at: str, told: object) -> Stretch | None:
        told = told if isinstance(told, dict) else {}
        officer = told.get("officer")
        if not isinstance(officer, str) or not officer:
            self.wrong(f"{at}/officer", officer, "names no officer", "write an officer's id")
        bounds = []
        for name in ("from", "to"):
            try:
                bounds.append(from_text(str(told.get(name))))
            except ValueError as error:
                self.wrong(f"{at}/{name}", told.get(name), str(error), "write it like 2026-11-16T08:00:00Z")
        if len(bounds) == 2 and bounds[0] >= bounds[1]:
            self.wrong(
                f"{at}/to", told.get("to"), "does not lie after its beginning", "write a later instant"
            )
        return Stretch(str(officer), bounds[0], bounds[1]) if len(bounds) == 2 else None

    def _hand_over(self, at: str, told: object, kind: object) -> tuple[str | None, time]:
        match = _HAND_OVER.fullmatch(told) if isinstance(told, str) else None
        has_day = {"weekly": "A", "monthly": "1"}.get(str(kind))
        found = None if match is None or match[1] is None else "A" if match[1] in DAYS else "1"
        if match is None or found != has_day:
            fix = f"write {_EXAMPLES.get(str(kind), '08:00')}"
            self.wrong(at, told, "is no hand-over time", fix)
            return None, time()
        return match[1], time(int(match[2]), int(match[3]))

    def _date(self, at: str, told: object) -> date:
        try:
            return date.fromisoformat(str(told))
        except ValueError:
            self.wrong(at, told, "is no date", "write it like 2026-11-16")
            return date(2026, 1, 5)

    def _period(self, at: str, told: Mapping[str, Any]) -> timedelta | Months:
        kind = told.get("kind")
        if kind == "hourly":
            return timedelta(hours=self._count(f"{at}/hours", told.get("hours")))
        every = self._count(f"{at}/every", told.get("every", 1))
        if kind == "weekly":
            return timedelta(weeks=every)
        if kind == "monthly":
            return Months(every)
        if kind != "daily":
            self.wrong(f"{at}/kind", kind, "is no kind of rotation", f"write one of {', '.join(KINDS)}")
        return timedelta(days=every)

    def _count(self, at: str, told: object) -> int:
        if type(told) is int and 1 <= told <= 366:
            return told
        self.wrong(at, told, "is no count", "write a whole number from 1 to 366")
        return 1

    def _on_holidays(self, at: str, told: object) -> OnHolidays | None:
        if told is None:
            return None
        if self._calendar is None:
            self.wrong("/holidays", None, "a rotation asks for holidays", "name the country, such as PT")
        if isinstance(told, str) and told in _ON_HOLIDAYS:
            return _ON_HOLIDAYS[told]
        self.wrong(at, told, "says nothing of holidays", "write only or not, or leave it out")
        return None

    def _skips(self, at: str, told: Mapping[str, Any]) -> bool:
        turns = told.get("turns")
        if turns not in (None, "all_days", "worked_days"):
            self.wrong(at, turns, "is no way to count turns", "write all_days or worked_days")
        if turns == "worked_days" and (told.get("kind") != "daily" or told.get("every", 1) != 1):
            self.wrong(at, turns, "only days can be counted so", "write kind daily without every")
        return turns == "worked_days"

    def _hours(self, at: str, told: Mapping[str, Any]) -> Hours | None:
        days, between = told.get("days"), told.get("between")
        if days is None and between is None:
            return None
        if days is None:
            days = list(DAYS)
        if not isinstance(days, list) or not days or not all(str(day) in DAYS for day in days):
            self.wrong(f"{at}/days", days, "is no list of weekdays", f"use {', '.join(DAYS)}")
            days = list(DAYS)
        begins, ends = self._between(f"{at}/between", between)
        return Hours(frozenset(DAYS.index(day) for day in days), begins, ends)

    def _between(self, at: str, told: object) -> tuple[time, time]:
        if told is None:
            return time(), time()
        matches = [_HAND_OVER.fullmatch(str(t)) for t in told] if isinstance(told, list) else []
        times = [time(int(m[2]), int(m[3])) for m in matches if m is not None and not m[1]]
        if len(times) != 2 or len(matches) != 2:
            self.wrong(at, told, "is no pair of times", 'write it like ["20:00", "08:00"]')
            return time(), time()
        return times[0], times[1]


def _first_day(told: date, kind: object, day: str | None) -> date:
    """The first day at or after ``told`` on which there can be a hand-over; ``told`` where no calendar goes so far."""
    if day is None or told.year >= date.max.year:
        return told
    if kind == "weekly":
        return told + timedelta(days=(DAYS.index(day) - told.weekday()) % 7)
    # The day is kept as it was meant: the 31st begins in a month that has one.
    begins = told
    while begins.day != int(day):
        begins += timedelta(days=1)
    return begins
