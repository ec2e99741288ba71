"""Metrics in Prometheus' text form, one registry an application. Labels are routes, codes and states, never values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from cna_service.api.metrics_paging import PagingCollector
from cna_service.kit.errors import Unavailable
from cna_service.workflow.edge.queries import Figures, figures
from cna_service.workflow.service import Service
from cna_service.workflow.status import Engine

CONTENT_TYPE = CONTENT_TYPE_LATEST
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Counts what is asked, and reads the desk's figures when somebody looks."""

    def __init__(self, service: Service, engine: Engine) -> None:
        self._registry = CollectorRegistry()
        labels = ("method", "route")
        self._requests = Counter(
            "cna_http_requests", "Calls answered", (*labels, "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "cna_http_request_seconds",
            "Time to answer",
            labels,
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._registry.register(_DeskFigures(service, engine))
        self._registry.register(PagingCollector(service, engine))

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """``route`` is the template of the path (``/api/v1/cases/{ref}``), never the path."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def text(self) -> bytes:
        return generate_latest(self._registry)


class _DeskFigures(Collector):
    def __init__(self, service: Service, engine: Engine) -> None:
        self._service = service
        self._engine = engine

    def describe(self) -> Iterable[Metric]:
        # Known only when asked: registering must not read the database.
        return ()

    def collect(self) -> Iterator[Metric]:
        yield _by("cna_duty_age_seconds", "Since a duty last succeeded", "duty", self._ages())
        try:
            found = figures(self._service)
        except Unavailable:
            return
        yield from _gauges(found)

    def _ages(self) -> Mapping[str, float]:
        ages = {duty: self._engine.beats.age(duty) for duty in self._engine.beats.duties}
        return {duty: age for duty, age in ages.items() if age is not None}


def _gauges(found: Figures) -> Iterator[Metric]:
    yield _by("cna_cases", "Cases", "state", found.cases)
    yield _by("cna_sendings", "Rows of the outbox", "state", found.sendings)
    yield GaugeMetricFamily("cna_log_entries", "Entries of the log", found.entries)
    yield GaugeMetricFamily("cna_log_unsealed", "Entries that no checkpoint covers", found.unsealed)
    yield GaugeMetricFamily(
        "cna_log_oldest_unsealed_seconds", "Age of the oldest of them", found.oldest_unsealed_seconds
    )
    yield GaugeMetricFamily("cna_quarantined", "Messages set aside unread", found.quarantined)
    yield GaugeMetricFamily(
        "cna_summonses_stuck", "Summonses that the auditor found stuck, ever", found.summonses_stuck
    )
    yield GaugeMetricFamily("cna_clock_steps", "Steps of the clock, ever", found.clock_steps)


def _by(name: str, words: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=[label])
    for value, count in sorted(values.items()):
        family.add_metric([value], count)
    return family
