"""The speed that two told positions demand: bounds, never an accusation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cna_service.vessels.tracks import Leg, Sighting, distance_nm, leg_words, legs

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def sighting(
    seq: int, latitude: float, longitude: float, hours: float, *, radius: int = 100, slack: float = 0
) -> Sighting:
    at = NOON + timedelta(hours=hours)
    more = timedelta(hours=slack)
    return Sighting(seq, round(latitude * 1e7), round(longitude * 1e7), radius, at - more, at + more)


def one(first: Sighting, second: Sighting) -> Leg:
    (leg,) = legs([first, second])
    return leg


def test_a_minute_of_latitude_is_a_mile_and_the_antimeridian_is_a_place_like_any_other() -> None:
    assert abs(distance_nm(sighting(1, 10, 0, 0), sighting(2, 11, 0, 0)) - 60) < 0.1
    assert distance_nm(sighting(1, 0, 179.9, 0), sighting(2, 0, -179.9, 0)) < 13


def test_what_any_vessel_makes_is_not_mentioned() -> None:
    assert leg_words(one(sighting(1, 14, -74, 0), sighting(2, 14.2, -74, 1))) == ""


def test_a_fast_craft_is_told_from_what_nobody_keeps_up() -> None:
    fast = leg_words(one(sighting(1, 14, -74, 0), sighting(2, 14.7, -74, 1)))
    assert "42 nm in 60 min: she would have needed at least 42 kn" in fast and "Only fast craft" in fast
    wrong = leg_words(one(sighting(1, 14, -74, 0), sighting(2, 14, 74, 1)))
    assert "No vessel keeps that up: check digits, hemisphere and times; it may be two vessels." in wrong


def test_two_places_at_one_time_are_said_to_be_two_places() -> None:
    leg = one(sighting(1, 14, -74, 0), sighting(2, 15, -74, 0))
    assert leg.knots_least is None and "told for the same time" in leg_words(leg)
    assert leg_words(one(sighting(1, 14, -74, 0), sighting(2, 14, -74, 0))) == ""


def test_the_slack_of_a_position_and_of_its_time_speaks_for_the_vessel() -> None:
    assert one(sighting(1, 14, -74, 0), sighting(2, 16, -74, 1)).is_impossible
    vague = one(sighting(1, 14, -74, 0, radius=100_000), sighting(2, 16, -74, 1, slack=2))
    assert not vague.is_impossible and vague.knots_most is None


@given(
    st.lists(
        st.tuples(
            st.floats(-90, 90),
            st.floats(-180, 180),
            st.floats(0, 100),
            st.integers(0, 10**6),
            st.floats(0, 50),
        ),
        max_size=6,
    )
)
def test_least_is_never_more_than_most_and_nothing_raises(
    told: list[tuple[float, float, float, int, float]],
) -> None:
    found = legs(sighting(n, a, o, h, radius=r, slack=s) for n, (a, o, h, r, s) in enumerate(told))
    assert len(found) == max(0, len(told) - 1)
    for leg in found:
        leg_words(leg)
        if leg.knots_least is not None and leg.knots_most is not None:
            assert leg.knots_least <= leg.knots_most + 1e-9
