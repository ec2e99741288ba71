"""Which telephones are tested by themselves, and when: at the start of a watch, weekly, once a quarter at night.

Looked at every few minutes; each occasion has a key, and the entry that begins its test names it, so that looking
twice tests once, on however many nodes. Off in an exercise unless a setting switches it on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cna_service.db.outbox import Sending
from cna_service.duty.local_time import wall_time, zone
from cna_service.duty.rules import Rosters, Shift, shifts
from cna_service.duty.waking_hours import is_awake, may_ring_at, night_instant
from cna_service.escalation import phone_test_words
from cna_service.identity import proof_store
from cna_service.identity.actors import SERVICE
from cna_service.identity.contacts import OfficerContact
from cna_service.identity.officers import Officer, Officers
from cna_service.identity.phone_tests import PhoneTests
from cna_service.kit.ids import uuid7
from cna_service.kit.instants import date_time_group, to_text
from cna_service.ledger.entry import Draft
from cna_service.workflow import phone_test_store
from cna_service.workflow.phone_tests import Sent, begin, has_open_alert, usual_sendings
from cna_service.workflow.projections import DESK, OFFICERS, PHONE_TESTS
from cna_service.workflow.roster_reading import rosters_of
from cna_service.workflow.service import Service
from cna_service.workflow.work import Work

EVERY_FIFTH = 5
LATEST = timedelta(hours=6)
"""A watch whose test could not ring for so long (the desk was down) has none: the week's test comes."""

NIGHT_LATEST = timedelta(hours=1)
ANNOUNCED_BEFORE = (timedelta(hours=10), timedelta(hours=48))
WEEKLY_FROM = (5, 10)
"""ISO weekday and hour on his wall clock, from which whoever was not tested this week is tested."""

KEEP_CODES = timedelta(days=2)
"""An answer to a test that comes a day late still counts, and is no wrong code."""

_BEHIND, _AHEAD, _ROSTERED = timedelta(hours=36), timedelta(hours=60), timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Wanted:
    """``at``: for a night that is only announced now, when the test will come."""

    officer: str
    why: str
    key: str
    at: datetime | None = None


def look(service: Service) -> None:
    """Begin every test that is due now, announce every night test that is to be."""
    if not service.desk.tests_phones:
        return
    with service.read() as reader:
        desk = reader.stream(DESK)
        wanted = list(
            wanted_tests(
                rosters_of(reader), desk.of(OFFICERS), desk.of(PHONE_TESTS), reader.now, service.desk.zone
            )
        )
    for each in wanted:
        _begin(service, each)


def forget(service: Service) -> None:
    """Codes of old tests and of contacts that nobody verified: operational, and private."""
    with service.database.write() as connection:
        phone_test_store.forget_codes(connection, service.clock.now() - KEEP_CODES)
        proof_store.forget(connection, service.machine.now() - KEEP_CODES)


def wanted_tests(
    rosters: Rosters, officers: Officers, tests: PhoneTests, now: datetime, desk_zone: str
) -> Iterator[Wanted]:
    """What is due at this instant; pure."""
    for officer, around in _watches(rosters, officers, now):
        if not officer.is_enabled or not officer.book.waking or tests.open_for(officer.id) is not None:
            continue
        where = zone(officer.book.preferences.zone or desk_zone)
        found = _of_one(officer, around, tests, now, desk_zone)
        rings = [each for each in found if each.at is None]
        if is_awake(officer.book.preferences, now, where):
            yield from (each for each in found if each.at is not None)
            yield from rings[:1]
        else:
            yield from (each for each in rings if each.why == "night")


def _of_one(
    officer: Officer, around: list[Shift], tests: PhoneTests, now: datetime, desk_zone: str
) -> list[Wanted]:
    """What he would be rung for first comes first."""
    return [
        *_watch_start(officer, around, tests, now, desk_zone),
        *_night(officer, around, tests, now, desk_zone),
        *_weekly(officer, tests, now, desk_zone),
    ]


def _watches(rosters: Rosters, officers: Officers, now: datetime) -> Iterator[tuple[Officer, list[Shift]]]:
    """Everybody on the roster, with his watches around now, the earlier first."""
    around = shifts(rosters, now - _BEHIND, now + _AHEAD)
    rostered = {s.officer for s in (*around, *shifts(rosters, now, now + _ROSTERED)) if s.officer}
    for name in sorted(rostered):
        if (officer := officers.get(name)) is not None:
            yield officer, sorted((s for s in around if s.officer == name), key=lambda s: s.starts_at)


