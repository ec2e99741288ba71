"""The metrics of paging: how long things wait, how fast summonses go and are answered, whether anybody can be woken.

Labels are duties, providers, outcomes and codes of a table: a bounded number, and never a number or a name.
"""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from cna_service.kit.errors import Unavailable
from cna_service.workflow.paging_figures import PagingCounters, PagingFigures, Spread
from cna_service.workflow.service import Service
from cna_service.workflow.status import Engine


class PagingCollector(Collector):
    def __init__(self, service: Service, engine: Engine) -> None:
        self._counters = PagingCounters(service, engine.beats)
        self._engine = engine

    def describe(self) -> Iterator[Metric]:
        # Known only when asked: registering must not read the database.
        return iter(())

    def collect(self) -> Iterator[Metric]:
        yield from _duties(self._engine)
        try:
            found = self._counters.read()
        except Unavailable:
            yield _one("cna_can_wake", "1 while the desk could wake somebody", 0.0)
            return
        yield from _waits(found)
        yield from _speeds(found)
        yield from _tests(found)


def _one(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value)


def _duties(engine: Engine) -> Iterator[Metric]:
    late = GaugeMetricFamily("cna_duty_late", "1 where a duty is older than it may be", labels=["duty"])
    for each in engine.beats.late():
        late.add_metric([each.duty], 1.0)
    yield late
    failing = GaugeMetricFamily("cna_duty_failures", "Failures in a row of a duty", labels=["duty"])
    for duty, count in sorted(engine.beats.failing().items()):
        failing.add_metric([duty], count)
    yield failing
    yield _one("cna_nodes_silent", "Other nodes that fell silent", len(engine.seen.silent_nodes))
    signals = GaugeMetricFamily(
        "cna_monitor_signal", "1 where the last signal was taken as a success", labels=["monitor"]
    )
    for given in engine.seen.signals:
        signals.add_metric([given.name], 1.0 if given.word == "success" else 0.0)
    yield signals


def _waits(found: PagingFigures) -> Iterator[Metric]:
    yield _one("cna_can_wake", "1 while the desk could wake somebody", 1.0 if found.can_wake else 0.0)
    yield _one("cna_oldest_due_timer_seconds", "Age of the oldest timer that is due", found.oldest_due_timer)
    yield _one(
        "cna_oldest_unsent_seconds",
        "Age of the oldest sending that is due and not taken",
        found.oldest_unsent,
    )
    yield _one(
        "cna_clock_held_seconds", "By how much the clock is ahead of what is believed", found.clock_held
    )
    if found.gap_hours is not None:
        yield _one("cna_roster_gap_hours", "Hours until nobody has the watch", found.gap_hours)


def _speeds(found: PagingFigures) -> Iterator[Metric]:
    attempts = CounterMetricFamily(
        "cna_attempts", "Tries at sendings since this process began", labels=["provider", "outcome", "code"]
    )
    for labels, count in sorted(found.attempts.items()):
        attempts.add_metric(list(labels), count)
    yield attempts
    yield _spread(
        "cna_time_to_provider_seconds", "From asking for a sending to its first try", found.to_provider
    )
    yield _spread(
        "cna_time_to_acknowledgement_seconds", "From raising an alert to a human", found.to_acknowledgement
    )


def _spread(name: str, words: str, spread: Spread) -> Metric:
    return HistogramMetricFamily(name, words, buckets=spread.buckets(), sum_value=spread.total)


def _tests(found: PagingFigures) -> Iterator[Metric]:
    yield _one("cna_heartbeats_late", "Outside jobs that are late", found.late_jobs)
    if found.self_test_passed is not None and found.self_test_age is not None:
        yield _one(
            "cna_self_test_passed", "1 if the last self-test passed", 1.0 if found.self_test_passed else 0.0
        )
        yield _one("cna_self_test_age_seconds", "Since the last self-test ended", found.self_test_age)
