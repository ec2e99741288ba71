"""A circuit breaker: who failed three times running is left alone for a minute, then tried once.

By the monotonic clock. In memory of one process: after a restart the first officer who asks finds out anew.
"""

from __future__ import annotations

import threading

from cna_service.kit.clock import Clock

FAILURES = 3
REST = 60.0


class Breaker:
    """Safe to use from several threads."""

    def __init__(self, clock: Clock, *, failures: int = FAILURES, rest: float = REST) -> None:
        self._clock = clock
        self._most = failures
        self._rest = rest
        self._guard = threading.Lock()
        self._failed = 0
        self._until = 0.0
        self._trial_ends = 0.0

    def may_ask(self) -> bool:
        """Whether to try now; after a rest, one at a time. Who was let through says ``well`` or ``failed``; a trial
        that says neither (its thread died) blocks nobody for longer than a rest."""
        with self._guard:
            now = self._clock.monotonic()
            if self._failed < self._most:
                return True
            if now < self._until or now < self._trial_ends:
                return False
            self._trial_ends = now + self._rest
            return True

    def well(self) -> None:
        with self._guard:
            self._failed, self._trial_ends = 0, 0.0

    def failed(self) -> None:
        with self._guard:
            self._failed += 1
            self._trial_ends = 0.0
            if self._failed >= self._most:
                self._until = self._clock.monotonic() + self._rest

    @property
    def state(self) -> str:
        """``ready``, ``failing`` or ``resting``."""
        with self._guard:
            if self._failed == 0:
                return "ready"
            resting = self._failed >= self._most and self._clock.monotonic() < self._until
            return "resting" if resting else "failing"

    @property
    def seconds_left(self) -> int:
        with self._guard:
            return max(0, round(self._until - self._clock.monotonic())) if self._failed >= self._most else 0