def _watch_start(
    officer: Officer, around: Iterable[Shift], tests: PhoneTests, now: datetime, desk_zone: str
) -> Iterator[Wanted]:
    """Of watches that somebody else had before him; one that goes on from further back has begun long ago."""
    where = zone(officer.book.preferences.zone or desk_zone)
    for shift in (s for s in around if s.starts_at > now - _BEHIND):
        at = may_ring_at(shift.starts_at, shift.ends_at, officer.book.preferences, where)
        key = f"watch:{to_text(shift.starts_at)}"
        if at <= now < at + LATEST and now < shift.ends_at and not tests.had(officer.id, key):
            yield Wanted(officer.id, "watch_start", key)


def _weekly(officer: Officer, tests: PhoneTests, now: datetime, desk_zone: str) -> Iterator[Wanted]:
    where = zone(officer.book.preferences.zone or desk_zone)
    local = wall_time(now, where)
    year, week, day = local.isocalendar()
    newest = max((t.begun_at for t in tests.of(officer.id)), default=None)
    is_tested = newest is not None and wall_time(newest, where).isocalendar()[:2] == (year, week)
    if (day, local.hour) >= WEEKLY_FROM and not is_tested:
        yield Wanted(officer.id, "weekly", f"week:{year}-{week:02d}")


def _night(
    officer: Officer, around: Iterable[Shift], tests: PhoneTests, now: datetime, desk_zone: str
) -> Iterator[Wanted]:
    """Once a quarter, in a watch of his, announced in his waking hours (desk-rules 15.5)."""
    where = zone(officer.book.preferences.zone or desk_zone)
    local = wall_time(now, where)
    key = f"night:{local.year}-{(local.month + 2) // 3}:{officer.id}"
    if tests.had(officer.id, key):
        return
    announced = tests.announced.get(key)
    if announced is not None and now < announced + NIGHT_LATEST:
        if now >= announced:
            yield Wanted(officer.id, "night", key)
        return
    for shift in around:
        earliest = max(shift.starts_at, now + ANNOUNCED_BEFORE[0])
        at = night_instant(earliest, shift.ends_at, officer.book.preferences, where)
        if at is not None and at - now <= ANNOUNCED_BEFORE[1]:
            yield Wanted(officer.id, "night", key, at)
            return


def _begin(service: Service, wanted: Wanted) -> None:
    """Under the lock it is asked again whether somebody else was quicker, and whether a real alert came."""
    with service.tick(SERVICE, [DESK], wait=True) as work:
        officer, tests = work.of(OFFICERS, DESK).get(wanted.officer), work.of(PHONE_TESTS, DESK)
        if officer is None or tests.had(wanted.officer, wanted.key) or has_open_alert(work, officer):
            return
        if wanted.at is not None:
            _announce(service, work, officer, wanted.key, wanted.at)
            return
        sendings = _sendings(work, officer, wanted.why)
        if sendings:
            is_fifth = wanted.why == "watch_start" and (tests.watch_starts + 1) % EVERY_FIFTH == 0
            provider = "spare" if is_fifth and service.desk.has_spare else "usual"
            begin(service, work, officer, wanted.why, wanted.key, sendings, provider=provider)


def _sendings(work: Work, officer: Officer, why: str) -> list[Sent]:
    """Weekly it is the turn of the contact whose last test is longest ago; else what would be rung first."""
    if why != "weekly":
        return usual_sendings(work, officer)
    chosen = _longest_untested(officer.book.waking)
    return [] if chosen is None else [(chosen.id, channel) for channel in chosen.channels]


def _longest_untested(contacts: Iterable[OfficerContact]) -> OfficerContact | None:
    return min(
        (c for c in contacts if c.value),
        key=lambda c: (c.tested_at is not None, c.tested_at or c.added_at),
        default=None,
    )


def _announce(service: Service, work: Work, officer: Officer, key: str, at: datetime) -> None:
    work.append(Draft("phone_test.announced", {"officer": officer.id, "key": key, "at": to_text(at)}), DESK)
    contact = next((c for c in officer.book.contacts if c.value and {"sms", "email"} & set(c.channels)), None)
    if contact is None or contact.value is None:
        return
    text = phone_test_words.said(
        service.policies.texts,
        officer.language,
        "announced",
        exercise=service.desk.is_exercise,
        when=date_time_group(at),
    )
    channel = "sms" if "sms" in contact.channels else "email"
    row = uuid7(work.now)
    content = {"purpose": "notice", "subject": "TEST announced", "text": text}
    work.send([Sending(row, DESK, f"notice:{row}", channel, contact.value, content, priority=8)])
