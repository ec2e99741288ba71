"""The machine's clock stands still through a small step back; errors say what to mend."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time

from cna_service.kit.clock import SystemClock
from cna_service.kit.errors import Conflict, Invalid, Problem, ServiceError, Unavailable

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_a_step_back_of_a_second_is_waited_out() -> None:
    with freeze_time(NOON) as frozen:
        clock = SystemClock()
        frozen.move_to(NOON - timedelta(seconds=1))
        assert clock.now() == NOON


def test_a_step_back_of_a_minute_is_shown() -> None:
    with freeze_time(NOON) as frozen:
        clock = SystemClock()
        frozen.move_to(NOON - timedelta(minutes=1))
        assert clock.now() == NOON - timedelta(minutes=1)


def test_the_monotonic_clock_never_goes_back() -> None:
    clock = SystemClock()
    first = clock.monotonic()
    assert clock.monotonic() >= first


def test_every_wrong_field_is_in_the_words() -> None:
    refused = Invalid(
        "", Problem("/a", 1, "is no text", "send text"), Problem("/b", None, "is missing", "send it")
    )
    assert refused.detail == "/a: is no text; /b: is missing"
    assert refused.problems[0].as_json() == {
        "pointer": "/a",
        "told": 1,
        "why": "is no text",
        "fix": "send text",
    }


@pytest.mark.parametrize("error", [Conflict, Unavailable, ServiceError])
def test_an_error_without_words_says_its_title(error: type[ServiceError]) -> None:
    assert error().detail == error.title
    assert error("because", seq=3).facts == {"seq": 3}
