"""The figures of paging: what waits, how fast summonses went and were answered, by whom they were carried."""

from __future__ import annotations

from dataclasses import dataclass

from cna_service.workflow.paging_figures import PagingCounters, Spread
from tests.workflow.desk import LiveDesk
from tests.workflow.station import minutes


@dataclass
class Ages:
    seconds: float = 0.5

    def age(self, _: str) -> float | None:
        return self.seconds


def test_from_the_request_to_the_provider_and_to_a_human(either_desk: LiveDesk) -> None:
    desk, counters = either_desk, PagingCounters(either_desk.service, Ages())
    before = counters.read()
    assert sum(before.to_provider.counts) == 0 and before.attempts == {}
    desk.receive()
    desk.clock.at += minutes(0.02)
    waiting = counters.read()
    assert 1.1 < waiting.oldest_unsent < 1.3
    desk.settle()
    desk.clock.at += minutes(1)
    desk.person("duty-1").replies("1 {code}")
    found = counters.read()
    assert found.oldest_unsent == 0.0 == found.oldest_due_timer
    assert dict(found.to_provider.buckets())["1.0"] < dict(found.to_provider.buckets())["1.5"]
    assert dict(found.to_acknowledgement.buckets())["60.0"] == 0
    assert dict(found.to_acknowledgement.buckets())["120.0"] == 1
    assert found.attempts["recorder", "accepted", ""] >= 1
    again = counters.read()
    assert again.attempts == found.attempts
    assert sum(again.to_acknowledgement.counts) == 1
    desk.forget_messages()


def test_a_late_engine_a_due_timer_and_failures_are_seen(desk: LiveDesk) -> None:
    counters = PagingCounters(desk.service, Ages(60))
    counters.read()
    desk.exchange.phone(desk.number("duty-1")).condition = "failing"
    desk.receive()
    desk.settle()
    desk.clock.at += minutes(5)
    found = counters.read()
    assert found.oldest_due_timer > 60
    assert not found.can_wake
    assert ("none", "failed", "20500") in found.attempts or any(
        key[1:] == ("failed", "20500") for key in found.attempts
    )
    desk.forget_messages()


def test_a_roster_with_an_end_says_in_how_many_hours_nobody_has_the_watch(desk: LiveDesk) -> None:
    found = PagingCounters(desk.service, Ages()).read()
    assert found.gap_hours is None or found.gap_hours > 0


def test_buckets_add_up() -> None:
    spread = Spread((1.0, 2.0))
    for seconds in (0.5, 1.0, 1.5, 9.0):
        spread.add(seconds)
    assert spread.buckets() == [("1.0", 2.0), ("2.0", 3.0), ("+Inf", 4.0)]
    assert spread.total == 12.0
