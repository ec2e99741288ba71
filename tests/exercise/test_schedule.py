from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest

from cna_service.exercise.phone_company_schedule import Agenda, HeldScheduler, RealTimeScheduler
from cna_service.kit.clock import SystemClock
from tests.exercise.telephony import START

SECOND = timedelta(seconds=1)


def test_a_held_clock_goes_from_due_instant_to_due_instant() -> None:
    clock = HeldScheduler(START)
    seen: list[tuple[str, datetime]] = []

    def first() -> None:
        seen.append(("first", clock.now()))
        clock.call_at(START + 2 * SECOND, lambda: seen.append(("second", clock.now())))

    clock.call_at(START + 3 * SECOND, lambda: seen.append(("third", clock.now())))
    clock.call_at(START + SECOND, first)
    assert clock.next_due() == START + SECOND
    clock.advance(10 * SECOND)
    assert seen == [("first", START + SECOND), ("second", START + 2 * SECOND), ("third", START + 3 * SECOND)]
    assert clock.now() == START + 10 * SECOND


def test_case_time_is_never_set_back() -> None:
    with pytest.raises(ValueError, match="never set back"):
        HeldScheduler(START).advance_to(START - SECOND)


def test_an_agenda_knows_what_it_waits_for_until_it_is_done() -> None:
    clock = HeldScheduler(START)
    agenda = Agenda(clock)
    during: list[int] = []
    agenda.later(SECOND, lambda: during.append(agenda.due_now()))
    assert (agenda.next_due(), agenda.due_now()) == (START + SECOND, 0)
    clock.advance(SECOND)
    assert during == [1]
    assert (agenda.next_due(), agenda.due_now()) == (None, 0)


def test_what_takes_no_time_needs_no_clock() -> None:
    done: list[bool] = []
    Agenda(HeldScheduler(START)).later(timedelta(), lambda: done.append(True))
    assert done == [True]


def test_real_time_calls_in_order_and_stops() -> None:
    clock = SystemClock()
    scheduler = RealTimeScheduler(clock)
    done = threading.Event()
    order: list[int] = []
    now = scheduler.now()

    def last() -> None:
        order.append(3)
        done.set()

    scheduler.call_at(now + timedelta(seconds=0.15), last)
    scheduler.call_at(now + timedelta(seconds=0.05), lambda: order.append(1))
    scheduler.call_at(now + timedelta(seconds=0.10), lambda: order.append(2))
    assert done.wait(5)
    scheduler.stop()
    assert order == [1, 2, 3]
