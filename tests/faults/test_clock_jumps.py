"""The machine's clock is wrong: nothing fires twice, no wait grows, nothing lapses on one source's word, and somebody
is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cna_service.exercise.phone_company_faults import Fault, RequestFault
from cna_service.identity.actors import SERVICE, Actor
from cna_service.identity.rules import NotPermitted
from cna_service.kit.errors import Invalid
from cna_service.kit.instants import from_text, to_text
from cna_service.workflow.clock_steps import (
    ClockBelieved,
    ClockWatch,
    Reading,
    judge_clock,
    step_at_start,
    step_between,
)
from cna_service.workflow.edge.queries import figures
from cna_service.workflow.projections import DESK, OFFICERS
from cna_service.workflow.status import status
from cna_service.workflow.verification import verify
from tests.faults import rig
from tests.faults.station import Station
from tests.faults.test_database import poison

pytestmark = pytest.mark.faults

MINUTE = 60.0


def _wanting_an_answer_in_20_minutes(station: Station) -> str:
    """A case whose sender states a limit: a clock that warns after 10, 15 and 18 minutes. After 15 the desk's own
    target for acknowledging is missed too."""
    return station.receive(reply_wanted_by=to_text(station.clock.now() + timedelta(minutes=20)))


def _marks(station: Station, case: str) -> list[str]:
    return [e.body["mark"] for e in station.entries(f"case:{case}", "clock.warned")]


def _lapses(station: Station, case: str) -> int:
    return station.types(f"case:{case}")["clock.lapsed"]


def _rungs(station: Station, case: str) -> int:
    return station.types(f"case:{case}")["rung.climbed"]


def _steps(station: Station, stream: str = "desk") -> list[bool]:
    return [e.body["believed"] for e in station.entries(stream, "clock.stepped")]


def test_rule_11_4_an_hour_forward_lapses_nothing_and_is_told(station: Station) -> None:
    case = _wanting_an_answer_in_20_minutes(station)
    station.advance(5)
    station.step(hours=1)
    station.turn()
    assert _marks(station, case) == [] and _lapses(station, case) == 0
    assert _steps(station) == [False] and _steps(station, f"case:{case}") == [False]
    [step] = station.entries("desk", "clock.stepped")
    before, after = from_text(step.body["before"]), from_text(step.body["after"])
    assert after - before == timedelta(hours=1) == timedelta(microseconds=step.body["size_us"])
    assert [e.body["kind"] for e in station.entries("desk", "alert.raised")] == ["clock_stepped"]
    assert len(station.texts_to(rig.ADMINISTRATOR)) == 1
    assert "clock-stepped" in {t.code for t in status(station.service).degraded}
    assert figures(station.service).clock_steps == 1


def test_rule_11_4_clocks_of_cases_go_on_by_the_monotonic_clock(station: Station) -> None:
    case = _wanting_an_answer_in_20_minutes(station)
    station.turn()
    station.step(hours=1)
    for minutes, expected in ((9.5, []), (1, ["50"]), (5, ["50", "75"])):
        station.advance(minutes * MINUTE)
        assert _marks(station, case) == expected
    # Set right again: what has fired is an entry and does not fire again; the rest keeps its time.
    station.step(hours=-1)
    station.advance(5 * MINUTE)
    assert _marks(station, case) == ["50", "75", "90"]
    assert _lapses(station, case) == 2
    assert all(e.body["late_by_seconds"] <= 5 for e in station.entries(f"case:{case}", "clock.warned"))
    assert _steps(station) == [False, True]


def test_rule_11_4_a_clock_that_says_2031_for_one_second_lapses_nothing(station: Station) -> None:
    case = _wanting_an_answer_in_20_minutes(station)
    station.advance(10)
    station.step(days=5 * 365)
    station.advance(1)
    station.step(days=-5 * 365)
    station.turn()
    assert _marks(station, case) == [] and _lapses(station, case) == 0
    # Whoever was to be called next is called in his time, and not in 2031.
    climbed = _rungs(station, case)
    station.advance(300)
    assert _rungs(station, case) > climbed
    assert verify(station.service).exit_code == 0


def test_a_clock_that_jumps_between_two_looks_is_not_believed_either(station: Station) -> None:
    """The tick looks, then fires: a jump in between must not slip through."""
    watch = ClockWatch(station.clock)
    watch.look(station.service)
    station.step(hours=1)
    assert watch.believed(station.clock.now()) == station.world.now()


def test_an_hour_back_makes_no_wait_longer(station: Station) -> None:
    case = station.receive()
    station.advance(60)
    assert _rungs(station, case) == 1
    station.step(hours=-1)
    station.advance(58)
    assert _rungs(station, case) == 1
    station.advance(4)
    assert _rungs(station, case) == 2 and station.calls_to(rig.DUTY) == 1
    assert _steps(station) == [True]
    report = verify(station.service)
    assert report.exit_code == 0, report.words()


def test_an_hour_back_makes_no_retry_wait_longer(station: Station) -> None:
    station.company.order(Fault(RequestFault.ERROR, rig.DUTY))
    case = station.receive()
    station.turn()
    station.step(hours=-1)
    station.advance(3)
    [sms] = station.sendings(case)
    assert sms["tries"] == 2 and len(station.texts_to(rig.DUTY)) == 2


def test_a_few_minutes_forward_are_believed_and_marked(station: Station) -> None:
    case = _wanting_an_answer_in_20_minutes(station)
    station.advance(9 * MINUTE)
    station.step(minutes=4)
    station.turn()
    [warned] = station.entries(f"case:{case}", "clock.warned")
    assert warned.body["mark"] == "50"
    assert 175 <= warned.body["late_by_seconds"] <= 181
    assert _steps(station) == [True]


@pytest.mark.parametrize("seconds", [1.9, -1.9])
def test_two_seconds_are_no_step(station: Station, seconds: float) -> None:
    station.receive()
    station.advance(2)
    station.step(seconds=seconds)
    station.advance(2)
    assert _steps(station) == []


def test_a_day_forward_lapses_nothing_and_is_told(station: Station) -> None:
    case = _wanting_an_answer_in_20_minutes(station)
    station.advance(5)
    station.step(days=1)
    station.advance(5)
    assert _marks(station, case) == [] and _lapses(station, case) == 0 and _steps(station) == [False]


@pytest.mark.parametrize("drift", [0.4, -0.4])
def test_a_clock_that_drifts_keeps_every_wait_and_is_no_step(station: Station, drift: float) -> None:
    """Four hundred milliseconds in a minute, for ten minutes: far worse than any machine."""
    case = station.receive()
    for _ in range(10):
        station.advance(MINUTE)
        station.step(seconds=drift)
    assert _steps(station) == []
    climbed = station.entries(f"case:{case}", "rung.climbed")
    assert [e.body["rung"] for e in climbed if e.body["round"] == 1] == [1, 2, 3, 4][: len(climbed)]
    assert len(climbed) >= 3 and all(e.body["late_by_seconds"] <= 2 for e in climbed)


def test_a_step_that_two_nodes_measure_is_one(station: Station) -> None:
    case = station.receive()
    other = ClockWatch(station.clock)
    other.look(station.service)
    station.turn()
    station.step(hours=1)
    station.turn()
    assert other.look(station.service) is not None
    assert _steps(station) == [False] and _steps(station, f"case:{case}") == [False]
    # Each of them holds back the clocks of cases.
    assert other.held == station.watch.held == timedelta(hours=1)


def test_a_start_behind_the_newest_entry_is_a_step_back(station: Station) -> None:
    case = station.receive()
    station.advance(60)
    station.step(minutes=-30)
    # How long the desk was down, and how far back the clock went, cannot be told apart: the newest entry is a minute
    # old, so that the next rung may come that much late, and not half an hour.
    station.watch = ClockWatch(station.clock)
    station.advance(122)
    assert _steps(station) == [True]
    assert _rungs(station, case) == 2


def test_a_start_a_week_later_fires_what_fell_due(station: Station) -> None:
    case = station.receive()
    station.turn()
    station.world.advance(timedelta(days=6))
    station.watch = ClockWatch(station.clock)
    station.turn()
    assert _lapses(station, case) == 1 and _steps(station) == []


def test_rule_11_4_a_start_a_year_later_lapses_nothing_until_a_person_accepts_the_clock(
    station: Station,
) -> None:
    case = station.receive()
    station.turn()
    station.world.advance(timedelta(days=365))
    for _ in range(2):
        # Starting again accepts nothing: a supervisor of processes starts a desk, too.
        station.watch = ClockWatch(station.clock)
        station.turn()
        assert _lapses(station, case) == 0 and _steps(station) == [False]
    assert len(station.texts_to(rig.ADMINISTRATOR)) == 1
    assert "clock-not-believed" in {t.code for t in status(station.service).degraded}
    judge_clock(station.service, _keeper(station), "accepted", reason="The radio clock says the same.")
    station.turn()
    assert _lapses(station, case) == 1
    assert "clock-not-believed" not in {t.code for t in status(station.service).degraded}
    [judged] = station.entries("desk", "clock.judged")
    assert (judged.body["verdict"], judged.actor["id"]) == ("accepted", "sup-1")
    with pytest.raises(ClockBelieved):
        judge_clock(station.service, _keeper(station), "accepted", reason="Twice.")


def test_rule_11_4_a_rejected_clock_goes_on_without_its_jump_until_it_is_set_back(station: Station) -> None:
    case = _wanting_an_answer_in_20_minutes(station)
    station.turn()
    station.step(hours=1)
    station.turn()
    judge_clock(station.service, _keeper(station), "rejected", reason="An hour ahead of the radio clock.")
    station.advance(10.5 * MINUTE)
    assert _marks(station, case) == ["50"]
    station.step(hours=-1)
    station.advance(5 * MINUTE)
    assert _marks(station, case) == ["50", "75"]
    assert station.watch.held == timedelta()


def _keeper(station: Station) -> Actor:
    with station.service.read() as reader:
        officer = reader.stream(DESK).of(OFFICERS).find("sup-1")
    return officer.actor(station.clock.now(), signed_in={"by": "command_line"})


def test_a_clock_is_judged_by_a_person_with_a_reason(station: Station) -> None:
    station.step(hours=1)
    station.turn()
    with pytest.raises(NotPermitted):
        judge_clock(station.service, SERVICE, "accepted", reason="The service never decides.")
    with pytest.raises(Invalid) as refused:
        judge_clock(station.service, _keeper(station), "accepted", reason=" ")
    assert [p.pointer for p in refused.value.problems] == ["/reason"]
    assert station.entries("desk", "clock.judged") == []


def test_a_stream_that_cannot_be_read_keeps_no_step_from_the_others(station: Station) -> None:
    case, poisoned = station.receive(), station.receive()
    station.turn()
    poison(station, poisoned)
    station.step(hours=-1)
    station.turn()
    assert _steps(station) == [True] and _steps(station, f"case:{case}") == [True]


def test_steps_are_measured_by_the_monotonic_clock() -> None:
    began = datetime(2026, 11, 21, 14, 3, tzinfo=UTC)
    minute = timedelta(minutes=1)
    assert step_between(Reading(began, 10.0), Reading(began + minute, 70.0)) is None
    step = step_between(Reading(began, 10.0), Reading(began + minute, 10.5))
    assert step is not None and (step.size, step.is_believed) == (timedelta(seconds=59.5), True)
    assert step_at_start(None, began) is None
    assert step_at_start(began, began + timedelta(days=7)) is None
    back = step_at_start(began, began - minute)
    assert back is not None and (back.size, back.is_believed) == (-minute, True)
