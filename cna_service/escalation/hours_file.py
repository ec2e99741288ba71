"""The part of ``config/ladders.toml`` that says when people may be called: working hours, quiet hours, maintenance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from cna_service.kit.hours import DAYS, EVERY_DAY, Hours, minute_of

Wrong = Callable[[str, object, str, str], None]
"""(pointer, told, why, fix)."""

WORKING = Hours(8 * 60, 18 * 60, (0, 1, 2, 3, 4))

URGENT = frozenset(
    {
        "new_request",
        "repeated_request",
        "new_communication",
        "to_be_read",
        "missed_call",
        "answer_received",
        "answer_withdrawn",
        "answer_to_closed_case",
        "writing_differs",
        "clock_warning_50",
        "clock_warning_75",
        "clock_warning_90",
        "decision_lead",
        "clock_lapsed",
        "decision_wanted",
        "instruction_stale",
        "ack_overdue",
        "person_wanted",
        "summons_stuck",
        "case_unheld",
    }
)
"""Kinds that are never of low urgency and never wait for the morning, whatever a file says."""


@dataclass(frozen=True, slots=True)
class DeskHours:
    """``working``: into which warnings of long clocks are brought forward. ``quiet``: in which what is of low urgency
    waits; None: never. ``maintenance``: kinds that wait while test gear is being repaired."""

    working: Hours = WORKING
    quiet: Hours | None = None
    maintenance: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class When:
    """The condition of a branch: the hour and day at which an alert is raised, its urgency."""

    hours: Hours | None = None
    urgency: str | None = None

    def holds(self, local: datetime, urgency: str) -> bool:
        """``local``: the instant in the desk's zone."""
        if self.urgency is not None and self.urgency != urgency:
            return False
        return self.hours is None or self.hours.at_offset(local.utcoffset()).holds(local)


def read_desk_hours(content: Mapping[str, Any], wrong: Wrong) -> DeskHours:
    working = read_hours("/working_hours", content.get("working_hours"), wrong, WORKING)
    if working is not None and working.starts >= working.ends:
        wrong("/working_hours", content.get("working_hours"), "ends before it begins", "write from before to")
        working = WORKING
    quiet = read_hours("/quiet_hours", content.get("quiet_hours"), wrong, None)
    if quiet is not None:
        # Nights have no holidays: who sleeps, sleeps on every day.
        quiet = replace(quiet, holidays=())
    kinds = content.get("maintenance_kinds", [])
    if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
        wrong("/maintenance_kinds", kinds, "is no list of alert kinds", 'write for instance ["test_failed"]')
        kinds = []
    for kind in sorted(URGENT.intersection(kinds)):
        wrong("/maintenance_kinds", kind, "waits for no maintenance", "leave it out")
    return DeskHours(working or WORKING, quiet, frozenset(kinds) - URGENT)


def read_hours(pointer: str, told: object, wrong: Wrong, otherwise: Hours | None) -> Hours | None:
    """``{ from, to, days?, holidays? }``; what is missing has the value of ``otherwise``."""
    if told is None:
        return otherwise
    if not isinstance(told, Mapping):
        wrong(pointer, told, "is no table of hours", 'write { from = "22:00", to = "07:00" }')
        return otherwise
    for key in told.keys() - {"from", "to", "days", "holidays"}:
        wrong(f"{pointer}/{key}", told[key], "is not a key here", "write one of days, from, holidays, to")
    starts, ends = _minute(pointer, "from", told, wrong), _minute(pointer, "to", told, wrong)
    if starts is None or ends is None:
        return otherwise
    if starts == ends:
        wrong(pointer, dict(told), "begins and ends at the same time", "write two different times")
        return otherwise
    return Hours(starts, ends, _days(pointer, told, wrong, otherwise), _holidays(pointer, told, wrong))


def read_when(pointer: str, told: object, wrong: Wrong) -> When:
    if not isinstance(told, Mapping) or not told:
        wrong(pointer, told, "is missing", 'write for instance { from = "22:00", to = "06:00" }')
        return When()
    urgency = told.get("urgency")
    if urgency not in (None, "high", "low"):
        wrong(f"{pointer}/urgency", urgency, "is no urgency", "write high or low")
    rest: dict[str, Any] = {key: value for key, value in told.items() if key != "urgency"}
    if rest and not rest.keys() & {"from", "to"}:
        # Whole days: a branch for weekends.
        rest |= {"from": "00:00", "to": "23:59"}
    return When(read_hours(pointer, rest or None, wrong, None), urgency)


def _minute(pointer: str, key: str, told: Mapping[str, Any], wrong: Wrong) -> int | None:
    try:
        return minute_of(str(told.get(key, "")))
    except ValueError:
        wrong(f"{pointer}/{key}", told.get(key), "is no time of day", 'write it like "07:30"')
        return None


def _days(pointer: str, told: Mapping[str, Any], wrong: Wrong, otherwise: Hours | None) -> tuple[int, ...]:
    if "days" not in told:
        return EVERY_DAY if otherwise is None else otherwise.days
    names = told["days"]
    if not isinstance(names, list) or not names or not all(str(n).lower() in DAYS for n in names):
        wrong(f"{pointer}/days", names, "is no list of weekdays", f"write some of {', '.join(DAYS)}")
        return EVERY_DAY
    return tuple(sorted({DAYS.index(str(n).lower()) for n in names}))


def _holidays(pointer: str, told: Mapping[str, Any], wrong: Wrong) -> tuple[date, ...]:
    found = []
    days = told.get("holidays", [])
    for each in days if isinstance(days, list) else [days]:
        try:
            found.append(each if type(each) is date else date.fromisoformat(str(each)))
        except ValueError:
            wrong(f"{pointer}/holidays", str(each), "is no day", "write it like 2026-12-25")
    return tuple(sorted(set(found)))
