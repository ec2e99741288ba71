"""Reading somebody's calendar into events, whatever it holds: what cannot be read is named, line by line.

The text is a stranger's. It is read up to a size, rules that repeat more often than daily are refused before they are
expanded, and so is a calendar with more events than a roster may list: nothing in it can keep the desk busy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cna_service.duty.local_time import first_occurrence

LARGEST = 1_000_000
MOST_EVENTS, MOST_RULES = 1_000, 100
_TIMES = ("BYHOUR", "BYMINUTE", "BYSECOND")
_TOO_OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}


@dataclass(frozen=True, slots=True)
class Told:
    """One event as the calendar tells it. ``people``: its attendees' addresses, small letters, without ``mailto:``."""

    uid: str
    summary: str
    starts_at: datetime
    ends_at: datetime
    people: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


class CalendarUnreadable(ValueError):
    """What is wrong with the whole calendar, in words for whoever sent it."""


def read_events(text: str, zone: ZoneInfo, start: datetime, stop: datetime) -> tuple[Told, ...]:
    """The events between ``start`` and ``stop``, repeated ones one by one, in order of time. Times without a
    zone, and whole days, are those of ``zone``. Raises CalendarUnreadable."""
    if len(text) > LARGEST:
        raise CalendarUnreadable(f"is longer than {LARGEST} characters; send a shorter period")
    calendar = _parsed(text)
    _refuse_too_much(calendar)
    return tuple(sorted(_expanded(calendar, zone, start, stop), key=lambda told: (told.starts_at, told.uid)))


def _parsed(text: str) -> Any:
    from icalendar import Calendar

    try:
        return Calendar.from_ical(text)
    except (ValueError, IndexError, KeyError) as error:
        raise CalendarUnreadable(f"is no calendar: {str(error)[:200]}") from None


def _refuse_too_much(calendar: Any) -> None:
    events = calendar.walk("VEVENT")
    if len(events) > MOST_EVENTS:
        raise CalendarUnreadable(f"has {len(events)} events, at most {MOST_EVENTS}; send a shorter period")
    rules = [(event, rule) for event in events for rule in _listed(event.get("RRULE"))]
    if len(rules) > MOST_RULES:
        raise CalendarUnreadable(f"has {len(rules)} repeated events, at most {MOST_RULES}; send fewer")
    for event, rule in rules:
        often = {str(word).upper() for word in rule.get("FREQ", [])} & _TOO_OFTEN
        if often or any(len(_listed(rule.get(part))) > 1 for part in _TIMES):
            raise CalendarUnreadable(
                f"repeats {_summary(event)!r} more often than daily; write one event for each"
            )


def _listed(told: Any) -> list[Any]:
    return told if isinstance(told, list) else [] if told is None else [told]


def _expanded(calendar: Any, zone: ZoneInfo, start: datetime, stop: datetime) -> Iterator[Told]:
    import recurring_ical_events

    try:
        found = recurring_ical_events.of(calendar).between(start, stop)
    except ValueError as error:
        # One rule that cannot be read refuses the calendar: a watch left out silently would be nobody's.
        raise CalendarUnreadable(f"has a repetition that cannot be read: {str(error)[:200]}") from None
    if len(found) > MOST_EVENTS:
        raise CalendarUnreadable(f"has more than {MOST_EVENTS} events in this period; send a shorter one")
    for event in found:
        told = _told(event, zone)
        if told.starts_at < stop and max(told.ends_at, told.starts_at) >= start:
            yield told


def _told(event: Any, zone: ZoneInfo) -> Told:
    begins, is_day = _instant(event["DTSTART"].dt, zone)
    end = event.get("DTEND")
    if end is not None:
        ends = _instant(end.dt, zone)[0]
    else:
        ends = begins + (timedelta(days=1) if is_day else timedelta())
    return Told(
        str(event.get("UID", "")),
        _summary(event),
        begins,
        ends,
        tuple(str(each).lower().removeprefix("mailto:") for each in _listed(event.get("ATTENDEE"))),
        tuple(str(word) for word in getattr(event.get("CATEGORIES"), "cats", ())),
    )


def _instant(told: date | datetime, zone: ZoneInfo) -> tuple[datetime, bool]:
    if not isinstance(told, datetime):
        return first_occurrence(datetime.combine(told, time()), zone), True
    if told.tzinfo is None:
        return first_occurrence(told, zone), False
    return told.astimezone(ZoneInfo("UTC")), False


def _summary(event: Any) -> str:
    return " ".join(str(event.get("SUMMARY", "")).split())[:200]
