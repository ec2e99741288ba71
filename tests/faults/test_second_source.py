"""A clock that jumped is believed when somebody else's clock says the same, and not before (desk-rules 11.4)."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest

from cna_service.kit.instants import to_text
from cna_service.kit.kernel_clock import read_state
from cna_service.kit.second_clock import Heard, SecondClock
from cna_service.workflow.clock_confirming import confirmation
from cna_service.workflow.clock_steps import ClockWatch
from cna_service.workflow.status import status
from tests.faults.station import Station
from tests.workflow.station import T0, HandClock

pytestmark = pytest.mark.faults

MINUTE = 60.0


def _case(station: Station) -> str:
    return station.receive(reply_wanted_by=to_text(station.clock.now() + timedelta(minutes=20)))


def _hear(station: Station, at: datetime, source: str = "monitor-1") -> None:
    station.service.second_clock.note(source, format_datetime(at, usegmt=True))


def _lapses(station: Station, case: str) -> int:
    return station.types(f"case:{case}")["clock.lapsed"]


def test_rule_11_4_a_step_that_a_second_source_confirms_is_taken_and_noted(station: Station) -> None:
    case = _case(station)
    station.turn()
    station.step(hours=1)
    station.turn()
    assert _lapses(station, case) == 0 and station.watch.held
    _hear(station, station.clock.now())
    station.turn()
    assert not station.watch.held
    assert _lapses(station, case) == 2
    assert all(e.body["late_by_seconds"] > 0 for e in station.entries(f"case:{case}", "clock.lapsed"))
    [confirmed] = station.entries("desk", "clock.confirmed")
    assert confirmed.body["held_us"] == 3600 * 1_000_000
    assert [s["source"] for s in confirmed.body["sources"]] == ["monitor-1"]
    assert "clock-not-believed" not in {t.code for t in status(station.service).degraded}


def test_rule_11_4_a_second_source_that_says_otherwise_confirms_nothing(station: Station) -> None:
    case = _case(station)
    station.turn()
    station.step(hours=1)
    station.turn()
    _hear(station, station.world.now())
    station.turn()
    _hear(station, station.clock.now(), "twilio")
    station.turn()
    assert station.watch.held and _lapses(station, case) == 0
    assert station.entries("desk", "clock.confirmed") == []
    # The one that was wrong is heard again, and agrees now.
    _hear(station, station.clock.now())
    station.turn()
    assert not station.watch.held


def test_rule_11_4_what_was_heard_before_confirms_a_clock_that_was_behind(station: Station) -> None:
    """The machine came up an hour slow; the monitor had said so before the time service set it right."""
    _hear(station, station.clock.now() + timedelta(hours=1))
    case = _case(station)
    station.turn()
    station.step(hours=1)
    station.turn()
    assert not station.watch.held and _lapses(station, case) == 2


def test_rule_11_4_2031_for_one_second_is_confirmed_by_nobody(station: Station) -> None:
    case = _case(station)
    station.turn()
    _hear(station, station.clock.now())
    station.step(days=5 * 365)
    station.advance(1)
    station.step(days=-5 * 365)
    station.turn()
    assert _lapses(station, case) == 0 and not station.watch.held
    assert station.entries("desk", "clock.confirmed") == []


def test_rule_11_4_the_highest_instant_seen_is_withdrawn(station: Station) -> None:
    """The process died while its clock said 2031: the next start goes by what the clock says now."""
    case = _case(station)
    station.turn()
    station.step(days=5 * 365)
    station.turn()
    assert station.entries("desk")[-1].recorded_at.year >= 2031
    station.step(days=-5 * 365)
    started = ClockWatch(station.clock)
    step = started.look(station.service)
    assert step is not None and step.size < timedelta(days=-5 * 364)
    assert not started.held
    again = ClockWatch(station.clock)
    assert again.look(station.service) is None
    station.watch = again
    station.turn()
    assert _lapses(station, case) == 0
    station.advance(20.5 * MINUTE)
    assert _lapses(station, case) == 2


def test_an_hour_old_date_says_nothing_any_more() -> None:
    clock = HandClock(T0)
    second = SecondClock(clock)
    second.note("monitor-1", format_datetime(T0, usegmt=True))
    second.note("twilio", "yesterday, at noon")
    second.note("smtp", None)
    assert set(second.said()) == {"monitor-1"}
    clock.at += timedelta(minutes=61)
    assert second.said() == {}


def test_who_was_heard_after_the_step_goes_before_who_was_heard_only_before() -> None:
    said = {"old": Heard(T0, 0.0), "new": Heard(T0 + timedelta(hours=1), 100.0)}
    now = T0 + timedelta(hours=1, seconds=10)
    assert confirmation(said, now, 110.0, stepped_at=90.0) is not None
    assert confirmation(said, now, 110.0, stepped_at=105.0) is None
    assert confirmation({}, now, 110.0, stepped_at=90.0) is None


@pytest.mark.parametrize(
    ("state", "status_bits", "is_synchronised"),
    [(0, 0x2001, True), (5, 0x0041, False), (0, 0x0040, False), (5, 0x2001, False)],
)
def test_the_kernel_s_word_on_its_clock(state: int, status_bits: int, is_synchronised: bool) -> None:
    found = read_state(state, status_bits, 1800)
    assert (found.is_synchronised, found.error_us) == (is_synchronised, 1800)
