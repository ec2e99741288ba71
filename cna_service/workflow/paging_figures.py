"""The desk's own speed and health as figures: ages, histograms, counts; nothing that names a case or a person.

Histograms are filled from rows as they come, from the start of this process on: every node counts the whole desk, so
that one node is scraped, or the highest of several is taken, and never their sum.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cna_service.alerts.rules import is_known
from cna_service.duty.rules import gaps, who_has_the_watch
from cna_service.workflow.edge import paging_store
from cna_service.workflow.edge.paging_store import Taken, Try
from cna_service.workflow.projections import ALERTS, DESK, DESK_STATE, WATCHING
from cna_service.workflow.roster_reading import rosters_of
from cna_service.workflow.self_test_line import KIND as SELF_TEST
from cna_service.workflow.service import Reader, Service
from cna_service.workflow.waking import can_wake
from cna_service.workflow.waking_facts import Ages, read_facts

TO_PROVIDER = (0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.5, 5.0, 10.0, 30.0, 60.0)
TO_ACKNOWLEDGEMENT = (15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0)
LOOKS_AHEAD = timedelta(days=14)


@dataclass
class Spread:
    """A histogram: how many were at most so long. ``counts``: by upper bound, each without the ones below."""

    bounds: tuple[float, ...]
    counts: list[int] = field(default_factory=list)
    total: float = 0.0

    def __post_init__(self) -> None:
        self.counts = [0] * (len(self.bounds) + 1)

    def add(self, seconds: float) -> None:
        place = next((n for n, bound in enumerate(self.bounds) if seconds <= bound), len(self.bounds))
        self.counts[place] += 1
        self.total += seconds

    def buckets(self) -> list[tuple[str, float]]:
        """As Prometheus wants them: each bound with everything up to it."""
        names = [*(str(bound) for bound in self.bounds), "+Inf"]
        return [(name, float(sum(self.counts[: n + 1]))) for n, name in enumerate(names)]


@dataclass(frozen=True, slots=True)
class PagingFigures:
    """Seconds where nothing else is said; 0 where nothing waits. ``gap_hours``: until the next stretch in which nobody
    has the duty officer's post, None if not within two weeks. ``attempts``: by (provider, outcome, code)."""

    oldest_due_timer: float
    oldest_unsent: float
    can_wake: bool
    clock_held: float
    gap_hours: float | None
    self_test_passed: bool | None
    self_test_age: float | None
    late_jobs: int
    attempts: Mapping[tuple[str, str, str], int]
    to_provider: Spread
    to_acknowledgement: Spread


class PagingCounters:
    """One per process; ``read`` takes in what came since it was read last."""

    def __init__(self, service: Service, ages: Ages) -> None:
        self._service = service
        self._ages = ages
        self._lock = threading.Lock()
        self._try: int | None = None
        self._entry: int | None = None
        self._attempts: dict[tuple[str, str, str], int] = {}
        self._provider = Spread(TO_PROVIDER)
        self._taken = Spread(TO_ACKNOWLEDGEMENT)

    def read(self) -> PagingFigures:
        """Raises DatabaseUnavailable."""
        with self._lock, self._service.read() as reader:
            self._take_in(reader)
            return self._figures(reader)

    def _take_in(self, reader: Reader) -> None:
        log, connection = self._service.desk.log_origin, reader.connection
        if self._try is None or self._entry is None:
            self._try = paging_store.newest_try(connection)
            self._entry = paging_store.newest_entry(connection, log)
            return
        for each in paging_store.tries_after(connection, self._try):
            self._try = each.id
            self._count(each)
        for taken in paging_store.taken_after(connection, log, self._entry):
            self._entry = taken.number
            self._measure(reader, taken)

    def _count(self, each: Try) -> None:
        key = each.provider or "none", each.outcome, _bounded(each.code)
        self._attempts[key] = self._attempts.get(key, 0) + 1
        if each.is_first:
            self._provider.add(max(0.0, (each.began_at - each.asked_at).total_seconds()))

    def _measure(self, reader: Reader, taken: Taken) -> None:
        for alert in reader.stream(taken.stream).of(ALERTS).by_id.values():
            held = alert.acknowledgement
            if held is not None and held.seq == taken.seq and alert.kind != SELF_TEST:
                self._taken.add((held.at - alert.raised_at).total_seconds())

    def _figures(self, reader: Reader) -> PagingFigures:
        now, desk = reader.now, reader.stream(DESK)
        tested = desk.of(WATCHING).self_test
        return PagingFigures(
            oldest_due_timer=_age(paging_store.oldest_due_timer(reader.connection, now), now),
            oldest_unsent=_age(paging_store.oldest_unsent(reader.connection, now), now),
            can_wake=can_wake(read_facts(self._service, reader, self._ages)).is_possible,
            clock_held=desk.of(DESK_STATE).clock_held.total_seconds(),
            gap_hours=_gap_hours(reader),
            self_test_passed=None if tested is None else tested.is_well,
            self_test_age=None if tested is None else (now - tested.at).total_seconds(),
            late_jobs=sum(each.is_late for each in desk.of(WATCHING).expected.values()),
            attempts=dict(self._attempts),
            to_provider=self._provider,
            to_acknowledgement=self._taken,
        )


def _age(at: datetime | None, now: datetime) -> float:
    return 0.0 if at is None else max(0.0, (now - at).total_seconds())


def _bounded(code: str | None) -> str:
    """A code of the table, or ``other``: what a provider invents must not make labels without end."""
    if code is None:
        return ""
    return code if is_known(code) or code.startswith(("http-", "smtp-")) else "other"


def _gap_hours(reader: Reader) -> float | None:
    rosters = rosters_of(reader)
    if who_has_the_watch(rosters, reader.now).posts.get("duty_officer") is None:
        return 0.0
    found = gaps(rosters, reader.now, reader.now + LOOKS_AHEAD)
    ahead = [g.starts_at for g in found if g.post == "duty_officer" and g.starts_at is not None]
    return None if not ahead else max(0.0, (min(ahead) - reader.now) / timedelta(hours=1))
