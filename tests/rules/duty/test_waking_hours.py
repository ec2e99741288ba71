"""When the test of a watch may ring: within waking hours whatever the zone and the season."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.duty.local_time import wall_time, zone
from cna_service.duty.waking_hours import BEFORE_SLEEP, is_awake, may_ring_at, night_instant
from cna_service.identity.preferences import Preferences

ZONES = ["Europe/Lisbon", "Atlantic/Azores", "America/New_York", "Australia/Lord_Howe", "Pacific/Kiritimati"]
USUAL = Preferences()
LISBON = zone("Europe/Lisbon")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_watch_that_begins_by_day_is_tested_at_its_start() -> None:
    assert may_ring_at(at("2026-11-21T08:00"), at("2026-11-22T08:00"), USUAL, LISBON) == at(
        "2026-11-21T08:00"
    )


def test_rule_15_5_a_watch_that_begins_at_night_is_tested_in_its_first_waking_hour() -> None:
    assert may_ring_at(at("2026-11-21T02:00"), at("2026-11-21T10:00"), USUAL, LISBON) == at(
        "2026-11-21T07:00"
    )


def test_a_watch_without_a_waking_hour_is_tested_in_the_hour_before_he_sleeps() -> None:
    """Rule 13.3: it could have been known before."""
    assert may_ring_at(at("2026-11-21T23:00"), at("2026-11-22T06:00"), USUAL, LISBON) == at(
        "2026-11-21T21:00"
    )


def test_night_tests_come_at_three_on_his_own_wall_clock() -> None:
    azores = zone("Atlantic/Azores")
    found = night_instant(at("2026-11-21T12:00"), at("2026-11-22T12:00"), USUAL, azores)
    assert found == at("2026-11-22T04:00")
    assert night_instant(at("2026-11-21T12:00"), at("2026-11-21T20:00"), USUAL, LISBON) is None
    owl = Preferences(None, time(20), time(8))
    assert night_instant(at("2026-11-21T12:00"), at("2026-11-22T12:00"), owl, LISBON) is None


@pytest.mark.parametrize("name", ZONES)
@given(
    begins=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001
    hours=st.integers(1, 48),
    wakes=st.times(),
    sleeps=st.times(),
)
def test_rule_15_5_no_test_of_a_watch_rings_at_night(
    name: str, begins: datetime, hours: int, wakes: time, sleeps: time
) -> None:
    where = zone(name)
    wished = Preferences(
        None, wakes.replace(second=0, microsecond=0), sleeps.replace(second=0, microsecond=0)
    )
    starts = begins.replace(tzinfo=UTC)
    found = may_ring_at(starts, starts + timedelta(hours=hours), wished, where)
    assert starts - timedelta(hours=50) <= found < starts + timedelta(hours=hours)
    length = (datetime.combine(begins, wished.sleeps) - datetime.combine(begins, wished.wakes)) % timedelta(
        days=1
    )
    is_short = timedelta() < length <= BEFORE_SLEEP * 2
    # The hour that a clock change repeats or skips may lie at the very edge of his day.
    edges = (wall_time(found + timedelta(hours=n), where).time() for n in (-1, 0, 1))
    assert is_awake(wished, found, where) or is_short or not all(wished.is_night(e) for e in edges)
