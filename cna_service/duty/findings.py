"""What is wrong with the weeks ahead: gaps, who is passed over, who cannot be reached, who is booked twice. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from cna_service.duty.rules import Shift, gaps, shifts
from cna_service.duty.state import Rosters
from cna_service.kit.instants import to_text

AHEAD = timedelta(days=30)
URGENT = timedelta(hours=24)
TESTED_WITHIN = timedelta(days=30)
ENOUGH_CONTACTS = 2
_BACK = timedelta(days=35)
"""How far back the beginning of a gap that is in force already is looked for."""
_RECURRING = 3
"""So many gaps of one post are one finding: a desk without nights is told so once, not every night anew."""


@dataclass(frozen=True, slots=True)
class ContactStanding:
    """What is known of the contacts of one officer, as far as a roster must know it.

    ``verified``: how many different contacts that can wake him are proved to be his. ``last_tests``: each waking
    contact (``phone``, ``second_phone``, ``push-1`` …) with the instant of its last test that he confirmed, or None.
    ``is_daytime_only``: no contact of his has a yes to a test within night hours in the last 90 days (desk-rules 3.6).
    """

    officer: str
    verified: int
    last_tests: Mapping[str, datetime | None] = field(default_factory=lambda: MappingProxyType({}))
    is_daytime_only: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend. ``kind``: gap (nobody at all), fallback_only, passed_over, double_booked, override_idle,
    holidays_missing, empty_rung, too_few_contacts, contact_untested, daytime_only, zone_moved.

    ``also``: what else it concerns (the other post, who stands in, a contact, a calendar and year). ``count``: how
    often until the end of what was looked at; the instants are of the first time.
    """

    kind: str
    post: str | None = None
    officer: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    also: str | None = None
    count: int = 1
    is_urgent: bool = False
    mark: str = ""

    @property
    def key(self) -> str:
        """The same finding at the next look has the same key; it becomes another one when it becomes urgent."""
        parts = (self.kind, self.post or "", self.officer or "", self.mark, "now" if self.is_urgent else "")
        return ":".join(parts).rstrip(":")


def look(
    rosters: Rosters,
    now: datetime,
    *,
    standings: Sequence[ContactStanding] | None = None,
    empty_rungs: Iterable[str] = (),
) -> tuple[Finding, ...]:
    """Everything found in the next thirty days, what is urgent first. ``standings`` None: nothing is known of
    contacts, and nothing said of them."""
    found = shifts(rosters, now - _BACK, now + AHEAD)
    ahead = [replace(s, starts_at=max(s.starts_at, now)) for s in found if s.ends_at > now]
    findings = [
        *_gaps([s for s in gaps(rosters, now - _BACK, now + AHEAD) if s.ends_at > now], now),
        *_passed_over(ahead),
        *_double_booked(ahead),
        *_idle(rosters, now),
        *_holidays(rosters, now),
        *(Finding("empty_rung", post=who, mark="") for who in empty_rungs),
    ]
    if standings is not None:
        findings += _contacts({s.officer for s in ahead if s.officer}, standings, now)
    return tuple(sorted(findings, key=lambda f: (not f.is_urgent, f.starts_at or now + AHEAD)))


def _gaps(found: Sequence[Shift], now: datetime) -> Iterator[Finding]:
    by_kind: dict[tuple[str, str], list[Shift]] = defaultdict(list)
    for shift in found:
        by_kind["gap" if shift.officer is None else "fallback_only", shift.post].append(shift)
    for (kind, post), all_of_it in by_kind.items():
        recurs = len(all_of_it) >= _RECURRING
        for gap in all_of_it[:1] if recurs else all_of_it:
            is_long = gap.starts_at <= now - _BACK
            mark = "recurring" if recurs else "long" if is_long else to_text(gap.starts_at)
            yield Finding(
                kind,
                post,
                gap.officer,
                max(gap.starts_at, now),
                gap.ends_at,
                count=len(all_of_it) if recurs else 1,
                is_urgent=kind == "gap" and gap.starts_at < now + URGENT,
                mark=mark,
            )


