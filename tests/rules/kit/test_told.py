"""Told values: exact ones, ranges, and what cannot be told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cna_service.kit.instants import date_time_group, from_optional, from_text, to_text
from cna_service.kit.told import Order, exactly, told_instant

RANGE = {
    "text": "between 1740Z and 1800Z",
    "earliest": "2026-11-21T17:40:00Z",
    "latest": "2026-11-21T18:00:00Z",
}


def test_a_plain_instant_is_exact_and_keeps_its_zone() -> None:
    told = told_instant("2026-11-21T13:03:00-05:00")
    assert told.exact == datetime(2026, 11, 21, 18, 3, tzinfo=UTC)
    assert told.zone == "-05:00"
    assert told.text == "2026-11-21T13:03:00-05:00"


def test_a_range_is_not_exact() -> None:
    assert told_instant(RANGE).exact is None


@pytest.mark.parametrize(
    ("other", "order"),
    [
        ("2026-11-21T17:00:00Z", Order.AFTER),
        ("2026-11-21T19:00:00Z", Order.BEFORE),
        ("2026-11-21T17:50:00Z", Order.UNKNOWN),
    ],
)
def test_order_is_told_only_where_it_can_be(other: str, order: Order) -> None:
    assert told_instant(RANGE).compared_with(told_instant(other)) is order


def test_words_without_bounds_can_be_compared_with_nothing() -> None:
    told = told_instant({"text": "early Wednesday"})
    assert told.compared_with(exactly(datetime(2026, 11, 21, tzinfo=UTC))) is Order.UNKNOWN


@pytest.mark.parametrize(
    "wrong",
    [
        "2026-11-21T18:03:00",
        "yesterday",
        "0001-01-01T00:00:00+14:00",
        {"earliest": "2026-11-21T18:03:00Z"},
        {"text": "x", "earliest": 5},
        {"text": "x", "earliest": "2026-11-21T18:00:00Z", "latest": "2026-11-21T17:00:00Z"},
    ],
)
def test_what_is_no_instant_is_refused_in_words(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        told_instant(wrong)  # type: ignore[arg-type]


def test_a_told_instant_survives_its_json() -> None:
    told = told_instant(RANGE | {"zone": "UTC", "source": "log of the unit"})
    assert told_instant(told.as_json()) == told


def test_instants_are_written_alike_in_every_century() -> None:
    assert to_text(datetime(999, 1, 2, tzinfo=UTC)) == "0999-01-02T00:00:00.000000Z"
    assert from_text(to_text(datetime(999, 1, 2, tzinfo=UTC))).year == 999
    assert date_time_group(datetime(2026, 11, 21, 14, 3, tzinfo=UTC)) == "211403Z NOV 26"
    assert from_optional(None) is None


def test_an_instant_without_a_zone_is_not_written() -> None:
    with pytest.raises(ValueError, match="needs a zone"):
        to_text(datetime(2026, 11, 21))  # noqa: DTZ001
