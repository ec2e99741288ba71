"""Reading the body of ``roster.set``: zone, rotations, who fills in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from cna_service.duty.local_time import zone
from cna_service.duty.rotations import Hours, Rotation
from cna_service.kit.errors import Invalid, Problem

POSTS = ("duty_officer", "deputy", "supervisor")
DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_HAND_OVER = re.compile(r"(?:(MON|TUE|WED|THU|FRI|SAT|SUN) )?([01]\d|2[0-3]):([0-5]\d)")
_UTC = "Etc/UTC"


class RosterUnreadable(Invalid):
    code = "roster-unreadable"
    title = "The roster cannot be read"


@dataclass(frozen=True, slots=True)
class Roster:
    """One version of a roster. For a post the first rotation that has somebody counts; ``fallback``: who has the
    post when none has."""

    id: str
    zone: ZoneInfo
    rotations: tuple[Rotation, ...]
    fallback: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def read_roster(body: Mapping[str, Any]) -> Roster:
    """The roster of a ``roster.set`` body::

        {"roster": "desk", "zone": "Europe/Lisbon", "fallback": {"duty_officer": "u-9"},
         "rotations": [{"post": "duty_officer", "officers": ["u-1", "u-2"], "kind": "weekly",
                        "hand_over": "MON 08:00", "from": "2026-11-16", "to": null, "every": 1,
                        "days": ["SAT", "SUN"], "between": ["20:00", "08:00"]}]}

    ``kind``: ``weekly`` and ``daily`` with ``every`` n weeks or days (default 1), or ``hourly`` with ``hours``.
    The first hand-over is the first at or after ``from``; ``to``, ``days`` and ``between`` may be left out.
    Raises RosterUnreadable, naming every field that is wrong and what to write.
    """
    reading = _Reading()
    roster = reading.roster(body)
    if reading.problems:
        raise RosterUnreadable("", *reading.problems)
    return roster


class _Reading:
    def __init__(self) -> None:
        self.problems: list[Problem] = []

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
        return Roster(
            id=str(name),
            zone=self._zone(body.get("zone")),
            rotations=tuple(self._rotation(f"/rotations/{n}", told) for n, told in enumerate(rotations)),
            fallback=self._fallback(body.get("fallback") or {}),
        )

    def _zone(self, told: object) -> ZoneInfo:
        try:
            return zone(str(told))
        except ValueError as error:
            self.wrong("/zone", told, str(error), "write an IANA name such as Europe/Lisbon")
            return zone(_UTC)

    def _fallback(self, told: object) -> Mapping[str, str]:
        if not isinstance(told, dict) or not all(k in POSTS and isinstance(v, str) for k, v in told.items()):
            self.wrong("/fallback", told, "is not officers by post", f"use the posts {', '.join(POSTS)}")
            return {}
        return MappingProxyType(dict(told))

    def _rotation(self, at: str, told: object) -> Rotation:
        if not isinstance(told, dict):
            self.wrong(
                at, told, "is not a rotation", "write an object with post, officers, kind, hand_over, from"
            )
            told = {}
        post = told.get("post")
        if post not in POSTS:
            self.wrong(f"{at}/post", post, "is no post", f"write one of {', '.join(POSTS)}")
        officers = told.get("officers")
        if not isinstance(officers, list) or not officers or not all(isinstance(o, str) for o in officers):
            self.wrong(f"{at}/officers", officers, "names no officer", "write a list of officer ids")
            officers = []
        day, clock = self._hand_over(f"{at}/hand_over", told.get("hand_over"), told.get("kind"))
        begins = self._date(f"{at}/from", told.get("from"))
        if day is not None:
            begins += timedelta(days=(day - begins.weekday()) % 7)
        ends = None if told.get("to") is None else self._date(f"{at}/to", told.get("to"))
        return Rotation(
            post=str(post),
            officers=tuple(officers),
            first=datetime.combine(begins, clock),
            period=self._period(at, told),
            until=None if ends is None else datetime.combine(ends, clock),
            hours=self._hours(at, told),
        )

    def _hand_over(self, at: str, told: object, kind: object) -> tuple[int | None, time]:
        match = _HAND_OVER.fullmatch(told) if isinstance(told, str) else None
        is_weekly = kind == "weekly"
        if match is None or bool(match[1]) != is_weekly:
            self.wrong(at, told, "is no hand-over time", "write MON 08:00" if is_weekly else "write 08:00")
            return None, time()
        return DAYS.index(match[1]) if is_weekly else None, time(int(match[2]), int(match[3]))

    def _date(self, at: str, told: object) -> date:
        try:
            return date.fromisoformat(str(told))
        except ValueError:
            self.wrong(at, told, "is no date", "write it like 2026-11-16")
            return date(2026, 1, 5)

    def _period(self, at: str, told: Mapping[str, Any]) -> timedelta:
        kind = told.get("kind")
        if kind == "hourly":
            return timedelta(hours=self._count(f"{at}/hours", told.get("hours")))
        every = self._count(f"{at}/every", told.get("every", 1))
        if kind == "weekly":
            return timedelta(weeks=every)
        if kind != "daily":
            self.wrong(f"{at}/kind", kind, "is no kind of rotation", "write weekly, daily or hourly")
        return timedelta(days=every)

    def _count(self, at: str, told: object) -> int:
        if type(told) is int and 1 <= told <= 366:
            return told
        self.wrong(at, told, "is no count", "write a whole number from 1 to 366")
        return 1

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