def _passed_over(ahead: Sequence[Shift]) -> Iterator[Finding]:
    first: dict[tuple[str, str], Shift] = {}
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for shift in ahead:
        for officer in shift.passed_over:
            first.setdefault((shift.post, officer), shift)
            counts[shift.post, officer] += 1
    for (post, officer), shift in first.items():
        yield Finding(
            "passed_over",
            post,
            officer,
            shift.starts_at,
            shift.ends_at,
            also=shift.officer,
            count=counts[post, officer],
        )


def _double_booked(ahead: Sequence[Shift]) -> Iterator[Finding]:
    told: dict[tuple[str, str, str], Finding] = {}
    by_officer: dict[str, list[Shift]] = defaultdict(list)
    for shift in ahead:
        if shift.officer:
            by_officer[shift.officer].append(shift)
    for officer, mine in by_officer.items():
        for one, other in _overlapping(mine):
            key = (officer, one.post, other.post)
            begins, ends = max(one.starts_at, other.starts_at), min(one.ends_at, other.ends_at)
            before = told.get(key)
            told[key] = (
                Finding("double_booked", one.post, officer, begins, ends, also=other.post, mark=other.post)
                if before is None
                else replace(before, count=before.count + 1)
            )
    yield from told.values()


def _overlapping(mine: Sequence[Shift]) -> Iterator[tuple[Shift, Shift]]:
    for n, one in enumerate(mine):
        for other in mine[n + 1 :]:
            if one.post != other.post and one.starts_at < other.ends_at and other.starts_at < one.ends_at:
                yield one, other


def _idle(rosters: Rosters, now: datetime) -> Iterator[Finding]:
    """An override that changes nothing: it names an officer who does not have the post then."""
    for each in rosters.overrides.values():
        if each.kind == "add" or each.ends_at <= now or each.starts_at > now + AHEAD:
            continue
        without = {key: o for key, o in rosters.overrides.items() if key != each.id}
        bare = replace(rosters, overrides=MappingProxyType(without))
        begins = max(each.starts_at, now)
        as_it_is, as_it_was = (
            [
                (s.officer, s.starts_at, s.ends_at)
                for s in shifts(of, begins, each.ends_at)
                if s.post == each.post
            ]
            for of in (rosters, bare)
        )
        if as_it_is == as_it_was:
            who = each.instead_of or each.officer
            yield Finding(
                "override_idle",
                each.post,
                who,
                begins,
                each.ends_at,
                also=each.swap,
                mark=to_text(each.starts_at),
            )


def _holidays(rosters: Rosters, now: datetime) -> Iterator[Finding]:
    for calendar in calendars_in_use(rosters, now):
        known = rosters.holidays.get(calendar)
        for year in sorted({now.year, (now + AHEAD).year}):
            if known is None or year not in known.years:
                yield Finding("holidays_missing", also=f"{calendar} {year}", mark=f"{calendar}-{year}")


def calendars_in_use(rosters: Rosters, now: datetime) -> tuple[str, ...]:
    """The calendars of holidays that rosters in force or to come ask for."""
    named = []
    for versions in rosters.versions.values():
        started = [v for v in versions if v.in_force_from is None or v.in_force_from <= now]
        named += [v.roster.holidays for v in (started[-1:] + [v for v in versions if v not in started])]
    named += [t.roster.holidays for t in rosters.temporaries.values() if t.ends_at > now]
    return tuple(dict.fromkeys(calendar for calendar in named if calendar))


def _contacts(officers: set[str], standings: Sequence[ContactStanding], now: datetime) -> Iterator[Finding]:
    known = {standing.officer: standing for standing in standings}
    for officer in sorted(officers):
        standing = known.get(officer) or ContactStanding(officer, 0)
        if standing.verified < ENOUGH_CONTACTS:
            yield Finding("too_few_contacts", officer=officer, count=standing.verified)
        old = [c for c, at in sorted(standing.last_tests.items()) if at is None or at < now - TESTED_WITHIN]
        if old:
            yield Finding("contact_untested", officer=officer, also=", ".join(old))
        if standing.is_daytime_only:
            yield Finding("daytime_only", officer=officer)
