"""A thread that does one duty whenever it is woken, and at least once a second by the monotonic clock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog

from cna_service.kit.clock import Clock
from cna_service.workflow.status_watching import LateDuty

log = structlog.get_logger(__name__)


class Heartbeats:
    """When each duty last succeeded, by the machine's monotonic clock; what ``/readyz`` and the banner look at."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._allowed: dict[str, tuple[float, timedelta]] = {}
        self._last: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._at: dict[str, datetime] = {}

    def expect(self, duty: str, within: timedelta) -> None:
        """From now on the duty is late when it has not succeeded for so long."""
        self._allowed[duty] = self._clock.monotonic(), within

    def late(self) -> tuple[LateDuty, ...]:
        """The duties that are late; one that never succeeded counts from when it was first expected."""
        now, found = self._clock.monotonic(), []
        for duty, (since, within) in self._allowed.items():
            age = timedelta(seconds=now - self._last.get(duty, since))
            if age > within:
                found.append(LateDuty(duty, age, within))
        return tuple(found)

    def failing(self) -> Mapping[str, int]:
        """The duties whose last try failed, with how often in a row."""
        return {duty: count for duty, count in tuple(self._failures.items()) if count}

    def beat(self, duty: str) -> None:
        self._last[duty] = self._clock.monotonic()
        self._at[duty] = self._clock.now()
        self._failures[duty] = 0

    def fail(self, duty: str) -> None:
        self._failures[duty] = self._failures.get(duty, 0) + 1

    def age(self, duty: str) -> float | None:
        """Seconds since the duty last succeeded; None if it never did."""
        last = self._last.get(duty)
        return None if last is None else self._clock.monotonic() - last

    def last_at(self, duty: str) -> datetime | None:
        return self._at.get(duty)

    def failures(self, duty: str) -> int:
        """How often in a row it failed."""
        return self._failures.get(duty, 0)

    @property
    def duties(self) -> tuple[str, ...]:
        return tuple(self._last)


class Loop:
    """Owns one thread. ``duty`` returns whether there may be more to do at once; an exception stops nobody."""

    def __init__(
        self,
        name: str,
        duty: Callable[[], bool],
        beats: Heartbeats,
        *,
        every: float = 1.0,
        pause_after_error: float = 1.0,
    ) -> None:
        self.name = name
        self._duty = duty
        self._beats = beats
        self._every = every
        self._pause = pause_after_error
        self._woken = threading.Event()
        self._stop = threading.Event()
        self._thread = self._new_thread()

    def _new_thread(self) -> threading.Thread:
        return threading.Thread(target=self._run, name=self.name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def revive(self) -> bool:
        """Begin anew if the thread ended although nobody stopped it; returns whether it had to be."""
        if self._thread.ident is None or self._thread.is_alive() or self._stop.is_set():
            return False
        self._beats.fail(self.name)
        log.error("a thread had ended and is begun anew", duty=self.name)
        self._thread = self._new_thread()
        self._thread.start()
        return True

    def wake(self) -> None:
        self._woken.set()

    def end(self) -> None:
        """Ask the thread to end after what it does now, and do not wait for it."""
        self._stop.set()
        self._woken.set()

    def stop(self, within: float = 10.0) -> bool:
        """Ask the thread to end after what it does now; True if it did in time."""
        self.end()
        if self._thread.ident is not None:
            self._thread.join(within)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.is_set():
            again = self._once()
            if not again:
                self._woken.wait(self._every)
            self._woken.clear()

    def _once(self) -> bool:
        try:
            more = self._duty()
        except Exception:
            # The worker alone catches broadly: a duty that fails must be tried again and must not end its thread.
            self._beats.fail(self.name)
            log.exception("a duty failed", duty=self.name, failures=self._beats.failures(self.name))
            self._stop.wait(self._pause)
            return False
        self._beats.beat(self.name)
        return more
