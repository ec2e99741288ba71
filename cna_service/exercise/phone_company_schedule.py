"""Waiting in case time: whoever owns the simulated clock calls back when an instant has come."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from cna_service.kit.clock import Clock

Act = Callable[[], None]


class Scheduler(Protocol):
    """Neither method may wait for an act that is running; acts are short and never wait for HTTP."""

    def now(self) -> datetime: ...

    def call_at(self, instant: datetime, act: Act) -> None:
        """Call ``act`` once, on any thread, when ``now()`` has reached ``instant``."""
        ...


class HeldScheduler:
    """Case time that moves only when told to, from due instant to due instant."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._order = itertools.count()
        self._waiting: list[tuple[datetime, int, Act]] = []
        self._guard = threading.Lock()

    def now(self) -> datetime:
        return self._now

    def call_at(self, instant: datetime, act: Act) -> None:
        with self._guard:
            heapq.heappush(self._waiting, (instant, next(self._order), act))

    def next_due(self) -> datetime | None:
        with self._guard:
            return self._waiting[0][0] if self._waiting else None

    def advance_to(self, target: datetime) -> None:
        """Do what falls due up to ``target``, each at its own instant. Raises ValueError for an earlier one."""
        if target < self._now:
            raise ValueError("case time is never set back")
        while (due := self.next_due()) is not None and due <= target:
            self._now = max(self._now, due)
            with self._guard:
                act = heapq.heappop(self._waiting)[2]
            act()
        self._now = target

    def advance(self, window: timedelta) -> None:
        self.advance_to(self._now + window)


class RealTimeScheduler:
    """Case time is the given clock's time; one thread waits for the next act. For tests and benchmarks."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._order = itertools.count()
        self._waiting: list[tuple[datetime, int, Act]] = []
        self._changed = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="case-time", daemon=True)
        self._thread.start()

    def now(self) -> datetime:
        return self._clock.now()

    def call_at(self, instant: datetime, act: Act) -> None:
        with self._changed:
            heapq.heappush(self._waiting, (instant, next(self._order), act))
            self._changed.notify()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while (act := self._next()) is not None:
            act()

    def _next(self) -> Act | None:
        with self._changed:
            while not self._stopped:
                if not self._waiting:
                    self._changed.wait()
                    continue
                left = (self._waiting[0][0] - self._clock.now()).total_seconds()
                if left <= 0:
                    return heapq.heappop(self._waiting)[2]
                self._changed.wait(left)
            return None


class Agenda:
    """What one company waits for, so that it can say when its next act is due and which are due now."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._numbers = itertools.count()
        self._pending: dict[int, datetime] = {}
        self._guard = threading.Lock()

    def now(self) -> datetime:
        return self._scheduler.now()

    def later(self, delay: timedelta, act: Act) -> None:
        """At once if ``delay`` is nothing, so that a held clock stops nothing that needs no time."""
        if delay <= timedelta():
            act()
            return
        instant = self._scheduler.now() + delay
        number = next(self._numbers)
        with self._guard:
            self._pending[number] = instant
        self._scheduler.call_at(instant, lambda: self._do(number, act))

    def next_due(self) -> datetime | None:
        with self._guard:
            return min(self._pending.values(), default=None)

    def due_now(self) -> int:
        now = self._scheduler.now()
        with self._guard:
            return sum(instant <= now for instant in self._pending.values())

    def _do(self, number: int, act: Act) -> None:
        try:
            act()
        finally:
            # Only now: until its posts are under way it must count as pending.
            with self._guard:
                del self._pending[number]
