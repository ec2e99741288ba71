"""Instants as they are typed at night."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.console.typed_instants import as_instant, as_told, read_typed
from cna_service.kit.instants import date_time_group

NOW = datetime(2026, 11, 21, 4, 27, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("now", NOW),
        ("0415Z", datetime(2026, 11, 21, 4, 15, tzinfo=UTC)),
        ("04:15", datetime(2026, 11, 21, 4, 15, tzinfo=UTC)),
        ("2340z", datetime(2026, 11, 20, 23, 40, tzinfo=UTC)),
        ("210300Z NOV 26", datetime(2026, 11, 21, 3, 0, tzinfo=UTC)),
        ("200300Z", datetime(2026, 11, 20, 3, 0, tzinfo=UTC)),
        ("2026-11-21T05:00:00+02:00", datetime(2026, 11, 21, 3, 0, tzinfo=UTC)),
        ("2026-11-21 03:00", datetime(2026, 11, 21, 3, 0, tzinfo=UTC)),
    ],
)
def test_what_happened_lies_behind_us(typed: str, read: datetime) -> None:
    assert read_typed(typed, NOW) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("0512Z", datetime(2026, 11, 21, 5, 12, tzinfo=UTC)),
        ("0400", datetime(2026, 11, 22, 4, 0, tzinfo=UTC)),
        ("2 h", NOW + timedelta(hours=2)),
        ("in 90 min", NOW + timedelta(minutes=90)),
        ("1 h 30 min", NOW + timedelta(minutes=90)),
    ],
)
def test_a_limit_lies_ahead(typed: str, read: datetime) -> None:
    assert read_typed(typed, NOW, ahead=True) == read


@pytest.mark.parametrize("typed", ["soon", "2561Z", "310300Z FOO 26", "320300Z NOV 26", "2 h", "", "9999"])
def test_what_cannot_be_read_is_handed_on_as_typed(typed: str) -> None:
    assert read_typed(typed, NOW) is None
    assert as_instant(typed, NOW) == typed


def test_a_length_counts_from_when_the_call_began() -> None:
    began = NOW - timedelta(minutes=10)
    assert read_typed("2 h", NOW, ahead=True, base=began) == began + timedelta(hours=2)


def test_the_words_typed_stay_beside_the_instant() -> None:
    assert as_told("0415Z", NOW) == {
        "text": "0415Z",
        "zone": "UTC",
        "earliest": "2026-11-21T04:15:00.000000Z",
        "latest": "2026-11-21T04:15:00.000000Z",
    }
    assert as_told("now", NOW)["text"] == "210427Z NOV 26"


@given(st.integers(min_value=-10_000_000, max_value=30_000_000))
def test_a_date_time_group_is_read_as_it_is_written(minutes: int) -> None:
    instant = NOW.replace(second=0) + timedelta(minutes=minutes)
    assert read_typed(date_time_group(instant), NOW) == instant


@given(st.text(max_size=40))
def test_nothing_that_is_typed_breaks_it(typed: str) -> None:
    for ahead in (False, True):
        found = read_typed(typed, NOW, ahead=ahead)
        assert found is None or found.tzinfo is UTC
