"""Rules of relief and notice: who stands for the holder of a case, and when an officer is told of a watch to come."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from cna_service.duty.local_time import first_occurrence, last_occurrence, wall_time, zone
from cna_service.duty.relief import RELIEVED_POST, WatchLife
from cna_service.duty.relief_boundaries import changes_ahead, next_changes
from cna_service.duty.rules import Rosters, Watch

OVERDUE_AFTER = timedelta(minutes=15)
CHECK_IN_EVERY = timedelta(minutes=30)

LONG_NOTICE = timedelta(hours=3)
"""A notice this long before or longer need wake nobody: it comes within waking hours."""

DAY_BEGINS, DAY_ENDS = time(8), time(21)

TimerKey = tuple[str, str, int]


def stands_for_holder(watch: Watch, holder: str | None, *, is_second: bool = True) -> tuple[str, ...]:
    """Whom a summons to the holder of a case reaches, in order (desk-rules 3.5): a case belongs to the watch.

    A holder who has a post of the present watch is himself. Else who has the watch now comes first, and the former
    holder second: only where ``is_second``, when who has the watch was summoned as the holder once already.
    """
    on_watch = watch.posts.get(RELIEVED_POST)
    if holder is not None and (on_watch is None or holder in watch.posts.values()):
        return (holder,)
    found = (on_watch, holder if is_second else None)
    return tuple(officer for officer in found if officer is not None)


def due(rosters: Rosters, state: WatchLife) -> dict[TimerKey, datetime]:
    """Every instant at which the watch itself wants something: a change to record, a relief unsigned for too long, a
    notice, a check-in. Pure, and not of now."""
    wanted: dict[TimerKey, datetime] = {}
    if changes := next_changes(rosters, state):
        wanted["watch", "posts", state.changes] = changes[0].at
    relief = state.relief
    if relief is not None and relief.is_open and relief.overdue_at is None:
        wanted["relief", RELIEVED_POST, relief.seq] = relief.recorded_at + OVERDUE_AFTER
    if state.check_in is not None:
        wanted["check_in", RELIEVED_POST, state.check_in.seq] = state.check_in.due_at
    return wanted | _notices(rosters, state)


def _notices(rosters: Rosters, state: WatchLife) -> dict[TimerKey, datetime]:
    where = zone_of(rosters)
    wanted: dict[TimerKey, datetime] = {}
    for officer, starts_at in _starts(rosters, state):
        wish = state.wish_of(officer)
        for n, minutes in enumerate(wish):
            if (officer, starts_at, minutes) in state.noticed:
                continue
            at = notice_at(starts_at, minutes, min(wish), where, state.roster_at)
            if at is not None:
                wanted["notice", officer, notice_number(starts_at, n)] = at
    return wanted


def _starts(rosters: Rosters, state: WatchLife) -> dict[tuple[str, datetime], None]:
    """Who takes a post when. One officer who takes two posts at once is told once."""
    ahead = changes_ahead(rosters, state)
    return {(change.coming, change.at): None for change in ahead if change.coming is not None}


def notice_number(starts_at: datetime, n: int) -> int:
    """A number that names the ``n``-th notice of a watch's start and nothing else."""
    return int(starts_at.timestamp()) // 60 * 4 + n


def notice_of(number: int) -> tuple[int, int]:
    """(minute of the start since 1970, n) of :func:`notice_number`."""
    return number // 4, number % 4


def notice_at(
    starts_at: datetime, minutes: int, shortest: int, where: ZoneInfo, known_at: datetime | None
) -> datetime | None:
    """When an officer is told of a watch, ``minutes`` before it; None where a shorter notice does.

    A long one that would fall into the night comes the evening before; a watch that is known of only later is told of
    at once, by day.
    """
    at = starts_at - timedelta(minutes=minutes)
    is_long = timedelta(minutes=minutes) >= LONG_NOTICE
    if is_long:
        at = _evening_before(at, where)
    if known_at is not None and at < known_at:
        at = _morning_after(known_at, where) if is_long else known_at
    last = starts_at if minutes == shortest else starts_at - timedelta(minutes=shortest)
    return at if at < last else None


def is_by_day(at: datetime, where: ZoneInfo) -> bool:
    return DAY_BEGINS <= wall_time(at, where).time() <= DAY_ENDS


def _evening_before(at: datetime, where: ZoneInfo) -> datetime:
    if is_by_day(at, where):
        return at
    wall = wall_time(at, where)
    day = wall.date() if wall.time() > DAY_ENDS else wall.date() - timedelta(days=1)
    return last_occurrence(datetime.combine(day, DAY_ENDS), where)


def _morning_after(at: datetime, where: ZoneInfo) -> datetime:
    if is_by_day(at, where):
        return at
    wall = wall_time(at, where)
    day = wall.date() + timedelta(days=1) if wall.time() > DAY_ENDS else wall.date()
    return first_occurrence(datetime.combine(day, DAY_BEGINS), where)


def zone_of(rosters: Rosters) -> ZoneInfo:
    """The zone by whose wall clock day and night are told: that of the first roster."""
    first = next(iter(rosters.versions.values()), None)
    return zone("Etc/UTC") if first is None else first[-1].roster.zone
