from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.duty.local_time import (
    first_occurrence,
    hand_over,
    last_occurrence,
    tzdata_version,
    wall_time,
    zone,
)

ZONES = ("Europe/Lisbon", "Atlantic/Azores", "America/New_York", "Australia/Lord_Howe", "Pacific/Kiritimati")


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def on_the_wall(*parts):
    return utc(*parts).replace(tzinfo=None)


WALLS = st.datetimes(min_value=on_the_wall(1990, 1, 1), max_value=on_the_wall(2036, 1, 1))


@pytest.mark.parametrize(
    ("name", "wall", "first", "last"),
    [
        ("Europe/Lisbon", (2026, 10, 25, 1, 30), (2026, 10, 25, 0, 30), (2026, 10, 25, 1, 30)),
        ("Atlantic/Azores", (2026, 10, 25, 0, 30), (2026, 10, 25, 0, 30), (2026, 10, 25, 1, 30)),
        ("America/New_York", (2026, 11, 1, 1, 30), (2026, 11, 1, 5, 30), (2026, 11, 1, 6, 30)),
        ("Australia/Lord_Howe", (2026, 4, 5, 1, 45), (2026, 4, 4, 14, 45), (2026, 4, 4, 15, 15)),
        ("Europe/Lisbon", (2026, 7, 1, 8, 0), (2026, 7, 1, 7, 0), (2026, 7, 1, 7, 0)),
        ("Europe/Lisbon", (2028, 2, 29, 8, 0), (2028, 2, 29, 8, 0), (2028, 2, 29, 8, 0)),
    ],
)
def test_a_start_is_the_first_occurrence_and_an_end_the_last(name, wall, first, last):
    where = zone(name)
    assert first_occurrence(on_the_wall(*wall), where) == utc(*first)
    assert last_occurrence(on_the_wall(*wall), where) == utc(*last)
    assert hand_over(on_the_wall(*wall), where) == utc(*first)


@pytest.mark.parametrize(
    ("name", "wall", "end_of_gap"),
    [
        ("Europe/Lisbon", (2026, 3, 29, 1, 30), (2026, 3, 29, 1, 0)),
        ("Europe/Lisbon", (2026, 3, 29, 1, 0), (2026, 3, 29, 1, 0)),
        ("Atlantic/Azores", (2026, 3, 29, 0, 30), (2026, 3, 29, 1, 0)),
        ("America/New_York", (2026, 3, 8, 2, 59), (2026, 3, 8, 7, 0)),
        ("Australia/Lord_Howe", (2026, 10, 4, 2, 15), (2026, 10, 3, 15, 30)),
        ("Pacific/Kiritimati", (1994, 12, 31, 8, 0), (1994, 12, 31, 10, 0)),
    ],
)
def test_a_skipped_time_is_the_first_instant_after_the_gap(name, wall, end_of_gap):
    where = zone(name)
    assert first_occurrence(on_the_wall(*wall), where) == utc(*end_of_gap)
    assert last_occurrence(on_the_wall(*wall), where) == utc(*end_of_gap)


@given(st.sampled_from(ZONES), WALLS, WALLS)
def test_instants_keep_the_order_of_wall_times(name, one, two):
    where = zone(name)
    earlier, later = min(one, two), max(one, two)
    assert first_occurrence(earlier, where) <= first_occurrence(later, where)
    assert last_occurrence(earlier, where) <= last_occurrence(later, where)
    assert first_occurrence(one, where) <= last_occurrence(one, where)


@given(st.sampled_from(ZONES), WALLS)
def test_a_wall_time_that_exists_is_what_the_wall_shows(name, wall):
    where = zone(name)
    shown = wall_time(first_occurrence(wall, where), where)
    assert shown == wall or wall < shown <= wall + timedelta(days=1)


@pytest.mark.parametrize(
    "name", ["Nowhere", "", "Europe", "../secret", "/etc/passwd", "Europe/Lisbon/", "None"]
)
def test_a_name_that_is_no_zone_is_refused_with_an_example(name):
    with pytest.raises(ValueError, match="Europe/Lisbon"):
        zone(name)


def test_the_version_of_the_zone_rules_can_be_told():
    assert tzdata_version()[:2] == "20"
