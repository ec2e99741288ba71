"""Holidays: loaded from the library by country and year into entries, mended by the supervisor day by day.

The library is asked by commands only; what it said stands in the entry, so that another version of it changes no
roster that is in force.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from cna_service.db.idempotency import Key, Reply
from cna_service.duty.fold import open_days
from cna_service.duty.limits import CAPS, TooMany, refuse_beyond
from cna_service.duty.roster import CALENDAR
from cna_service.duty.rules import Rosters
from cna_service.identity.actors import Actor
from cna_service.identity.permissions import Action
from cna_service.kit.errors import Conflict
from cna_service.ledger.entry import Draft
from cna_service.workflow.asked import Asked
from cna_service.workflow.projections import DUTY, ROSTERS
from cna_service.workflow.receipts import done
from cna_service.workflow.roster_calendars import is_known, load_year
from cna_service.workflow.roster_checks import note_findings
from cna_service.workflow.service import Service


class HolidayAlreadySo(Conflict):
    code = "holiday-already-so"
    title = "That day is so already"


def load_holidays(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """Load, or load anew, a year of a country's holidays: ``{calendar, year}``. Days that have begun stay as they were.

    Raises Invalid, NotPermitted, TooMany.
    """
    asked = Asked(body)
    calendar = _calendar(asked)
    year = asked.number("year", required=True, least=2000, most=2100)
    asked.done()
    with service.write(actor, Action.DUTY_CHANGE, DUTY, key=key) as work:
        known = work.of(ROSTERS).holidays
        if calendar not in known:
            refuse_beyond("calendars of holidays", len(known))
        load_year(work, calendar, year or 0)
        note_findings(service, work)
        return done(work, calendar=calendar, year=year)


def change_holiday(service: Service, actor: Actor, body: Mapping[str, Any], key: Key | None = None) -> Reply:
    """Make a day a holiday, or strike it: ``{calendar, date, is_holiday, name?, reason}``.

    Only days that have begun nowhere on Earth: what a roster said of a day stays what it said. Raises Invalid,
    HolidayAlreadySo, NotPermitted, TooMany.
    """
    asked = Asked(body)
    calendar, day = _calendar(asked), _date(asked)
    is_holiday = asked.yes("is_holiday", default=True)
    name = asked.text("name", required=is_holiday, longest=100)
    reason = asked.needed("reason", longest=500)
    with service.write(actor, Action.DUTY_CHANGE, DUTY, key=key) as work:
        if day is not None and day < open_days(work.now):
            fix = "override the watch of that day instead"
            asked.wrong("date", day.isoformat(), "has begun, or is past, somewhere", fix)
        asked.done()
        assert day is not None
        _refuse_twice(work.of(ROSTERS), calendar, day, is_holiday=is_holiday)
        told = {"calendar": calendar, "date": day.isoformat(), "is_holiday": is_holiday, "name": name}
        work.append(Draft("roster.holiday_changed", {**told, "by": actor.id, "reason": reason}))
        note_findings(service, work)
        return done(work, calendar=calendar, date=day.isoformat(), is_holiday=is_holiday)


def _refuse_twice(rosters: Rosters, calendar: str, day: date, *, is_holiday: bool) -> None:
    known = rosters.holidays.get(calendar)
    if (known is not None and day in known.dates) is is_holiday:
        raise HolidayAlreadySo(f"{day} is {'a' if is_holiday else 'no'} holiday of {calendar}.")
    if is_holiday and known is not None and len(known.added) >= CAPS["days added to a calendar"]:
        raise TooMany(f"At most {CAPS['days added to a calendar']} days can be added to a calendar.")


def _calendar(asked: Asked) -> str:
    told = asked.needed("calendar", longest=6).upper()
    if told and (not CALENDAR.fullmatch(told) or not is_known(told)):
        asked.wrong("calendar", told, "is no country known here", "write it like PT, or with its part US-FL")
    return told


def _date(asked: Asked) -> date | None:
    told = asked.needed("date", longest=10)
    try:
        return date.fromisoformat(told) if told else None
    except ValueError:
        asked.wrong("date", told, "is no date", "write it like 2027-01-01")
        return None
