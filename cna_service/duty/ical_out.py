"""Watches as an iCalendar feed (RFC 5545): instants in UTC, so that no calendar program can shift them.

No case, no contact, no reason stands in it: who reads it has its address and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from cna_service.duty.rules import Shift, shifts
from cna_service.duty.state import Rosters

BACK, AHEAD = timedelta(weeks=4), timedelta(weeks=26)
_LONG = timedelta(days=8)
_MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Event:
    """``uid`` stays the same while post and beginning do, whoever has the watch: a change moves nobody's event."""

    uid: str
    summary: str
    description: str
    starts_at: datetime
    ends_at: datetime
    is_gap: bool = False


def feed_shifts(rosters: Rosters, now: datetime) -> list[Shift]:
    """Four weeks back to half a year ahead. A watch of more than eight days is cut at Mondays 00:00Z: so each event
    begins where it always began, whenever the feed is read."""
    first = _MONDAY + (now - BACK - _MONDAY) // _WEEK * _WEEK
    found = [cut for shift in shifts(rosters, first - _LONG, now + AHEAD) for cut in _weeks(shift)]
    return [shift for shift in found if shift.starts_at >= first]


def _weeks(shift: Shift) -> Iterable[Shift]:
    if shift.ends_at - shift.starts_at <= _LONG:
        yield shift
        return
    begins = shift.starts_at
    while begins < shift.ends_at:
        next_monday = _MONDAY + ((begins - _MONDAY) // _WEEK + 1) * _WEEK
        ends = min(next_monday, shift.ends_at)
        yield Shift(shift.post, shift.officer, begins, ends, shift.why, shift.passed_over)
        begins = ends


def uid_of(origin: str, shift: Shift) -> str:
    told = f"{origin} {shift.post} {shift.starts_at.isoformat()}"
    return f"{sha256(told.encode()).hexdigest()[:32]}@{origin.partition('/')[0]}"


def calendar_text(title: str, events: Sequence[Event], now: datetime) -> bytes:
    """The feed as bytes. ``now`` is the DTSTAMP: when this was computed."""
    from icalendar import Calendar
    from icalendar import Event as ICalEvent

    calendar = Calendar()
    calendar.add("prodid", "-//cna_service//duty roster//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", title)
    calendar.add("x-published-ttl", "PT1H")
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for each in events:
        event = ICalEvent()
        event.add("uid", each.uid)
        event.add("dtstamp", now)
        event.add("dtstart", each.starts_at)
        event.add("dtend", each.ends_at)
        event.add("summary", each.summary)
        if each.description:
            event.add("description", each.description)
        event.add("status", "TENTATIVE" if each.is_gap else "CONFIRMED")
        event.add("transp", "TRANSPARENT" if each.is_gap else "OPAQUE")
        calendar.add_component(event)
    text: bytes = calendar.to_ical()
    return text
