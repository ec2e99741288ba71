"""What the pages Watch and Rosters show, as frozen values, read at one instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cna_service.duty.findings import Finding
from cna_service.duty.local_time import tzdata_version
from cna_service.duty.roster import POSTS
from cna_service.duty.rules import Rosters, Shift, Watch, shifts, watches, who_has_the_watch
from cna_service.duty.state import Absence, CalendarLink, HolidayCalendar, Override, Swap, Temporary
from cna_service.identity.officers import Officers
from cna_service.workflow import roster_views
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.roster_checks import findings_of
from cna_service.workflow.roster_reading import rosters_of
from cna_service.workflow.roster_swaps import moved
from cna_service.workflow.roster_words import says
from cna_service.workflow.service import Service

AHEAD = timedelta(weeks=4)
_ROWS = 60
"""So many watches are shown ahead: on a telephone more are not looked at; the interface and the calendar have all."""
_TURNS = 40
_CLOSED_SHOWN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class SwapLine:
    """``moved``: why it can no longer be accepted, None while it can."""

    swap: Swap
    moved: str | None


@dataclass(frozen=True, slots=True)
class WatchPage:
    """Who has the watch now, next and for weeks; what is wrong with it; what the officers have arranged."""

    now: datetime
    current: Watch
    ahead: tuple[Watch, ...]
    until: datetime
    findings: tuple[tuple[Finding, str], ...]
    overrides: tuple[Override, ...]
    absences: tuple[Absence, ...]
    swaps: tuple[SwapLine, ...]
    temporaries: tuple[Temporary, ...]
    links: tuple[CalendarLink, ...]
    turns: tuple[Shift, ...]
    rosters: tuple[str, ...]
    zone: str
    officers: Officers
    posts: tuple[str, ...] = POSTS

    def turns_of(self, officer: str) -> list[Shift]:
        """Watches that he may ask somebody to take."""
        return [turn for turn in self.turns if turn.officer == officer]

    @property
    def is_empty(self) -> bool:
        return not self.rosters and not self.overrides


def watch_page(service: Service) -> WatchPage:
    with service.read() as reader:
        rosters, officers, now = rosters_of(reader), reader.stream(DESK).of(OFFICERS), reader.now
        findings = tuple((f, says(f, officers)) for f in findings_of(service, reader))
    ahead = watches(rosters, now, now + AHEAD)
    shown = tuple(ahead[:_ROWS])
    turns = [s for s in shifts(rosters, now, now + AHEAD) if s.officer and s.starts_at > now]
    return WatchPage(
        now=now,
        current=who_has_the_watch(rosters, now),
        ahead=shown,
        until=shown[-1].ends_at or now,
        findings=findings,
        overrides=tuple(o for o in rosters.overrides.values() if o.ends_at > now),
        absences=tuple(a for a in rosters.absences.values() if a.ends_at > now),
        swaps=tuple(_swaps(rosters, now)),
        temporaries=tuple(t for t in rosters.temporaries.values() if t.ends_at > now),
        links=tuple(rosters.links.values()),
        turns=tuple(sorted(turns, key=lambda s: s.starts_at)[:_TURNS]),
        rosters=_names(rosters),
        zone=service.desk.zone,
        officers=officers,
    )


def _swaps(rosters: Rosters, now: datetime) -> list[SwapLine]:
    """Those that wait, and those settled in the last week."""
    lines = []
    for swap in rosters.swaps.values():
        if swap.state == "asked" and max(t.ends_at for t in swap.turns) > now:
            lines.append(SwapLine(swap, moved(rosters, swap, now)))
        elif swap.settled_at is not None and swap.settled_at > now - _CLOSED_SHOWN:
            lines.append(SwapLine(swap, None))
    return lines


def _names(rosters: Rosters) -> tuple[str, ...]:
    return tuple(name for name, versions in rosters.versions.items() if not versions[-1].is_ended)


@dataclass(frozen=True, slots=True)
class RosterLine:
    """``body``: of the version in force, or of the newest one where none is yet."""

    name: str
    body: Mapping[str, Any]
    in_force_from: datetime | None
    by: str | None
    versions: int
    is_ended: bool
    to_come: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class RostersPage:
    now: datetime
    rosters: tuple[RosterLine, ...]
    temporaries: tuple[Temporary, ...]
    holidays: tuple[HolidayCalendar, ...]
    changes: tuple[Mapping[str, Any], ...]
    tzdata: str
    checked: Any
    zone: str
    officers: Officers
    posts: tuple[str, ...] = POSTS


def rosters_page(service: Service) -> RostersPage:
    with service.read() as reader:
        rosters, officers, now = rosters_of(reader), reader.stream(DESK).of(OFFICERS), reader.now
    return RostersPage(
        now=now,
        rosters=tuple(_line(rosters, name, now) for name in rosters.versions),
        temporaries=tuple(t for t in rosters.temporaries.values() if t.ends_at > now),
        holidays=tuple(rosters.holidays.values()),
        changes=tuple(roster_views.previews_ahead(rosters, now)),
        tzdata=tzdata_version(),
        checked=rosters.checked,
        zone=service.desk.zone,
        officers=officers,
    )


def _line(rosters: Rosters, name: str, now: datetime) -> RosterLine:
    versions = rosters.versions[name]
    in_force = next(v for v in reversed(versions) if v.in_force_from is None or v.in_force_from <= now)
    newest = next((v for v in reversed(versions) if not v.is_ended), versions[0])
    told = newest if in_force.is_ended else in_force
    return RosterLine(
        name,
        told.told,
        in_force.in_force_from or in_force.entered_at,
        in_force.by,
        len(versions),
        in_force.is_ended,
        tuple(v.in_force_from for v in versions if v.in_force_from is not None and v.in_force_from > now),
    )
