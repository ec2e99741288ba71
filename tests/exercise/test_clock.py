from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cna_service.exercise.clock import CaseTimeBack, ClockState, ExerciseClock
from cna_service.kit.clock import SystemClock

START = datetime(2026, 11, 21, 14, 3, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@dataclass
class Machine:
    """A machine whose time passes when the test says so."""

    passed: float = 0.0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return 1000.0 + self.passed


@dataclass
class Kept:
    states: list[ClockState] = field(default_factory=list)

    def __call__(self, state: ClockState) -> None:
        self.states.append(state)


def a_clock(machine: Machine, *, held: bool = False, keep: Kept | None = None) -> ExerciseClock:
    return ExerciseClock(machine, ClockState(START, is_held=held), keep=keep)


def test_rule_15_4_the_clock_runs_by_default_and_can_be_held_and_run_at_a_multiple() -> None:
    machine = Machine()
    clock = a_clock(machine)
    machine.passed = 5
    assert clock.now() == START + 5 * SECOND
    clock.hold()
    machine.passed = 60
    assert clock.now() == START + 5 * SECOND
    clock.run_at(10)
    assert clock.state == ClockState(START + 5 * SECOND, is_held=True, rate=10)
    clock.release()
    machine.passed = 62
    assert clock.now() == START + 25 * SECOND


step = st.one_of(
    st.tuples(st.just("pass"), st.floats(0, 1e6)),
    st.tuples(st.just("rate"), st.floats(0.01, 3600)),
    st.tuples(st.just("forward"), st.floats(0, 1e6)),
    st.sampled_from([("hold", 0.0), ("release", 0.0), ("stand", 0.0)]),
)


@given(st.lists(step, max_size=30))
def test_case_time_never_goes_back_whatever_is_done(steps: list[tuple[str, float]]) -> None:
    machine = Machine()
    clock = a_clock(machine)
    seen = [clock.now()]
    for what, amount in steps:
        match what:
            case "pass":
                machine.passed += amount
            case "rate":
                clock.run_at(amount)
            case "forward":
                before = clock.now()
                clock.move_to(before + timedelta(seconds=amount))
                assert clock.now() >= before + timedelta(seconds=amount)
            case "hold":
                clock.hold()
            case "release":
                clock.release()
            case _:
                with clock.standing():
                    machine.passed += 1
        seen.append(clock.now())
    assert seen == sorted(seen)
    assert all(at.tzinfo is UTC for at in seen)


@given(st.lists(st.integers(0, 1000), max_size=20), st.integers(0, 1000))
def test_acts_are_done_in_order_each_at_its_own_instant(seconds: list[int], until: int) -> None:
    clock = a_clock(Machine(), held=True)
    done: list[tuple[int, int, datetime]] = []
    for n, after in enumerate(seconds):
        at = START + after * SECOND
        clock.call_at(at, lambda n=n, after=after: done.append((after, n, clock.now())))  # type: ignore[misc]
    clock.move_to(START + until * SECOND)
    due = sorted((after, n) for n, after in enumerate(seconds) if after <= until)
    assert [(after, n) for after, n, _ in done] == due
    assert all(at == START + after * SECOND for after, _, at in done)
    later = [START + s * SECOND for s in seconds if s > until]
    assert clock.next_act() == min(later, default=None)


def test_an_act_may_ask_for_another_one_on_the_way() -> None:
    clock = a_clock(Machine(), held=True)
    seen: list[datetime] = []
    clock.call_at(START + SECOND, lambda: clock.call_at(START + 2 * SECOND, lambda: seen.append(clock.now())))
    clock.move_to(START + 10 * SECOND)
    assert seen == [START + 2 * SECOND]
    assert clock.now() == START + 10 * SECOND


def test_case_time_is_never_set_back() -> None:
    clock = a_clock(Machine(), held=True)
    with pytest.raises(CaseTimeBack, match="name that instant or a later one"):
        clock.move_to(START - SECOND)
    assert clock.now() == START


def test_a_pace_that_is_none_is_refused() -> None:
    clock = a_clock(Machine())
    for rate in (0, -1, 1e9, float("nan")):
        with pytest.raises(ValueError, match="a rate is a number"):
            clock.run_at(rate)


def test_time_stands_while_it_is_moved_and_runs_on_afterwards() -> None:
    machine = Machine()
    clock = a_clock(machine)
    with clock.standing():
        machine.passed = 30
        clock.move_to(START + 60 * SECOND)
        machine.passed = 90
        assert clock.now() == START + 60 * SECOND
    machine.passed = 95
    assert clock.now() == START + 65 * SECOND


def test_what_a_restart_needs_is_kept_at_every_change() -> None:
    machine, kept = Machine(), Kept()
    clock = a_clock(machine, keep=kept)
    machine.passed = 7
    clock.hold()
    assert kept.states[-1] == ClockState(START + 7 * SECOND, is_held=True)
    clock.run_at(2)
    clock.release()
    assert kept.states[-1] == ClockState(START + 7 * SECOND, is_held=False, rate=2)
    with clock.standing():
        clock.move_to(START + 100 * SECOND)
    assert kept.states[-1] == ClockState(START + 100 * SECOND, is_held=False, rate=2)


def test_a_running_clock_does_its_acts_by_itself_and_survives_one_that_fails() -> None:
    clock = ExerciseClock(SystemClock(), ClockState(START, rate=100))
    clock.start()
    done, order = threading.Event(), list[str]()

    def fails() -> None:
        order.append("failed")
        raise RuntimeError

    clock.call_at(START + 10 * SECOND, done.set)
    clock.call_at(START + 5 * SECOND, fails)
    try:
        assert done.wait(5)
        assert order == ["failed"]
        assert clock.now() >= START + 10 * SECOND
        clock.hold()
        held = threading.Event()
        clock.call_at(clock.now() + SECOND, held.set)
        assert not held.wait(0.05)
        clock.release()
        assert held.wait(5)
    finally:
        clock.stop()


def test_a_stopped_clock_keeps_where_it_stood() -> None:
    kept = Kept()
    clock = ExerciseClock(SystemClock(), ClockState(START, is_held=True), keep=kept)
    clock.start()
    clock.move_to(START + SECOND)
    clock.stop()
    assert kept.states[-1] == ClockState(START + SECOND, is_held=True)
